"""What asyncio tasks do, looked at a hundred times a second: a task that waits is on the stack of no thread.

    looks at a task     w w w w r r w w . .       waiting in one stack, running in another, waiting; then it was done
    rows                [-----] [-] [-]           what neighbouring looks saw alike is one row, from the first to the last

Tasks are the program's whose coroutine is, by the rules of `stacks`: the kernel's own have none here. It is looked only while
an event loop runs that the recorder has seen start, or that a recording began in: a program without one is left alone. The
tasks are not kept: between two looks there are weak references only, and during one a single task is held at a time.
"""

from __future__ import annotations

import _thread
import math
import re
import sys
import time
import weakref
from collections.abc import Callable, Iterable
from types import CoroutineType, FrameType
from typing import TYPE_CHECKING, Any

from microlog_nb.capture.frames import other_frames
from microlog_nb.capture.stacks import NO_STACK
from microlog_nb.config import LOOK_NS

if TYPE_CHECKING:
    from microlog_nb.capture.stacks import Stacks
    from microlog_nb.model.builder import Builder

MOST_SHARE = 0.02
"""Of the time, for all looks: where there are many tasks they are further apart."""
MOST_WATCHED = 128
"""Tasks that are looked at at a time; others take the place of those that are done."""

_NUMBERED = re.compile(r"Task-(\d+)")


class _Watched:
    """One task: what it is called, and what the last looks saw alike."""

    __slots__ = ("count", "last_ns", "name", "number", "ref", "since_ns", "stack", "start_ns", "state", "waiter")

    def __init__(self, ref: weakref.ref[Any], number: int, name: str, now_ns: int) -> None:
        self.ref = ref
        self.number = number
        self.name = name
        self.start_ns = self.since_ns = self.last_ns = now_ns
        self.state = ""
        self.stack = NO_STACK
        self.count = 0
        self.waiter: weakref.ref[Any] | None = None


