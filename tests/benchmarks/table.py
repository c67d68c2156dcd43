"""One line of the result: what was measured, what came out, what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """A measurement beside its budget; `kept` is None where nothing was promised."""

    what: str
    value: str
    budget: str = ""
    kept: bool | None = None


def at_most(what: str, value: float, limit: float, form: str, *, scale: float = 1.0) -> Result:
    """A value that must not be above its limit; both are shown times `scale`."""
    return Result(what, form.format(value * scale), "≤ " + form.format(limit * scale), value <= limit)


def at_least(what: str, value: float, limit: float, form: str, *, scale: float = 1.0) -> Result:
    """A value that must not be below its limit; both are shown times `scale`."""
    return Result(what, form.format(value * scale), "≥ " + form.format(limit * scale), value >= limit)


def show(results: Iterable[Result]) -> None:
    """Prints the results as one table."""
    rows = [("measured", "value", "budget", "")]
    rows += [
        (result.what, result.value, result.budget, {True: "kept", False: "MISSED", None: ""}[result.kept])
        for result in results
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, (what, value, budget, verdict) in enumerate(rows):
        print(f"{what:<{widths[0]}}  {value:>{widths[1]}}  {budget:>{widths[2]}}  {verdict}".rstrip())
        if number == 0:
            print("-" * (sum(widths) + 6))
