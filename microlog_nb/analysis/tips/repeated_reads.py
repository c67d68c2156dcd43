"""The same table read from its file again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.code import bound, used
from microlog_nb.analysis.tips.places import Place

_READERS = ("read_csv", "read_excel", "read_parquet", "read_json", "read_table", "read_feather", "read_pickle")


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in pandas' readers, where the text says that the file is the same each time: in a loop, or on several lines."""
    for place in evidence.places.of(evidence.named("pandas", "|".join(_READERS)), direct=True):
        times, file = _same(evidence, place)
        if times >= 2:
            yield evidence.tip(
                "repeated-reads",
                place,
                title="Read the file once",
                advice="Keep the frame in a variable and work on a copy, or put functools.cache on a function that loads it.",
                evidence=f"{file} was read at least {times} times: {evidence.cost(place)}.",
                sure=0.9,
                saving=(times - 1) / times,
                chips=[f"{times} × {file}"],
            )


def _same(evidence: Evidence, place: Place) -> tuple[int, str]:
    """How many times a file was read at the least, and what the text calls it."""
    code = evidence.code(place)
    seen: dict[str, int] = {}
    for line, calls in evidence.places.calls_by_line(place).items():
        call = code.call(line, *(f".{name}" for name in _READERS), *_READERS)
        if call is None or not call.args:
            continue
        loop, name = code.outer_loop(line), ast.unparse(call.args[0])
        changing = bound(loop) if loop is not None else set()
        if loop is not None and used(call.args[0]) & changing:
            return 0, ""
        if isinstance(call.args[0], (ast.Constant, ast.Name, ast.Attribute)):
            # without a loop, one line is one reading of a call of its function
            seen[name] = seen.get(name, 0) + (calls if loop is not None else min(calls, 1))
    name = max(seen, key=lambda name: seen[name], default="")
    return seen.get(name, 0), name
