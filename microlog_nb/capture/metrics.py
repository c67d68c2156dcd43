"""The process as the operating system sees it: CPU, memory, modules, threads, objects."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import psutil

_CHEAP = 0.001
"""Share of the time that counting objects may take; on large heaps it is counted less often."""


class ProcessMetrics:
    """Reads the metrics of this process; what the recorder itself uses is taken off.

    Args:
        own_cpu_ns: CPU time of the recorder's threads so far.
        own_bytes: memory that the recording takes.
    """

    def __init__(self, own_cpu_ns: Callable[[], int], own_bytes: Callable[[], int]) -> None:
        self._own_cpu_ns = own_cpu_ns
        self._own_bytes = own_bytes
        self._process = psutil.Process()
        self._before = self._clocks()
        self._objects = 0.0
        self._count_again = 0.0

    def read(self) -> list[tuple[str, float]]:
        """The values now, by their names in `schema.PROCESS_METRICS`; CPU is the average since the reading before."""
        now = self._clocks()
        wall, process, system = (b - a for a, b in zip(self._before, now, strict=True))
        values = [
            ("memory", float(max(self._process.memory_info().rss - self._own_bytes(), 0))),
            ("modules", float(len(sys.modules))),
            ("threads", float(threading.active_count())),
            ("gc_objects", self._count_objects(now[0])),
        ]
        if wall > 0:
            self._before = now
            values += [("cpu", max(100 * process / wall, 0.0)), ("system_cpu", max(100 * system / wall, 0.0))]
        return values

    def _clocks(self) -> tuple[float, float, float]:
        """Seconds of wall time, of this process without the recorder, and of all processes on all cores."""
        system = psutil.cpu_times()
        busy = sum(system) - system.idle - getattr(system, "iowait", 0.0) - getattr(system, "guest", 0.0)
        busy -= getattr(system, "guest_nice", 0.0)
        return time.perf_counter(), time.process_time() - self._own_cpu_ns() / 1e9, busy

    def _count_objects(self, now: float) -> float:
        """Objects alive, as the allocator counts its blocks: unlike `gc.get_objects` this builds no list of them."""
        if now >= self._count_again:
            begin = time.perf_counter()
            self._objects = float(sys.getallocatedblocks())
            self._count_again = now + (time.perf_counter() - begin) / _CHEAP
        return self._objects
