"""A function that is very deep inside itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_DEPTH = 100
"""Python allows 1000 frames; trees that are walked are seldom deeper than this."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in functions of the user's that were seen this many times on one stack."""
    for function, depth in evidence.tree.recursive.items():
        if depth < MIN_DEPTH:
            continue
        for place in evidence.places.of(np.arange(len(evidence.names)) == function):
            yield evidence.tip(
                "deep-recursion",
                place,
                title="Use a loop in place of the recursion",
                advice="Keep what is still to do in a list and take from it in a while loop: calls cost more than turns of a loop, "
                "and Python stops at 1000 frames.",
                evidence=f"{evidence.names[function]} was {words.count(depth)} calls deep inside itself: "
                f"{evidence.cost(place)}.",
                sure=0.3,
                saving=float("nan"),
                chips=[f"depth {words.count(depth)}"],
            )
