"""The process wanted to run, but other processes had the CPUs."""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding
from microlog_nb.analysis.anomalies.scene import WAITING, Scene, runs
from microlog_nb.model.schema import SAMPLE_STATES

FULL = 0.95
"""The CPUs are full when so much of them is in use."""
LOW = 2 / 3
"""The process has less than this share of one core."""
OTHERS = 0.5
"""Other processes use at least this share of all CPUs."""
MIN_NS = 500_000_000
"""Shorter stretches are not worth a word."""
MAX_WAITING = 1 / 3
"""A main thread that waited for more than this share of the time would not have run anyway."""


def starved(scene: Scene) -> list[Finding]:
    """Stretches of full CPUs in which the process had little. Needs the number of CPUs, which older recordings do not tell."""
    cores = scene.trace.meta.get("cores")
    if not isinstance(cores, int) or cores < 1:
        return []
    times, system = scene.metric("system_cpu")
    own_times, own = scene.metric("cpu")
    times, here, there = np.intersect1d(times, own_times, return_indices=True)
    system, own = system[here], own[there]
    before = np.concatenate([[0], times[:-1]]) if len(times) else times
    low = (system >= FULL * 100 * cores) & (own < LOW * 100) & (system - own >= OTHERS * 100 * cores)
    found = []
    for first, stop in runs(low):
        start, end = int(before[first]), int(times[stop - 1])
        if end - start < MIN_NS or (waits := _waiting(scene, start, end)) > MAX_WAITING:
            continue
        length = (times - before)[first:stop]
        used = float(np.average(own[first:stop], weights=length)) / 100
        others = float(np.average(system[first:stop] - own[first:stop], weights=length)) / 100
        call = scene.around(scene.main, start, end)
        lost = (1 - used - waits) * (end - start) / 1e9
        found.append(
            Finding(
                kind="starved",
                start_ns=start,
                duration_ns=end - start,
                call=-1,
                function=int(scene.calls.function[call]) if call >= 0 else -1,
                thread=-1,
                where=f"at {words.duration(start)}",
                expected=(1 - waits) * (end - start) / 1e9,
                observed=used * (end - start) / 1e9,
                score=max(lost, 0.0) * 0.9,
                reason=f"For {words.duration(end - start)} other processes used {others:.1f} of {words.plural(cores, 'core')}; "
                f"this one had {words.percent(used)} of a core.",
            )
        )
    return found


def _waiting(scene: Scene, start: int, end: int) -> float:
    """The share of the time that the main thread waited, 0 where no sampler told waiting from starving."""
    rows = scene.during(scene.main, start, end)
    told = scene.trace.words("samples", "state", SAMPLE_STATES)[rows]
    if not len(rows) or (told == SAMPLE_STATES.index("unknown")).any():
        return 0.0
    return scene.share(scene.main, WAITING, start, end)