class Tasks:
    """The program's asyncio tasks as one recorder sees them.

    Args:
        builder: where rows of looks go.
        stacks: interns the stacks.
        clock: nanoseconds from the recorder's start.

    Attributes:
        due_ns: when the next look is due.
        crowded: whether there were more tasks at a time than are looked at.
    """

    def __init__(self, builder: Builder, stacks: Stacks, clock: Callable[[], int]) -> None:
        self._builder = builder
        self._stacks = stacks
        self._clock = clock
        self._loops: dict[int, weakref.ref[Any]] = {}  # that run, by the thread they run in
        self._watched: dict[int, _Watched] = {}  # by the address of the weak reference
        self._passed: dict[int, weakref.ref[Any]] = {}  # the kernel's and the libraries' own
        self._all: list[_Watched] = []
        # a signal handler may ask while its own thread is inside
        self._looking = _thread.RLock()
        self._given_up = False
        self.due_ns = 0
        self.crowded = False

    def loop_runs(self, loop: Any) -> bool:
        """The calling thread runs this event loop from now on; with None none any more.

        Whether who calls `look` must be woken. A loop that is over soon is never looked at: a program may run thousands a second.
        """
        if loop is None:
            self._loops.pop(_thread.get_ident(), None)
            return False
        if self._given_up:
            return False
        self._loops[_thread.get_ident()] = weakref.ref(loop)
        if self._clock() < self.due_ns:
            return False
        self.due_ns = self._clock() + LOOK_NS
        return True

    def find_loops(self) -> None:
        """Finds the loops that run already and have tasks of the program's."""
        if self._given_up:
            return
        for ref in _references(self._loops.values()):
            task = ref()
            frame = _frame(task)
            if task is not None and frame is not None and self._stacks.can_begin(frame):
                loop = task.get_loop()
                thread = getattr(loop, "_thread_id", None)  # None as well where it does not run
                if thread is not None:
                    self._loops[thread] = weakref.ref(loop)

    @property
    def active(self) -> bool:
        """Whether a loop runs, so that there may be tasks."""
        return bool(self._loops)

    @property
    def waited_for(self) -> bool:
        """Whether `due_ns` is to come: a loop runs, or one has ended and another one may begin."""
        return self.active or self._clock() < self.due_ns

    def look(self) -> None:
        """Looks at all tasks if it is time."""
        now = self._clock()
        if not self._loops or now < self.due_ns:
            return
        begin = time.thread_time_ns()
        with self._looking:
            passed = {}
            references = _references(self._loops.values())
            fresh = [ref for ref in references if id(ref) not in self._passed and id(ref) not in self._watched]
            if len(fresh) > 1:  # in no order: as they were made
                references = [ref for ref in references if id(ref) in self._passed or id(ref) in self._watched]
                references += sorted(fresh, key=_age)
            for ref in references:
                key = id(ref)
                if key in self._passed:
                    passed[key] = ref
                elif key not in self._watched and len(self._watched) >= MOST_WATCHED:
                    self.crowded = True
                elif key in self._watched or self._meet(ref, now):
                    self._see(self._watched[key], now)
                else:
                    passed[key] = ref
            self._passed = passed
            for key, one in list(self._watched.items()):
                if one.last_ns != now:
                    self._end_row(one)
                    del self._watched[key]
        self.due_ns = now + max(LOOK_NS, round((time.thread_time_ns() - begin) / MOST_SHARE))

    def give_up(self) -> None:
        """Looks at none any more."""
        self._given_up = True
        self._loops.clear()

    def flush(self) -> None:
        """Hands over what has been seen so far."""
        with self._looking:
            for one in self._watched.values():
                self._end_row(one)

    def rows(self) -> list[tuple[str, int, int]]:
        """Rows of the table of tasks."""
        return [(one.name, one.start_ns, one.last_ns) for one in self._all]

    def _meet(self, ref: weakref.ref[Any], now: int) -> bool:
        """Whether a task that was not seen before is the program's; it is watched then."""
        task = ref()
        frame = _frame(task)
        if task is None or frame is None or not self._stacks.can_begin(frame):
            return False
        name = str(task.get_name())
        if _NUMBERED.fullmatch(name):
            name = frame.f_code.co_qualname
        one = self._watched[id(ref)] = _Watched(ref, len(self._all), name, now)
        self._all.append(one)
        return True

    def _see(self, one: _Watched, now: int) -> None:
        task = one.ref()
        if task is None or task.done():
            return
        waiter = getattr(task, "_fut_waiter", None)
        known = one.waiter() if one.waiter is not None else None
        if waiter is None or waiter is not known:  # else it has not run since the look before
            state, stack = "waiting", self._stacks.of_task(task)
            if stack == NO_STACK:
                state, stack = "ran", self._running(task)
            if stack == NO_STACK:  # it went on while it was read
                state, stack = one.state, one.stack
            if (state, stack) != (one.state, one.stack):
                self._end_row(one)
                one.state, one.stack, one.since_ns = state, stack, now
            one.waiter = _weakly(waiter)
        if one.count == 0:
            one.since_ns = now
        one.count += 1
        one.last_ns = now

    def _running(self, task: Any) -> int:
        """The stack of a task that runs, from its coroutine on."""
        frame = _frame(task)
        walk = None
        tops = [] if frame is None else [sys._getframe(), *other_frames().values()]  # noqa: SLF001
        while tops and walk is None and frame is not None:
            walk = self._stacks.walk_to(tops.pop(), frame)
        del frame, tops  # no local of the program's lives longer while the lock is waited for
        return NO_STACK if walk is None else self._stacks.of_walk(walk)

    def _end_row(self, one: _Watched) -> None:
        if one.count and one.stack != NO_STACK:
            row = (one.number, one.state, one.stack, one.since_ns, one.last_ns, one.count)
            self._builder.rows["looks"].append(row)
        one.count = 0


def _references(loops: Iterable[weakref.ref[Any]]) -> list[weakref.ref[Any]]:
    """Weak references to all tasks that there are, the same ones every time."""
    tasks = sys.modules.get("asyncio.tasks")
    if tasks is None:
        return []
    if sys.version_info >= (3, 14):  # they are in lists of the interpreter's, which hold no references
        running = [loop for loop in (ref() for ref in list(loops)) if loop is not None]
        return [weakref.ref(task) for loop in running for task in tasks.all_tasks(loop)]
    # as `asyncio.all_tasks` does, in one operation of C code: no other thread comes between
    every = tasks._scheduled_tasks if sys.version_info >= (3, 12) else tasks._all_tasks  # noqa: SLF001  # no other way
    return list(every.data)


def _frame(task: Any) -> FrameType | None:
    """The frame of a task's coroutine; None where it is done, or not a coroutine of Python's."""
    coroutine = task.get_coro() if task is not None and not task.done() else None
    return coroutine.cr_frame if type(coroutine) is CoroutineType else None


def _age(ref: weakref.ref[Any]) -> float:
    """Asyncio numbers the tasks that have no name."""
    task = ref()
    found = None if task is None else _NUMBERED.fullmatch(str(task.get_name()))
    return int(found[1]) if found else math.inf


def _weakly(thing: Any) -> weakref.ref[Any] | None:
    try:
        return None if thing is None else weakref.ref(thing)
    except TypeError:
        return None
