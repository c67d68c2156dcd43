"""For programs that a sampler must have seen: they go on until it has looked, however busy the machine is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from microlog_nb.capture import recorder


def spin(milliseconds: float, least_ticks: int = 5) -> None:
    """Runs for so long on this thread's own clock, and until it was looked at a few times: whatever else the machine does."""
    running, ticks = recorder.current(), 0
    if running is not None:
        ticks = running.sampler.ticks + min(least_ticks, int(milliseconds * 1e6) // running.sampler.interval_ns)
    end = time.thread_time() + milliseconds / 1000
    while time.thread_time() < end:
        pass
    while running is not None and running.sampler.ticks < ticks:
        pass


@contextmanager
def awaited(tell: Callable[[], object], ticks: int = 100) -> Iterator[None]:
    """Meanwhile: tells when this thread was looked at so often, whatever else the machine does."""
    running = recorder.current()
    assert running is not None
    sampler, before = running.sampler, running.sampler.ticks

    def watch() -> None:
        while sampler.ticks < before + ticks:
            threading.Event().wait(0.005)
        tell()

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield
    watcher.join()
