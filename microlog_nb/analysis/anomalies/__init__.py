"""Anomalies: intervals that are unusual by a stated rule, with what was expected and what was seen.

One kind a file, and one signature: from the scene of a recording to findings.
"""

from __future__ import annotations

from collections.abc import Callable

from microlog_nb.analysis.anomalies.contention import contention
from microlog_nb.analysis.anomalies.finding import MOST, Anomalies, Finding, table
from microlog_nb.analysis.anomalies.gc_pauses import gc_pauses
from microlog_nb.analysis.anomalies.gil_held import gil_held
from microlog_nb.analysis.anomalies.memory import memory_growth, memory_jumps
from microlog_nb.analysis.anomalies.said import errors, log_floods, warnings
from microlog_nb.analysis.anomalies.scene import Scene
from microlog_nb.analysis.anomalies.slow_calls import slow_calls
from microlog_nb.analysis.anomalies.slow_imports import slow_imports
from microlog_nb.analysis.anomalies.starved import starved
from microlog_nb.analysis.anomalies.waiting import waiting
from microlog_nb.analysis.calls import Calls
from microlog_nb.model.trace import Trace

__all__ = ["RULES", "Anomalies", "find_anomalies"]

Rule = Callable[[Scene], list[Finding]]

RULES: tuple[Rule, ...] = (
    slow_calls,
    waiting,
    contention,
    gil_held,
    memory_jumps,
    memory_growth,
    gc_pauses,
    slow_imports,
    log_floods,
    errors,
    warnings,
    starved,
)


def find_anomalies(trace: Trace, calls: Calls) -> Anomalies:
    """All anomalies of a recording, at most `MOST` of a kind: those with the highest score.

    Args:
        trace: the recording's facts.
        calls: its calls.
    """
    scene = Scene(trace, calls)
    found = [
        finding for rule in RULES for finding in sorted(rule(scene), key=lambda row: row.score, reverse=True)[:MOST]
    ]
    return table(found)
