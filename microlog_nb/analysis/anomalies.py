"""Anomalies: intervals that are unusual by a stated rule, with what was expected and what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.calls import Calls, Floats, Ints
from microlog_nb.analysis.functions import group_medians
from microlog_nb.model.trace import Trace

MIN_PEERS = 5
"""Calls of the same function from the same caller that there must be before one of them can be slow."""
DEVIATIONS = 5.0
"""How many deviations above the median a slow call is at least."""
FLOOR = 1.5
"""A slow call took at least this many times the median."""
FLOOR_NS = 20_000_000
"""A slow call took at least this much longer than the median."""
FLOOR_SHARE = 0.01
"""A slow call lost at least this share of the recording: less is not worth a mark."""
CHILD_SHARE = 0.7
"""If one slow child explains this share of the excess, the child is named and not the caller."""

_MAD_TO_SIGMA = 1.4826
"""Makes the median absolute deviation an estimate of the standard deviation of normal data (Rousseeuw and Croux 1993)."""
_RELATIVE_NOISE = 0.05


@dataclass(frozen=True)
class Anomalies:
    """Columns, ordered by start.

    Attributes:
        kind: "slow call".
        start_ns: when it began.
        duration_ns: how long it lasted.
        call: id of the call, -1 if none.
        function: row of the trace's functions, -1 if none.
        thread: row of the trace's threads, -1 if none.
        expected: what is usual, in seconds.
        observed: what was seen, in seconds.
        score: seconds lost, weighted by how sure it is (0 to 1).
        reason: one sentence with the numbers.
    """

    kind: list[str]
    start_ns: Ints
    duration_ns: Ints
    call: Ints
    function: Ints
    thread: Ints
    expected: Floats
    observed: Floats
    score: Floats
    reason: list[str]

    def __len__(self) -> int:
        return len(self.kind)


def find_anomalies(trace: Trace, calls: Calls) -> Anomalies:
    """Slow calls: against the other calls of the same function from the same caller, by median and MAD."""
    duration = calls.duration_ns
    caller = np.append(calls.function, -1)[calls.parent]
    _, group = np.unique((calls.function << 32) + caller + 1, return_inverse=True)
    size = int(group.max()) + 1 if len(group) else 0
    peers = np.bincount(group, minlength=size)
    median = group_medians(group, duration, size)[group]
    away = group_medians(group, np.abs(duration - median), size)[group]
    sigma = np.maximum(away * _MAD_TO_SIGMA, _RELATIVE_NOISE * median)
    excess = duration - median
    slow = (
        (peers[group] >= MIN_PEERS)
        & (excess > DEVIATIONS * sigma)
        & (duration > FLOOR * median)
        & (excess > max(FLOOR_NS, FLOOR_SHARE * trace.duration_ns))
    )
    slow &= ~_explained(calls, slow, excess)
    rows = np.flatnonzero(slow)
    sure = 1 - np.minimum(DEVIATIONS * sigma[rows] / np.maximum(excess[rows], 1), 1) ** 2
    names = trace.texts("functions", "name")
    return Anomalies(
        kind=["slow call"] * len(rows),
        start_ns=calls.start_ns[rows],
        duration_ns=duration[rows],
        call=rows,
        function=calls.function[rows],
        thread=calls.thread[rows],
        expected=median[rows] / 1e9,
        observed=duration[rows] / 1e9,
        score=excess[rows] / 1e9 * sure,
        reason=[
            f"{names[calls.function[row]]} took {words.duration(duration[row])} against a median of {words.duration(median[row])} "
            f"in {peers[group[row]]} calls."
            for row in rows
        ],
    )


def _explained(calls: Calls, slow: np.ndarray, excess: Floats) -> np.ndarray:
    """Slow calls whose excess lies, for the most part, in slow children."""
    rows = np.flatnonzero(slow & (calls.parent >= 0))
    by_children = np.bincount(calls.parent[rows], weights=excess[rows], minlength=len(calls))
    explained: np.ndarray = slow & (by_children >= CHILD_SHARE * np.maximum(excess, 1))
    return explained
