"""The process as the operating system sees it: CPU, memory, modules, threads, objects."""

from __future__ import annotations

import _thread
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

import psutil

from microlog_nb.capture.samplers.base import Reading

_CHEAP = 0.001
"""Share of the time that counting objects may take; on large heaps it is counted less often."""


class ProcessMetrics:
    """The metrics of this process; what the recorder itself uses is taken off.

    Args:
        clock: nanoseconds from the recorder's start.
        own_cpu_ns: CPU time of the recorder's threads so far.
        own_bytes: memory that the recording takes.
    """

    def __init__(self, clock: Callable[[], int], own_cpu_ns: Callable[[], int], own_bytes: Callable[[], int]) -> None:
        self._clock = clock
        self._own_cpu_ns = own_cpu_ns
        self._own_bytes = own_bytes
        self._system = _linux() or _Portable()
        self._objects = 0.0
        self._count_again = 0.0
        self._before = self.now()
        # a signal handler may begin or end a recording while its own thread is inside
        self._adding = _thread.RLock()

    def now(self) -> Reading:
        """A reading that is made here and now, with the interpreter's lock."""
        return Reading(
            self._clock(),
            time.process_time_ns() - self._own_cpu_ns(),
            self._system.busy_ns(),
            self._system.memory_bytes(),
            len(sys.modules),
            threading.active_count(),
        )

    def rows(self, readings: Sequence[Reading]) -> list[tuple[int, str, float]]:
        """Rows of the table of metrics: CPU is the average since the reading before, objects are counted at the last one."""
        rows: list[tuple[int, str, float]] = []
        with self._adding:
            for reading in readings:
                at, before = reading.at_ns // 1000 * 1000, self._before
                rows += [
                    (at, "memory", float(max(reading.memory - self._own_bytes(), 0))),
                    (at, "modules", float(reading.modules)),
                    (at, "threads", float(reading.threads)),
                ]
                wall = reading.at_ns - before.at_ns
                if wall > 0:
                    self._before = reading
                    spent = (reading.cpu_ns - before.cpu_ns, reading.busy_ns - before.busy_ns)
                    rows += [
                        (at, name, max(round(100 * ns / wall, 1), 0.0))
                        for name, ns in zip(("cpu", "system_cpu"), spent, strict=True)
                    ]
            if rows:
                rows.append((rows[-1][0], "gc_objects", self._count_objects()))
        return rows

    def _count_objects(self) -> float:
        """Objects alive, as the allocator counts its blocks: unlike `gc.get_objects` this builds no list of them."""
        now = time.perf_counter()
        if now >= self._count_again:
            self._objects = float(sys.getallocatedblocks())
            self._count_again = now + (time.perf_counter() - now) / _CHEAP
        return self._objects


class _Portable:
    """What psutil tells on every platform."""

    def __init__(self) -> None:
        self._process = psutil.Process()

    def memory_bytes(self) -> int:
        """Memory of this process that is in RAM."""
        return int(self._process.memory_info().rss)

    def busy_ns(self) -> int:
        """Time that all cores have worked for all processes."""
        system = psutil.cpu_times()
        idle = system.idle + getattr(system, "iowait", 0.0)
        twice = getattr(system, "guest", 0.0) + getattr(system, "guest_nice", 0.0)  # part of user and nice, too
        return int((sum(system) - idle - twice) * 1e9)


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

    def busy_ns(self) -> int:
        """Time that all cores have worked for all processes."""
        user, nice, kernel, _, _, *rest = map(int, self._begin_of(b"/proc/stat").split(b"\n", 1)[0].split()[1:9])
        return (user + nice + kernel + sum(rest)) * 1_000_000_000 // self._ticks

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
        system.busy_ns()
    except (OSError, AttributeError, ValueError, IndexError):
        return None
    return system
