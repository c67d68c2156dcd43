"""The sampler that runs anywhere: a Python thread that asks the interpreter for the frames of all threads."""

from __future__ import annotations

import _thread
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from microlog_nb.capture.frames import other_frames
from microlog_nb.capture.samplers.base import Reading, SamplerUnavailable
from microlog_nb.capture.stacks import NO_STACK, Stacks, Walk
from microlog_nb.capture.threads import Slot, Threads

if TYPE_CHECKING:
    from types import FrameType

    from microlog_nb.model.builder import Builder

_Seen = list[tuple[Slot, int, Walk | int | None]]
"""Of each thread the CPU time since the look before, and its stack: None where it has not moved."""
_Look = tuple[int, int, _Seen]
"""When it was due, when it was taken, and what was seen."""

_LONGEST_SLEEP = 0.05
_MOST_SHARE = 0.08
"""Of the program's time, for looks at it: where one takes long (deep stacks, many threads), there are fewer."""
_HANDOVER_NS = 35_000
"""To give the GIL from one thread to another and back: about so long on the virtual machines that this was measured on."""
_USUAL_NS = 12_000
"""For so long a look holds the GIL, before it is known."""
_MOST_TIMES = 16
"""No look counts for more than so many usual ones: the first in a process takes long, and one may be put off in its middle."""
_REMEMBERED = 64
"""Looks, about, whose cost counts."""
_MOST_LOOKS = 32
"""So many are looked up and written at once: one by one, each would find the processor's caches full of the program's own."""
_ONE_CORE = 1.2
"""Threads that share the GIL use about one core together."""
_SUSPENDED = -2
"""In place of a stack: the kernel is between two statements of a cell, and the thread is where it was."""
_UNKNOWN = 0
"""Number of the state: the interpreter does not say what a thread waits for."""


class Turns:
    """How soon a thread that waits for the GIL gets its turn: the interpreter's switch interval, shorter while it is sampled.

    The interpreter's own 5 ms would allow 200 looks a second. What is shorter for the sampler is shorter for the program's
    threads, too. Two that compute stay on a core each, with their data in its caches. More than that change places: four
    that sort took 1.36 times as long with 0.5 ms, 1.07 times with 3 ms.
    """

    _SHORT, _LONG = 0.0005, 0.003
    _FEW, _CROWD = 2.05, 2.2
    _SMOOTHED = 8
    _CALM = 100
    """Looks without a crowd, until none is expected any more: threads come in bursts."""

    def __init__(self) -> None:
        self._programs = self._ours = sys.getswitchinterval()
        self._computing = 0.0
        self._calm = 0

    def shorten(self) -> None:
        """From now on; a program that has a shorter one keeps it."""
        self._set(self._SHORT)

    def computed(self, threads: int) -> None:
        """So many threads shared the GIL since the look before."""
        self._computing += (threads - self._computing) / self._SMOOTHED
        if self._computing > self._CROWD:
            self._calm = self._CALM
            self._set(self._LONG)
        elif self._calm and self._computing < self._FEW:
            self._calm -= 1
            if not self._calm:
                self._set(self._SHORT)

    def restore(self) -> None:
        """As the program had it."""
        self._set(self._programs)

    def _set(self, seconds: float) -> None:
        seconds = min(seconds, self._programs)
        # unless the program has set another one meanwhile
        if seconds != self._ours and sys.getswitchinterval() == self._ours:
            sys.setswitchinterval(seconds)
            self._ours = sys.getswitchinterval()


