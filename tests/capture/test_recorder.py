"""One recorder serves all recordings, and leaves nothing when the last one ends."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest

import microlog_nb as microlog
from microlog_nb.capture import recorder
from tests.capture.looked_at import spin


def busy(seconds: float) -> None:
    spin(seconds * 1000)


def again(seconds: float) -> None:
    busy(seconds)


def test_a_recording_sees_the_calls_of_its_block() -> None:
    with microlog.profile("work") as rec:
        again(0.05)
        again(0.05)
    calls = rec.calls
    assert (calls["function"] == "again").sum() == 2
    assert 0.07 < calls.loc[calls["function"] == "busy", "duration"].sum() <= rec.duration


def test_nested_recordings_see_their_own_time() -> None:
    with microlog.profile("outer") as outer:
        again(0.03)
        with microlog.profile("inner") as inner:
            again(0.03)
        again(0.03)
    assert (inner.calls["function"] == "again").sum() == 1
    assert (outer.calls["function"] == "again").sum() == 3
    assert inner.duration < outer.duration


def test_recordings_may_overlap() -> None:
    first = microlog.start("first")
    microlog.info("one")
    second = microlog.start("second")
    microlog.info("two")
    first.stop()
    microlog.info("three")
    second.stop()
    assert first.logs["message"].tolist() == ["one", "two"]
    assert second.logs["message"].tolist() == ["two", "three"]
    assert recorder.current() is None


def test_recordings_of_several_threads_at_once() -> None:
    found: dict[str, list[str]] = {}

    def work(name: str) -> None:
        with microlog.profile(name) as rec:
            again(0.02)
            microlog.info(name)
        found[name] = rec.logs["message"].tolist()

    threads = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(name in messages for name, messages in found.items())
    assert len(found) == 4
    assert recorder.current() is None


def test_every_thread_has_its_calls_and_its_name() -> None:
    with microlog.profile() as rec:
        worker = threading.Thread(target=again, args=(0.05,), name="worker")
        worker.start()
        worker.join()
    calls = rec.calls
    assert set(calls["thread"]) == {"MainThread", "worker"}
    assert "again" in set(calls.loc[calls["thread"] == "worker", "function"])
    row = rec.threads.set_index("name").loc["worker"]
    assert 0.04 < row["end"] - row["start"] <= rec.duration
    assert not row["main"]


def test_the_program_sees_no_more_threads_than_its_own() -> None:
    before = threading.active_count(), threading.enumerate()
    with microlog.profile():
        assert (threading.active_count(), threading.enumerate()) == before


def test_waiting_costs_no_cpu() -> None:
    """Held against the clock of the thread itself, which counts the same on a machine that is busy with other things."""

    def rest(answer: threading.Event) -> float:
        before = time.thread_time()
        answer.wait()
        return time.thread_time() - before

    def compute() -> float:
        before = time.thread_time()
        while time.thread_time() - before < 0.1:
            pass
        return time.thread_time() - before

    answer, spent = threading.Event(), {}
    with microlog.profile() as rec:
        worker = threading.Thread(target=lambda: spent.update(rest=rest(answer)))
        worker.start()
        spent["compute"] = compute()
        answer.set()
        worker.join()
    calls = rec.calls.set_index(rec.calls["function"].str.rpartition(".")[2])
    assert calls.loc["compute", "cpu_time"] == pytest.approx(spent["compute"], abs=0.05)
    assert calls.loc["rest", "duration"] > 0.09  # its edges are between samples
    assert calls.loc["rest", "cpu_time"] <= spent["rest"] + 0.05


def test_entries_are_attached_to_the_call_that_wrote_them() -> None:
    def speak(number: int) -> None:
        microlog.info(f"number {number}")
        print("printed", number)

    with microlog.profile() as rec:
        for number in range(20):
            speak(number)
    logs = rec.logs
    assert len(logs) == 40
    assert (logs["call"] >= 0).all()
    assert all(name.endswith("speak") for name in rec.calls.loc[logs["call"], "function"])
    assert logs.loc[logs["source"] == "microlog", "markdown"].all()


def test_without_logs_only_what_was_said_to_microlog_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with microlog.profile(logs=False) as rec:
        print("printed")
        microlog.warning("said")
    assert rec.logs["message"].tolist() == ["said"]
    assert capsys.readouterr().out == "printed\n"


def test_spans_and_counters_are_kept() -> None:
    with microlog.profile() as rec, microlog.span("load"):
        microlog.counter("rows", 12)
        busy(0.01)
    span = rec.spans[rec.spans["kind"] == "user"].iloc[0]
    assert (span["name"], span["thread"]) == ("load", "MainThread")
    assert span["duration"] >= 0.01
    assert rec.counters[["name", "value"]].to_numpy().tolist() == [["rows", 12.0]]
    assert "rows" not in rec.metrics.columns


def test_an_import_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nend = time.perf_counter() + 0.03\nwhile time.perf_counter() < end: pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with microlog.profile() as rec:
        import slow_to_import  # noqa: F401
    span = rec.spans[rec.spans["name"] == "slow_to_import"].iloc[0]
    assert span["kind"] == "import"
    assert span["duration"] >= 0.03


@pytest.mark.parametrize("sampler", ["auto", "thread"])
def test_an_import_ends_though_the_program_computes_on(
    sampler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quick_to_import.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "quick_to_import", raising=False)
    with microlog.profile(sampler=sampler) as rec:
        import quick_to_import  # noqa: F401

        busy(0.8)
    span = rec.spans[rec.spans["name"] == "quick_to_import"].iloc[0]
    assert span["duration"] < 0.4


def test_the_exception_that_ends_a_block_is_kept_and_goes_on() -> None:
    def divide() -> float:
        again(0.005)
        return 1 / 0

    with pytest.raises(ZeroDivisionError), microlog.profile() as rec:
        divide()
    entry = rec.logs.iloc[-1]
    assert (entry["level"], entry["source"]) == ("error", "exception")
    assert "ZeroDivisionError" in entry["message"]
    assert "ZeroDivisionError" in entry["exception"]
    assert not rec.running


def test_metrics_are_read_from_start_to_end() -> None:
    with microlog.profile(metrics_interval=0.01) as rec:
        busy(0.1)
    metrics = rec.metrics
    assert list(metrics.columns) == ["time", "cpu", "system_cpu", "memory", "modules", "threads", "gc_objects"]
    assert len(metrics) >= 3
    assert metrics["memory"].iloc[-1] > 1e6
    assert metrics["threads"].iloc[-1] == threading.active_count()


def test_a_running_recording_can_be_read() -> None:
    with microlog.profile() as rec:
        again(0.03)
        assert rec.running
        assert "again" in set(rec.calls["function"])
        before = rec.duration
        again(0.01)
        assert rec.duration > before
    assert not rec.running


def test_a_shorter_interval_of_a_nested_recording_holds_while_it_runs() -> None:
    with microlog.profile(interval=0.02) as outer:
        with microlog.profile(interval=0.001) as inner:
            assert recorder.current().sampler.interval_ns == 1_000_000  # type: ignore[union-attr]
        assert recorder.current().sampler.interval_ns == 20_000_000  # type: ignore[union-attr]
    assert (outer.interval, inner.interval) == (0.02, 0.001)


def test_the_sources_of_the_users_code_are_kept() -> None:
    with microlog.profile() as rec:
        again(0.02)
    sources = rec._tables.trace
    texts = dict(zip(sources.texts("sources", "file"), sources.texts("sources", "text"), strict=True))
    assert "def again(" in texts[__file__]


def test_a_thousand_recordings_leave_nothing() -> None:
    threads = set(sys._current_frames())
    for _ in range(100):
        with microlog.profile():
            pass
    assert recorder.current() is None
    assert threads <= set(sys._current_frames())


@pytest.mark.parametrize("sampler", ["auto", "thread"])
def test_what_a_program_drops_is_freed_and_nothing_is_left_for_the_collector(
    sampler: str, capsys: pytest.CaptureFixture[str]
) -> None:
    class Large:
        pass

    def use() -> weakref.ref[Large]:
        large = Large()
        spin(20, least_ticks=20)
        print("used")
        with microlog.span("use"):
            microlog.info("used")
        return weakref.ref(large)

    with microlog.profile(sampler=sampler):
        use()
        gc.collect()
        gc.disable()
        try:
            dropped = use()
            spin(5, least_ticks=2)
            assert dropped() is None
            assert gc.collect() == 0
        finally:
            gc.enable()
    capsys.readouterr()


def test_a_forked_child_records_nothing_and_works() -> None:
    program = """
