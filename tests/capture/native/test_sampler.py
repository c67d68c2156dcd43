"""What the sampler in C tells of a program, and what it leaves alone."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
import pytest

import microlog_nb as microlog
from microlog_nb.capture import recorder
from microlog_nb.capture.samplers import native
from microlog_nb.capture.samplers.base import SamplerUnavailable
from microlog_nb.errors import MicrologError
from tests.capture.looked_at import awaited, spin


def run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PRELUDE + program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=check)


PRELUDE = """
import ctypes, faulthandler, os, signal, sys, threading, time
import microlog_nb as microlog
def spin(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
"""


def test_native_is_what_auto_means_here() -> None:
    with microlog.profile() as rec:
        spin(5)
    assert rec.meta["sampler"] == "native"
    assert rec.meta["notes"] == []


def test_c_code_that_holds_the_lock_is_seen() -> None:
    numbers = list(range(2_000_000, 0, -1))

    def hold() -> None:
        sum(numbers)
        sorted(numbers)

    with microlog.profile(sampler="native") as rec:
        hold()
    call = rec.calls[rec.calls["function"].str.endswith("hold")].iloc[0]
    assert call["samples"] > call["cpu_time"] * 200
    assert rec.meta["late"] < 0.1 * rec.meta["samples"]  # but for ticks that a busy machine delays


def test_entries_and_samples_are_of_the_same_calls() -> None:
    def speak(number: int) -> None:
        spin(3)
        microlog.info(f"number {number}")
        spin(3)

    with microlog.profile(sampler="native") as rec:
        for number in range(5):
            speak(number)
    calls = rec.calls[rec.calls["function"].str.endswith("speak")]
    assert len(calls) == 5
    assert rec.logs["call"].tolist() == calls.index.tolist()


def test_short_visits_to_a_generator_on_a_deep_stack_are_seen() -> None:
    def numbers() -> Iterator[int]:
        for number in range(2000):
            total = 0
            for _ in range(20):
                total += number
            yield total

    def go(depth: int) -> None:
        if depth:
            go(depth - 1)
            return
        end = time.thread_time() + 0.4
        while time.thread_time() < end:
            for number in numbers():
                hash(number)

    with microlog.profile(interval=0.0005) as rec:
        go(150)
    functions = rec.functions
    seen = functions[functions["function"].str.endswith("numbers")]["self_time"].sum()
    assert seen > 0.1  # most of 0.4 s is spent there
    assert rec.meta["torn"] < rec.meta["samples"] / 10


def test_names_and_lines_resolve_when_the_code_is_gone() -> None:
    source = "def gone():\n    end = clock() + 0.06\n    while clock() < end:\n        pass\ngone()\n"
    with microlog.profile(sampler="native") as rec:
        exec(compile(source, "made up.py", "exec"), {"__name__": "made_up", "clock": time.thread_time})
    frame = rec.samples[rec.samples["function"] == "gone"]
    assert set(frame["file"]) == {"made up.py"}
    assert set(frame["line"]) <= {3, 4}


def test_a_thread_that_has_ended_keeps_its_name() -> None:
    started = threading.Event()

    def work() -> None:
        started.set()
        spin(20)

    with microlog.profile(sampler="native") as rec:
        worker = threading.Thread(target=work)
        worker.start()
        started.wait()
        worker.name = "renamed"
        worker.join()
    row = rec.threads.set_index("name").loc["renamed"]
    assert row["native_id"] == worker.native_id
    assert "spin" in set(rec.calls.loc[rec.calls["thread"] == "renamed", "function"])


def test_waiting_is_told_from_running() -> None:
    def pause() -> None:
        looked_at = threading.Event()
        with awaited(looked_at.set):
            looked_at.wait()

    with microlog.profile(sampler="native") as rec:
        pause()
        spin(20)
    calls = rec.calls.set_index("function")
    waited = calls[calls.index.str.endswith("pause")].iloc[0]
    assert waited["waiting"] > 0.8 * waited["duration"]
    assert calls.loc["spin", "contended"] < 0.5 * calls.loc["spin", "duration"]
    assert {"ran", "waiting"} <= set(rec.samples["state"])


def test_contention_for_the_lock_is_seen() -> None:
    go = threading.Barrier(3)

    def compete() -> None:
        go.wait()
        spin(100)

    with microlog.profile(sampler="native") as rec:
        workers = [threading.Thread(target=compete) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    functions = rec.functions.set_index("function")
    # two thirds of three threads' time, less where the machine is busy with others
    assert functions.loc["spin", "contended"] > 0.1 * functions.loc["spin", "total_time"]
    assert "contended" in set(rec.samples["state"])


def test_the_thread_sampler_does_not_tell_contention() -> None:
    looked_at = threading.Event()
    with microlog.profile(sampler="thread") as rec:
        with awaited(looked_at.set):
            looked_at.wait()
        spin(20)
    calls = rec.calls[rec.calls["thread"] == "MainThread"].set_index("function")
    assert rec.calls["contended"].isna().all()
    waited = calls.loc[["Event.wait"]].sum()  # the start of a thread is waited for, too
    assert waited["waiting"] > 0.8 * waited["duration"]
    assert set(rec.samples["state"]) == {"unknown"}


def test_a_suspended_cell_is_shown_waiting() -> None:
    """As in a notebook: the loop belongs to the kernel, and runs the user's coroutine."""
    found: list[microlog.Recording] = []

    async def rest() -> None:
        looked_at, loop = asyncio.Event(), asyncio.get_running_loop()
        with awaited(lambda: loop.call_soon_threadsafe(looked_at.set)):
            await looked_at.wait()

    async def cell() -> None:
        with microlog.profile(sampler="native") as rec:
            spin(5)
            await rest()
            spin(5)
        found.append(rec)

    names: dict[str, Any] = {"__name__": "ipykernel.kernelapp"}
    exec(compile("def serve(f, *args):\n    f(*args)\n", "/site-packages/ipykernel/kernelapp.py", "exec"), names)
    kernel = threading.Thread(target=names["serve"], args=(asyncio.run, cell()))
    kernel.start()
    kernel.join()
    calls = found[0].calls
    waited = calls[calls["function"].str.endswith("rest")]
    assert len(waited) == 1
    assert waited["duration"].iloc[0] > 0.05
    assert waited["waiting"].iloc[0] > 0.5 * waited["duration"].iloc[0]
    assert len(calls[calls["function"].str.endswith("cell")]) == 1


def test_the_shortest_and_the_longest_interval() -> None:
    for interval, ticks in ((50e-6, 20), (1.0, 2)):  # two: one look at the start, one at the end
        with microlog.profile(sampler="native", interval=interval) as rec:
            spin(20)
        assert rec.meta["ticks"] >= ticks
        assert ("spin" in set(rec.calls["function"])) == (ticks > 2)


def test_recordings_at_once_and_nested() -> None:
    with microlog.profile(sampler="native", interval=0.002) as outer:
        spin(20)
        with microlog.profile(sampler="native", interval=0.0001) as inner:
            spin(20)
        spin(20)
    assert inner.meta["ticks"] > outer.meta["ticks"] / 2
    assert (outer.calls["function"] == "spin").sum() == 3
    assert (inner.calls["function"] == "spin").sum() == 1


def test_an_interpreter_that_it_cannot_sample_goes_on_by_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> None:
        raise SamplerUnavailable("fields have moved")

    monkeypatch.setattr(native.NativeSampler, "start", refuse)
    with microlog.profile() as rec:
        spin(10)
    assert rec.meta["sampler"] == "thread"
    assert "fields have moved" in rec.meta["notes"][0]
    assert "spin" in set(rec.calls["function"])
    with pytest.raises(MicrologError, match="'native' cannot run here: fields have moved; choose 'auto' or 'thread'"):
        microlog.start(sampler="native")
    assert recorder.current() is None


def test_one_that_is_not_built_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "microlog_nb.capture._sampler", None)
    monkeypatch.delattr("microlog_nb.capture._sampler", raising=False)
    with pytest.raises(MicrologError, match=r"not built .*: reinstall microlog_nb"):
        microlog.start(sampler="native")
    with microlog.profile() as rec:
        spin(5)
    assert rec.meta["sampler"] == "thread"
    assert "compiler" in rec.meta["notes"][0]


