"""What a program knows about itself: when its functions really ran, and which of them said what."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class TrueCall:
    """A call as the program timed it, on the clock of `time.perf_counter_ns`."""

    function: str
    thread: str
    start_ns: int
    end_ns: int


class Truth:
    """Collects the true calls and log entries of one program; threads may share it."""

    def __init__(self) -> None:
        self.calls: list[TrueCall] = []
        self.said: dict[str, str] = {}
        self.clock_ns = time.perf_counter_ns()
        """When the program began: the moment to which a recording's own clock is matched."""

    def timed(self, function: Callable[P, R]) -> Callable[P, R]:
        """Wraps a function so that each of its calls is timed."""

        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            start = time.perf_counter_ns()
            try:
                return function(*args, **kwargs)
            finally:
                end = time.perf_counter_ns()
                self.calls.append(TrueCall(function.__qualname__, threading.current_thread().name, start, end))

        return timed

    def says(self, function: Callable[..., object], message: str) -> str:
        """Notes that this function is about to say this message, which must be unlike all others."""
        assert message not in self.said
        self.said[message] = function.__qualname__
        return message


def spin(milliseconds: float) -> int:
    """Runs Python code for that long."""
    end = time.perf_counter_ns() + int(milliseconds * 1e6)
    turns = 0
    while time.perf_counter_ns() < end:
        turns += 1
    return turns
