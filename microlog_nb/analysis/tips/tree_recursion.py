"""A function that calls itself several times on overlapping problems, as fib(n - 1) + fib(n - 2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import dotted

MIN_STEPS = 2
"""One step down visits each argument once; with two the same arguments come again and again."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in functions that call themselves, whose text subtracts different constants from the same argument."""
    for function in evidence.tree.recursive:
        only = np.arange(len(evidence.names)) == function
        for place in evidence.places.of(only, caller=True):
            inside = evidence.places.inside(place, function)
            scope = evidence.code(inside).scope(inside.line)
            name = evidence.names[function].rpartition(".")[2]
            if not isinstance(scope, ast.FunctionDef) or scope.name != name or _cached(scope):
                continue
            if len(_steps(scope, name)) >= MIN_STEPS:
                yield evidence.tip(
                    "tree-recursion",
                    inside,
                    title=f"Cache {name}",
                    advice="Put @functools.cache on the function: each argument is then computed once.",
                    evidence=f"{name} calls itself on arguments that it has had before: {evidence.cost(inside)}.",
                    sure=0.9,
                    chips=["calls itself"],
                )


def _cached(scope: ast.FunctionDef) -> bool:
    return any("cache" in ast.unparse(decorator) for decorator in scope.decorator_list)


def _steps(scope: ast.FunctionDef, name: str) -> set[str]:
    """The arguments, each a parameter less a constant, of the calls to itself."""
    parameters = {argument.arg for argument in scope.args.args}
    return {
        ast.unparse(call)
        for call in ast.walk(scope)
        if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] == name
        for argument in call.args
        if isinstance(argument, ast.BinOp)
        and isinstance(argument.op, ast.Sub)
        and isinstance(argument.left, ast.Name)
        and argument.left.id in parameters
        and isinstance(argument.right, ast.Constant)
    }
