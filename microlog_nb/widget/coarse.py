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
        bar_of: for every call the bar that stands for it; one more entry at the end, so that -1 maps to -1.
        resolution_ns: shorter calls than half of it may be part of a bar; 0 where each call is its own.
    """

    call: Ints
    start_ns: Ints
    end_ns: Ints
    merged: Ints
    bar_of: Ints
    resolution_ns: int

    def total(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Sums of a column of the calls; unknown where one is."""
        return np.bincount(self.bar_of[:-1], weights=values, minlength=len(self.call))


class Levels:
    """The calls of a recording in the order of their rows, from which bars of any level are made."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._order = np.lexsort((calls.start_ns, calls.depth, calls.thread))
        thread, depth = calls.thread[self._order], calls.depth[self._order]
        self._start, self._end = calls.start_ns[self._order], calls.end_ns[self._order]
        self._duration = self._end - self._start
        self._gap = np.zeros(len(self._order), np.int64)
        self._gap[1:] = self._start[1:] - self._end[:-1]
        self._same_row = np.zeros(len(self._order), bool)
        self._same_row[1:] = (thread[1:] == thread[:-1]) & (depth[1:] == depth[:-1])

    def at_most(self, most: int) -> Bars:
        """The finest level of no more bars than that, if any has so few; every level has a bar a row and more."""
        if len(self._order) <= most:
            return self._bars(self._first(0), 0)
        resolution, last = 1000, max(int(self._end.max(initial=0)), 1000)
        first = self._first(resolution)
        while len(first) > most and resolution < last:
            resolution *= 2
            first = self._first(resolution)
        return self._bars(first, resolution)

    def within(self, start_ns: int, end_ns: int, resolution_ns: int, most: int) -> Bars:
        """Bars at this resolution inside an interval, and coarser ones outside of it.

        Args:
            start_ns: begin of the interval.
            end_ns: its end.
            resolution_ns: of the bars inside; grows until those inside are no more than `most`.
            most: number of bars.
        """
        inside = (self._start < end_ns) & (self._end > start_ns)
        outer = max(self.at_most(most).resolution_ns, resolution_ns)
        inner = max(resolution_ns, 1)
        while True:
            first = self._first(np.where(inside, inner, outer))
            if np.count_nonzero(inside[first]) <= most or inner >= outer:
                return self._bars(first, inner)
            inner *= 2

    def _first(self, resolution_ns: int | Ints) -> Ints:
        """Where in the order of rows each bar begins."""
        if not len(self._order):
            return np.zeros(0, np.int64)
        small = self._duration * 2 < resolution_ns
        joins = self._same_row & small & (self._gap < resolution_ns)
        joins[1:] &= small[:-1]
        return np.flatnonzero(~joins)

    def _bars(self, first: Ints, resolution_ns: int) -> Bars:
        count = np.diff(np.append(first, len(self._order)))
        bar = np.repeat(np.arange(len(first)), count)
        longest = (
            np.flatnonzero(self._duration == np.repeat(np.maximum.reduceat(self._duration, first), count))
            if len(first)
            else first
        )
        call = self._order[longest[np.append(True, np.diff(bar[longest]) > 0)]] if len(first) else first
        start, end = self._start[first], self._end[first + count - 1]
        order = np.lexsort((self._calls.depth[call], self._calls.thread[call], start))
        place = np.empty(len(order) + 1, np.int64)
        place[order], place[-1] = np.arange(len(order)), -1
        bar_of = np.full(len(self._order) + 1, -1, np.int64)
        bar_of[self._order] = place[bar]
        return Bars(call[order], start[order], end[order], count[order], bar_of, resolution_ns)
