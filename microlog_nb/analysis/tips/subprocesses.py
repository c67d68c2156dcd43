"""A process started for every item."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_CALLS = 5
"""A few processes in a loop may be the point of the program."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in `subprocess` called in a loop."""
    for place in evidence.places.of(evidence.named("subprocess"), direct=True):
        if place.looped and place.calls >= MIN_CALLS:
            yield evidence.tip(
                "subprocesses",
                place,
                title="Start one process for many items",
                advice="Give all items to one command (arguments, standard input, xargs), use a library in its place, or run "
                "several at once with ThreadPoolExecutor.map.",
                evidence=f"At least {words.count(place.calls)} processes one after the other: {evidence.cost(place)}.",
                sure=0.6,
                chips=[f"{words.count(place.calls)} processes"],
            )
