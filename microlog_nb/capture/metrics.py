"""The process as the operating system sees it: CPU, memory, modules, threads, objects."""

from __future__ import annotations

import ctypes
import os
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
        self._system = _linux() or _Portable()
        self._before = self._clocks()
        self._objects = 0.0
        self._count_again = 0.0

    def read(self) -> list[tuple[str, float]]:
        """The values now, by their names in `schema.PROCESS_METRICS`; CPU is the average since the reading before."""
        now = self._clocks()
        wall, process, system = (b - a for a, b in zip(self._before, now, strict=True))
        values = [
            ("memory", float(max(self._system.memory_bytes() - self._own_bytes(), 0))),
            ("modules", float(len(sys.modules))),
            ("threads", float(threading.active_count())),
            ("gc_objects", self._count_objects(now[0])),
        ]
        if wall > 0:
            self._before = now
            values += [
                (name, max(round(100 * spent / wall, 1), 0.0))
                for name, spent in (("cpu", process), ("system_cpu", system))
            ]
        return values

    def _clocks(self) -> tuple[float, float, float]:
        """Seconds of wall time, of this process without the recorder, and of all processes on all cores."""
        return time.perf_counter(), time.process_time() - self._own_cpu_ns() / 1e9, self._system.busy_seconds()

    def _count_objects(self, now: float) -> float:
        """Objects alive, as the allocator counts its blocks: unlike `gc.get_objects` this builds no list of them."""
        if now >= self._count_again:
            begin = time.perf_counter()
            self._objects = float(sys.getallocatedblocks())
            self._count_again = now + (time.perf_counter() - begin) / _CHEAP
        return self._objects


class _Portable:
    """What psutil tells on every platform."""

    def __init__(self) -> None:
        self._process = psutil.Process()

    def memory_bytes(self) -> int:
        """Memory of this process that is in RAM."""
        return int(self._process.memory_info().rss)

    def busy_seconds(self) -> float:
        """Time that all cores have worked for all processes."""
        system = psutil.cpu_times()
        idle = system.idle + getattr(system, "iowait", 0.0)
        twice = getattr(system, "guest", 0.0) + getattr(system, "guest_nice", 0.0)  # part of user and nice, too
        return float(sum(system) - idle - twice)


class _Linux:
    """The same facts where psutil finds them, without giving the interpreter's lock away.

    Each time that the recorder gives it away it takes it from the program once more, and psutil does so six times a file.

    Args:
        c_library: its functions keep the lock.
    """

    def __init__(self, c_library: ctypes.PyDLL) -> None:
        self._c = c_library
        self._text = ctypes.create_string_buffer(512)
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")
        self._ticks = os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Memory of this process that is in RAM."""
        return int(self._begin_of(b"/proc/self/statm").split()[1]) * self._page_bytes

    def busy_seconds(self) -> float:
        """Time that all cores have worked for all processes."""
        user, nice, kernel, _, _, *rest = map(int, self._begin_of(b"/proc/stat").split(b"\n", 1)[0].split()[1:9])
        return (user + nice + kernel + sum(rest)) / self._ticks

    def _begin_of(self, path: bytes) -> bytes:
        file = self._c.open(path, os.O_RDONLY | os.O_CLOEXEC)
        size = self._c.read(file, self._text, len(self._text))
        self._c.close(file)
        return self._text.raw[: max(size, 0)]


def _linux() -> _Linux | None:
    """None on other platforms, or where /proc cannot be read."""
    if sys.platform != "linux":
        return None
    try:
        system = _Linux(ctypes.PyDLL(None))
        system.memory_bytes()
        system.busy_seconds()
    except (OSError, AttributeError, ValueError, IndexError):
        return None
    return system
