"""What asyncio tasks are seen in: real programs, by both samplers."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Coroutine
from typing import Any

import pytest

import microlog_nb as microlog
from microlog_nb.capture import recorder
from microlog_nb.capture.stacks import Stacks
from microlog_nb.capture.tasks import Tasks
from microlog_nb.model.builder import Builder
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables

SAMPLERS = ("native", "thread")


async def fetch(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def crawl(seconds: float) -> None:
    await fetch(seconds)


async def compute(seconds: float) -> None:
    await asyncio.sleep(0)
    spin(seconds)


def spin(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def recorded(program: Coroutine[Any, Any, Any], sampler: str = "native") -> Trace:
    with microlog.profile("tasks", sampler=sampler, display=False) as rec:
        asyncio.run(program)
    return trace_of(rec)


def trace_of(rec: Any) -> Trace:
    trace: Trace = rec._tables.trace
    return trace


def seen(trace: Trace) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """By task and state: function and depth of what it was seen in."""
    calls = Tables(trace).task_call_data
    names, functions = trace.texts("tasks", "name"), trace.texts("functions", "name")
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for call in range(len(calls)):
        state = "waiting" if calls.waiting_ns[call] > calls.duration_ns[call] / 2 else "ran"
        rows = found.setdefault((names[calls.thread[call]], state), [])
        rows.append((functions[calls.function[call]], int(calls.depth[call])))
    return found


def length(trace: Trace, function: str, task: str) -> float:
    """Seconds in a function of a task."""
    calls = Tables(trace).task_call_data
    of = [trace.texts("tasks", "name")[row] == task for row in calls.thread]
    named = [trace.texts("functions", "name")[row] == function for row in calls.function]
    rows = [row for row in range(len(calls)) if of[row] and named[row]]
    return float(calls.duration_ns[rows].sum()) / 1e9


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_each_task_waits_in_the_functions_of_its_own_chain(sampler: str) -> None:
    async def main() -> None:
        named = asyncio.create_task(crawl(0.2), name="slow crawl")
        await asyncio.gather(fetch(0.3), named)

    trace = recorded(main(), sampler)
    found = seen(trace)
    assert found["slow crawl", "waiting"] == [("crawl", 0), ("fetch", 1), ("sleep", 2)]
    assert found["fetch", "waiting"] == [("fetch", 0), ("sleep", 1)]
    assert length(trace, "sleep", "slow crawl") == pytest.approx(0.2, abs=0.1)
    assert sorted(trace.texts("tasks", "name"))[1:] == [
        "slow crawl",
        "test_each_task_waits_in_the_functions_of_its_own_chain.<locals>.main",
    ]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_a_task_runs_is_seen_where_it_was_looked_at(sampler: str) -> None:
    async def main() -> None:
        await asyncio.gather(compute(0.3), fetch(0.4))

    found = seen(recorded(main(), sampler))
    assert ("compute", 0) in found["compute", "ran"]
    assert ("spin", 1) in found["compute", "ran"]
    assert ("fetch", "ran") not in found


def test_what_tasks_do_is_in_no_sum() -> None:
    async def main() -> None:
        await asyncio.gather(*(fetch(0.2) for _ in range(5)))

    with microlog.profile("tasks", display=False) as rec:
        asyncio.run(main())
    assert len(trace_of(rec).texts("tasks", "name")) == 6
    assert rec.functions["self_time"].sum() <= rec.duration * 1.01
    assert rec.threads["name"].tolist() == ["MainThread"]
    assert set(rec.calls["thread"]) == {"MainThread"}


def test_a_loop_of_another_thread_has_its_tasks() -> None:
    with microlog.profile("tasks", display=False) as rec:
        thread = threading.Thread(target=lambda: asyncio.run(fetch(0.1)))
        thread.start()
        thread.join()
    assert "fetch" in trace_of(rec).texts("tasks", "name")


def test_a_recording_that_begins_in_a_task_sees_the_others() -> None:
    async def main() -> Trace:
        other = asyncio.create_task(fetch(0.2))
        await asyncio.sleep(0)
        with microlog.profile("tasks", display=False) as rec:
            await crawl(0.1)
        await other
        return trace_of(rec)

    assert {"fetch"} < set(asyncio.run(main()).texts("tasks", "name"))


def test_a_task_that_waited_before_the_recording_began_is_seen() -> None:
    """Its loop runs in a thread that says nothing of it any more."""
    begun = threading.Event()

    async def main() -> None:
        asyncio.get_running_loop().call_soon(begun.set)
        await fetch(0.3)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    begun.wait()
    with microlog.profile("tasks", display=False) as rec:
        thread.join()
    assert any(name.endswith("main") for name in trace_of(rec).texts("tasks", "name"))


def test_without_a_loop_no_task_is_looked_for() -> None:
    with microlog.profile("tasks", display=False):
        running = recorder.current()
        assert running is not None
        asyncio.run(fetch(0))
        assert not running.tasks.active


def test_many_short_loops_ask_for_a_look_every_ten_milliseconds_only() -> None:
    """Each of them would take the lock from the program."""
    now = 0
    builder = Builder()
    tasks = Tasks(builder, Stacks(builder), lambda: now)
    loop = asyncio.new_event_loop()
    asked = 0
    for now in range(1_000_000, 30_000_000, 1_000_000):  # noqa: B007  # the clock
        asked += tasks.loop_runs(loop)
        tasks.loop_runs(None)
    loop.close()
    assert asked == 3


def test_a_loop_right_after_a_short_one_has_its_tasks() -> None:
    with microlog.profile("short first", display=False) as rec:
        asyncio.run(asyncio.sleep(0))
        asyncio.run(crawl(0.3))
    assert ("crawl", "waiting") in seen(trace_of(rec))


def test_no_task_lives_longer_for_being_looked_at() -> None:
    async def main() -> list[Any]:
        tasks = [asyncio.create_task(fetch(0.05)) for _ in range(3)]
        known = [weakref.ref(task) for task in tasks]
        await asyncio.gather(*tasks)
        del tasks
        await asyncio.sleep(0.05)
        gc.collect()
        return [ref() for ref in known]

    with microlog.profile("tasks", display=False):
        assert asyncio.run(main()) == [None] * 3


def test_a_task_that_raises_when_it_is_asked_ends_no_recording() -> None:
    class Shy(asyncio.Task):  # type: ignore[type-arg]
        def get_name(self) -> str:
            raise LookupError("no name")

    async def main() -> None:
        await Shy(fetch(0.1), loop=asyncio.get_running_loop())

    with microlog.profile("tasks", display=False) as rec:
        asyncio.run(main())
        microlog.info("after")
    assert rec.logs["message"].tolist() == ["after"]
    assert [note for note in rec.meta["notes"] if "LookupError: no name" in note]


def test_nested_recordings_have_the_tasks_of_their_time() -> None:
    async def main() -> Trace:
        await fetch(0.05)
        with microlog.profile("inner", display=False) as inner:
            await asyncio.gather(asyncio.create_task(crawl(0.1), name="late"))
        return trace_of(inner)

    async def early() -> Trace:
        await asyncio.create_task(fetch(0.05), name="early")
        return await main()

    with microlog.profile("outer", display=False) as outer:
        inner = asyncio.run(early())
    assert {"early", "late"} < set(trace_of(outer).texts("tasks", "name"))
    assert "late" in inner.texts("tasks", "name")
    assert "early" not in inner.texts("tasks", "name")
