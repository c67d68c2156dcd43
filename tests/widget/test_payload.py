"""The view's bytes say what the tables say."""

from __future__ import annotations

import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings

from microlog_nb.analysis import names
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import payload
from microlog_nb.widget.limits import ALL
from microlog_nb.widget.visible import visible
from tests.pictures import META, MS, tables_from_rows, trace_from_picture, traces
from tests.widget.views import RUN, assert_consistent, decode, many_calls, tables


def test_the_view_is_what_the_page_reads() -> None:
    view = decode(payload.encode(tables()))
    assert_consistent(view)
    assert set(vars(view)) == {
        "facts", "packages", "functions", "lanes", "calls", "logs", "metrics", "spans", "anomalies", "tips", "gaps", "lines", "sources",
        "lineRuns", "lineSets", "lineStep", "graphs", "threadCalls", "threadStarts", "answers",
    }  # fmt: skip


@given(traces())
@settings(max_examples=60, deadline=None)
def test_any_valid_trace_has_a_view(trace: Trace) -> None:
    view = decode(payload.encode(Tables(trace)))
    assert_consistent(view)
    assert [row["message"] for row in view.logs] == trace.texts("logs", "message")
    assert view.facts["name"] == visible(trace.meta["name"])


def test_an_empty_recording_has_a_view() -> None:
    view = decode(payload.encode(Tables(Trace(tables_from_rows({}), META))))
    assert_consistent(view)
    assert view.facts["cpu"] is None
    assert view.facts["overhead"] is None
    assert view.facts["rate"] == 0


def test_facts() -> None:
    assert decode(payload.encode(tables())).facts == {
        "id": META["id"],
        "name": "load",
        "cell": "In [7]",
        "started": META["started"],
        "sampler": "thread",
        "python": "3.11.7",
        "platform": "Linux",
        "duration": 24 * MS,
        "interval": MS,
        "samples": RUN.tables["samples"].num_rows,
        "rate": 1000.0,
        "overhead": 200_000 / (24 * MS),
        "cpu": pytest.approx(200 / 3),
        "peakMemory": 3e8,
        "memoryChange": 1e8,
        "notes": [],
        "running": False,
        "detail": None,
    }


def test_calls_are_the_tables_calls() -> None:
    source = tables().call_data
    calls = decode(payload.encode(tables())).calls
    assert calls.start.tolist() == source.start_ns.tolist()
    assert calls.duration.tolist() == source.duration_ns.tolist()
    assert calls.self.tolist() == source.self_ns.tolist()
    assert np.array_equal(calls.cpu, source.cpu_ns, equal_nan=True)
    assert calls.parent.tolist() == source.parent.tolist()
    assert calls.callerLine.tolist() == source.caller_line.tolist()
    assert calls.samples.tolist() == source.samples.tolist()


def test_a_call_carries_its_first_anomaly() -> None:
    picture = "main: " + " ".join(f"a@{number}.b*2" for number in range(12)) + " a@99.b*200"
    view = decode(payload.encode(tables(trace_from_picture(picture))))
    (row,) = view.anomalies
    assert np.flatnonzero(view.calls.anomaly >= 0).tolist() == [row["call"]]
    assert row["observed"] == pytest.approx(0.2, rel=0.05)
    assert row["reason"].startswith("200 ms against a median of")
    assert (row["unit"], row["lane"], view.functions[row["function"]]["name"]) == ("s", 0, "b")
    assert row["where"] == "13th of 13 · main at 24.0 ms"
    assert row["peers"] == [pytest.approx(0.002)] * 12


def test_functions_say_where_they_are() -> None:
    by_name = {row["name"]: row for row in decode(payload.encode(tables())).functions}
    assert by_name["clean"]["file"] == "steps.py"
    assert by_name["clean"]["path"] == "/home/ada/pipeline/steps.py"
    assert by_name["clean"]["calls"] == 1
    assert by_name["clean"]["mean"] == by_name["clean"]["median"] == 8 * MS
    assert by_name["In [7]"]["file"] == "In [7]", "the code of a cell itself is called as the cell"


