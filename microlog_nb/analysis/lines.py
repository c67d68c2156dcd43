"""What each line of code cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Ints
from microlog_nb.model.trace import Trace


@dataclass(frozen=True)
class Lines:
    """Columns, one row for every line seen, ordered by function, then line.

    Attributes:
        function: row of the trace's functions.
        line: line number.
        samples: samples that saw the line running or waiting for what it had called.
        self_ns: time of the samples that saw it on top of the stack.
        total_ns: time of the samples that saw it anywhere; a line of a recursive function counts once a sample.
        top: by row of the trace's stacks, the row here of the line that it is at.
        on_stack: rows of the trace's stacks that samples saw, once with each line on them, ordered by stack, then line.
        on_line: beside each of them, the row here of that line.
    """

    function: Ints
    line: Ints
    samples: Ints
    self_ns: Ints
    total_ns: Ints
    top: Ints
    on_stack: Ints
    on_line: Ints


def sample_ns(trace: Trace) -> Ints:
    """The time that each sample stands for: since its thread's sample before.

    Where that one saw no stack, the thread came back at some moment between the two: then it is at most one interval and
    the sample's own delay. Anywhere else a busy machine, on which samples are fewer, must not make a program look faster.
    """
    thread = trace.numbers("samples", "thread").astype(np.int64)
    taken = trace.taken_ns
    longest = np.minimum(trace.interval_ns + trace.numbers("samples", "delay_ns"), taken)
    at, before = follow(thread, taken, trace.numbers("samples", "stack") >= 0)
    lasted: Ints = longest.copy()
    lasted[at] = taken[at] - taken[before]
    return lasted


def follow(thread: Ints, taken: Ints, seen: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Samples that saw a stack right after another of their thread that did, and those others."""
    order = np.lexsort((taken, thread))
    before, at = order[:-1], order[1:]
    pairs = (thread[at] == thread[before]) & seen[at] & seen[before]
    return at[pairs], before[pairs]


def measure_lines(trace: Trace) -> Lines:
    """Gives every sample the time that it stands for, and adds that up for the lines on its stack."""
    stack = trace.numbers("samples", "stack").astype(np.int64)
    weight = sample_ns(trace)

    nodes = trace.tables["stacks"].num_rows
    seen = stack >= 0
    self_ns = np.bincount(stack[seen], weights=weight[seen], minlength=nodes)
    hits = np.bincount(stack[seen], minlength=nodes).astype(np.float64)
    parent = trace.numbers("stacks", "parent").astype(np.int64)
    key = trace.numbers("stacks", "function").astype(np.int64) << 32 | trace.numbers("stacks", "line").astype(np.int64)
    lines, line_of = np.unique(key, return_inverse=True)
    # every (stack that was on top, line on it) once, so that recursion does not count a line twice
    top = np.flatnonzero(hits)
    rows, at = top, top
    pairs = []
    while len(rows):
        pairs.append(rows * len(lines) + line_of[at])
        at = parent[at]
        rows, at = rows[at >= 0], at[at >= 0]
    pair = np.unique(np.concatenate(pairs)) if pairs else top
    row, line = pair // max(len(lines), 1), pair % max(len(lines), 1)
    total = np.bincount(line, weights=self_ns[row], minlength=len(lines))
    samples = np.bincount(line, weights=hits[row], minlength=len(lines))
    own = np.bincount(line_of, weights=self_ns, minlength=len(lines))
    return Lines(
        function=lines >> 32,
        line=lines & 0xFFFFFFFF,
        samples=samples.astype(np.int64),
        self_ns=own.astype(np.int64),
        total_ns=total.astype(np.int64),
        top=line_of,
        on_stack=row,
        on_line=line,
    )
