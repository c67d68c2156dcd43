"""So much printing or logging that it takes the time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_ENTRIES = 200
"""Nobody reads more from one line of a program."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines that said very much; a print is part of its line, a logger's functions are seen."""
    stack = evidence.trace.numbers("logs", "stack").astype(np.int64)
    said = evidence.tree.user[stack[stack >= 0]]
    said = said[said >= 0]
    keys, counts = np.unique(evidence.tree.function[said] << 32 | evidence.tree.line[said], return_counts=True)
    entries = dict(zip(keys.tolist(), counts.tolist(), strict=True))
    for place in [*evidence.places.of(evidence.named("logging"), direct=True), *evidence.places.own_lines]:
        count = entries.get(place.function << 32 | place.line, 0)
        if count >= MIN_ENTRIES:
            yield evidence.tip(
                "printing",
                place,
                title="Print less often",
                advice="Say something every hundredth time or once a second, or collect the lines and print them once; leave "
                "logging at a level that is switched off.",
                evidence=f"{words.count(count)} log entries from one line took {evidence.cost(place)}.",
                sure=0.7,
                chips=[f"{words.count(count)} entries"],
            )
