"""`groupby(...).apply` and `.agg` with a function of the user's: Python code for every group."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip

_METHODS = r"(GroupBy|DataFrameGroupBy|SeriesGroupBy)\.(apply|agg|aggregate|transform|filter)"


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in these methods where they called the user's code back for many groups."""
    for place in evidence.places.of(evidence.named("pandas", _METHODS), direct=True):
        if (place.covered & evidence.tree.is_user).any():  # it calls code of the user's
            yield evidence.tip(
                "group-apply",
                place,
                title="Use built-in aggregations of groupby",
                advice="Name what groupby knows itself: sum, mean, size, first, rank, cumsum, shift; compute new columns before "
                "grouping, and combine them with agg(name=('column', 'sum')).",
                evidence=f"groupby called a Python function for group after group: {evidence.cost(place)}.",
                sure=0.7,
                chips=["one call a group"],
            )
