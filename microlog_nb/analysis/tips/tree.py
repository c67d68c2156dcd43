"""The tree of stacks as rules walk it: where each node lies, how much time it took, and which nodes are the user's.

Everything is worked out for the nodes of the tree, of which there are few, not for samples. The tree is laid out so that what
a node calls is the range behind it:

    node           begin  end
    main               0    4
      load             1    3
        parse          2    3
      fit              3    4
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Floats, Ints
from microlog_nb.analysis.lines import sample_ns
from microlog_nb.model.schema import FUNCTION_KINDS, SAMPLE_STATES
from microlog_nb.model.trace import Trace

Mask = npt.NDArray[np.bool_]

MIN_SHARE = 0.05
"""What takes less of the recording is not worth a change of the program."""
MIN_NS = 50_000_000
"""What takes less is not worth it either: nobody notices it, and it is fewer than 50 samples at 1 kHz."""


class Tree:
    """The stacks of one trace. Arrays have one entry a node, unless they say otherwise.

    Attributes:
        duration_ns: of the recording.
        parent: the caller's node, -1 at a root.
        function: row of the trace's functions.
        line: at which the function stood.
        names, modules: of the functions, by row.
        in_loop: whether the frame stood in a loop of its function.
        levels: nodes by their depth, from the roots.
        self_ns: time in the node's own code.
        waiting_ns: the part of it in which the thread waited.
        contended_ns: the part of it in which the thread waited for the interpreter's lock.
        total_ns, total_waiting_ns: with all that the node calls.
        own_ns, own_waiting_ns: with all that it calls but the user's.
        is_user: whether the frame is the user's.
        user: the innermost frame of the user's at or above the node, -1 if none.
        looped: whether a frame of the user's at or above the node stood in a loop.
    """

    def __init__(self, trace: Trace) -> None:
        self.duration_ns = max(trace.duration_ns, 1)
        self.parent = trace.numbers("stacks", "parent").astype(np.int64)
        self.function = trace.numbers("stacks", "function").astype(np.int64)
        self.line = trace.numbers("stacks", "line").astype(np.int64)
        self.names = trace.texts("functions", "name")
        self.modules = trace.texts("functions", "module")
        self.in_loop: Mask = trace.numbers("stacks", "loop") >= 0
        self._lay_out()
        self._measure(trace)
        self._find_user(trace)

    def __len__(self) -> int:
        return len(self.parent)

    def matters(self, ns: float) -> bool:
        """Whether a time is worth a tip."""
        return ns >= max(MIN_NS, MIN_SHARE * self.duration_ns)

    def outermost(self, matching: Mask) -> Ints:
        """The matching nodes that are not below another."""
        nodes = np.flatnonzero(matching)
        nodes = nodes[np.argsort(self._begin[nodes])]
        reach = np.maximum.accumulate(self._end[nodes])
        keep = np.ones(len(nodes), bool)
        keep[1:] = self._begin[nodes[1:]] >= reach[:-1]
        kept: Ints = nodes[keep]
        return kept

    def with_calls(self, nodes: Ints) -> Mask:
        """These nodes and all that they call."""
        size = len(self)
        change = np.bincount(self._begin[nodes], minlength=size + 1) - np.bincount(self._end[nodes], minlength=size + 1)
        covered: Mask = (np.cumsum(change) > 0)[self._begin]
        return covered

    def only(self, nodes: Ints) -> Mask:
        """These nodes without what they call."""
        mask = np.zeros(len(self), bool)
        mask[nodes] = True
        return mask

    @cached_property
    def expensive(self) -> Mask:
        """For every function of the trace whether it takes a time that matters, with what it calls."""
        total = np.bincount(self.function, weights=self.total_ns, minlength=len(self.names))
        # recursion counts too much here, which only asks more
        found: Mask = total >= max(MIN_NS, MIN_SHARE * self.duration_ns)
        return found

    @cached_property
    def recursive(self) -> dict[int, int]:
        """Functions of the user's that take a time that matters and call themselves: how often they were seen on one stack."""
        nodes = np.flatnonzero(self.is_user & (self.parent >= 0))
        again = np.unique(self.function[nodes][self.function[nodes] == self.function[self.parent[nodes]]])
        found = {}
        for function in again[self.expensive[again]].tolist():
            times = (self.function == function).astype(np.int64)
            for level in self.levels[1:]:
                times[level] += times[self.parent[level]]
            found[function] = int(times.max())
        return found

    @cached_property
    def called_by_user(self) -> Mask:
        """Nodes that a frame of the user's called, be it through the wrapper of a decorator."""
        wrapper = np.array(["wrapper" in name or "_decorator" in name for name in self.names], bool)
        mine = np.append(self.is_user, False)
        through = np.append(wrapper[self.function], False) & mine[np.append(self.parent, -1)]
        called: Mask = mine[self.parent] | through[self.parent]
        return called

    @cached_property
    def entered(self) -> Mask:
        """Nodes below the user's code with only functions of their own package between."""
        packages = np.array([module.partition(".")[0] for module in self.modules], object)
        of = np.unique(packages, return_inverse=True)[1][self.function]
        entered = np.zeros(len(self), bool)
        for level in self.levels[1:]:
            up = self.parent[level]
            entered[level] = self.is_user[up] | (entered[up] & (of[level] == of[up]))
        return entered

    # -- what the arrays are made of -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Levels from the roots; the order of a walk through the tree; where in it each node's range begins and ends."""
        size = len(self)
        by_parent = np.argsort(self.parent, kind="stable")
        sorted_parent = self.parent[by_parent]
        first = np.searchsorted(sorted_parent, np.arange(-1, size + 1))
        levels = []
        frontier = by_parent[first[0] : first[1]]
        while len(frontier):
            levels.append(frontier)
            begin, count = first[frontier + 1], first[frontier + 2] - first[frontier + 1]
            at = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
            frontier = by_parent[at]
        self.levels: list[Ints] = levels
        below = self._sums(np.ones(size, np.float64))
        self._begin = np.zeros(size, np.int64)
        for level in levels:
            parents, sizes = self.parent[level], below[level].astype(np.int64)
            before = np.cumsum(sizes) - sizes
            new = np.append(True, parents[1:] != parents[:-1])
            start = np.maximum.accumulate(np.where(new, np.arange(len(level)), 0))
            base = np.where(parents >= 0, self._begin[parents] + 1, 0)
            self._begin[level] = base + before - before[start]
        self._end = self._begin + below.astype(np.int64)

    def _measure(self, trace: Trace) -> None:
        size = len(self)
        stack = trace.numbers("samples", "stack").astype(np.int64)
        weight = sample_ns(trace).astype(np.float64)
        seen = stack >= 0
        state = trace.words("samples", "state", SAMPLE_STATES)
        cpu = trace.numbers("samples", "cpu_ns")
        idle = np.where(cpu >= 0, np.maximum(weight - cpu, 0), 0)
        told = state != SAMPLE_STATES.index("unknown")
        waited = np.where(told, np.where(state == SAMPLE_STATES.index("waiting"), weight, 0), idle)
        fought = np.where(state == SAMPLE_STATES.index("contended"), weight, 0)
        self.self_ns = np.bincount(stack[seen], weights=weight[seen], minlength=size)
        self.waiting_ns = np.bincount(stack[seen], weights=waited[seen], minlength=size)
        self.contended_ns = np.bincount(stack[seen], weights=fought[seen], minlength=size)
        self.total_ns = self._sums(self.self_ns)
        self.total_waiting_ns = self._sums(self.waiting_ns)

    def _find_user(self, trace: Trace) -> None:
        """For every node the innermost frame of the user's at or above it (-1 if none), and whether a loop is around it."""
        library = trace.words("functions", "kind", FUNCTION_KINDS) == FUNCTION_KINDS.index("library")
        self.is_user: Mask = ~library[self.function]
        self.user = np.full(len(self), -1, np.int64)
        self.looped = np.zeros(len(self), bool)
        for level in self.levels:
            up = self.parent[level]
            above = up >= 0
            mine = self.is_user[level]
            self.user[level] = np.where(mine, level, np.where(above, self.user[up], -1))
            self.looped[level] = (above & self.looped[up]) | (mine & self.in_loop[level])
        self.own_ns = self._sums(self.self_ns, ~self.is_user)
        self.own_waiting_ns = self._sums(self.waiting_ns, ~self.is_user)

    def _sums(self, values: npt.NDArray[Any], keep: Mask | None = None) -> Floats:
        """For each node its value and those of all that it calls; through nodes that are kept only."""
        total = values.astype(np.float64)
        for level in reversed(self.levels[1:]):
            rows = level if keep is None else level[keep[level]]
            np.add.at(total, self.parent[rows], total[rows])
        return total
