"""`x in values` in a loop, where values is a list: each question looks at all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import dotted
from microlog_nb.analysis.tips.places import Place

_LIST_CALLS = ("list", "sorted")


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines of a loop whose own time matters and that ask whether something is in a list."""
    for place in evidence.places.own_lines:
        name = _searched(evidence, place)
        if place.looped_here and name:
            yield evidence.tip(
                "list-membership",
                place,
                title=f"Make {name} a set",
                advice=f"Make it a set once in front of the loop ({name} = set({name})), or a dict if something belongs to each "
                "value: looking one up then takes the same time however many there are.",
                evidence=f"Looking for values in the list {name} took {evidence.cost(place)}.",
                sure=0.8,
                chips=[f"in {name}"],
            )


def _searched(evidence: Evidence, place: Place) -> str:
    code = evidence.code(place)
    for part in code.parts(place.line):
        if not isinstance(part, ast.Compare) or not isinstance(part.ops[0], (ast.In, ast.NotIn)):
            continue
        where = part.comparators[0]
        if isinstance(where, ast.Name) and any(_is_list(value) for value in code.made(where.id, place.line)):
            return where.id
        if isinstance(where, ast.Call) and dotted(where.func).endswith(".tolist"):
            return dotted(where.func)
    return ""


def _is_list(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        name = dotted(value.func)
        return name in _LIST_CALLS or name.endswith((".tolist", ".split", ".splitlines", ".readlines"))
    return isinstance(value, (ast.List, ast.ListComp))
