"""Calls that were ready to run but had to wait for the GIL. Only samplers that see states tell of it."""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.lost_time import Loss, losses
from microlog_nb.analysis.anomalies.scene import CONTENDED, RAN, Scene


def contention(scene: Scene) -> list[Finding]:
    """Calls of 100 ms or more that waited for the GIL a third of their time or more."""
    return [_finding(scene, loss) for loss in losses(scene, scene.calls.contended_ns, CONTENDED)]


def _finding(scene: Scene, loss: Loss) -> Finding:
    calls, call = scene.calls, loss.call
    thread, start, duration = int(calls.thread[call]), int(calls.start_ns[call]), int(calls.duration_ns[call])
    reason = f"It was ready to run for {words.duration(loss.lost_ns)} of {words.duration(duration)} but did not have the GIL."
    if holder := holder_words(scene, thread, start, start + duration):
        reason += f" {holder}"
    if len(loss.calls) > 1:
        reason += f" {words.plural(len(loss.calls), 'call')} like it lost {words.duration(loss.total_ns)} in all."
    place = scene.place(thread, start)
    return Finding(
        kind="contention",
        start_ns=start,
        duration_ns=duration,
        call=call,
        function=int(calls.function[call]),
        thread=thread,
        where=f"longest of {words.count(len(loss.calls))} · {place}" if len(loss.calls) > 1 else place,
        expected=0.0,
        observed=loss.lost_ns / 1e9,
        score=loss.total_ns / 1e9,
        reason=reason,
        peers=some(loss.peers),
    )


def holder_words(scene: Scene, thread: int, start_ns: int, end_ns: int) -> str:
    """Who ran meanwhile, as a sentence, "" if nobody was seen."""
    best, most, time = -1, 0.0, 0.0
    for other in range(len(scene.threads)):
        rows = scene.during(other, start_ns, end_ns)
        rows = rows[(scene.state[rows] == RAN) & (scene.calls.sample_call[rows] >= 0)]
        ran = float(scene.sample_ns[rows].sum())
        if other != thread and ran > most:
            called, place = np.unique(scene.calls.function[scene.calls.sample_call[rows]], return_inverse=True)
            spent = np.bincount(place, weights=scene.sample_ns[rows])
            best, most, time = other, ran, float(spent.max())
            function = int(called[np.argmax(spent)])
    if best < 0:
        return ""
    return f"{scene.names[function]} in {scene.threads[best]} ran meanwhile for {words.duration(time)}."
