"""Which calls were seen, and how many there must have been: short ones between two samples are missed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from microlog_nb.analysis.calls import Calls, Ints
from microlog_nb.analysis.tips.tree import Tree
from microlog_nb.model.trace import Trace


@dataclass(frozen=True)
class Seen:
    """Some calls.

    Attributes:
        times: how many there were at the least.
        longest: id of the longest of them, -1 if none was seen.
    """

    times: int
    longest: int


class SeenCalls:
    """The calls of a recording, found by the nodes of the tree of stacks."""

    def __init__(self, trace: Trace, calls: Calls, tree: Tree) -> None:
        self._calls = calls
        self._tree = tree
        self._instruction = trace.numbers("stacks", "instruction").astype(np.int64)

    def of_function(self, function: int) -> Seen:
        """All calls of a function."""
        calls = np.flatnonzero(self._calls.function == function)
        return Seen(len(calls), self._longest(calls))

    def from_nodes(self, nodes: Ints) -> Seen:
        """Calls of the functions of these nodes from where these nodes were called."""
        tree = self._tree
        up = tree.parent[nodes]
        caller = np.where(up >= 0, tree.function[up], -1)
        line = np.where(up >= 0, tree.line[up], 0)
        wanted = np.unique((tree.function[nodes] * (len(tree.names) + 1) + caller + 1) << 24 | line)
        calls = np.flatnonzero(np.isin(self._keys, wanted))
        return Seen(self._times(calls), self._longest(calls))

    def by_line(self, caller: int, functions: Ints) -> dict[int, int]:
        """For the lines of a function from which these functions were called: how often at the least."""
        calls = self._calls
        within = (calls.function[calls.parent] == caller) & (calls.parent >= 0)
        rows = np.flatnonzero(within & np.isin(calls.function, functions))
        lines = calls.caller_line[rows]
        return {int(line): self._times(rows[lines == line]) for line in np.unique(lines)}

    def _longest(self, calls: Ints) -> int:
        return int(calls[np.argmax(self._durations_ns[calls])]) if len(calls) else -1

    def _times(self, calls: Ints) -> int:
        """How many calls there were at the least.

        A call that was always seen at one instruction may be several. Outside of a loop, one instruction calls once: what
        it called so many times was called by so many calls.
        """
        times, within = len(calls), calls
        while len(within):
            inside = np.zeros(len(self._calls) + 1, bool)
            inside[within] = True
            below = np.flatnonzero(inside[self._calls.parent])
            function, line = self._calls.function[self._calls.parent[below]], self._calls.caller_line[below]
            number = np.searchsorted(self._lines, function << 32 | line)
            once = self._instructions[np.minimum(number, len(self._lines) - 1)] == 1
            within, function, line = below[once], function[once], line[once]
            site = (self._calls.function[within] << 24 | line) * (len(self._tree.names) + 1) + function
            times = max(times, int(np.unique(site, return_counts=True)[1].max(initial=0)))
        return times

    @cached_property
    def _durations_ns(self) -> Ints:
        return self._calls.duration_ns

    @cached_property
    def _keys(self) -> Ints:
        """For every call its function, its caller's and the line it was called from, as one number."""
        calls = self._calls
        caller = np.append(calls.function, -1)[calls.parent]
        keys: Ints = (calls.function * (len(self._tree.names) + 1) + caller + 1) << 24 | calls.caller_line
        return keys

    @cached_property
    def _lines(self) -> Ints:
        """The lines seen, of whatever function."""
        return np.unique(self._tree.function << 32 | self._tree.line)

    @cached_property
    def _instructions(self) -> Ints:
        """For every line seen: at how many instructions; more than one if it is in a loop."""
        tree = self._tree
        key = tree.function << 32 | tree.line
        sites = np.unique(np.stack([np.searchsorted(self._lines, key), self._instruction]), axis=1)
        count = np.bincount(sites[0], minlength=len(self._lines))
        count += 2 * np.bincount(np.searchsorted(self._lines, key[tree.in_loop]), minlength=len(self._lines))
        return count
