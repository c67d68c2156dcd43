"""`np.vectorize` and `np.apply_along_axis`: loops in Python under another name."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in them, the functions that they call included."""
    for place in evidence.places.of(evidence.named("numpy", r"vectorize\.__call__|apply_along_axis|apply_over_axes")):
        yield evidence.tip(
            "numpy-vectorize",
            place,
            title="Write the function for whole arrays",
            advice="np.vectorize calls the Python function for every value. Use arithmetic on arrays, np.where and np.select; "
            "or compile the function with Numba.",
            evidence=f"np.vectorize or its like took {evidence.cost(place)}.",
            sure=0.85,
            chips=["one call a value"],
        )