def test_one_that_loses_its_way_is_replaced() -> None:
    with microlog.profile() as rec:
        running = recorder.current()
        assert running is not None
        spin(20)
        running._replace_sampler()
        spin(20)
    assert rec.meta["sampler"] == "thread"
    assert re.search(r"from \d+\.\d s on", rec.meta["notes"][0])
    assert (rec.calls["function"] == "spin").sum() >= 2


def test_forks_while_recording() -> None:
    program = """
with microlog.profile(interval=50e-6, display=False) as rec:
    failed = 0
    for number in range(50):
        child = os.fork()
        if child == 0:
            if number % 10: os._exit(0)
            with microlog.profile(display=False) as own: spin(0.001)
            os._exit(own.meta["sampler"] != "native")
        failed += os.waitpid(child, 0)[1]
    spin(0.02)
print(failed, rec.meta["sampler"], rec.meta["notes"], "spin" in set(rec.calls["function"]))
"""
    assert run(program).stdout == "0 native [] True\n"


def test_the_process_is_read_without_the_programs_lock() -> None:
    with microlog.profile(sampler="native", metrics_interval=0.01) as rec:
        running = recorder.current()
        assert running is not None
        spin(20)
        assert running.sampler.reads_process
        threads, modules = threading.active_count(), len(sys.modules)
        spin(300, least_ticks=300)  # one reading for every ten at the least
        memory = psutil.Process().memory_info().rss
    inside = rec.metrics.iloc[5:-5]
    assert len(inside) > 10
    assert (inside["threads"] == threads).all()
    assert (inside["modules"] >= modules).all()
    assert (inside["memory"] - memory).abs().max() < 0.2 * memory
    assert inside["cpu"].median() > 0
    assert inside["system_cpu"].notna().all()


