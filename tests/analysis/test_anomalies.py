"""What is unusual is found, named once, and explained; noise is not."""

from __future__ import annotations

import functools
import operator

import pytest
from hypothesis import given, settings

from microlog_nb.analysis.anomalies import find_anomalies
from microlog_nb.analysis.anomalies.finding import UNITS
from microlog_nb.analysis.calls import infer_calls
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from tests.analysis.faults import KINDS, Score, findings, make_run, score
from tests.pictures import trace_from_picture, traces

LIBRARY = {"kind": "library", "file": "/lib/python3.11/x.py"}


def found(picture: str, kind: str, **options: object) -> list[dict[str, object]]:
    frame = Tables(trace_from_picture(picture, **options)).anomalies
    return frame[frame["kind"] == kind].to_dict("records")


def _steps(*lengths: int) -> str:
    return "main: " + " ".join(f"a a.step*{length}" for length in lengths)


# ---------------------------------------------------------------------------------------------------- slow calls


def test_a_call_that_took_much_longer_than_its_peers_is_slow() -> None:
    tables = Tables(trace_from_picture(_steps(40, 42, 41, 260, 40, 39)))
    anomalies = tables.anomalies
    assert anomalies["function"].tolist() == ["step"]
    assert anomalies["kind"].tolist() == ["slow call"]
    assert anomalies["reason"].tolist() == [
        "260 ms against a median of 40.0 ms in 6 calls from the same place: 6.5 × its usual time."
    ]
    assert anomalies["where"].tolist() == ["4th of 6 · main at 127 ms"]
    assert anomalies["expected"].tolist() == [0.04], "the slow call is not part of its own yardstick"
    assert tables.calls["anomaly"].sum() == 1
    assert 0 < anomalies["score"][0] <= 0.22


def test_noise_is_no_anomaly() -> None:
    assert not found(_steps(40, 44, 47, 36, 51, 39, 42, 45), "slow call")


def test_a_mode_of_its_own_is_no_anomaly() -> None:
    assert not found(_steps(*[20, 21, 200] * 8), "slow call")


def test_with_few_calls_only_ten_times_as_long_is_slow() -> None:
    assert not found(_steps(40, 40, 200, 40), "slow call")
    (row,) = found(_steps(40, 40, 600, 40), "slow call")
    assert "less sure" in str(row["reason"])


def test_short_calls_are_never_slow() -> None:
    assert not found(_steps(2, 2, 2, 2, 12, 2), "slow call")


def test_the_child_that_explains_the_excess_is_named() -> None:
    steps = " ".join(f"a a.fold*3 a.fold.fit*{length} a.fold*3" for length in (40, 41, 40, 400, 42, 40))
    assert [row["function"] for row in found(f"main: {steps}", "slow call")] == ["fit"]


def test_steps_of_a_recursion_are_not_compared() -> None:
    climb = " ".join(".".join(["a", *["climb"] * depth]) + "*60" for depth in (1, 2, 3, 4, 5, 6, 7, 8))
    assert not found(f"main: {climb}", "slow call")


# ---------------------------------------------------------------------------------------------------- waiting


def test_what_a_call_waited_for_is_read_from_the_library_below_it() -> None:
    (row,) = found(
        "main: a*5 a.load*9 a.load.recv~*300", "waiting", functions={"recv": {**LIBRARY, "module": "socket"}}
    )
    assert row["function"] == "load"
    assert row["observed"] == pytest.approx(0.3, abs=0.002)
    assert "for the network" in str(row["reason"])


def test_what_a_call_waited_for_is_read_from_the_users_line() -> None:
    (row,) = found("main: a*5 a.nap:2~*300", "waiting", sources={"In [1]": "def nap():\n    time.sleep(0.3)\n"})
    assert str(row["reason"]).endswith("in a sleep (In [1]:2).")


def test_nested_waits_count_once() -> None:
    assert [row["function"] for row in found("main: a a.b a.b.c~*300 a.b a", "waiting")] == ["c"]


def test_many_short_waits_belong_to_the_call_around_them() -> None:
    naps = " ".join(f"a.poll@{number}.nap~*20" for number in range(30))
    assert [row["function"] for row in found(f"main: a*5 {naps}", "waiting")] == ["poll"]


def test_a_worker_that_waits_for_work_is_no_anomaly() -> None:
    picture = "main: a*400\nworker: loop.get~*400"
    assert not found(picture, "waiting", functions={"get": {**LIBRARY, "module": "queue"}})


def test_a_busy_call_did_not_wait() -> None:
    assert not found("main: a*20 a.work*300 a.work~*90", "waiting")


# ---------------------------------------------------------------------------------------------------- threads


def test_a_call_without_the_gil_is_contended() -> None:
    turns = "a.work!*7 a.work*3 " * 30
    others = " ".join(f"crunch.f{number % 3}*7 crunch.f{number % 3}!*3" for number in range(30))
    (row,) = found(f"main: {turns}\nother: {others}", "contention", states=True)
    assert row["function"] == "work"
    assert row["observed"] == pytest.approx(0.21, abs=0.01)


def test_c_code_that_keeps_the_gil_is_named() -> None:
    picture = "main: a*50 a.parse*200 a*50\nother: w*50 w!*200 w*50"
    (row,) = found(picture, "GIL held", states=True)
    assert row["function"] == "parse"
    assert row["observed"] == pytest.approx(0.2, abs=0.003)
    assert "other could not run" in str(row["reason"])


def test_threads_that_take_turns_hold_nothing() -> None:
    picture = "main: " + "a*5 a!*5 " * 30 + "\nother: " + "w!*5 w*5 " * 30
    assert not found(picture, "GIL held", states=True)


