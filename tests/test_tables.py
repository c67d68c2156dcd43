"""Every table has its columns and their types, whatever was recorded."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings

from microlog_nb.model.trace import Trace
from microlog_nb.summary import statistics
from microlog_nb.tables import Tables
from tests.pictures import META, tables_from_rows, trace_from_picture, traces

FRAMES = (
    "calls",
    "samples",
    "functions",
    "lines",
    "logs",
    "metrics",
    "counters",
    "spans",
    "threads",
    "anomalies",
    "tips",
)

FULL = trace_from_picture(
    "main: a a.b*3 a a.b*90 a.b~*300 a.b a\nworker: - - c c.d*20 -",
    logs=[{"at": 3, "message": "x", "stack": "a.b"}],
    metrics={"cpu": [1.0, 2.0], "memory": [1e8, 2e8], "mine": [1.0]},
    spans=[{"at": 2, "for": 2, "kind": "gc", "name": "2"}],
)
PICTURES = {
    "nothing": Trace(tables_from_rows({}), META),
    "one sample": trace_from_picture("main: a"),
    "one call": trace_from_picture("main: a*5"),
    "no metrics": trace_from_picture("main: a a.b a"),
    "a log entry alone": trace_from_picture("main: - -", logs=[{"at": 1, "message": "x"}]),
    "threads that begin and end": trace_from_picture("main: a*9\nfirst: - b*3 - - - - -\nlast: - - - - - - - c~ ."),
}


def dtypes(tables: Tables) -> dict[str, dict[str, object]]:
    return {name: dict(getattr(tables, name).dtypes) for name in FRAMES}


@pytest.mark.parametrize("picture", PICTURES)
def test_every_table_has_its_columns_and_types(picture: str) -> None:
    full, tables = Tables(FULL), Tables(PICTURES[picture])
    assert dtypes(tables) == dtypes(full)
    for name in FRAMES:
        assert getattr(tables, name).index.name == getattr(full, name).index.name
    assert statistics(tables).startswith("Microlog Statistics\n")


@given(traces())
@settings(max_examples=30)
def test_every_valid_trace_has_them(trace: Trace) -> None:
    tables = Tables(trace)
    assert dtypes(tables) == dtypes(Tables(FULL))


def test_threads_that_begin_and_end_are_in_all_tables() -> None:
    tables = Tables(PICTURES["threads that begin and end"])
    assert set(tables.threads["name"]) == set(tables.calls["thread"]) == {"main", "first", "last"}
    assert isinstance(tables.functions, pd.DataFrame)
    assert tables.functions.set_index("function")["calls"].to_dict() == {"a": 1, "b": 1, "c": 1}


def test_the_summary_says_what_happened() -> None:
    said = statistics(Tables(trace_from_picture("main: a*50 a.b~*150 a")))
    assert "heaviest   b 150 ms (75%), a 51.0 ms (25%)" in said
    assert "waiting    150 ms of 201 ms of the threads' time" in said
    assert len(said.splitlines()) <= 14
