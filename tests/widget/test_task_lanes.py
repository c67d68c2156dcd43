"""Lanes of asyncio tasks in the view."""

from __future__ import annotations

import numpy as np
import pytest

from microlog_nb.tables import Tables
from microlog_nb.widget import payload
from microlog_nb.widget.limits import Limits
from microlog_nb.widget.task_lanes import MOST
from tests.analysis.test_task_calls import MS, looked
from tests.pictures import tables_from_rows
from tests.widget.views import assert_consistent, decode

SEEN = looked(("waiting", 1, 10, 50), ("ran", 0, 60, 60), ("waiting", 2, 70, 100))


def test_a_task_has_a_lane_behind_those_of_threads_and_its_calls_behind_theirs() -> None:
    view = decode(payload.encode(Tables(SEEN)))
    assert_consistent(view)
    assert [(lane["name"], lane["kind"], lane["depth"]) for lane in view.lanes] == [("t", "asyncio", 2)]
    assert view.threadCalls == 0
    names = [view.functions[function]["name"] for function in view.calls.function]
    assert list(zip(names, view.calls.depth.tolist(), view.calls.parent.tolist(), strict=True)) == [
        ("a", 0, -1),
        ("b", 1, 0),
        ("a", 0, -1),
        ("a", 0, -1),
        ("c", 1, 3),
    ]
    assert np.isnan(view.calls.cpu).all()


def test_of_many_tasks_those_seen_longest_have_lanes_and_the_rest_is_told() -> None:
    count = MOST + 3
    rows = tables_from_rows(
        {
            "tasks": [{"name": f"t{task}", "start_ns": 0, "end_ns": (task + 1) * MS} for task in range(count)],
            "looks": [
                {"task": task, "state": "waiting", "stack": 0, "start_ns": 0, "end_ns": (task + 1) * MS, "count": 1}
                for task in range(count)
            ],
        }
    )
    trace = type(SEEN)({**SEEN.tables, "tasks": rows["tasks"], "looks": rows["looks"]}, SEEN.meta)
    view = decode(payload.encode(Tables(trace)))
    assert_consistent(view)
    assert [lane["name"] for lane in view.lanes] == [f"t{task}" for task in range(3, count)]
    assert view.facts["notes"] == ["3 more asyncio tasks have no lane here: shown are the 32 that were seen longest."]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_where_there_is_no_room_the_longest_stay_with_their_callers(most: int) -> None:
    view = decode(payload.encode(Tables(SEEN), limits=Limits(calls=most)))
    assert_consistent(view)
    assert len(view.calls.start) == most
    assert [view.lanes[0]["depth"]] == [min(most, 1) if most < 3 else 2]
