"""Dates parsed one by one."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in `strptime`, `dateutil` and `to_datetime` in a loop or in many calls."""
    parsers = (
        evidence.named("_strptime")
        | evidence.named("dateutil.parser")
        | evidence.named("pandas.core.tools.datetimes", "to_datetime")
    )
    for place in evidence.places.of(parsers):
        if place.looped:
            yield evidence.tip(
                "date-parsing",
                place,
                title="Parse the dates as one column",
                advice="Call pd.to_datetime(column, format='%Y-%m-%d') once for the whole column; outside of pandas "
                "datetime.fromisoformat is many times faster than strptime.",
                evidence=f"Parsing dates one by one took {evidence.cost(place)}.",
                sure=0.85,
                chips=["one date a call"],
            )
