"""`apply(axis=1)`: Python code for every row."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in `DataFrame.apply` where it went through rows, the function that it called included."""
    by_row = evidence.named("pandas", r"FrameColumnApply\..*")[evidence.tree.function]
    for place in evidence.places.of(evidence.named("pandas", r"DataFrame\.apply"), direct=True):
        if (by_row & place.covered).any():
            yield evidence.tip(
                "row-apply",
                place,
                title="Replace apply(axis=1) by operations on columns",
                advice="Write the same with whole columns: arithmetic, np.where or np.select for conditions, .str and .dt for "
                "texts and dates.",
                evidence=f"DataFrame.apply went through the rows for {evidence.cost(place)}.",
                sure=0.85,
                chips=["axis=1"],
            )
