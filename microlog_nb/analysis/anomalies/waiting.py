"""Calls that waited: how much and, where the stack or the user's line tells, for what."""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.causes import WORDS, Causes, heaviest
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.lost_time import SHARE, Loss, losses
from microlog_nb.analysis.anomalies.scene import WAITING, Scene

MIN_PEERS = 5
"""So many other calls say what is usual; with fewer, a call is expected not to wait."""
HABITUAL = 0.5
"""Where the usual call waits as much as this share of what was seen, it is the function's habit: the score is halved."""
_FOR_WORK = frozenset({"queue", "await", "lock"})
"""A thread beside the main one that waits so waits for work."""


def waiting(scene: Scene) -> list[Finding]:
    """Calls of 100 ms or more that waited a third of their time or more.

    A thread beside the main one that waits in a loop of its own while the main thread works costs nobody time.
    """
    causes = Causes(scene)
    found = losses(scene, scene.calls.waiting_ns, WAITING)
    return [_finding(scene, causes, loss) for loss in found if not _idles(scene, causes, loss)]


def _idles(scene: Scene, causes: Causes, loss: Loss) -> bool:
    calls, call = scene.calls, loss.call
    thread = int(calls.thread[call])
    if thread == scene.main:
        return False
    start, end = int(calls.start_ns[call]), int(calls.end_ns[call])
    main_waits = scene.share(scene.main, WAITING, start, end) >= SHARE
    return not main_waits or causes.of(heaviest(loss.stacks, loss.weights)) in _FOR_WORK


def _finding(scene: Scene, causes: Causes, loss: Loss) -> Finding:
    calls, call = scene.calls, loss.call
    stack = heaviest(loss.stacks, loss.weights)
    what, line = causes.of(stack), causes.line(stack)
    many = len(loss.calls) > 1
    usual = float(np.median(loss.peers)) if len(loss.peers) >= MIN_PEERS else 0.0
    observed = loss.lost_ns / 1e9
    duration = int(calls.duration_ns[call])
    reason = f"It waited {words.duration(loss.lost_ns)} of {words.duration(duration)}"
    reason += f" {WORDS[what]}" if what else ""
    reason += f" ({line})." if line else "."
    if not what and np.isnan(calls.contended_ns[call]):
        reason += " Whether it waited for the GIL is not known."
    if many:
        reason += f" {words.plural(len(loss.calls), 'call')} like it waited {words.duration(loss.total_ns)} in all."
    sure = 0.5 if usual >= HABITUAL * observed and not many else 0.9
    thread, start = int(calls.thread[call]), int(calls.start_ns[call])
    place = scene.place(thread, start)
    return Finding(
        kind="waiting",
        start_ns=start,
        duration_ns=duration,
        call=call,
        function=int(calls.function[call]),
        thread=thread,
        where=f"longest of {words.count(len(loss.calls))} · {place}" if many else place,
        expected=min(usual, observed),
        observed=observed,
        score=loss.total_ns / 1e9 * sure,
        reason=reason,
        peers=some(loss.peers),
    )
