"""Calls that lost time in a state, each loss counted once.

    report  --------------------------------        waited 1.9 s in all
    fetch     ~~~~~~~~~~~         ~~~~~~~~~~        waited themselves: they are named, and report only with what is left

The innermost call of the user's is named, not the outermost: its line is the one that waits, and its callers only wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from microlog_nb.analysis.anomalies.scene import Scene
from microlog_nb.analysis.calls import Floats, Ints

MIN_NS = 100_000_000
"""A call is at least as long."""
SHARE = 1 / 3
"""It lost at least this share of its time: its thread used under two thirds of a CPU."""
MIN_OWN_NS = 50_000_000
"""It lost at least as much outside of the calls inside it that are named themselves."""
HABIT = 10
"""So many calls of a function from one caller are one finding: what a function always does."""


@dataclass(frozen=True)
class Loss:
    """A call, or the longest of many alike.

    Attributes:
        call: its id.
        lost_ns: what it lost itself, not in other losses inside it.
        calls: all that are alike, with it.
        total_ns: what they lost together.
        stacks: stacks of the samples in which they lost it.
        weights: time of each of these samples.
        peers: what the other calls of the function from the same caller lost, in seconds.
    """

    call: int
    lost_ns: float
    calls: Ints
    total_ns: float
    stacks: Ints
    weights: Floats
    peers: Floats


def losses(scene: Scene, lost: Floats, state: int) -> list[Loss]:
    """The user's calls that lost much of their time.

    Args:
        scene: the recording.
        lost: time that each call lost, in nanoseconds, NaN where unknown.
        state: of the samples in which they lost it.
    """
    calls = scene.calls
    duration = calls.duration_ns
    with np.errstate(invalid="ignore"):
        enough = scene.own[calls.function] & (duration >= MIN_NS) & (lost >= SHARE * duration)
        enough &= ~(calls.cpu_ns >= (1 - SHARE) * duration)
    rows = np.flatnonzero(enough)
    if not len(rows):
        return []
    own = lost.copy()
    outer = scene.nearest(calls.parent[rows], enough)
    np.subtract.at(own, outer[outer >= 0], lost[rows[outer >= 0]])
    named = rows[(own[rows] >= MIN_OWN_NS) & (own[rows] >= SHARE * lost[rows])]
    if not len(named):
        return []
    marked = np.zeros(len(calls), bool)
    marked[named] = True
    samples = np.flatnonzero(scene.state == state)
    of = scene.nearest(calls.sample_call[samples], marked)
    stacks = scene.trace.numbers("samples", "stack")[samples].astype(np.int64)
    weights = scene.sample_ns[samples].astype(np.float64)
    order = np.argsort(of, kind="stable")
    edges = np.searchsorted(of[order], np.stack([named, named + 1]))

    caller = np.append(calls.function, -1)[calls.parent]
    key = calls.function << 32 | caller + 1
    _, group = np.unique(key[named], return_inverse=True)
    found = []
    for number in range(int(group.max()) + 1):
        alike = np.flatnonzero(group == number)
        together = [alike] if len(alike) >= HABIT else [alike[i : i + 1] for i in range(len(alike))]
        kin = np.flatnonzero(key == key[named[alike[0]]])
        for members in together:
            longest = int(named[members[np.argmax(own[named[members]])]])
            inside = np.concatenate([order[edges[0, m] : edges[1, m]] for m in members])
            usual = own[kin[kin != longest]]
            found.append(
                Loss(
                    call=longest,
                    lost_ns=float(own[longest]),
                    calls=named[members],
                    total_ns=float(own[named[members]].sum()),
                    stacks=stacks[inside],
                    weights=weights[inside],
                    peers=np.maximum(usual[np.isfinite(usual)], 0) / 1e9,
                )
            )
    return found
