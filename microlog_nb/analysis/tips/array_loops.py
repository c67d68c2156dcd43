"""A Python loop that takes numbers out of a NumPy array one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import Code, Loop, bound, dotted
from microlog_nb.analysis.tips.places import Place


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines whose own time matters in a loop that indexes an array by a name that changes, or runs over an array."""
    for place in evidence.places.own_loops:
        code = evidence.code(place)
        loop = code.outer_loop(place.line)
        name = _indexed(code, place, loop) if loop is not None else ""
        if name:
            yield evidence.tip(
                "array-loops",
                place,
                title=f"Compute with the whole array {name}",
                advice="Every value that leaves the array becomes a Python object. Use operations of NumPy on whole arrays and "
                "slices; if the loop must stay, run it over array.tolist(), or compile it with Numba.",
                evidence=f"A Python loop over the values of {name} took {evidence.cost(place)}.",
                sure=0.75,
                chips=[f"loop over {name}"],
            )


def _indexed(code: Code, place: Place, loop: Loop) -> str:
    """The array whose values the loop takes one by one, "" if none is known."""
    changing = bound(loop)
    for part in ast.walk(loop):
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
            parts = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
            single = not any(isinstance(piece, ast.Slice) for piece in parts)
            if single and changing & _names(part.slice) and _is_array(code, part.value.id, place.line):
                return part.value.id
        if (
            isinstance(part, (ast.For, ast.comprehension))
            and isinstance(part.iter, ast.Name)
            and _is_array(code, part.iter.id, place.line)
        ):
            return part.iter.id
    return ""


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _is_array(code: Code, name: str, line: int) -> bool:
    """Whether the text says that this name holds an array: all that is assigned to it comes from NumPy."""
    scope = code.scope(line)
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for argument in scope.args.args:
            if argument.arg == name:
                return argument.annotation is not None and "ndarray" in ast.unparse(argument.annotation)
    made = code.made(name, line)
    return bool(made) and all(_makes_array(value) for value in made)


def _makes_array(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _makes_array(value.left) or _makes_array(value.right)
    if isinstance(value, ast.Call):
        name = dotted(value.func)
        if name.partition(".")[0] in ("np", "numpy") or "rng" in name.partition(".")[0]:
            return not name.endswith(".tolist")
        return name.endswith((".to_numpy", ".astype", ".reshape"))
    return isinstance(value, ast.Attribute) and value.attr == "values"
