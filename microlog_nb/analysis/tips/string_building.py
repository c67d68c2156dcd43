"""A text that grows by += in a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.places import Place


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines of a loop whose own time matters and whose text adds to something that began as a text."""
    for place in evidence.places.own_lines:
        name = _grown(evidence, place)
        if place.looped_here and name:
            yield evidence.tip(
                "string-building",
                place,
                title="Join the parts once",
                advice=f"Append the parts to a list and say ''.join(parts) behind the loop, or write them to an io.StringIO: "
                f"then {name} is not copied for each part.",
                evidence=f"Adding to the text {name} in a loop took {evidence.cost(place)}.",
                sure=0.8,
                chips=["+= in a loop"],
            )


def _grown(evidence: Evidence, place: Place) -> str:
    """What the line adds a text to, "" if nothing."""
    code = evidence.code(place)
    for part in code.parts(place.line):
        target: ast.expr | None = None
        if isinstance(part, ast.AugAssign) and isinstance(part.op, ast.Add):
            target = part.target
        elif isinstance(part, ast.Assign) and isinstance(part.value, ast.BinOp) and isinstance(part.value.op, ast.Add):
            same = ast.unparse(part.value.left) == ast.unparse(part.targets[0])
            target = part.targets[0] if same else None
        if target is None:
            continue
        name = ast.unparse(target)
        begins = [
            other.value
            for other in ast.walk(code.tree)
            if isinstance(other, (ast.Assign, ast.AnnAssign))
            for left in (other.targets if isinstance(other, ast.Assign) else [other.target])
            if ast.unparse(left) == name
        ]
        if any(_is_text(value) for value in begins):
            return name
    return ""


def _is_text(value: ast.expr | None) -> bool:
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, (str, bytes))
    )
