"""Slow calls: against the other calls of the same function from the same caller.

load  load  load  load -------------  load         out of the ordinary: see `outliers`
parse parse parse parse ------------  parse        explains it, so that parse is named and load is not

Calls are looked at where the user can do something about them, and every cause counts once.
"""

from __future__ import annotations

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import MOST, Finding, some
from microlog_nb.analysis.anomalies.outliers import MIN_PEERS, Outliers, find_outliers
from microlog_nb.analysis.anomalies.scene import Mask, Scene, ordinal
from microlog_nb.analysis.calls import Calls, Floats, Ints

FLOOR = 1.5
"""A slow call took at least this many times the median."""
FLOOR_NS = 20_000_000
"""A slow call took at least this much longer than the median."""
FLOOR_SHARE = 0.002
"""A slow call lost at least this share of the recording, but never more than `MOST_FLOOR_NS` is asked: less is not worth a mark."""
MOST_FLOOR_NS = 1_000_000_000
WEAK_FLOOR_NS = 100_000_000
"""The same where there are only 2 to 4 calls to compare."""
CHILD_SHARE = 0.7
"""If slow calls inside a slow call explain this share of its excess, they are named and it is not."""
CAUSE_SHARE = 0.5
"""What explains this share of the excess is said to be the cause."""


def slow_calls(scene: Scene) -> list[Finding]:
    """Calls that took much longer than their peers, each cause once: on the innermost call that explains it.

    Judged are the user's functions and what they call directly. A call inside another of the same function is a step of a
    recursion and not a peer, and importing has a rule of its own.
    """
    calls = scene.calls
    duration = calls.duration_ns
    floor_ns = float(np.clip(FLOOR_SHARE * scene.trace.duration_ns, FLOOR_NS, MOST_FLOOR_NS))
    rows = _judged(scene, floor_ns)
    if not len(rows):
        return []
    _, group = np.unique(_key(calls, rows), return_inverse=True)
    size = int(group.max()) + 1
    found = find_outliers(duration[rows].astype(np.float64), group, size, noise=scene.trace.interval_ns)
    excess = duration[rows][found.row] - found.expected
    count = np.bincount(group, minlength=size)[group][found.row]
    floor = np.where(count < MIN_PEERS, max(floor_ns, WEAK_FLOOR_NS), floor_ns)
    worth = (duration[rows][found.row] > FLOOR * found.expected) & (excess > floor)
    worth[worth] = ~_explained(scene, rows[found.row[worth]], excess[worth])
    best = np.flatnonzero(worth)
    best = best[np.argsort(-excess[best] * found.sure[best], kind="stable")[:MOST]]
    return [_finding(scene, found, int(row), rows[group == group[found.row[row]]], rows) for row in best]


def _judged(scene: Scene, floor_ns: float) -> Ints:
    """The calls that are compared: those with a peer, or themselves, long enough to be slow."""
    calls = scene.calls
    modules = scene.trace.texts("functions", "module")
    judged = np.array([not module.startswith("importlib") for module in modules], bool)
    long = np.flatnonzero((calls.duration_ns > floor_ns) & judged[calls.function])
    of_long = np.zeros(len(modules), bool)
    of_long[calls.function[long]] = True
    rows = np.flatnonzero(of_long[calls.function] & (calls.samples > 0))
    rows = rows[np.isin(_key(calls, rows), _key(calls, long))]
    by_user = np.append(scene.own, False)[np.append(calls.function, -1)[calls.parent[rows]]]
    rows = rows[scene.own[calls.function[rows]] | by_user]
    at = calls.parent[rows]
    outer: Mask = np.ones(len(rows), bool)
    left = np.flatnonzero(at >= 0)
    while len(left):
        same = calls.function[at[left]] == calls.function[rows[left]]
        outer[left[same]] = False
        left = left[~same]
        at[left] = calls.parent[at[left]]
        left = left[at[left] >= 0]
    outermost: Ints = rows[outer]
    return outermost


def _key(calls: Calls, rows: Ints) -> Ints:
    """A number for the function and the caller's function of each of these calls."""
    caller = np.append(calls.function, -1)[calls.parent[rows]]
    key: Ints = np.asarray((calls.function[rows] << 32) + caller + 1, np.int64)
    return key


def _explained(scene: Scene, slow: Ints, excess: Floats) -> Mask:
    """Which slow calls have their excess, for the most part, from slow calls inside them."""
    calls = scene.calls
    marked = np.zeros(len(calls), bool)
    marked[slow] = True
    outer = scene.nearest(calls.parent[slow], marked)
    inside = np.bincount(outer[outer >= 0], weights=excess[outer >= 0], minlength=len(calls))[slow]
    explained: Mask = inside >= CHILD_SHARE * excess
    return explained


def _finding(scene: Scene, found: Outliers, row: int, group: Ints, rows: Ints) -> Finding:
    calls = scene.calls
    call = int(rows[found.row[row]])
    duration, expected = int(calls.duration_ns[call]), float(found.expected[row])
    excess = duration - expected
    peers = group[group != call]
    reason = (
        f"{words.duration(duration)} against a median of {words.duration(expected)} in "
        f"{words.plural(len(group), 'call')} from the same place: {duration / max(expected, 1):.3g} × its usual time."
    )
    if len(group) < MIN_PEERS:
        reason += " With so few calls that is less sure."
    thread, start = int(calls.thread[call]), int(calls.start_ns[call])
    number = int(np.searchsorted(np.sort(calls.start_ns[group]), start)) + 1
    return Finding(
        kind="slow call",
        start_ns=start,
        duration_ns=duration,
        call=call,
        function=int(calls.function[call]),
        thread=thread,
        where=f"{ordinal(number)} of {words.count(len(group))} · {scene.place(thread, start)}",
        expected=expected / 1e9,
        observed=duration / 1e9,
        score=excess / 1e9 * float(found.sure[row]),
        reason=reason + _cause(scene, call, peers, excess),
        peers=some(calls.duration_ns[peers] / 1e9),
    )


def _cause(scene: Scene, call: int, peers: Ints, excess: float) -> str:
    """What the extra time went to, where the recording shows it."""
    calls = scene.calls
    for column, what in ((calls.waiting_ns, "waiting"), (calls.contended_ns, "waiting for the GIL")):
        usual = column[peers][np.isfinite(column[peers])]
        more = float(column[call]) - (float(np.median(usual)) if len(usual) else 0.0)
        if np.isfinite(more) and more >= CAUSE_SHARE * excess:
            return f" {words.duration(more)} of the difference went to {what}."
    inside = np.flatnonzero(calls.parent == call)
    if not len(inside):
        return ""
    size = len(scene.names)
    spent = np.bincount(calls.function[inside], weights=calls.duration_ns[inside], minlength=size)
    of_peers = np.flatnonzero(np.isin(calls.parent, peers))
    before = np.bincount(calls.function[of_peers], weights=calls.duration_ns[of_peers], minlength=size) / len(peers)
    most = int(np.argmax(spent - before))
    more = float(spent[most] - before[most])
    if more < CAUSE_SHARE * excess:
        return ""
    count = int(np.count_nonzero(calls.function[inside] == most))
    return f" {words.duration(more)} of the difference went to {scene.names[most]} ({words.plural(count, 'call')})."
