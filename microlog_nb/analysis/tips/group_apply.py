"""`groupby(...).apply` and `.agg` with a function of the user's: Python code for every group."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip

_LEAST_SHARE = 0.1
"""Of the method's time in the user's code; less may be of a callback of the collector's or of a warning's."""

_METHODS = r"(GroupBy|DataFrameGroupBy|SeriesGroupBy)\.(apply|agg|aggregate|transform|filter)"


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in these methods where they called the user's code back for many groups."""
    tree = evidence.tree
    for place in evidence.places.of(evidence.named("pandas", _METHODS), direct=True):
        mine = tree.outermost(place.covered & tree.is_user)
        if tree.total_ns[mine].sum() > _LEAST_SHARE * place.ns:
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
