"""Garbage collections that kept everything waiting."""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.scene import Scene
from microlog_nb.model.schema import SPAN_KINDS

MIN_NS = 50_000_000
"""A shorter pause is none."""
LONG_NS = 100_000_000
"""A pause as long as this is one whatever the others were; a shorter one is `FACTOR` times their median."""
FACTOR = 3.0


def gc_pauses(scene: Scene) -> list[Finding]:
    """Long collections, against the other collections of the same generation."""
    trace = scene.trace
    rows = np.flatnonzero(trace.words("spans", "kind", SPAN_KINDS) == SPAN_KINDS.index("gc"))
    duration = trace.numbers("spans", "duration_ns")
    long = rows[duration[rows] >= MIN_NS]
    if not len(long):
        return []
    names = trace.texts("spans", "name")
    found = []
    for row in long.tolist():
        others = duration[[other for other in rows.tolist() if other != row and names[other] == names[row]]]
        usual = float(np.median(others)) if len(others) else 0.0
        pause = int(duration[row])
        if pause < LONG_NS and pause < FACTOR * usual:
            continue
        start, thread = int(trace.numbers("spans", "start_ns")[row]), int(trace.numbers("spans", "thread")[row])
        call = scene.around(thread, start, start + pause) if thread >= 0 else -1
        reason = f"A collection of {names[row]} took {words.duration(pause)}"
        reason += (
            f" against a median of {words.duration(usual)} in {words.count(len(others) + 1)}." if len(others) else "."
        )
        times, objects = scene.metric("gc_objects")
        if len(objects):
            alive = float(objects[max(int(np.searchsorted(times, start, side="right")) - 1, 0)])
            reason += f" {words.count(round(alive))} objects were alive."
        found.append(
            Finding(
                kind="GC pause",
                start_ns=start,
                duration_ns=pause,
                call=call,
                function=int(scene.calls.function[call]) if call >= 0 else -1,
                thread=thread,
                where=f"{names[row]} · {scene.place(thread, start)}",
                expected=usual / 1e9,
                observed=pause / 1e9,
                score=max(pause - usual, pause / 2) / 1e9,
                reason=reason,
                peers=some(others / 1e9),
            )
        )
    return found
