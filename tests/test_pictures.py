"""The fixture of the other tests draws what it says."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from microlog_nb.model.schema import TABLES
from microlog_nb.model.trace import Trace
from tests.pictures import MS, trace_from_picture, traces


def samples(trace: Trace) -> list[tuple[float, int, int]]:
    taken = trace.taken_ns / trace.interval_ns
    threads = trace.numbers("samples", "thread")
    return list(zip(taken.tolist(), threads.tolist(), trace.numbers("samples", "stack").tolist(), strict=True))


def test_a_column_is_an_interval() -> None:
    trace = trace_from_picture("main: a a.b | a")
    assert samples(trace) == [(0.5, 0, 0), (1.5, 0, 1), (2.5, 0, 0)]
    assert trace.duration_ns == 3 * MS
    assert trace.texts("functions", "name") == ["a", "b"]
    assert trace.texts("stacks", "parent") == [-1, 0]


def test_an_instruction_makes_another_stack_of_the_same_function() -> None:
    trace = trace_from_picture("main: a@1.b a@2.b a:7@2.b")
    assert trace.texts("stacks", "instruction") == [1, 0, 2, 0, 2, 0]
    assert trace.texts("stacks", "line") == [2, 12, 2, 12, 7, 12]
    assert trace.tables["functions"].num_rows == 2


def test_leaving_the_users_code_is_one_sample_without_a_stack() -> None:
    assert samples(trace_from_picture("main: - a - - - a"))[1:] == [(2.5, 0, -1), (5.5, 0, 0)]


def test_a_dot_is_no_sample() -> None:
    assert samples(trace_from_picture("main: a . . a")) == [(0.5, 0, 0), (3.5, 0, 0)]


def test_a_late_sample_was_due_where_the_first_mark_is() -> None:
    trace = trace_from_picture("main: a >*4 b")
    assert trace.numbers("samples", "due_ns").tolist() == [MS // 2, 3 * MS // 2]
    assert trace.numbers("samples", "delay_ns").tolist() == [0, 4 * MS]
    assert (trace.meta["late"], trace.meta["missed"]) == (1, 4)


def test_waiting_takes_no_cpu() -> None:
    assert trace_from_picture("main: a a~*2").numbers("samples", "cpu_ns").tolist() == [MS // 2, 0, 0]


def test_threads_are_sampled_in_turn() -> None:
    trace = trace_from_picture("main: a a\nworker: b b")
    assert samples(trace) == [(0.5, 0, 0), (0.5, 1, 1), (1.5, 0, 0), (1.5, 1, 1)]
    assert trace.texts("threads", "main") == [True, False]


def test_logs_name_their_stack_as_the_picture_does() -> None:
    trace = trace_from_picture(
        "main: a.b\nw: c", logs=[{"at": 0.5, "message": "hi", "thread": "w", "stack": "c"}], name="n"
    )
    assert trace.texts("logs", "message") == ["hi"]
    assert (trace.texts("logs", "thread"), trace.texts("logs", "stack")) == ([1], [2])
    assert trace.meta["name"] == "n"


@given(traces())
def test_the_strategy_yields_every_table_in_order(trace: Trace) -> None:
    assert set(trace.tables) == set(TABLES)
    for name, table in TABLES.items():
        assert trace.tables[name].schema == table.arrow
    assert trace == Trace(trace.tables, trace.meta)
    assert (np.diff(trace.taken_ns) >= 0).all()
