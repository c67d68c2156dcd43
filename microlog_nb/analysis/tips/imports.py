"""Imports that take the time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in the import system where the user's code imports."""
    trace = evidence.trace
    kinds = np.array(trace.texts("spans", "kind"), object) == "import"
    spent = trace.numbers("spans", "duration_ns") * kinds
    names = trace.texts("spans", "name")
    longest = [row for row in np.argsort(-spent)[:3].tolist() if spent[row]]
    for place in evidence.places.of(
        evidence.named("importlib._bootstrap", "_find_and_load|_handle_fromlist"), direct=True
    ):
        slow = ", ".join(f"{names[row]} {words.duration(spent[row])}" for row in longest)
        yield evidence.tip(
            "imports",
            place,
            title="Import in a cell of its own",
            advice="Modules are loaded once a kernel: imports in a cell of their own stay out of what is measured here. In a "
            "script, import heavy modules only where they are used; python -X importtime says which they are.",
            evidence=f"Imports took {evidence.cost(place)}" + (f"; the longest: {slow}." if slow else "."),
            sure=0.3,
            saving=float("nan"),
            chips=[f"{names[row]} {words.duration(spent[row])}" for row in longest[:2]],
        )
