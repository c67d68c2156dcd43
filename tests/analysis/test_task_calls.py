"""Calls inferred from looks at tasks."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from microlog_nb.analysis.task_calls import infer_task_calls
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from tests.pictures import META, tables_from_rows, traces

MS = 1_000_000


def looked(*looks: tuple[str, int, int, int]) -> Trace:
    """One task with looks of (state, stack, first and last in ms); stack 0 is `a`, 1 `a` calling `b`, 2 `a` calling `c`."""
    functions = [{"module": "m", "name": name, "file": "m.py", "line": 1, "kind": "user"} for name in "abc"]
    node = {"line": 2, "instruction": 4, "loop": -1}
    return Trace(
        tables_from_rows(
            {
                "functions": functions,
                "stacks": [
                    {"parent": -1, "function": 0, **node},
                    {"parent": 0, "function": 1, **node},
                    {"parent": 0, "function": 2, **node},
                ],
                "tasks": [{"name": "t", "start_ns": 0, "end_ns": 100 * MS}],
                "looks": [
                    {"task": 0, "state": state, "stack": stack, "start_ns": first * MS, "end_ns": last * MS, "count": 2}
                    for state, stack, first, last in looks
                ],
            }
        ),
        {**META, "duration_ns": 200 * MS, "interval_ns": MS},
    )


def told(trace: Trace) -> list[tuple[str, int, int, int, bool]]:
    calls = infer_task_calls(trace)
    names = trace.texts("functions", "name")
    rows: list[Any] = [
        (
            names[calls.function[call]],
            int(calls.depth[call]),
            int(calls.start_ns[call]) // MS,
            int(calls.end_ns[call]) // MS,
        )
        for call in range(len(calls))
    ]
    return [(*row, bool(calls.waiting_ns[call] > 0)) for call, row in enumerate(rows)]


def test_edges_lie_midway_between_looks() -> None:
    assert told(looked(("waiting", 1, 10, 50), ("waiting", 2, 60, 100))) == [
        ("a", 0, 5, 105, True),
        ("b", 1, 5, 55, True),
        ("c", 1, 55, 105, True),
    ]


def test_waiting_and_running_are_never_one_call() -> None:
    assert told(looked(("waiting", 1, 10, 50), ("ran", 1, 60, 60), ("waiting", 1, 70, 100))) == [
        ("a", 0, 5, 55, True),
        ("b", 1, 5, 55, True),
        ("a", 0, 55, 65, False),
        ("b", 1, 55, 65, False),
        ("a", 0, 65, 105, True),
        ("b", 1, 65, 105, True),
    ]


def test_without_looks_there_are_none() -> None:
    assert told(looked()) == []


@given(traces())
def test_any_trace_has_calls_of_its_tasks_and_functions(trace: Trace) -> None:
    calls = infer_task_calls(trace)
    assert (calls.thread < trace.tables["tasks"].num_rows).all()
    assert (calls.function < trace.tables["functions"].num_rows).all()
    assert len(Tables(trace).call_data) == len(
        Tables(Trace({**trace.tables, "looks": trace.tables["looks"][:0]}, trace.meta)).call_data
    )
