"""Memory: jumps, and growth that does not end."""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.scene import Scene, runs
from microlog_nb.analysis.calls import Floats

MIN_BYTES = 50e6
"""Less is no jump and no growth."""
JUMP_SHARE = 0.05
"""A jump is at least this share of the memory before it."""
DEVIATIONS = 8.0
"""A rising reading of a jump stands this many deviations, by the MAD of all changes, above the median change."""
PARTS = 10
"""Growth is steady when the least memory of each of so many parts of the run is above that of the part before ..."""
MIN_RISES = 8
"""... so many times of the 9 or more."""
MIN_READINGS = 30
BYTES_A_SECOND = 250e6
"""What a second of score stands for: memory must be found, zeroed, filled, and one day it is not there."""

_MAD_TO_SIGMA = 1.4826


def memory_jumps(scene: Scene) -> list[Finding]:
    """Rises of memory within neighbouring readings that stand out of all changes."""
    times, values = scene.metric("memory")
    if len(values) < 3:
        return []
    change = np.diff(values)
    found = []
    for first, stop in _jumps(values):
        start, end = int(times[first]), int(times[stop])
        rise = float(values[stop] - values[first])
        others = np.abs(np.delete(change, np.arange(first, stop)))
        usual = float(np.median(others)) if len(others) else 0.0
        call = scene.around(scene.main, start, end)
        kept = float(np.min(values[stop:]) - values[first])
        reason = f"Memory rose by {words.size(rise)} to {words.size(values[stop])} in {words.duration(end - start)}"
        reason += f" during {scene.names[int(scene.calls.function[call])]}." if call >= 0 else "."
        if kept >= rise / 2:
            reason += f" {words.size(kept)} of it were still held at the end."
        found.append(
            Finding(
                kind="memory jump",
                start_ns=start,
                duration_ns=end - start,
                call=call,
                function=int(scene.calls.function[call]) if call >= 0 else -1,
                thread=scene.main if call >= 0 else -1,
                where=scene.place(scene.main if call >= 0 else -1, start),
                expected=usual,
                observed=rise,
                unit="bytes",
                score=rise / BYTES_A_SECOND,
                reason=reason,
                peers=some(others),
            )
        )
    return found


def _jumps(values: Floats) -> list[tuple[int, int]]:
    """First and last reading of each."""
    change = np.diff(values)
    center = np.median(change)
    noise = np.median(np.abs(change - center)) * _MAD_TO_SIGMA
    steep = change > center + max(DEVIATIONS * float(noise), MIN_BYTES / 20)
    return [
        (first, stop)
        for first, stop in runs(steep)
        if values[stop] - values[first] >= max(MIN_BYTES, JUMP_SHARE * values[first])
    ]


def memory_growth(scene: Scene) -> list[Finding]:
    """Memory whose floor rises from part to part over the run, jumps taken off."""
    times, values = scene.metric("memory")
    if len(values) < MIN_READINGS:
        return []
    change = np.diff(values)
    for first, stop in _jumps(values):
        change[first:stop] = 0
    level = values[0] + np.append(0.0, np.cumsum(change))
    floors = np.array([part.min() for part in np.array_split(level, PARTS)])
    growth = float(floors[-1] - floors[0])
    rises = np.diff(floors)
    steady = np.count_nonzero(rises > growth / PARTS / 4)
    if growth < max(MIN_BYTES, JUMP_SHARE * values[0]) or steady < MIN_RISES:
        return []
    start, end = int(times[0]), int(times[-1])
    function, share, count = _grower(scene, times, change)
    rate = growth / max((end - start) / 1e9, 1e-9)
    reason = (
        f"Memory grew steadily, from {words.size(floors[0])} to {words.size(floors[-1])}, {words.size(rate)} a second."
    )
    if function >= 0:
        reason += f" {words.percent(share)} of it came during {words.plural(count, 'call')} of {scene.names[function]}."
    return [
        Finding(
            kind="memory growth",
            start_ns=start,
            duration_ns=end - start,
            function=function,
            thread=-1,
            where="the whole run",
            expected=0.0,
            observed=growth,
            unit="bytes",
            score=growth / BYTES_A_SECOND,
            reason=reason,
        )
    ]


def _grower(scene: Scene, times: np.ndarray, change: Floats) -> tuple[int, float, int]:
    """The function of the user's during which most of the growth came, its share of it, and its calls; -1 if none."""
    rising = np.flatnonzero(change > 0)
    rows = scene.during(scene.main, 0, scene.trace.duration_ns + 1)
    rows = rows[scene.calls.sample_call[rows] >= 0]
    if not len(rows) or not len(rising):
        return -1, 0.0, 0
    owner = scene.nearest(scene.calls.sample_call[rows], scene.own[scene.calls.function])
    rows, owner = rows[owner >= 0], owner[owner >= 0]
    if not len(rows):
        return -1, 0.0, 0
    # what came between two readings is shared among the samples between them
    between = np.searchsorted(times, scene.taken[rows]) - 1
    inside = (between >= 0) & (between < len(change))
    many = np.bincount(between[inside], minlength=len(change))
    gained = np.maximum(change, 0) / np.maximum(many, 1)
    by_function = np.bincount(
        scene.calls.function[owner[inside]], weights=gained[between[inside]], minlength=len(scene.names)
    )
    most = int(np.argmax(by_function))
    total = float(np.maximum(change, 0).sum())
    count = int(np.count_nonzero(scene.calls.function == most))
    return (most, float(by_function[most]) / total, count) if by_function[most] > 0 else (-1, 0.0, 0)
