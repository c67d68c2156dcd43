"""How often the thread sampler looks."""

from __future__ import annotations

from microlog_nb.capture.samplers.thread import Pace


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
