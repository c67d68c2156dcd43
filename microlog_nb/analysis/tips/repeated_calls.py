"""A function called in a loop with arguments that do not change: its result could be kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import bound, constant_arguments

MIN_CALLS = 3
"""Two calls may be meant; from three on it is a pattern."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in functions of the user's at lines of a loop where the text gives them the same arguments each time."""
    user = np.zeros(len(evidence.names), bool)
    user[evidence.tree.function[evidence.tree.is_user]] = True
    for function in np.flatnonzero(user & evidence.tree.expensive).tolist():
        only = np.arange(len(user)) == function
        name = evidence.names[function].rpartition(".")[2]
        for place in evidence.places.of(only, caller=True):
            code = evidence.code(place)
            loop = code.loop(place.line)
            call = code.call(place.line, name, f".{name}")
            if loop is None or call is None or place.calls < MIN_CALLS or not (call.args or call.keywords):
                continue
            if constant_arguments(call, bound(loop)):
                yield evidence.tip(
                    "repeated-calls",
                    place,
                    title=f"Call {name} once, keep its result",
                    advice="Move the call in front of the loop, or put functools.cache on the function, if its result depends on "
                    "its arguments only.",
                    evidence=f"{name} was called at least {words.count(place.calls)} times in a loop with the same arguments: "
                    f"{evidence.cost(place)}.",
                    sure=0.6,
                    saving=1 - 1 / place.calls,
                    chips=[f"{name} × {words.count(place.calls)}"],
                )
