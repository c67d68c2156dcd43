"""The public surface: what users hold behaves as its docstrings say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import microlog_nb as microlog
from microlog_nb import MicrologError

CALLS = [
    "parent",
    "thread",
    "depth",
    "function",
    "module",
    "file",
    "line",
    "caller_line",
    "start",
    "duration",
    "self_time",
    "cpu_time",
    "waiting",
    "contended",
    "samples",
    "anomaly",
]
LOGS = [
    "time",
    "level",
    "source",
    "logger",
    "message",
    "markdown",
    "thread",
    "call",
    "function",
    "file",
    "line",
    "exception",
]
METRICS = ["time", "cpu", "system_cpu", "memory", "modules", "threads", "gc_objects"]
TIPS = ["tip", "title", "advice", "saving", "share", "function", "file", "line", "call", "evidence", "score"]
ANOMALIES = [
    "kind",
    "start",
    "duration",
    "call",
    "function",
    "thread",
    "where",
    "expected",
    "observed",
    "unit",
    "score",
    "reason",
]


@pytest.fixture
def rec(capsys: pytest.CaptureFixture[str]) -> microlog.Recording:
    def step() -> int:
        return sum(range(400_000))

    with microlog.profile("steps") as recording:
        for _ in range(3):
            step()
        microlog.info("## Done\n*3* steps")
        print("printed")
    return recording


def test_tables_have_exactly_the_columns_that_are_promised(rec: microlog.Recording) -> None:
    assert list(rec.calls.columns) == CALLS
    assert rec.calls.index.name == "call"
    assert list(rec.logs.columns) == LOGS
    assert list(rec.metrics.columns) == METRICS
    assert list(rec.anomalies.columns) == ANOMALIES
    assert list(rec.tips.columns) == TIPS


def test_an_empty_recording_has_the_same_columns_and_types(rec: microlog.Recording) -> None:
    with microlog.profile(logs=False) as empty:
        pass
    empty = microlog.Recording(type(empty._tables)(empty._tables.trace.between(0, 1)))
    for name in (
        "calls",
        "samples",
        "functions",
        "lines",
        "logs",
        "metrics",
        "spans",
        "threads",
        "anomalies",
        "tips",
        "counters",
    ):
        full, bare = getattr(rec, name), getattr(empty, name)
        assert list(full.columns) == list(bare.columns), name
        assert full.dtypes.tolist() == bare.dtypes.tolist(), name


def test_a_table_is_computed_once(rec: microlog.Recording) -> None:
    assert rec.calls is rec.calls


def test_facts_of_a_recording(rec: microlog.Recording) -> None:
    assert rec.name == "steps"
    assert rec.interval == 0.001
    assert rec.duration > 0.005
    assert rec.started.startswith("20")
    assert repr(rec).startswith("<Recording 'steps' of ")
    assert microlog.last() is rec


def test_save_and_load_give_the_same_tables(rec: microlog.Recording, tmp_path: Path) -> None:
    loaded = microlog.load(rec.save(tmp_path / "steps.microlog"))
    assert loaded._tables.trace == rec._tables.trace
    assert loaded.calls.equals(rec.calls)
    assert loaded.logs.equals(rec.logs)


def test_a_recording_is_saved_at_its_end_if_asked(tmp_path: Path) -> None:
    with microlog.profile("kept", save=tmp_path / "kept.microlog"):
        pass
    assert microlog.load(tmp_path / "kept.microlog").name == "kept"


def test_between_is_a_recording_of_that_range(rec: microlog.Recording) -> None:
    part = rec.between(0, rec.duration / 2)
    assert part.duration == pytest.approx(rec.duration / 2)
    assert len(part.calls) <= len(rec.calls)


@pytest.mark.parametrize("span", [(-1, 1), (1, 0), (0, 1e9), ("a", 1), (0, float("nan"))])
def test_a_range_outside_the_recording_is_refused(rec: microlog.Recording, span: tuple[float, float]) -> None:
    with pytest.raises(MicrologError, match=r"is no range: allowed is 0 <= start < end <="):
        rec.between(*span)


def test_the_summary_is_the_statistics_block(rec: microlog.Recording, tmp_path: Path) -> None:
    rec.save(tmp_path / "x.microlog")
    lines = rec.summary().splitlines()
    assert lines[0] == "Microlog Statistics"
    words = " ".join(lines)
    for word in ("log size", "report", "duration", "samples", "overhead", "calls", "logs"):
        assert word in words


def test_profile_decorates_functions() -> None:
    @microlog.profile("named")
    def add(a: int, b: int) -> int:
        "Adds."
        return a + b

    @microlog.profile
    def plain() -> str:
        return "x"

    assert add(1, b=2) == 3
    assert (add.__name__, add.__doc__) == ("add", "Adds.")
    assert microlog.last().name == "named"
    assert plain() == "x"
    assert "plain" in microlog.last().name


def test_profile_decorates_coroutine_functions() -> None:
    @microlog.profile()
    async def wait() -> int:
        await asyncio.sleep(0.01)
        return 7

    assert asyncio.run(wait()) == 7
    assert microlog.last().duration >= 0.01


def test_profile_refuses_generators() -> None:
    with pytest.raises(MicrologError, match="cannot decorate the generator numbers"):

        @microlog.profile()
        def numbers():  # type: ignore[no-untyped-def]
            yield 1


def test_start_and_stop() -> None:
    rec = microlog.start("open end")
    assert rec.running
    assert microlog.stop() is rec
    assert not rec.running
    assert rec.stop() is rec
    with pytest.raises(MicrologError, match="no recording is running"):
        microlog.stop()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"interval": 5}, "interval 5 is out of range: allowed are 50 µs to 1 s"),
        ({"interval": "quick"}, "interval 'quick' is not a duration"),
        ({"metrics_interval": 1e-6}, "metrics_interval 1e-06 is out of range"),
        ({"sampler": "x"}, "sampler 'x' does not exist"),
        ({"logs": "no"}, "logs must be True or False"),
        ({"display": 3}, "display must be True, False or None"),
        ({"save": 3}, "save must be a path"),
        ({"save": "/no/such/folder/x.microlog"}, "there is no folder"),
        ({"intervall": 1}, "profile\\(\\) has no option 'intervall': allowed are interval, sampler"),
        ({"name": 3}, "a recording's name must be text"),
    ],
)
def test_what_is_wrong_with_an_option_is_said_before_anything_runs(options: dict[str, object], message: str) -> None:
    with pytest.raises(MicrologError, match=message):
        microlog.profile(**options)  # type: ignore[call-overload]


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MicrologError, match="there is no such file"):
        microlog.load(tmp_path / "none.microlog")


def test_without_a_recording_saying_something_does_nothing() -> None:
    microlog.debug("x")
    microlog.warn("x")
    microlog.counter("n", 1)
    with microlog.span("s"):
        pass


@pytest.mark.parametrize(("name", "value"), [("cpu", 1), (3, 1), ("n", "many"), ("n", True)])
def test_a_counter_needs_a_name_of_its_own_and_a_number(name: str, value: float) -> None:
    with pytest.raises(MicrologError, match=r"a counter's (name|value) must be"):
        microlog.counter(name, value)


def test_levels_of_what_is_said() -> None:
    with microlog.profile() as rec:
        microlog.debug("d")
        microlog.info(3)
        microlog.warning("w")
        microlog.error("e")
    assert rec.logs["level"].tolist() == ["debug", "info", "warning", "error"]
    assert rec.logs["message"].tolist() == ["d", "3", "w", "e"]


def test_public_names_are_listed() -> None:
    for name in microlog.__all__:
        assert hasattr(microlog, name)
        assert getattr(microlog, name).__doc__, name
