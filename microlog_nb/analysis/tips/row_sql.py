"""SQL that is sent row by row."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.places import Place

_SQL = re.compile(r"\s*(select|insert|update|delete|replace|merge|with)\b", re.IGNORECASE)


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines of a loop that execute SQL: drivers in C are part of the line, SQLAlchemy's functions are seen."""
    drivers = evidence.named("sqlalchemy", r"(Connection|Session)\.execute") | evidence.named(
        "psycopg", r"Cursor\.execute"
    )
    direct = evidence.places.of(drivers, direct=True)
    for place in direct + [line for line in evidence.places.own_lines if _executes(evidence, line)]:
        if place.looped_here:
            yield evidence.tip(
                "row-sql",
                place,
                title="Send the rows together",
                advice="Use executemany, or DataFrame.to_sql(method='multi'), in one transaction; read many rows by one query "
                "with a join or IN, not by one query a row.",
                evidence=f"SQL in a loop took {evidence.cost(place)}.",
                sure=0.75,
                chips=["one statement a row"],
            )


def _executes(evidence: Evidence, place: Place) -> bool:
    call = evidence.code(place).call(place.line, ".execute", ".commit")
    if call is None:
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr == "commit":
        return True
    texts = [part.value for part in ast.walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if not texts and call.args and isinstance(call.args[0], ast.Name):
        made = evidence.code(place).made(call.args[0].id, place.line)
        texts = [value.value for value in made if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(_SQL.match(text) for text in texts)
