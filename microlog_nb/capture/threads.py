"""Who is who among the threads: a row for every thread seen, and the clock of its CPU time."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from microlog_nb.capture.frames import other_frames

_PER_THREAD_CLOCK = 6
"""Linux: the clock of a thread is made of its id and this, see clock_getcpuclockid(3) and CPUCLOCK_* in the kernel."""

_MOST_STARTED = 1024
"""How many threads are kept after they were started: so many may come and go before they are asked for."""


@dataclass
class Slot:
    """One thread as the sampler knows it.

    Attributes:
        looked: whether its stack has been looked at.
        stack: the stack of its last sample; -1 if it had none.
        last_ns: when that sample was taken.
    """

    number: int
    thread: threading.Thread | None
    name: str
    ident: int
    native_id: int
    main: bool
    start_ns: int
    end_ns: int
    clock: int | None
    cpu_ns: int
    looked: bool = False
    stack: int = -1
    last_ns: int = 0
    _owed_ns: int = 0

    def belongs_to(self, thread: threading.Thread) -> bool:
        """Whether it can be this thread's, whose ident it has."""
        if self.thread is not None:
            return thread is self.thread
        return self.native_id < 0 or thread.native_id in (self.native_id, None)

    def name_after(self, thread: threading.Thread) -> None:
        """From now on it is known to be this thread's."""
        self.thread = thread
        if self.native_id < 0 and thread.native_id is not None:
            self.native_id = thread.native_id
        if self.clock is None and self.native_id >= 0 and sys.platform == "linux":
            self.clock = ((~self.native_id) << 3) | _PER_THREAD_CLOCK

    def ran_ns(self) -> int:
        """CPU time since the last question; 0 if it has not run at all; -1 if the platform does not tell."""
        if self.clock is None:
            return -1
        try:
            now = time.clock_gettime_ns(self.clock)
        except OSError:  # the thread has just ended
            return 0
        spent, self.cpu_ns = now - self.cpu_ns, now
        return spent

    def whole_ns(self, ran_ns: int, step_ns: int) -> int:
        """CPU time in whole steps, which a file holds in a third of the space; what is left over comes with the next."""
        if ran_ns < 0:
            return -1
        owed = self._owed_ns + ran_ns
        self._owed_ns = owed % step_ns
        return owed - self._owed_ns


class Threads:
    """The threads of one recorder, by their idents; an ident that is used again gets a new row.

    Args:
        excluded: idents of the recorder's own threads, which are none of them.
    """

    def __init__(self, excluded: Collection[int] = ()) -> None:
        self._excluded = excluded
        self._slots: dict[int, Slot] = {}
        self._all: list[Slot] = []
        self._replaced: list[Slot] = []
        self._started: deque[threading.Thread] = deque(maxlen=_MOST_STARTED)
        # one thread may come back while it is inside: a collection that starts there is told to the recorder
        self._lock = threading.RLock()
        self._main = threading.main_thread()
        for ident in (threading.get_ident(), *other_frames()):
            slot = self.slot(ident, 0)
            slot.ran_ns()  # what they did before does not count

    def slot(self, ident: int, now_ns: int) -> Slot:
        """The slot of the thread that has this ident now."""
        slot = self._slots.get(ident)
        # what threading.enumerate reads, without its lock
        thread = threading._active.get(ident)  # type: ignore[attr-defined]  # noqa: SLF001
        if slot is None or (thread is not None and not slot.belongs_to(thread)):
            with self._lock:
                slot = self._add(ident, thread, now_ns)
        elif slot.thread is None and thread is not None:
            slot.name_after(thread)
            slot.ran_ns()  # what it did before it was known does not count
        return slot

    def calling(self, now_ns: int) -> Slot:
        """The slot of the calling thread, which `threading` may not know yet or not know any more."""
        ident = threading.get_ident()
        if not hasattr(threading, "get_native_id"):  # not on every platform
            return self.slot(ident, now_ns)
        return self.of_native(ident, threading.get_native_id(), now_ns)

    def started(self, thread: threading.Thread) -> None:
        """Keeps a thread that is about to run."""
        self._started.append(thread)

    def look(self, now_ns: int) -> None:
        """Notes the threads that there are: one that has ended by the time it is asked for would have no name."""
        for ident in list(threading._active):  # type: ignore[attr-defined]  # noqa: SLF001  # as above
            if ident not in self._excluded:
                self.slot(ident, now_ns)

    def of_native(self, ident: int, native_id: int, now_ns: int) -> Slot:
        """The slot of a thread that has or had these ids and was seen then; its ident may be another's by now."""
        known = self._slots.get(ident)
        if known is None or known.native_id not in (native_id, -1):
            ended = (slot for slot in reversed(self._all) if slot.ident == ident and slot.native_id == native_id)
            known = next(ended, None)
        if known is not None:
            known.native_id = native_id
            known.start_ns = min(known.start_ns, now_ns)  # it may have been met before its samples were drained
            return known
        with self._lock:
            slot = self._add(ident, self._thread(native_id), now_ns)
            slot.native_id = native_id
            return slot

    def active(self) -> list[Slot]:
        """Threads whose last sample had a stack, those among them whose ident has gone to another thread included."""
        # one that has been looked at gets its stack when that is written
        self._replaced = [slot for slot in self._replaced if slot.stack >= 0 or (slot.looked and not slot.last_ns)]
        return [slot for slot in (*self._slots.values(), *self._replaced) if slot.stack >= 0]

    def rows(self) -> list[tuple[str, int, int, bool, int, int]]:
        """Rows of the table of threads, under the names that the threads have now."""
        for slot in self._all:
            if slot.thread is None and slot.native_id >= 0:
                # it was seen before it had told `threading` who it is
                slot.thread = self._thread(slot.native_id)
        return [
            (
                slot.thread.name if slot.thread is not None else slot.name,
                slot.ident,
                slot.native_id,
                slot.main,
                slot.start_ns,
                slot.end_ns,
            )
            for slot in self._all
        ]

    def _thread(self, native_id: int) -> threading.Thread | None:
        """The thread with this id of the system, if `threading` or its start has told of it."""
        # an ended thread is still known to `threading` as long as the program keeps its object
        dangling = [known() for known in threading._dangling.data.copy()]  # type: ignore[attr-defined]  # noqa: SLF001
        active = list(threading._active.values())  # type: ignore[attr-defined]  # noqa: SLF001
        candidates = [*active, *self._started, *dangling]
        return next((one for one in candidates if one is not None and one.native_id == native_id), None)

    def _add(self, ident: int, thread: threading.Thread | None, now_ns: int) -> Slot:
        before = self._slots.get(ident)
        slot = Slot(
            number=-1,
            thread=None,
            name=f"thread {ident}",
            ident=ident,
            native_id=-1,
            main=thread is self._main,
            start_ns=now_ns,
            end_ns=now_ns,
            clock=None,
            cpu_ns=0,
        )
        if thread is not None:
            slot.name_after(thread)
        known = self._slots.get(ident)
        if known is not None and known is not before:  # added while this one was being made
            return known
        if before is not None:
            self._replaced.append(before)
        slot.number = len(self._all)
        self._all.append(slot)
        self._slots[ident] = slot
        return slot
