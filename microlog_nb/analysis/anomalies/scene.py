"""One recording as the rules see it: whose call it is, what a thread did and when, what the process used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from microlog_nb import words
from microlog_nb.analysis.calls import Calls, Floats, Ints
from microlog_nb.analysis.lines import sample_ns
from microlog_nb.analysis.names import function_names
from microlog_nb.model.schema import FUNCTION_KINDS, PROCESS_METRICS, SAMPLE_STATES
from microlog_nb.model.trace import Trace

Mask = npt.NDArray[np.bool_]

RAN = SAMPLE_STATES.index("ran")
WAITING = SAMPLE_STATES.index("waiting")
CONTENDED = SAMPLE_STATES.index("contended")


class Scene:
    """A trace, its calls, and what several rules ask of them; each worked out once, when first asked for."""

    def __init__(self, trace: Trace, calls: Calls) -> None:
        self.trace = trace
        self.calls = calls

    # -- functions and calls -------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> list[str]:
        """The name of each function as it is shown: a cell's own code is called as the cell."""
        return function_names(self.trace)

    @cached_property
    def own(self) -> Mask:
        """Which functions are the user's."""
        own: Mask = self.trace.words("functions", "kind", FUNCTION_KINDS) != FUNCTION_KINDS.index("library")
        return own

    @cached_property
    def threads(self) -> Sequence[str]:
        """The threads' names."""
        return self.trace.texts("threads", "name")

    @cached_property
    def main(self) -> int:
        """The main thread, -1 if it was not seen."""
        found = np.flatnonzero(np.array(self.trace.texts("threads", "main"), bool))
        return int(found[0]) if len(found) else -1

    def users(self, call: int) -> int:
        """The call itself or its nearest caller that is the user's; the outermost if none is."""
        at = call
        while at >= 0:
            if self.own[self.calls.function[at]]:
                return at
            if self.calls.parent[at] < 0:
                return at if call >= 0 else -1
            at = int(self.calls.parent[at])
        return -1

    def nearest(self, at: Ints, marked: Mask) -> Ints:
        """Of each call the nearest that is marked among it and its callers, -1 if none."""
        at = at.copy()
        left = np.flatnonzero(at >= 0)
        while len(left):
            left = left[~marked[at[left]]]
            at[left] = self.calls.parent[at[left]]
            left = left[at[left] >= 0]
        return at

    def around(self, thread: int, start_ns: int, end_ns: int) -> int:
        """The innermost call of the user's that holds the most of an interval of a thread; -1 if none."""
        rows, taken = self._samples_of(thread)
        if not len(rows):
            return -1
        first, last = np.searchsorted(taken, (start_ns, end_ns))
        seen = self.calls.sample_call[rows[max(int(first) - 1, 0) : int(last) + 1]]
        best, held = -1, 0
        for call in np.unique(seen[seen >= 0]).tolist():
            at = self.users(call)
            while at >= 0:
                inside = min(int(self.calls.end_ns[at]), end_ns) - max(int(self.calls.start_ns[at]), start_ns)
                if inside > held * 1.1 or (inside >= held and self.calls.depth[at] > self.calls.depth[best]):
                    best, held = at, inside
                at = self.users(int(self.calls.parent[at]))
        return best

    def place(self, thread: int, start_ns: float) -> str:
        """Thread and time in words."""
        when = f"at {words.duration(start_ns)}"
        return f"{self.threads[thread]} {when}" if thread >= 0 else when

    # -- samples -------------------------------------------------------------------------------------------------------

    @cached_property
    def state(self) -> Ints:
        """Of each sample its number in `SAMPLE_STATES`; where nothing is known, what its CPU time says: ran or waited."""
        told = self.trace.words("samples", "state", SAMPLE_STATES)
        cpu = self.trace.numbers("samples", "cpu_ns")
        guess = np.where(cpu < 0, 0, np.where(cpu < self.sample_ns / 2, WAITING, RAN))
        return np.where(told > 0, told, guess)

    @cached_property
    def sample_ns(self) -> Ints:
        """The time that each sample stands for."""
        return sample_ns(self.trace)

    @cached_property
    def taken(self) -> Ints:
        """When each sample was taken."""
        return self.trace.taken_ns

    @cached_property
    def _by_thread(self) -> list[Ints]:
        thread = self.trace.numbers("samples", "thread")
        order = np.lexsort((self.taken, thread))
        edges = np.searchsorted(thread[order], np.arange(len(self.threads) + 1))
        return [order[a:b] for a, b in pairwise(edges.tolist())]

    def _samples_of(self, thread: int) -> tuple[Ints, Ints]:
        """The samples of a thread in order of time, and when they were taken."""
        rows = self._by_thread[thread] if 0 <= thread < len(self._by_thread) else np.zeros(0, np.int64)
        return rows, self.taken[rows]

    def during(self, thread: int, start_ns: int, end_ns: int) -> Ints:
        """The samples of a thread that were taken in an interval."""
        rows, taken = self._samples_of(thread)
        first, last = np.searchsorted(taken, (start_ns, end_ns))
        return rows[first:last]

    def share(self, thread: int, state: int, start_ns: int, end_ns: int) -> float:
        """The share of an interval that a thread spent in a state."""
        rows = self.during(thread, start_ns, end_ns)
        return float(self.sample_ns[rows[self.state[rows] == state]].sum()) / max(end_ns - start_ns, 1)

    # -- metrics -------------------------------------------------------------------------------------------------------

    def metric(self, name: str) -> tuple[Ints, Floats]:
        """Times and finite values of one of `PROCESS_METRICS`."""
        known = self.trace.words("metrics", "name", PROCESS_METRICS) == PROCESS_METRICS.index(name)
        times, values = self.trace.numbers("metrics", "time_ns")[known], self.trace.numbers("metrics", "value")[known]
        sound = np.isfinite(values)
        return times[sound].astype(np.int64), values[sound].astype(np.float64)


def ordinal(number: int) -> str:
    """A place in an order: "1st", "2nd", "3rd", "4th", "11th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{words.count(number)}{ending}"


def runs(mask: Mask) -> list[tuple[int, int]]:
    """First and one past the last index of each stretch of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