def test_ticks_that_are_further_apart_than_readings_leave_them_their_pace() -> None:
    with microlog.profile(sampler="native", interval=1, metrics_interval=0.01) as rec:
        spin(300)
    assert len(rec.metrics) > 5


def test_the_program_keeps_its_numbers_of_files() -> None:
    program = """
with microlog.profile(interval=50e-6, metrics_interval=0.01, display=False):
    threads = [threading.Thread(target=spin, args=(0.2,)) for _ in range(3)]
    for thread in threads: thread.start()
    wrong, end = 0, time.perf_counter() + 0.4  # from its first second on the recording has files of its own
    while time.perf_counter() < end:
        first = os.open(os.devnull, os.O_RDONLY); os.close(first)
        second = os.open(os.devnull, os.O_RDONLY); os.close(second)
        wrong += first != second
    for thread in threads: thread.join()
print(wrong)
"""
    assert run(program).stdout == "0\n"


def test_whoever_holds_a_frame_of_the_drain_does_not_stop_the_next_one() -> None:
    """Looking at a task that runs a drain finds its frames, and what they hold lives as long as they do."""
    from microlog_nb.capture.samplers.native import _Tree
    from microlog_nb.capture.stacks import Stacks
    from microlog_nb.model.builder import Builder

    tree = _Tree(Stacks(Builder()))
    tree._node.append(7)
    frames: list[Any] = []
    sys.setprofile(lambda frame, *_: frames.append(frame))
    try:
        found = tree.nodes(np.zeros(1, np.uint32))
    finally:
        sys.setprofile(None)
    assert found.tolist() == [7]
    assert frames
    tree._node.append(8)
