"""An array that grows in a loop: every step copies all that is there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import dotted, used
from microlog_nb.analysis.tips.places import Place

_NAMES = (".append", ".concatenate", ".hstack", ".vstack", ".insert", ".r_")


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in `np.append` and its like in a loop, and in lines that say `a = np.concatenate([a, ...])` in a loop."""
    joined = evidence.places.of(evidence.named("numpy", r"append|insert|hstack|vstack|column_stack"), direct=True)
    for place in joined + [line for line in evidence.places.own_lines if _grows(evidence, line)]:
        if place.looped_here:
            yield evidence.tip(
                "growing-array",
                place,
                title="Fill an array made at its full size",
                advice="Make the array once (np.empty(n)) and set its parts in the loop, or append to a list and call "
                "np.array or np.concatenate once behind the loop.",
                evidence=f"Growing an array in a loop took {evidence.cost(place)}: each step copies the whole array.",
                sure=0.85,
                chips=["in a loop"],
            )


def _grows(evidence: Evidence, place: Place) -> bool:
    code = evidence.code(place)
    call = code.call(place.line, *_NAMES)
    if call is None or dotted(call.func).partition(".")[0] not in ("np", "numpy"):
        return False
    targets = [
        target.id
        for part in code.parts(place.line)
        if isinstance(part, ast.Assign)
        for target in part.targets
        if isinstance(target, ast.Name)
    ]
    return bool(used(call) & set(targets))
