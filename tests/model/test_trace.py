"""A trace is immutable, and a part of it is a trace."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.model.builder import Builder, table
from microlog_nb.model.schema import SAMPLE_STATES, TABLES
from microlog_nb.tables import Tables
from tests.pictures import META, MS, trace_from_picture, traces


def test_columns_cannot_be_written_to() -> None:
    trace = trace_from_picture("main: a")
    with pytest.raises(ValueError, match="read-only"):
        trace.numbers("samples", "due_ns")[0] = 1
    with pytest.raises(TypeError):
        trace.meta["name"] = "other"  # type: ignore[index]


def test_a_part_counts_its_times_from_its_start() -> None:
    trace = trace_from_picture(
        "main: a a.b a.b a.c\nworker: - - x x",
        logs=[{"at": 0.2, "message": "before"}, {"at": 2.2, "message": "inside"}],
        spans=[{"at": 1, "for": 2, "name": "load"}],
        metrics={"cpu": [1, 2, 3, 4]},
    )
    part = trace.between(2 * MS, 4 * MS)
    assert part.duration_ns == 2 * MS
    assert part.texts("logs", "message") == ["inside"]
    assert part.numbers("logs", "time_ns").tolist() == [round(0.2 * MS)]
    assert part.numbers("spans", "start_ns").tolist() == [0]
    assert part.numbers("spans", "duration_ns").tolist() == [MS]
    assert part.numbers("metrics", "value").tolist() == [3, 4]
    calls = Tables(part).calls
    assert calls["function"].tolist() == ["a", "b", "x", "c"]
    assert calls["duration"].tolist() == pytest.approx([0.002, 0.001, 0.002, 0.001])


def test_what_nothing_refers_to_is_left_out() -> None:
    part = trace_from_picture("main: a a.b a.b.c\nworker: x . .").between(MS, 2 * MS)
    assert part.texts("functions", "name") == ["a", "b"]
    assert part.texts("threads", "name") == ["main"]


def test_a_late_sample_belongs_to_the_part_in_which_it_was_due() -> None:
    part = trace_from_picture("main: a a > > > > > > b b").between(0, 4 * MS)
    assert Tables(part).calls["function"].tolist() == ["a", "b"]
    assert Tables(part).calls["duration"].sum() == pytest.approx(0.004)


@given(traces(), st.integers(0, 2**50), st.integers(1, 2**50))
def test_a_part_refers_only_to_rows_it_has(trace, start, length) -> None:  # type: ignore[no-untyped-def]
    part = trace.between(start, start + length)
    for name, schema in TABLES.items():
        assert part.tables[name].schema == schema.arrow
        for column in schema.columns:
            if column.points_to:
                rows = part.numbers(name, column.name)
                assert (rows < part.tables[column.points_to].num_rows).all()
                assert (rows >= -1).all()
    parents = part.numbers("stacks", "parent")
    assert (parents < np.arange(len(parents))).all()


@given(traces())
def test_the_whole_is_a_part_of_itself(trace) -> None:  # type: ignore[no-untyped-def]
    whole = trace.between(0, 2**53)
    for name in ("samples", "logs", "metrics"):
        assert whole.tables[name].num_rows == trace.tables[name].num_rows


def test_the_builder_gives_back_what_was_appended_in_order_of_time() -> None:
    builder = Builder()
    function = builder.function(("m", "f", "m.py", 1, "user"))
    builder.stacks.extend((-1, function, 3, 8, -1))
    builder.samples.extend((1000, 0, 0, 0, 500, SAMPLE_STATES.index("contended")))
    builder.rows["logs"].append((9, "info", "print", "", "second", False, 0, 0, ""))
    builder.drain()
    builder.rows["logs"].append((5, "info", "print", "", "first", False, 0, 0, ""))
    builder.samples.extend((2000, 1000, 0, -1, -1, 0))
    trace = builder.trace([("MainThread", 7, 8, True, 0, 3000)], META)
    assert trace.texts("logs", "message") == ["first", "second"]
    assert trace.taken_ns.tolist() == [1000, 3000]
    assert trace.texts("samples", "state") == ["contended", "unknown"]
    assert trace.words("samples", "state", SAMPLE_STATES).tolist() == [3, 0]
    assert trace.texts("threads", "name") == ["MainThread"]


def test_the_builder_tells_what_was_appended_since() -> None:
    builder = Builder()
    function = builder.function(("m", "f", "m.py", 1, "user"))
    for number in range(9):
        builder.stacks.extend((number - 1, function, number, number, -1))
        builder.samples.extend((number, 0, 0, number, 500, 1))
        builder.rows["logs"].append((number, "info", "print", "", f"{number}", False, 0, 0, ""))
        if number in (2, 3, 6):
            builder.drain()
    for since in range(10):
        assert builder.count("samples") == builder.count("stacks") == builder.count("logs") == 9
        assert builder.since("samples", since)[:, 3].tolist() == list(range(since, 9))
        assert builder.since("stacks", since)[:, 2].tolist() == list(range(since, 9))
        assert [row[4] for row in builder.since("logs", since)] == [f"{number}" for number in range(since, 9)]
    assert builder.since("functions", 0) == [("m", "f", "m.py", 1, "user")]


def test_looking_at_a_running_recording_takes_nothing_from_those_who_keep_it() -> None:
    builder = Builder()
    builder.rows["logs"].append((1, "info", "print", "", "first", False, 0, -1, ""))
    builder.trace([("MainThread", 7, 8, True, 0, 3000)], META)
    builder.rows["logs"].append((2, "info", "print", "", "second", False, 0, -1, ""))
    messages = [text for batch in builder.unread() for text in batch["logs"].column("message").to_pylist()]
    assert messages == ["first", "second"]
    assert not any(builder.unread())


def test_text_that_is_no_utf8_is_kept_readable() -> None:
    row = (0, "info", "print", "", "half \udc80 pair", False, 0, -1, "")
    assert table("logs", [row]).column("message").to_pylist() == ["half \\udc80 pair"]