def test_late_samples_tell_of_a_kept_gil_where_no_state_is_known() -> None:
    (row,) = found("main: a*50 >*199 a.parse a*50\nother: w*50 >*199 w~ w*50", "GIL held")
    assert row["function"] == "parse"


def test_a_gap_with_one_thread_only_starves_nobody() -> None:
    assert not found("main: a*50 >*199 a.parse a*50", "GIL held")


# ---------------------------------------------------------------------------------------------------- the process


def _metric(*parts: tuple[float, int]) -> list[float]:
    return [value for value, times in parts for _ in range(times)]


def test_a_jump_of_memory_has_its_call() -> None:
    memory = _metric((1e8, 100), (5e8, 100))
    (row,) = found("main: a*99 a.load*3 a*98", "memory jump", metrics={"memory": memory})
    assert (row["unit"], row["observed"]) == ("bytes", 4e8)
    assert "400 MB of it were still held" in str(row["reason"])


def test_memory_that_rises_and_stays_does_not_grow() -> None:
    memory = [1e8 + 4e8 * min(tick, 60) / 60 for tick in range(200)]
    assert not found("main: a*200", "memory growth", metrics={"memory": memory})


def test_memory_that_never_stops_growing() -> None:
    memory = [1e8 + 2e6 * tick for tick in range(200)]
    (row,) = found("main: " + "a a.keep*9 " * 20, "memory growth", metrics={"memory": memory})
    assert row["function"] == "keep"
    assert not found("main: " + "a a.keep*9 " * 20, "memory jump", metrics={"memory": memory})


def test_long_collections_are_pauses() -> None:
    spans = [{"at": 20 * n, "for": 5, "kind": "gc", "name": "generation 2"} for n in range(8)]
    spans.append({"at": 200, "for": 150, "kind": "gc", "name": "generation 2"})
    (row,) = found("main: a*199 a.b*160 a", "GC pause", spans=spans)
    assert (row["expected"], row["observed"], row["function"]) == (0.005, 0.15, "b")


def test_the_package_that_explains_a_slow_import_is_named() -> None:
    spans = [
        {"at": 0, "for": 900, "kind": "import", "name": "mine"},
        {"at": 50, "for": 800, "kind": "import", "name": "torch"},
        {"at": 60, "for": 780, "kind": "import", "name": "torch.nn"},
        {"at": 950, "for": 20, "kind": "import", "name": "json"},
    ]
    (row,) = found("main: a*1000", "slow import", spans=spans)
    assert row["reason"] == "Importing torch took 800 ms of the 900 ms for mine."


def test_other_processes_that_leave_no_cpu() -> None:
    metrics = {"cpu": _metric((95, 10), (20, 10)), "system_cpu": _metric((120, 10), (200, 10))}
    picture = "main: a*20"
    (row,) = found(picture, "starved", metrics=metrics, cores=2, interval_ns=100_000_000)
    assert row["reason"] == "For 1.00 s other processes used 1.8 of 2 cores; this one had 20% of a core."
    assert not found(picture, "starved", metrics=metrics, cores=4, interval_ns=100_000_000)


# ---------------------------------------------------------------------------------------------------- what was said


def test_a_flood_of_entries() -> None:
    logs = [{"at": 500 + n / 4, "message": f"row {n}", "stack": "a.loop"} for n in range(800)]
    (row,) = found("main: a*499 a.loop*202 a*2000", "log flood", logs=logs)
    assert (row["unit"], row["observed"], row["function"]) == ("count", 800, "loop")


def test_a_steady_stream_is_no_flood() -> None:
    assert not found("main: a*3000", "log flood", logs=[{"at": n * 10, "message": "x"} for n in range(299)])


def test_errors_that_differ_in_numbers_only_are_one() -> None:
    logs = [{"at": n, "message": f"row {n} is bad", "level": "error", "source": "logging"} for n in range(10)]
    (row,) = found("main: a*20", "error", logs=logs)
    assert row["reason"] == "row 0 is bad (10 times)"


def test_what_a_progress_bar_writes_to_stderr_is_no_warning() -> None:
    assert not found("main: a*9", "warning", logs=[{"at": 1, "message": "5%", "level": "warning", "source": "stderr"}])


# ---------------------------------------------------------------------------------------------------- all of them


@given(traces())
@settings(max_examples=60)
def test_any_valid_trace_can_be_judged(trace: Trace) -> None:
    calls = infer_calls(trace)
    anomalies = find_anomalies(trace, calls)
    assert set(anomalies.kind) <= set(KINDS)
    assert set(anomalies.unit) <= set(UNITS)
    assert all(-1 <= call < len(calls) for call in anomalies.call)
    assert (anomalies.score >= 0).all()


def test_without_anything_there_are_columns_and_types() -> None:
    bare = Tables(trace_from_picture("main: -")).anomalies
    full = Tables(trace_from_picture(_steps(40, 42, 41, 260, 40, 39))).anomalies
    assert not len(bare)
    assert bare.dtypes.tolist() == full.dtypes.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_injected_faults_are_found_and_little_else(kind: str) -> None:
    total = functools.reduce(operator.add, (_score(seed, kind) for seed in range(3)))
    assert total.recall >= 0.85, total
    assert total.precision >= 0.85, total


@functools.cache
def _made(seed: int) -> tuple[list[object], list[object]]:
    trace, faults = make_run(seed)
    return list(faults), list(findings(trace, infer_calls(trace)))


def _score(seed: int, kind: str) -> Score:
    faults, rows = _made(seed)
    return score(*([row for row in part if row.kind == kind] for part in (faults, rows)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(1000, 1005))
def test_runs_without_faults_have_no_anomalies(seed: int) -> None:
    trace, _ = make_run(seed, ())
    assert not findings(trace, infer_calls(trace))
