"""Tips about a run as a whole, from drawn traces; and what holds for the tips of any recording."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from microlog_nb.analysis.calls import infer_calls
from microlog_nb.analysis.tips import find_tips
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from tests.analysis.tips.programs import tips_of
from tests.pictures import META, tables_from_rows, trace_from_picture, traces

_LOOP = "main: " + "cell:2.score " * 3_000


def _one_core(system_cpu: float, cores: int) -> Trace:
    metrics = {"cpu": [100.0] * 3_000, "system_cpu": [system_cpu] * 3_000}
    return trace_from_picture(_LOOP, loops={"cell": 0}, metrics=metrics, cores=cores)


def test_a_loop_on_one_core_of_eight() -> None:
    tips = tips_of(_one_core(130.0, 8))
    assert tips.keys() == {"idle-cores"}
    assert "6 of 8 cores were idle" in tips["idle-cores"].evidence


def test_cores_that_others_use_are_not_idle() -> None:
    assert not tips_of(_one_core(780.0, 8))


def test_one_core_alone_is_not_idle() -> None:
    assert not tips_of(_one_core(100.0, 1))


def test_threads_that_wait_for_the_lock() -> None:
    threads = "one: " + "crunch crunch! " * 200 + "\ntwo: " + "crunch! crunch " * 200
    tips = tips_of(trace_from_picture(threads, states=True))
    assert tips.keys() == {"gil-threads"}
    assert "waited 400 ms for Python's lock, 50% of their time" in tips["gil-threads"].evidence


def test_threads_that_wait_for_something_else() -> None:
    threads = "one: " + "crunch crunch~ " * 200 + "\ntwo: " + "crunch~ crunch " * 200
    assert not tips_of(trace_from_picture(threads, states=True))


def test_a_cause_has_one_tip() -> None:
    library = {"kind": "library", "file": "/lib/pandas/x.py"}
    trace = trace_from_picture(
        "main: " + "cell:2.apply.row.to_datetime " * 200,
        functions={
            "cell": {"name": "<module>"},
            "apply": {**library, "name": "DataFrame.apply", "module": "pandas.core.frame"},
            "row": {**library, "name": "FrameColumnApply.series_generator", "module": "pandas.core.apply"},
            "to_datetime": {**library, "name": "to_datetime", "module": "pandas.core.tools.datetimes"},
        },
        loops={"cell": 0},
    )
    assert tips_of(trace).keys() == {"date-parsing"}


def test_a_line_has_one_tip_of_a_rule() -> None:
    """Though its time is in a function that the rule names, and in the line itself."""
    appended = {"kind": "library", "file": "/lib/numpy/x.py", "name": "append", "module": "numpy"}
    trace = trace_from_picture(
        "main: " + "cell:3.append " * 300 + "cell:3 " * 100,
        functions={"cell": {"name": "<module>"}, "append": appended},
        loops={"cell": 0},
        sources={"In [1]": "grown = np.zeros(0)\nfor number in range(9):\n    grown = np.append(grown, number)\n"},
    )
    assert tips_of(trace)["growing-array"].share == pytest.approx(0.75, abs=0.01)


def test_what_takes_little_of_a_recording_gives_no_tip() -> None:
    library = {"kind": "library", "name": "DataFrame.iterrows", "module": "pandas.core.frame"}
    short, long = "main: " + "cell.rows " * 60, "main: " + "cell.rows " * 60 + "cell.work " * 2_000
    assert tips_of(trace_from_picture(short, functions={"rows": library})).keys() == {"row-iteration"}
    assert not tips_of(trace_from_picture(long, functions={"rows": library}))


def test_tips_of_an_empty_recording() -> None:
    tables = Tables(Trace(tables_from_rows({}), META))
    assert tables.tip_data == []
    assert len(tables.tips) == 0


@given(traces())
@settings(max_examples=60)
def test_any_valid_trace_has_tips_in_range(trace: Trace) -> None:
    tips = find_tips(trace, infer_calls(trace))
    assert [tip.score for tip in tips] == sorted((tip.score for tip in tips), reverse=True)
    for tip in tips:
        assert 0 <= tip.share <= 1
        assert math.isnan(tip.saving_ns) or tip.saving_ns >= 0
        assert -1 <= tip.function < trace.tables["functions"].num_rows
        assert tip.title
        assert tip.evidence.endswith(".")


_REQUESTS = {
    "get": ("requests.api", "get"),
    "of_session": ("requests.sessions", "Session.get"),
    "request": ("requests.sessions", "Session.request"),
    "connect": ("urllib3.connection", "HTTPSConnection.connect"),
    "begin": ("http.client", "HTTPResponse.begin"),
}


def _requested(way: str, connects: int) -> Trace:
    """Ten requests in a loop, the first so many of which connect for 30 ms; each then waits 10 ms for its answer."""
    connect, answer = f"cell:2@4.{way}.request:1.connect~*30 ", f"cell:2@4.{way}.request:2.begin~*10 cell:3@8 "
    return trace_from_picture(
        "main: " + "".join((connect if number < connects else "") + answer for number in range(10)),
        functions={
            key: {"kind": "library", "module": module, "name": name, "file": f"/lib/{module}.py"}
            for key, (module, name) in _REQUESTS.items()
        },
        loops={"cell": 0},
    )


def test_requests_without_a_session_connect_each_time() -> None:
    found = tips_of(_requested("get", 10))["http-session"]
    assert "a new connection each time: 300 ms" in found.evidence
    assert found.line == 2


def test_requests_of_a_session_connect_once() -> None:
    assert "http-session" not in tips_of(_requested("of_session", 1))