def test_functions_say_what_they_cost() -> None:
    source = tables().functions.set_index("function")
    for row in decode(payload.encode(tables())).functions:
        if row["name"] != "In [7]":
            known = source.loc[row["name"]]
            for name, column in {"self": "self_time", "total": "total_time", "cpu": "cpu_time", "max": "max"}.items():
                assert row[name] == pytest.approx(known[column] * 1e9, abs=1)
            assert row["contended"] is None, "this sampler cannot tell"


def test_lines_of_the_users_code_travel_with_its_sources() -> None:
    trace = trace_from_picture(
        "main: a:2*3 a:3.lib*5", functions={"lib": {"kind": "library"}}, sources={"In [1]": "def a():\n    x\n"}
    )
    view = decode(payload.encode(tables(trace)))
    assert view.lines.line.tolist() == [2, 3]
    assert view.lines.self.tolist()[1] == 0
    assert view.lines.samples.tolist() == [3, 5]
    assert view.sources == [{"path": "In [1]", "text": "def a():\n    x\n"}]


def test_sources_travel_within_bounds_those_with_most_time_first() -> None:
    long = "#" * (ALL.sources - 10)
    functions = {name: {"file": f"{name}.py", "kind": "user"} for name in "abc"}
    trace = trace_from_picture(
        "main: a*9 b*5 c", functions=functions, sources={"a.py": long, "b.py": "x" * 20, "c.py": "y" * 9}
    )
    view = decode(payload.encode(tables(trace)))
    assert [(row["path"], row["text"]) for row in view.sources] == [("a.py", long), ("b.py", None), ("c.py", "y" * 9)]


