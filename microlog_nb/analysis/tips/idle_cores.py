"""One core works, the others have nothing to do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_NS = 2_000_000_000
"""Starting processes takes some tenths of a second: shorter work gains nothing."""
MIN_SHARE = 0.5
"""The loop is most of the recording, or the others would gain little."""
ONE_CORE = (75.0, 125.0)
"""CPU of the process in percent of one core while a single thread works."""
MOST_CORES = 8
"""What more than so many processes save is lost in handing the data around."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """A loop that calls a function of the user's for most of the time, on one core of several."""
    cores = evidence.trace.meta.get("cores", 0)
    process, system = evidence.mean_metric("cpu"), evidence.mean_metric("system_cpu")
    if (
        evidence.tree.duration_ns < MIN_NS
        or not ONE_CORE[0] <= process <= ONE_CORE[1]
        or not system <= 100 * (cores - 1)
    ):
        return
    for place in evidence.places.calling():
        if evidence.share(place.ns) >= MIN_SHARE and place.looped_here and place.waiting_ns < 0.2 * place.ns:
            idle = int(np.floor(cores - system / 100))
            used = min(idle + 1, MOST_CORES)
            yield evidence.tip(
                "idle-cores",
                place,
                title="Share the loop among processes",
                advice="If the turns of the loop do not depend on one another, use ProcessPoolExecutor().map or joblib.Parallel.",
                evidence=f"One core was busy with {evidence.cost(place)}, while {idle} of {cores} cores were idle.",
                sure=0.3,
                saving=1 - 1 / used,
                chips=[f"{words.percent(process / 100)} CPU", f"{idle} of {cores} cores idle"],
            )
            return
