"""Rows of a frame taken one by one: `iterrows` builds a Series a row."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

_SURE = {"iterrows": 0.9, "itertuples": 0.5}  # tuples are cheap to make: often the body of the loop is what costs


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in the generators themselves; what the loop does with a row is not counted."""
    for method, sure in _SURE.items():
        for place in evidence.places.of(evidence.named("pandas", rf"DataFrame\.{method}"), direct=True):
            yield evidence.tip(
                "row-iteration",
                place,
                title=f"Replace {method} by operations on columns",
                advice="Compute with whole columns, as df['a'] * df['b'], or use merge, map, where and groupby. "
                "If rows must be visited, zip the columns that are needed.",
                evidence=f"{method} took {evidence.cost(place)}: it makes an object for every row.",
                sure=sure,
                chips=[f"{method} {words.duration(place.ns)}"],
            )
