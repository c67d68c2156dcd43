"""Columns of Python objects in arithmetic: the work of one instruction becomes a call for every value."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip

_SLOW = (
    r"comp_method_OBJECT_ARRAY|_masked_arith_op|ObjectStringArrayMixin\._str_map.*|_bool_arith_fallback|na_logical_op"
)
"""What pandas runs for object columns only."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in pandas' ways for object columns."""
    for place in evidence.places.of(evidence.named("pandas", _SLOW), own=True):
        yield evidence.tip(
            "object-columns",
            place,
            title="Give the column a type of its own",
            advice="Convert it once with pd.to_numeric(column), astype('float64'), astype('str') or astype('category'), "
            "or give read_csv a dtype: then operations run in compiled code.",
            evidence=f"Operations on columns of Python objects took {evidence.cost(place)}.",
            sure=0.7,
            chips=["dtype object"],
        )
