"""Awaits in a loop: each waits for the one before."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import dotted

_MEANT = ("gather", "wait", "wait_for", "as_completed", "get", "put", "join", "acquire")
"""Awaiting these in a loop is what they are for."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Waiting at lines with an `await` in a `for`."""
    for place in evidence.places.waiting():
        code = evidence.code(place)
        loop = code.loop(place.line)
        awaited = [part.value for part in code.parts(place.line) if isinstance(part, ast.Await)]
        calls = [dotted(value.func).rpartition(".")[2] for value in awaited if isinstance(value, ast.Call)]
        if isinstance(loop, (ast.For, ast.ListComp)) and calls and not set(calls) & set(_MEANT):
            yield evidence.tip(
                "sequential-awaits",
                place,
                title="Await them together",
                advice="Collect the coroutines and say await asyncio.gather(*coroutines): their waits overlap. An "
                "asyncio.Semaphore limits how many run at once.",
                evidence=f"Awaiting {calls[0]} in a loop took {evidence.cost(place)}; "
                f"{words.percent(place.waiting_ns / place.ns)} of that was waiting.",
                sure=0.7,
                saving=place.waiting_ns / place.ns,
                chips=["await in a loop"],
            )
