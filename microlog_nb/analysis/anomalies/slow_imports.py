"""Imports that took long, each chain of imports once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.scene import Scene
from microlog_nb.analysis.calls import Ints
from microlog_nb.model.schema import SPAN_KINDS

MIN_NS = 250_000_000
"""A slow import took at least as long."""
CHILD_SHARE = 0.7
"""If importing another package took this share of it, that package is named."""


def slow_imports(scene: Scene) -> list[Finding]:
    """Imports not within another one, or the other package within that explains them."""
    trace = scene.trace
    rows = np.flatnonzero(trace.words("spans", "kind", SPAN_KINDS) == SPAN_KINDS.index("import"))
    start, duration = trace.numbers("spans", "start_ns"), trace.numbers("spans", "duration_ns")
    thread = trace.numbers("spans", "thread")
    if not (duration[rows] >= MIN_NS).any():
        return []
    names = trace.texts("spans", "name")
    outer = _outer(start, duration, thread, rows)
    outermost = rows[outer[rows] < 0]
    found = []
    for row in outermost[duration[outermost] >= MIN_NS].tolist():
        culprit = _culprit(names, duration, outer, rows, row)
        others = duration[outermost[outermost != row]]
        usual = float(np.median(others)) if len(others) else 0.0
        took, begin, of = int(duration[culprit]), int(start[culprit]), int(thread[culprit])
        reason = f"Importing {names[culprit]} took {words.duration(took)}"
        if culprit != row:
            reason += f" of the {words.duration(duration[row])} for {names[row]}"
        call = scene.around(of, begin, begin + took) if of >= 0 else -1
        found.append(
            Finding(
                kind="slow import",
                start_ns=begin,
                duration_ns=took,
                call=call,
                function=int(scene.calls.function[call]) if call >= 0 else -1,
                thread=of,
                where=f"{names[culprit]} · {scene.place(of, begin)}",
                expected=usual / 1e9,
                observed=took / 1e9,
                score=max(took - usual, took / 2) / 1e9,
                reason=f"{reason}.",
                peers=some(others / 1e9),
            )
        )
    return found


def _outer(start: Ints, duration: Ints, thread: Ints, rows: Ints) -> Ints:
    """Of every import the one that it is directly within, -1 if none."""
    outer = np.full(len(start), -1, np.int64)
    open_: dict[int, list[int]] = {}
    order = rows[np.lexsort((-duration[rows], start[rows]))]
    for row in order.tolist():
        path = open_.setdefault(int(thread[row]), [])
        while path and start[path[-1]] + duration[path[-1]] < start[row] + duration[row]:
            path.pop()
        if path:
            outer[row] = path[-1]
        path.append(row)
    return outer


def _culprit(names: Sequence[str], duration: Ints, outer: Ints, rows: Ints, row: int) -> int:
    """The innermost import of another package that explains this one."""
    best = at = row
    while True:
        inside = rows[outer[rows] == at]
        if not len(inside):
            return best
        at = int(inside[np.argmax(duration[inside])])
        if duration[at] < CHILD_SHARE * duration[row]:
            return best
        if names[at].partition(".")[0] != names[best].partition(".")[0]:
            best = at
