"""Calls: intervals inferred from observations, one function entered and left, with its caller.

    observed    a-b  a-b  a-c  a  .      each a stack of one thread; '-' reads "calls", '.' is outside the user's code
    calls       aaaaaaaaaaaaaaaa
                bbbbbbbb  ccc

Observations are the samples and, because a log entry knows its stack exactly, the log entries. Two neighbours continue
a call at depth d if all its callers continue, the function is the same, its caller is still at the same instruction, and the
function has not gone back to an earlier instruction outside of a loop, which only another call of it can. A cell's own code
runs once: IPython compiles its statements one by one, so that their instructions have no order.
So, with k the number of calls that continue from one observation to the next, everything deeper than k ends between the
two and whatever the second has deeper than k begins there. Edges lie midway between observations. An observation that
came late, because C code held the GIL, is evidence about the time before it: as much of the gap as its thread had the CPU
is given to what it saw, for a thread that did not run has not left where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.names import cells
from microlog_nb.model.schema import LATE_INTERVALS, SAMPLE_STATES
from microlog_nb.model.trace import Trace

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MOST_BETWEEN = 8
"""Entries that a sample may have been put before or behind by rounding, at most."""

_LONGEST_PAUSE_NS = 100_000_000
"""As long as a notebook may take from one statement of a cell to the next, and samples may be missing."""


@dataclass(frozen=True)
class Calls:
    """Columns of all calls; a row's number is the call's id, ordered by start, then thread, then depth.

    Attributes:
        thread: row of the trace's threads.
        depth: 0 at the root.
        function: row of the trace's functions.
        parent: the caller's id, -1 at the root.
        caller_line: line it was called from, 0 at the root.
        start_ns: when it was entered.
        end_ns: when it was left.
        self_ns: time in its own code.
        cpu_ns: CPU time of its thread inside it; NaN where unknown.
        waiting_ns: time inside it in which its thread waited: for input, a lock of the program's, a sleep; NaN where unknown.
        contended_ns: time inside it in which its thread waited for the interpreter's lock; NaN where unknown, and then part
            of `waiting_ns`.
        samples: number of samples behind it; 0 for a call known only by a log entry.
        sample_call: for every sample of the trace the innermost call it saw, -1 if none.
        log_call: for every log entry of the trace the call that said it, -1 if unknown.
    """

    thread: Ints
    depth: Ints
    function: Ints
    parent: Ints
    caller_line: Ints
    start_ns: Ints
    end_ns: Ints
    self_ns: Ints
    cpu_ns: Floats
    waiting_ns: Floats
    contended_ns: Floats
    samples: Ints
    sample_call: Ints
    log_call: Ints

    def __len__(self) -> int:
        return len(self.start_ns)

    @property
    def duration_ns(self) -> Ints:
        """Total time: in its own code and in what it called."""
        return self.end_ns - self.start_ns


def late_samples(trace: Trace) -> npt.NDArray[np.bool_]:
    """Which samples came late, by the rule of `LATE_INTERVALS`."""
    late: npt.NDArray[np.bool_] = trace.numbers("samples", "delay_ns") > LATE_INTERVALS * trace.interval_ns
    return late


def infer_calls(trace: Trace) -> Calls:
    """All calls of a trace. Time and memory grow with the number of changes of stack, not with the length of the run."""
    tree = _Tree(trace)
    observed = _observe(trace, tree)
    runs = _collapse(trace, observed, tree)
    return _pair(trace, observed, runs, tree)


@dataclass(frozen=True)
class _Observations:
    """Samples, then log entries, sorted by thread and time; `order` leads from here to their rows."""

    order: Ints
    thread: Ints
    stack: Ints
    edge: Ints  # where the observation before ends and this one begins
    taken: Ints
    sample: npt.NDArray[np.bool_]
    samples: int  # how many of the rows are samples


def _observe(trace: Trace, tree: _Tree) -> _Observations:
    logs = trace.numbers("logs", "time_ns")
    due = np.concatenate([trace.numbers("samples", "due_ns"), logs])
    taken = np.concatenate([trace.taken_ns, logs])
    thread = _both(trace, "thread")
    stack = _both(trace, "stack")
    late = np.concatenate([late_samples(trace), np.zeros(len(logs), bool)])
    sample = np.arange(len(taken)) < len(taken) - len(logs)
    known = sample | (stack >= 0)
    order = np.flatnonzero(known)
    order = order[np.lexsort((taken[order], thread[order]))]
    order = _agreeing(order, thread, stack, taken, sample, _step_ns(trace), tree)
    thread, stack, taken, late = thread[order], stack[order], taken[order], late[order]
    stack = _between_statements(thread, stack, taken, tree)

    first = np.ones(len(order), bool)
    first[1:] = thread[1:] != thread[:-1]
    before = np.where(first, 0, np.roll(taken, 1))
    reach = np.maximum(np.where(late, due[order], taken), before)
    cpu = np.concatenate([trace.numbers("samples", "cpu_ns"), np.zeros(len(logs), np.int64)])[order]
    edge = (before + reach) // 2
    edge = np.where(late & (cpu >= 0), np.maximum(taken - cpu, edge), edge)
    unknown = first | (np.roll(stack, 1) < 0)
    edge = np.where(unknown, np.maximum(before, reach - trace.interval_ns // 2), edge)
    # a thread that was gone when the GIL came free was in the function seen before
    edge = np.where(late & (stack < 0) & ~first, taken, edge)
    return _Observations(order, thread, stack, edge, taken, sample[order], len(sample) - len(logs))


def _between_statements(thread: Ints, stack: Ints, taken: Ints, tree: _Tree) -> Ints:
    """Stacks where the notebook was seen at work between two statements of a cell, or ran something else while the cell awaits.

    There is no code of the user's on the stack then, but the cell has not been left.
    """
    left = np.flatnonzero(stack[1:-1] < 0) + 1
    before, after = left - 1, left + 1
    root = tree.root[stack[before]]
    same = tree.outer[root] & (tree.function[root] == tree.function[tree.root[stack[after]]])
    alone = (thread[before] == thread[left]) & (thread[after] == thread[left])
    goes_on = same & alone & (taken[after] - taken[left] <= _LONGEST_PAUSE_NS)
    stack = stack.copy()
    stack[left[goes_on]] = root[goes_on]
    return stack


def _step_ns(trace: Trace) -> int:
    """What the times of samples are multiples of; see `samplers`."""
    return max(trace.interval_ns // 50_000 * 1000, 1000)


def _agreeing(
    order: Ints, thread: Ints, stack: Ints, taken: Ints, sample: npt.NDArray[np.bool_], step_ns: int, tree: _Tree
) -> Ints:
    """Samples and log entries in the order in which they happened.

    The time of an entry is exact, that of a sample is rounded: nearer to each other than that they may stand the wrong way
    round. Where calls go on in the other order and not in this one, they do. `taken` is changed to agree.

        at        10.00   10.01            a function that has said something at line 3
        seen      a:3     a:2              is not at line 2 behind it, unless it is another call
    """
    for _ in range(_MOST_BETWEEN):
        one, two = order[:-1], order[1:]
        near = (thread[one] == thread[two]) & (sample[one] != sample[two]) & (taken[two] - taken[one] <= step_ns)
        at = np.flatnonzero(near & (stack[one] >= 0) & (stack[two] >= 0) & (stack[one] != stack[two]))
        one, two = order[at], order[at + 1]
        wrong = tree.continuing(stack[two], stack[one]) > tree.continuing(stack[one], stack[two])
        at, one, two = at[wrong], one[wrong], two[wrong]
        apart = np.ones(len(at), bool)  # of two pairs with a row in common the first one is turned round
        apart[1:] = np.diff(at) > 1
        if not len(at):
            break
        at, one, two = at[apart], one[apart], two[apart]
        exact = np.where(sample[one], taken[two], taken[one])
        taken[one] = taken[two] = exact
        order = order.copy()
        order[at], order[at + 1] = two, one
    return order


def _both(trace: Trace, column: str) -> Ints:
    parts = [trace.numbers("samples", column), trace.numbers("logs", column)]
    return np.concatenate(parts).astype(np.int64)


class _Tree:
    """The prefix tree of stacks as arrays; row -1 stands for "no stack"."""

    def __init__(self, trace: Trace) -> None:
        self.parent = np.append(trace.numbers("stacks", "parent"), -1).astype(np.int64)
        self.function = np.append(trace.numbers("stacks", "function"), -1).astype(np.int64)
        self.line = np.append(trace.numbers("stacks", "line"), 0).astype(np.int64)
        self.instruction = np.append(trace.numbers("stacks", "instruction"), -1).astype(np.int64)
        self.loop = np.append(trace.numbers("stacks", "loop"), -1).astype(np.int64)
        self.root = np.full(len(self.parent), -1, np.int64)
        self.outer = (self.parent < 0) & np.append(cells(trace), False)[self.function]  # a cell's own code
        self.depth = np.zeros(len(self.parent), np.int64)  # number of frames, 0 for "no stack"
        rows = np.arange(len(self.parent) - 1)
        at = rows
        while len(rows):
            self.depth[rows] += 1
            self.root[rows] = at
            at = self.parent[at]
            rows, at = rows[at >= 0], at[at >= 0]

    def continuing(self, a: Ints, b: Ints) -> Ints:
        """How many calls continue from stack a to stack b, element by element."""
        x, y = a.copy(), b.copy()
        for one, other in ((x, y), (y, x)):
            rows = np.flatnonzero(self.depth[one] > self.depth[other])
            while len(rows):
                one[rows] = self.parent[one[rows]]
                rows = rows[self.depth[one[rows]] > self.depth[other[rows]]]
        same = np.zeros(len(x), np.int64)
        rows = np.flatnonzero(x != y)
        while len(rows):
            same[rows] = self._goes_on(x[rows], y[rows])
            x[rows], y[rows] = self.parent[x[rows]], self.parent[y[rows]]
            rows = rows[x[rows] != y[rows]]
        return self.depth[x] + same

    def _goes_on(self, x: Ints, y: Ints) -> npt.NDArray[np.bool_]:
        """Whether a call seen at node x can be the one that is seen at node y, its callers being the same."""
        forward = self.instruction[y] >= self.instruction[x]
        around = (self.loop[x] >= 0) & (self.loop[x] == self.loop[y])
        goes_on: npt.NDArray[np.bool_] = (self.function[x] == self.function[y]) & (forward | around | self.outer[x])
        return goes_on


@dataclass(frozen=True)
class _Runs:
    """Neighbouring observations of one thread with one stack."""

    of: Ints  # run of every observation
    thread: Ints
    stack: Ints
    start: Ints
    end: Ints
    opens_from: Ints  # depths from here on begin with the run
    closes_from: Ints  # depths from here on end with the run


def _collapse(trace: Trace, observed: _Observations, tree: _Tree) -> _Runs:
    count = len(observed.order)
    begins = np.ones(count, bool)
    begins[1:] = (observed.thread[1:] != observed.thread[:-1]) | (observed.stack[1:] != observed.stack[:-1])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], count) - 1 if count else first
    thread, stack = observed.thread[first], observed.stack[first]
    start = observed.edge[first]
    end = np.minimum(observed.taken[last] + trace.interval_ns // 2, trace.duration_ns)
    joined = np.zeros(len(first), bool)  # the next run is of the same thread
    joined[:-1] = thread[1:] == thread[:-1]
    end[:-1] = np.where(joined[:-1], start[1:], end[:-1])
    opens = np.zeros(len(first), np.int64)
    follows = np.flatnonzero(joined) + 1
    opens[follows] = tree.continuing(stack[follows - 1], stack[follows])
    closes = np.zeros(len(first), np.int64)
    closes[follows - 1] = opens[follows]
    return _Runs(np.cumsum(begins) - 1, thread, stack, start, end, opens, closes)


def _pair(trace: Trace, observed: _Observations, runs: _Runs, tree: _Tree) -> Calls:
    depths = tree.depth[runs.stack]
    open_run, open_depth = _spread(runs.opens_from, depths)
    close_run, close_depth = _spread(runs.closes_from, depths)
    node = _ancestors(tree, runs, depths, len(open_run))

    # At one depth of one thread calls do not overlap, so the n-th that begins is the n-th that ends.
    by_depth = np.argsort(narrow(open_depth), kind="stable")
    open_run, open_depth, node = open_run[by_depth], open_depth[by_depth], node[by_depth]
    close_run = close_run[np.argsort(narrow(close_depth), kind="stable")]
    key = open_depth * (len(depths) + 1) + open_run
    start, end = runs.start[open_run], runs.end[close_run]

    def call_at(run: Ints, depth: Ints) -> Ints:
        found = np.searchsorted(key, depth * (len(depths) + 1) + run, side="right") - 1
        return np.where(depth >= 0, found, -1)

    parent = call_at(open_run, open_depth - 1)
    leaf = call_at(np.arange(len(depths)), depths - 1)

    order = np.lexsort((open_depth, runs.thread[open_run], start))
    number = np.full(len(order) + 1, -1, np.int64)
    number[order] = np.arange(len(order))
    length = (end - start).astype(np.float64)
    inner = np.bincount(parent[parent >= 0], weights=length[parent >= 0], minlength=len(order))
    counted = np.concatenate([[0], np.cumsum(np.bincount(runs.of[observed.sample], minlength=len(depths)))])
    row_call = np.full(observed.samples + trace.tables["logs"].num_rows, -1, np.int64)
    row_call[observed.order] = number[leaf[runs.of]]
    thread = runs.thread[open_run]
    spent = _cpu(trace, observed, thread[order], start[order], end[order])
    waiting, contended = _waits(trace, observed, thread[order], start[order], end[order], spent)
    return Calls(
        thread=thread[order],
        depth=open_depth[order],
        function=tree.function[node][order],
        parent=number[parent][order],
        caller_line=tree.line[tree.parent[node]][order],
        start_ns=start[order],
        end_ns=end[order],
        self_ns=np.rint(length - inner).astype(np.int64)[order],
        cpu_ns=spent,
        waiting_ns=waiting,
        contended_ns=contended,
        samples=(counted[close_run + 1] - counted[open_run])[order],
        sample_call=row_call[: observed.samples],
        log_call=row_call[observed.samples :],
    )


def _spread(first: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """For every row the numbers from first to stop: (row of each number, number)."""
    counts = stop - first
    row = np.repeat(np.arange(len(counts)), counts)
    begin = np.cumsum(counts) - counts
    return row, np.arange(len(row)) - begin[row] + first[row]


def narrow(numbers: Ints) -> npt.NDArray[Any]:
    """Numbers from 0 on, as 16-bit ones if they fit: those numpy sorts stably in linear time."""
    return numbers.astype(np.uint16) if len(numbers) and numbers.max() < 65536 else numbers


def _ancestors(tree: _Tree, runs: _Runs, depths: Ints, count: int) -> Ints:
    """The stack node of every call that a run begins, in the order of `_spread(opens_from, depths)`."""
    counts = depths - runs.opens_from
    node = np.empty(count, np.int64)
    rows = np.flatnonzero(counts > 0)
    at = runs.stack[rows]
    place = np.cumsum(counts)[rows] - 1
    left = counts[rows]
    while len(at):
        node[place] = at
        more = left > 1
        at, place, left = tree.parent[at[more]], place[more] - 1, left[more] - 1
    return node


def _cpu(trace: Trace, observed: _Observations, thread: Ints, start: Ints, end: Ints) -> Floats:
    """CPU time inside each interval: the thread's cumulated CPU time, linear between samples.

    Threads are laid one after the other on one axis, so that one interpolation serves all.
    """
    rows = np.flatnonzero(observed.sample)
    if not len(rows):
        return np.full(len(start), np.nan)
    cpu = trace.numbers("samples", "cpu_ns")[observed.order[rows]].astype(np.float64)
    of, taken = observed.thread[rows], observed.taken[rows]
    delay = trace.numbers("samples", "delay_ns")[observed.order[rows]]
    axis = trace.duration_ns + 2
    first = np.ones(len(rows), bool)
    first[1:] = of[1:] != of[:-1]
    # the first sample of a thread speaks of the interval before it
    begin = np.maximum(taken[first] - trace.interval_ns - delay[first], 0)
    total = np.cumsum(np.maximum(cpu, 0))
    x = np.concatenate([taken + of * axis, begin + of[first] * axis])
    y = np.concatenate([total, (total - np.maximum(cpu, 0))[first]])
    order = np.argsort(x, kind="stable")
    spent = np.interp(end + thread * axis, x[order], y[order]) - np.interp(start + thread * axis, x[order], y[order])
    unknown = np.unique(of[cpu < 0])
    return np.where(np.isin(thread, unknown), np.nan, np.minimum(spent, end - start))


def _waits(
    trace: Trace, observed: _Observations, thread: Ints, start: Ints, end: Ints, cpu: Floats
) -> tuple[Floats, Floats]:
    """Time inside each interval spent waiting, and waiting for the interpreter's lock.

    Where samples say what their thread did, each speaks for the time from midway to the sample before it until midway to
    the one after. Where they do not, whatever is not CPU time is waiting.
    """
    duration = (end - start).astype(np.float64)
    idle, unknown = np.maximum(duration - cpu, 0), np.full(len(start), np.nan)
    rows = np.flatnonzero(observed.sample)
    if not len(rows):
        return idle, unknown
    did = trace.words("samples", "state", SAMPLE_STATES)[observed.order[rows]]
    of, taken = observed.thread[rows], observed.taken[rows]
    told = ~np.isin(thread, np.unique(of[did == SAMPLE_STATES.index("unknown")]))
    axis = trace.duration_ns + 2
    last = np.append(of[1:] != of[:-1], True)
    first = np.roll(last, 1)
    since = np.where(first, 0, (taken + np.roll(taken, 1)) // 2) + of * axis
    until = np.where(last, trace.duration_ns, np.roll(np.where(first, 0, since - of * axis), -1)) + of * axis

    def inside(state: str) -> Floats:
        weight = (did == SAMPLE_STATES.index(state)).astype(np.float64)
        x, y = np.append(since, until[-1]), np.append(0.0, np.cumsum((until - since) * weight))
        found: Floats = np.interp(end + thread * axis, x, y) - np.interp(start + thread * axis, x, y)
        return found

    return (
        np.where(told, np.minimum(inside("waiting"), duration), idle),
        np.where(told, np.minimum(inside("contended"), duration), unknown),
    )
