"""Calls at a level of detail: runs of short calls become one bar each, as the page itself draws them.

all calls   ▏▏▎▏▏   ▆▆▆▆▆▆▆▆   ▏▏▏▏        at a resolution   ▆▆▆▆   ▆▆▆▆▆▆▆▆   ▆▆▆▆
                                           stands for           5          1      4
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Calls

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bars:
    """What stands for the calls, ordered by start, then thread, then depth.

    Attributes:
        call: the call shown: itself, or the longest of those it stands for.
        start_ns: start of the first one.
        end_ns: end of the last one.
        merged: number of calls that it stands for.
        bar_of: for every call the bar that stands for it, -1 where it is left out; one more entry at the end, so that -1
            maps to -1.
        members: the calls that are not left out, in order.
        resolution_ns: shorter calls than half of it may be part of a bar; 0 where each call is its own.
    """

    call: Ints
    start_ns: Ints
    end_ns: Ints
    merged: Ints
    bar_of: Ints
    members: Ints
    resolution_ns: int

    def total(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Sums of a column of the calls; unknown where one is."""
        return np.bincount(self.bar_of[self.members], weights=values[self.members], minlength=len(self.call))


class Levels:
    """The calls of a recording in the order of their rows, from which bars of any level are made.

    Levels nest: what is one bar at a fine one is part of one bar at a coarser one.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        order = np.lexsort((calls.start_ns, calls.depth, calls.thread))
        thread, depth = calls.thread[order], calls.depth[order]
        same_row = np.zeros(len(order), bool)
        same_row[1:] = (thread[1:] == thread[:-1]) & (depth[1:] == depth[:-1])
        self._rows = _Rows(order, calls.start_ns[order], calls.end_ns[order], same_row)

    def at_most(self, most: int) -> Bars:
        """The finest level of no more bars than that, if any has so few; every level has a bar a row and more."""
        return self._at_most(self._rows, 0, most)

    def inside(self, coarse: Bars, start_ns: int, end_ns: int, resolution_ns: int, most: int) -> Bars:
        """What the bars of a coarser level that touch an interval are made of; bars that cannot be divided are left out.

        Args:
            coarse: bars of all calls.
            start_ns: begin of the interval.
            end_ns: its end.
            resolution_ns: of the bars wanted, less than that of the coarse ones; grows until they are no more than `most`.
            most: number of bars.
        """
        touching = (coarse.start_ns < end_ns) & (coarse.end_ns > start_ns) & (coarse.merged > 1)
        rows = self._rows.only(touching[coarse.bar_of[self._rows.order]])
        return self._at_most(rows, resolution_ns, most)

    def _at_most(self, rows: _Rows, resolution_ns: int, most: int) -> Bars:
        resolution, last = resolution_ns, max(int(rows.end.max(initial=0)), 1000)
        first = rows.first(resolution)
        while len(first) > most and resolution < last:
            resolution = max(resolution * 2, 1000)
            first = rows.first(resolution)
        return self._bars(rows, first, resolution)

    def _bars(self, rows: _Rows, first: Ints, resolution_ns: int) -> Bars:
        count = np.diff(np.append(first, len(rows.order)))
        bar = np.repeat(np.arange(len(first)), count)
        duration = rows.end - rows.start
        longest = (
            np.flatnonzero(duration == np.repeat(np.maximum.reduceat(duration, first), count)) if len(first) else first
        )
        call = rows.order[longest[np.append(True, np.diff(bar[longest]) > 0)]] if len(first) else first
        start, end = rows.start[first], rows.end[first + count - 1]
        order = np.lexsort((self._calls.depth[call], self._calls.thread[call], start))
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        bar_of = np.full(len(self._calls) + 1, -1, np.int64)
        bar_of[rows.order] = place[bar]
        return Bars(call[order], start[order], end[order], count[order], bar_of, np.sort(rows.order), resolution_ns)


@dataclass(frozen=True)
class _Rows:
    """Calls by thread, depth and start; whether each one is in the same row as the one before."""

    order: Ints
    start: Ints
    end: Ints
    same_row: npt.NDArray[np.bool_]

    def only(self, kept: npt.NDArray[np.bool_]) -> _Rows:
        """Some of them. What has another neighbour than before has none."""
        at = np.flatnonzero(kept)
        follows = np.zeros(len(at), bool)
        follows[1:] = np.diff(at) == 1
        return _Rows(self.order[at], self.start[at], self.end[at], self.same_row[at] & follows)

    def first(self, resolution_ns: int) -> Ints:
        """Where each bar begins at a resolution."""
        if not len(self.order):
            return np.zeros(0, np.int64)
        small = (self.end - self.start) * 2 < resolution_ns
        joins = self.same_row & small
        joins[1:] &= small[:-1] & (self.start[1:] - self.end[:-1] < resolution_ns)
        return np.flatnonzero(~joins)