@pytest.mark.parametrize(
    ("kind", "module", "file", "name"),
    [
        ("notebook", "__main__", "In [7]", "In [7]"),
        ("user", "pipeline.steps", "/home/ada/pipeline/steps.py", "pipeline"),
        ("user", "__main__", "/home/ada/etl.py", "etl"),
        ("user", "", "C:\\work\\etl.py", "etl"),
        ("library", "pandas.io.parsers", "/env/pandas/io/parsers.py", "pandas"),
        ("library", "", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap>"),
        ("library", "", "", "?"),
    ],
)
def test_package_names(kind: str, module: str, file: str, name: str) -> None:
    assert names.package_name(kind, module, file) == (kind, name)


def test_packages_come_by_self_time() -> None:
    view = decode(payload.encode(tables()))
    times = [row["self"] for row in view.packages]
    assert times == sorted(times, reverse=True)
    assert sum(times) == tables().call_data.self_ns.sum()
    names = {(row["kind"], row["name"]) for row in view.packages}
    assert {("notebook", "In [7]"), ("user", "pipeline"), ("library", "pandas"), ("library", "requests")} <= names


def test_the_main_thread_has_the_first_lane() -> None:
    trace = trace_from_picture(
        "worker: a*4\nMainThread: b~*4", logs=[{"at": 1, "thread": "MainThread", "message": "x"}]
    )
    flags = trace.tables["threads"].set_column(3, trace.tables["threads"].schema.field(3), [[False, True]])
    view = decode(payload.encode(tables(Trace({**trace.tables, "threads": flags}, trace.meta))))
    assert [(lane["name"], lane["kind"]) for lane in view.lanes] == [("MainThread", "main"), ("worker", "thread")]
    assert view.logs[0]["lane"] == 0
    names = [view.functions[row]["name"] for row in view.calls.function]
    assert dict(zip(names, view.calls.lane.tolist(), strict=True)) == {"a": 1, "b": 0}


def test_a_lane_says_how_busy_its_thread_was() -> None:
    main, worker = decode(payload.encode(tables())).lanes
    assert main["depth"] == 3
    assert 0.4 < main["cpu"] < 0.9
    assert worker["cpu"] < 0.2
    unknown = {"due_ns": MS, "delay_ns": 0, "thread": 0, "stack": 0, "cpu_ns": -1, "state": "unknown"}
    trace = trace_from_picture("main: a a")
    rows = {name: trace.tables[name].to_pylist() for name in trace.tables}
    rows["samples"] = [unknown, {**unknown, "due_ns": 2 * MS}]
    (lane,) = decode(payload.encode(tables(Trace(tables_from_rows(rows), trace.meta)))).lanes
    assert lane["cpu"] is None


def test_logs_say_where_and_by_whom() -> None:
    plain, marked, low, lost = decode(payload.encode(tables())).logs
    assert (plain["function"], plain["file"], plain["line"]) == ("clean", "steps.py", 47)
    assert plain["html"] == "", "text that is not Markdown is not rendered"
    assert plain["call"] >= 0
    assert marked["html"] == "<h1>Loaded</h1>\n<p>&lt;img src=x onerror=alert(1)&gt;</p>"
    assert (marked["lane"], marked["function"], marked["line"]) == (1, "", 0)
    assert (low["level"], low["source"], low["logger"]) == ("warning", "logging", "root")
    assert lost["exception"].endswith("ValueError: lost")


def test_a_gap_is_where_samples_came_late() -> None:
    view = decode(payload.encode(tables()))
    assert view.gaps == [{"start": 16.5 * MS, "duration": 5 * MS}]


def test_a_gap_is_where_samples_never_came_to_a_thread_that_was_at_work() -> None:
    trace = trace_from_picture("main: a a .*6 a - . . . . . . a .*3 a")
    assert decode(payload.encode(tables(trace))).gaps == [{"start": 2.5 * MS, "duration": 6 * MS}]


def test_gaps_of_threads_are_merged() -> None:
    trace = trace_from_picture("main: a >*5 a a a >*9 a\nw: b b >*6 b -*10")
    assert decode(payload.encode(tables(trace))).gaps == [
        {"start": 1.5 * MS, "duration": 7 * MS},
        {"start": 9.5 * MS, "duration": 9 * MS},
    ]


def test_metrics_are_a_row_a_tick_and_counters_are_left_out() -> None:
    metrics = decode(payload.encode(tables())).metrics
    assert metrics.time.tolist() == [0, MS, 2 * MS]
    assert metrics.memory.tolist() == [1e8, 3e8, 2e8]
    assert np.isnan(metrics.gcObjects).all()


def test_half_a_surrogate_pair_is_written_out() -> None:
    trace = Trace(RUN.tables, {**RUN.meta, "name": "a\udc80b", "notes": ["\ud800"]})
    view = decode(payload.encode(tables(trace)))
    assert view.facts["name"] == "aU+DC80b"
    assert view.facts["notes"] == ["U+D800"]


def test_very_many_entries_are_not_all_rendered() -> None:
    logs = [{"at": 1, "message": f"*{number}*", "markdown": True} for number in range(payload.MAX_RENDERED + 9)]
    view = decode(payload.encode(tables(trace_from_picture("main: a*3", logs=logs))))
    assert [bool(row["html"]) for row in view.logs].count(True) == payload.MAX_RENDERED


def test_deflated_bytes_are_zlib() -> None:
    view = payload.encode(tables())
    packed = payload.deflate(view)
    assert (packed[0] & 15, (packed[0] << 8 | packed[1]) % 31) == (8, 0)
    assert zlib.decompress(packed) == view


def test_three_hundred_thousand_calls_are_encoded_column_by_column() -> None:
    source = many_calls(300_000)
    assert len(source.call_data) >= 300_000
    assert len(source.anomaly_data) < 300_000  # computed before the clock starts
    assert len(source.function_data.calls)
    start = time.process_time()
    view = payload.encode(source)
    # the budget is 0.3 s; a loop over calls in Python would take several seconds
    assert time.process_time() - start < 1.5
    assert_consistent(decode(view))