import os, sys, microlog_nb as microlog
with microlog.profile() as rec:
    child = os.fork()
    if child == 0:
        print("from the child", flush=True)
        rec.stop()
        os._exit(0 if len(rec.calls) == 0 and rec.meta["notes"] else 3)
    status = os.waitpid(child, 0)[1]
print(os.waitstatus_to_exitcode(status), rec.meta["notes"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["from the child", "0 []"]


def test_a_recording_that_still_runs_at_exit_is_saved(tmp_path: Path) -> None:
    program = "import microlog_nb as m, sys\nm.start('late', save=sys.argv[1])\nsum(range(3000000))\n"
    target = tmp_path / "late.microlog"
    subprocess.run([sys.executable, "-c", program, str(target)], check=True, timeout=60)
    assert microlog.load(target).name == "late"


def test_a_killed_process_leaves_all_but_its_last_second(own_home: Path) -> None:
    program = """
import microlog_nb as m, sys, time
def work(n):
    end = time.perf_counter() + n
    while time.perf_counter() < end: pass
with m.profile("doomed"):
    m.info("said early")
    work(2.5)
    print("kill me", flush=True)
    work(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as doomed:
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "kill me\n"
        doomed.kill()
    (folder,) = (own_home / "running").iterdir()
    rec = microlog.load(folder)
    assert rec.name == "doomed"
    assert "said early" in rec.logs["message"].tolist()
    assert rec.calls.loc[rec.calls["function"] == "work", "duration"].max() > 1
