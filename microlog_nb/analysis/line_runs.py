"""When each line of code was seen: what a page needs to add up the lines of any part of a recording by itself.

    samples     a:1>b:5  a:1>b:5  a:1>b:6  a:1>lib  a:1>lib      of one thread, each with the time that it stands for
    runs        {a1 b5}........... {a1 b6}  {a1}..............    neighbours that saw the same lines are one

Of a long recording with very many runs, those too short to matter are added up in steps of time, a row for each set of lines:
it says how much of the step that set was seen, not when in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Ints
from microlog_nb.analysis.lines import Lines, sample_ns
from microlog_nb.model.trace import Trace

_FINEST_NS = 1_000_000


@dataclass(frozen=True)
class LineRuns:
    """Two tables.

    Attributes:
        start_ns: by run, ordered by thread, then time, its begin.
        span_ns: where between its begin and this much later it is.
        time_ns: how long it is; less than `span_ns` where several were added up.
        samples: how many samples saw it.
        seen: its set of lines.
        of: by line of a set, ordered by set: the set, counted from 0.
        line: the row of the line in `Lines`.
        own: whether it is the line on top of the stack.
        step_ns: runs shorter than this were added up; 0 where every run is its own.
    """

    start_ns: Ints
    span_ns: Ints
    time_ns: Ints
    samples: Ints
    seen: Ints
    of: Ints
    line: Ints
    own: npt.NDArray[np.bool_]
    step_ns: int


def line_runs(trace: Trace, lines: Lines, kept: npt.NDArray[np.bool_], most: int) -> LineRuns:
    """The runs of a trace.

    Args:
        trace: the samples.
        lines: its lines.
        kept: which of them matter.
        most: number of runs from which on short ones are added up.
    """
    set_of, of, line, own = _sets(trace, lines, kept)
    thread = trace.numbers("samples", "thread").astype(np.int64)
    taken = trace.taken_ns
    order = np.lexsort((taken, thread))
    thread, taken = thread[order], taken[order]
    begin = taken - sample_ns(trace)[order]
    seen = set_of[trace.numbers("samples", "stack").astype(np.int64)[order]]
    parts = np.ones(len(order), bool)
    parts[1:] = (thread[1:] != thread[:-1]) | (seen[1:] != seen[:-1]) | (begin[1:] != taken[:-1])
    first = np.flatnonzero(parts)
    last = np.append(first[1:], len(order)) - 1 if len(order) else first
    known = seen[first] >= 0
    first, last = first[known], last[known]
    start, span, count, seen = begin[first], taken[last] - begin[first], last - first + 1, seen[first]
    time, step, end = span, 0, int((start + span).max(initial=trace.duration_ns))
    while len(start) > most and step <= trace.duration_ns:
        step = max(step * 2, trace.duration_ns // most, _FINEST_NS)
        start, span, time, count, seen = _added_up(start, span, time, count, seen, step, end)
    return LineRuns(start, span, time, count, seen, of, line, own, step)


def _sets(trace: Trace, lines: Lines, kept: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, npt.NDArray[np.bool_]]:
    """The set of lines that each stack shows, -1 at -1 and where it shows none; and the columns of the sets."""
    nodes = trace.tables["stacks"].num_rows
    shown = kept[lines.on_line]
    stack, line = lines.on_stack[shown], lines.on_line[shown]
    size = np.bincount(stack, minlength=nodes)
    begin = np.cumsum(size) - size
    # the lines of a stack are in order, so stacks that agree in their first ones share a name until they differ
    name = np.zeros(nodes, np.int64)
    names, at = 1, 0
    rows = np.flatnonzero(size)
    while len(rows):
        found, place = np.unique(name[rows] * len(kept) + line[begin[rows] + at], return_inverse=True)
        name[rows] = names + place
        names, at = names + len(found), at + 1
        rows = rows[size[rows] > at]
    top = np.where(np.append(kept, False)[lines.top], lines.top, -1)
    rows = np.flatnonzero(size)
    _, example, place = np.unique(name[rows] * (len(kept) + 1) + top[rows] + 1, return_index=True, return_inverse=True)
    set_of = np.full(nodes + 1, -1, np.int64)
    set_of[rows] = place
    example = rows[example]
    of = np.repeat(np.arange(len(example)), size[example])
    within = np.arange(len(of)) - np.repeat(np.cumsum(size[example]) - size[example], size[example])
    line = line[begin[example][of] + within]
    return set_of, of, line, line == top[example][of]


def _added_up(
    start: Ints, span: Ints, time: Ints, count: Ints, seen: Ints, step: int, end: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The same with the runs shorter than the step as one row for each set in each step of time."""
    short = span < step
    key = start[short] // step * (seen.max() + 1) + seen[short]
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    begin = start[short][first] // step * step
    joined = (
        begin,
        np.maximum(np.minimum(begin + step, end) - begin, 0),
        np.bincount(row, weights=time[short]).astype(np.int64),
        np.bincount(row, weights=count[short]).astype(np.int64),
        seen[short][first],
    )
    long = (start, span, time, count, seen)
    made = [np.concatenate([column[~short], more]) for column, more in zip(long, joined, strict=True)]
    return tuple(made)  # type: ignore[return-value]  # as many as there were
