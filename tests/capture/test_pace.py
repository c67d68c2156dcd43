"""How often the thread sampler looks, and how soon it gets its turn."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

import microlog_nb as microlog
from microlog_nb.capture import recorder
from microlog_nb.capture.samplers.thread import Pace, Turns


def paced(held_ns: int, interval_ns: int = 1_000_000, looks: int = 1000) -> int:
    pace = Pace()
    for _ in range(looks):
        pace.took(held_ns)
    return pace.step_ns(interval_ns)


def test_looks_that_take_little_come_as_often_as_asked_for() -> None:
    assert paced(10_000) == 1_000_000
    assert Pace().step_ns(1_000_000) == 1_000_000


def test_looks_take_no_more_than_their_share_of_the_time() -> None:
    for held in (100_000, 1_000_000, 50_000_000):
        step = paced(held)
        assert held / step < 0.08
        assert step % 1000 == 0


def test_one_long_look_is_soon_forgotten() -> None:
    pace = Pace()
    for held in (10_000, 5_000_000, *[10_000] * 400):
        pace.took(held)
    assert pace.step_ns(1_000_000) == 1_000_000


def test_the_first_look_of_a_process_does_not_slow_those_after_it() -> None:
    pace = Pace()
    pace.took(20_000_000)
    assert pace.step_ns(1_000_000) < 1_300_000


def test_a_longer_interval_stays() -> None:
    assert paced(100_000, 50_000_000) == 50_000_000


@pytest.fixture
def switch_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def computing(turns: Turns, threads: int) -> float:
    for _ in range(200):
        turns.computed(threads)
    return sys.getswitchinterval()


@pytest.mark.usefixtures("switch_interval")
def test_a_turn_comes_soon_unless_many_threads_compute() -> None:
    sys.setswitchinterval(0.005)
    turns = Turns()
    turns.shorten()
    for few in (0, 1, 2):
        assert computing(turns, few) == pytest.approx(0.0005)
    for many in (3, 8):
        assert computing(turns, many) == pytest.approx(0.003)
    assert computing(turns, 2) == pytest.approx(0.0005)
    computing(turns, 1)
    turns.computed(3)  # for a moment
    assert sys.getswitchinterval() == pytest.approx(0.0005)
    turns.restore()
    assert sys.getswitchinterval() == pytest.approx(0.005)


@pytest.mark.usefixtures("switch_interval")
def test_between_two_bursts_of_threads_nothing_changes() -> None:
    sys.setswitchinterval(0.005)
    turns = Turns()
    turns.shorten()
    computing(turns, 4)
    for _ in range(50):
        turns.computed(1)
    assert sys.getswitchinterval() == pytest.approx(0.003)
    turns.restore()


@pytest.mark.usefixtures("switch_interval")
def test_a_switch_interval_that_the_program_sets_stays() -> None:
    sys.setswitchinterval(0.0001)
    turns = Turns()
    turns.shorten()
    assert sys.getswitchinterval() == pytest.approx(0.0001)
    assert computing(turns, 8) == pytest.approx(0.0001)
    turns.restore()
    assert sys.getswitchinterval() == pytest.approx(0.0001)

    sys.setswitchinterval(0.005)
    turns = Turns()
    turns.shorten()
    sys.setswitchinterval(0.02)
    assert computing(turns, 8) == pytest.approx(0.02)
    turns.restore()
    assert sys.getswitchinterval() == pytest.approx(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the CPU time of other threads")
@pytest.mark.parametrize(("threads", "waits"), [(2, 0.0005), (6, 0.003)])
@pytest.mark.usefixtures("switch_interval")
def test_the_threads_that_compute_decide(threads: int, waits: float) -> None:
    sys.setswitchinterval(0.005)
    longest = 0.0

    def compute() -> None:
        nonlocal longest
        while sampler.ticks < enough and longest < 0.001:
            longest = max(longest, sys.getswitchinterval())

    with microlog.profile(sampler="thread"):
        running = recorder.current()
        assert running is not None
        sampler = running.sampler
        enough = sampler.ticks + 300
        workers = [threading.Thread(target=compute) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert longest == pytest.approx(waits)
    assert sys.getswitchinterval() == pytest.approx(0.005)
