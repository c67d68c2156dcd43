"""Stalls: C code kept the GIL, and threads that were ready to run starved.

main     json json json json json json        ran all the while in one place
worker   !    !    !    !    !    !           waited for the GIL          (a sampler that sees states)
worker   >    >    >    >    >    crunch      was not seen all the while  (one that needs the GIL itself)

How long it was held is what the others lost.
"""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding
from microlog_nb.analysis.anomalies.scene import CONTENDED, RAN, Scene, runs
from microlog_nb.analysis.calls import Ints, late_samples

MIN_NS = 50_000_000
"""A thread hands the GIL over within 5 ms of being asked to, if it runs Python: ten times as long is C code."""
SWITCH_NS = 5_000_000
"""With many threads one waits this long for each of the others."""
ONE_PLACE = 0.8
"""Whoever kept it stood at one place for this share of the time."""
BUSY = 0.5
"""A thread that used this share of a CPU before or after a stall would have run in it."""

_Stall = tuple[int, int, int, int]  # start, end, who starved, the sample of who kept it


def gil_held(scene: Scene) -> list[Finding]:
    """Stalls, those in one call taken together."""
    by_call: dict[int, list[_Stall]] = {}
    for stall in [*_seen_waiting(scene), *_not_seen(scene)]:
        call = scene.users(int(scene.calls.sample_call[stall[3]]))
        if call >= 0:
            by_call.setdefault(call, []).append(stall)
    return [_finding(scene, call, stalls) for call, stalls in by_call.items()]


def _seen_waiting(scene: Scene) -> list[_Stall]:
    """By threads that wait for the GIL for long while another stands at one place."""
    found: list[_Stall] = []
    if not (scene.state == CONTENDED).any():
        return found
    stack = scene.trace.numbers("samples", "stack")
    waiters = len({int(t) for t in np.unique(scene.trace.numbers("samples", "thread")[scene.state == CONTENDED])})
    least = max(MIN_NS, 4 * SWITCH_NS * waiters)
    for thread in range(len(scene.threads)):
        rows = scene.during(thread, 0, scene.trace.duration_ns + 1)
        for first, stop in runs(scene.state[rows] == CONTENDED):
            end = int(scene.taken[rows[stop - 1]])
            start = int(scene.taken[rows[first]] - scene.sample_ns[rows[first]])
            if end - start < least:
                continue
            keeper = _keeper(scene, thread, start, end, stack)
            if keeper >= 0:
                found.append((start, end, thread, keeper))
    return found


def _keeper(scene: Scene, starved: int, start: int, end: int, stack: Ints) -> int:
    """A sample of the thread that ran in one place all the while, -1 if none did."""
    for other in range(len(scene.threads)):
        if other == starved:
            continue
        rows = scene.during(other, start, end)
        rows = rows[(scene.state[rows] == RAN) & (stack[rows] >= 0)]
        nodes, place = np.unique(stack[rows], return_inverse=True)
        if len(nodes):
            spent = np.bincount(place, weights=scene.sample_ns[rows])
            if spent.max() >= ONE_PLACE * (end - start):
                return int(rows[np.argmax(place == np.argmax(spent))])
    return -1


def _not_seen(scene: Scene) -> list[_Stall]:
    """By late samples: one thread had the CPU in the gap, another that was busy around it had not."""
    trace = scene.trace
    cpu, delay = trace.numbers("samples", "cpu_ns"), trace.numbers("samples", "delay_ns")
    thread, due = trace.numbers("samples", "thread"), trace.numbers("samples", "due_ns")
    late = np.flatnonzero(late_samples(trace) & (delay >= MIN_NS) & (cpu >= 0))
    kept = late[cpu[late] >= ONE_PLACE * delay[late]]
    found: list[_Stall] = []
    for keeper in kept.tolist():
        start, end = int(due[keeper]), int(scene.taken[keeper])
        for other in range(len(scene.threads)):
            if other == thread[keeper]:
                continue
            inside = scene.during(other, start, end + trace.interval_ns)
            if not len(inside) or cpu[inside].sum() > (1 - ONE_PLACE) * (end - start):
                continue
            around = 20 * trace.interval_ns
            before, after = (
                scene.share(other, RAN, start - around, start),
                scene.share(other, RAN, end + 1, end + around),
            )
            if max(before, after) >= BUSY:
                found.append((start, end, other, keeper))
    return found


def _finding(scene: Scene, call: int, stalls: list[_Stall]) -> Finding:
    calls = scene.calls
    intervals = sorted({(start, end) for start, end, _, _ in stalls})
    held, reach = 0, -1
    for start, end in intervals:
        held += max(end - max(start, reach), 0)
        reach = max(reach, end)
    lost = sum(end - start for start, end, _, _ in stalls)
    starved = sorted({scene.threads[thread] for _, _, thread, _ in stalls})
    name = scene.names[int(calls.function[call])]
    innermost = scene.names[int(calls.function[calls.sample_call[stalls[0][3]]])]
    inside = "" if innermost == name else f" in {innermost}"
    who = starved[0] if len(starved) == 1 else words.plural(len(starved), "thread")
    times = "" if len(intervals) == 1 else f" in {words.plural(len(intervals), 'stall')}"
    start = intervals[0][0]
    return Finding(
        kind="GIL held",
        start_ns=start,
        duration_ns=reach - start,
        call=call,
        function=int(calls.function[call]),
        thread=int(calls.thread[call]),
        where=scene.place(int(calls.thread[call]), start),
        expected=SWITCH_NS / 1e9,
        observed=held / 1e9,
        score=lost / 1e9 * 0.9,
        reason=f"{name} held the GIL for {words.duration(held)}{inside}{times}; {who} could not run.",
    )
