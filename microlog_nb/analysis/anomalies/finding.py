"""What a rule finds, and the table of all that was found."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from microlog_nb.analysis.calls import Floats, Ints

MOST = 100
"""Of one kind so many are kept, those with the highest score: nobody reads more."""
MOST_PEERS = 60
"""So many similar values are kept beside an anomaly."""

UNITS = ("s", "bytes", "count")


@dataclass(frozen=True)
class Finding:
    """One anomaly; the columns of `Anomalies` say what the fields mean."""

    kind: str
    start_ns: int
    duration_ns: int
    expected: float
    observed: float
    score: float
    reason: str
    where: str
    unit: str = "s"
    call: int = -1
    function: int = -1
    thread: int = -1
    peers: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Anomalies:
    """Columns, ordered by start; at most `MOST` of each kind.

    Attributes:
        kind: "slow call", "waiting", "contention", "GIL held", "memory jump", "memory growth", "GC pause", "slow import",
            "log flood", "error", "warning" or "starved".
        start_ns: when it began.
        duration_ns: how long it lasted.
        call: id of the call it is about, -1 if none.
        function: row of the trace's functions, -1 if none.
        thread: row of the trace's threads, -1 if it is about the process.
        where: the place in words, as "4th of 8 · MainThread at 24.0 s".
        expected: what is usual, in `unit`.
        observed: what was seen, in `unit`.
        unit: "s", "bytes" or "count".
        score: seconds lost, weighted by how sure it is (0 to 1); what is not time is converted as each rule says.
        reason: one or two sentences with the numbers.
        peers: at most `MOST_PEERS` similar values, without this one, in `unit`.
    """

    kind: list[str]
    start_ns: Ints
    duration_ns: Ints
    call: Ints
    function: Ints
    thread: Ints
    where: list[str]
    expected: Floats
    observed: Floats
    unit: list[str]
    score: Floats
    reason: list[str]
    peers: list[Floats]

    def __len__(self) -> int:
        return len(self.kind)


def table(findings: list[Finding]) -> Anomalies:
    """The findings as columns."""
    rows = sorted(findings, key=lambda row: (row.start_ns, -row.score))
    return Anomalies(
        kind=[row.kind for row in rows],
        start_ns=np.array([row.start_ns for row in rows], np.int64),
        duration_ns=np.array([row.duration_ns for row in rows], np.int64),
        call=np.array([row.call for row in rows], np.int64),
        function=np.array([row.function for row in rows], np.int64),
        thread=np.array([row.thread for row in rows], np.int64),
        where=[row.where for row in rows],
        expected=np.array([row.expected for row in rows], np.float64),
        observed=np.array([row.observed for row in rows], np.float64),
        unit=[row.unit for row in rows],
        score=np.array([row.score for row in rows], np.float64),
        reason=[row.reason for row in rows],
        peers=[row.peers for row in rows],
    )


def some(values: Floats) -> Floats:
    """At most `MOST_PEERS` of the values: the quantiles, so that their spread is kept."""
    if len(values) <= MOST_PEERS:
        return values.astype(np.float64)
    places = np.rint(np.linspace(0, len(values) - 1, MOST_PEERS)).astype(np.int64)
    return np.sort(values)[places].astype(np.float64)