class Pace:
    """How far looks are apart: as far as asked for, or so far that they take no more than `_MOST_SHARE` of the program's time."""

    def __init__(self) -> None:
        self._cost_ns = float(_USUAL_NS + _HANDOVER_NS)

    def took(self, held_ns: int) -> None:
        """A look has held the GIL for so long; the program waited for longer, since threads do not wake up at once."""
        cost = min(held_ns + _HANDOVER_NS, _MOST_TIMES * self._cost_ns)
        self._cost_ns += (cost - self._cost_ns) / _REMEMBERED

    def step_ns(self, interval_ns: int) -> int:
        """Whole microseconds."""
        return max(interval_ns, round(self._cost_ns / _MOST_SHARE) // 1000 * 1000)


class ThreadSampler:
    """Samples by `sys._current_frames` on a schedule that does not drift.

    It needs the GIL: while C code holds it no sample is taken, and the next one is late and says so.

    Args:
        builder: where the samples go.
        stacks: interns the stacks.
        threads: knows the threads.
        clock: nanoseconds from the recorder's start.
        interval_ns: time between samples.
        excluded: idents of threads that are not sampled.
        tasks: by ident, the asyncio task whose wait is shown while that thread runs nothing of the user's.
    """

    name = "thread"

    def __init__(
        self,
        builder: Builder,
        stacks: Stacks,
        threads: Threads,
        clock: Callable[[], int],
        interval_ns: int,
        excluded: set[int],
        tasks: Mapping[int, Any],
    ) -> None:
        self._samples = builder.samples
        self._stacks = stacks
        self._threads = threads
        self._clock = clock
        self._excluded = excluded
        self._tasks = tasks
        # a signal handler may come in while its own thread is inside
        self._ticking = _thread.RLock()
        self._looks: deque[_Look] = deque()
        self._ended = _thread.allocate_lock()
        self._stopping = False
        self._turns = Turns()
        self._looked_ns = 0
        self._taken = 0
        self.interval_ns = interval_ns
        self.ticks = 0
        self.missed = 0
        self.torn = 0
        self.cpu_ns = 0
        self.error = ""
        self.reads_process = False

    def start(self) -> None:
        """Begins; the interpreter's switch interval is lowered until `stop`.

        Raises:
            SamplerUnavailable: its thread cannot be started.
        """
        self._turns.shorten()
        self._ended.acquire()
        # not threading.Thread: the program sees neither one more thread nor calls of its own trace functions in ours
        try:
            _thread.start_new_thread(self._run, ())
        except RuntimeError as error:
            self._ended.release()
            self.abandon()
            raise SamplerUnavailable(f"its thread could not be started ({error})") from error

    def stop(self) -> None:
        """Ends and restores the switch interval, unless the program has set another one meanwhile."""
        self._stopping = True
        self._ended.acquire()
        self.abandon()
        self.drain()

    def abandon(self) -> None:
        """Restores the switch interval."""
        self._turns.restore()

    def observe(self) -> None:
        """Looks now, on the calling thread."""
        self._tick(self._clock() // 1000 * 1000, sys._getframe(1))  # noqa: SLF001

    def look(self) -> None:
        """Every tick sees everything."""

    def drain(self) -> None:
        """Writes what has been seen since the last time."""
        with self._ticking:
            while self._looks:
                self._write(*self._looks.popleft())

    def read_process(self, interval_ns: int) -> None:
        """It needs the lock for that, as the recorder does."""

    def readings(self) -> list[Reading]:
        """None."""
        return []

    def pause(self) -> None:
        """The thread is not in the child."""

    def resume(self) -> None:
        """The thread is still here."""

    def _run(self) -> None:
        self._excluded.add(_thread.get_ident())
        try:
            self._keep_time()
        except Exception as error:  # noqa: BLE001  # the program goes on; the recording says why samples are missing
            self.error = f"the sampler ended early: {type(error).__name__}: {error}"
        finally:
            self._ended.release()

    def _keep_time(self) -> None:
        clock, sleep = self._clock, time.sleep
        pace = Pace()
        step = self.interval_ns
        due = clock() // step * step
        while True:
            step = pace.step_ns(self.interval_ns)
            due += step
            while not self._stopping and (wait := due - clock()) > 0:
                sleep(min(wait / 1e9, _LONGEST_SLEEP))
            if self._stopping:
                return
            begin = clock()
            self._tick(due)
            self.cpu_ns = time.thread_time_ns()
            end = clock()
            pace.took(end - begin)
            # what was due meanwhile is skipped; only from here on does a wait for the GIL make the next sample late
            behind = max(end - due, 0) // step
            self.missed += behind
            due += behind * step

    def _tick(self, due: int, here: FrameType | None = None) -> None:
        """A look at all threads; at the calling one if its frame is given."""
        stacks, threads, excluded, tasks = self._stacks, self._threads, self._excluded, self._tasks
        with self._ticking:
            if len(self._looks) >= _MOST_LOOKS:
                self.drain()
            frames = other_frames()
            if here is not None:
                frames[_thread.get_ident()] = here
            now = self._clock()
            due = min(due, now // 1000 * 1000)
            step = self._step_ns()
            # in steps, which a file holds in a third of the space; still in the order taken
            taken = self._taken = max(due + (now - due + step // 2) // step * step, self._taken)
            between, self._looked_ns = now - self._looked_ns, now
            seen: _Seen = []
            computed = spent = 0
            for ident, frame in frames.items():
                if ident in excluded:
                    continue
                slot = threads.slot(ident, taken)
                ran = slot.ran_ns()
                if ran > between // 10:
                    computed += 1
                    spent += ran
                if ran or not slot.looked:
                    slot.looked = True
                    walk = stacks.walk(frame)
                    at_home = ident not in tasks or stacks.is_users(walk)
                    seen.append((slot, ran, walk if at_home else self._suspended(walk, tasks[ident])))
                else:
                    seen.append((slot, ran, None))  # what has not run has not moved
            self._looks.append((due, taken, seen))
            self.ticks += 1
            # those that computed at the same time on several cores do not wait for each other
            self._turns.computed(computed if spent < _ONE_CORE * between else 0)

    def _suspended(self, walk: Walk, task: Any) -> int:
        """Where the task of a thread waits that runs nothing of the user's."""
        stack = self._stacks.of_walk(walk)
        if stack == NO_STACK:
            stack = self._stacks.of_task(task)
        return _SUSPENDED if stack == NO_STACK and not task.done() else stack

    def _write(self, due: int, taken: int, seen: _Seen) -> None:
        """One look at all threads becomes samples."""
        extend, of_walk = self._samples.extend, self._stacks.of_walk
        delay, step = taken - due, self._step_ns()
        for slot, ran, what in seen:
            before = slot.stack
            stack = before if what is None else what if isinstance(what, int) else of_walk(what)
            if stack != _SUSPENDED and (stack != NO_STACK or before != NO_STACK):
                # the time between samples bounds it: what a thread did before it entered the user's code is not counted
                between = taken - slot.last_ns if before != NO_STACK else self.interval_ns + delay
                spent = slot.whole_ns(min(ran, between), step)
                extend((due, delay, slot.number, stack, spent, _UNKNOWN))
                slot.stack = stack
                slot.end_ns = taken
            slot.last_ns = taken
        for slot in self._threads.active():
            if slot.last_ns != taken:
                cpu = 0 if slot.clock is not None else -1
                extend((due, delay, slot.number, NO_STACK, cpu, _UNKNOWN))
                slot.stack = NO_STACK
                slot.end_ns = taken

    def _step_ns(self) -> int:
        return max(self.interval_ns // 50_000 * 1000, 1000)
