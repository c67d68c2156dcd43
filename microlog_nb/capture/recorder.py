"""The recorder: one for the process, running while any recording does.

recording A   |-------------------------|          each is a window on the same stream of facts
recording B           |--------|
recorder      |-------------------------|          one sampler, one set of interceptors, one thread that keeps house
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import datetime as dt
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Thread
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from microlog_nb.capture import awaiting, interceptors
from microlog_nb.capture.samplers.base import SamplerUnavailable
from microlog_nb.capture.samplers.thread import ThreadSampler
from microlog_nb.capture.stacks import NO_STACK, Stacks
from microlog_nb.capture.tasks import MOST_WATCHED, Tasks
from microlog_nb.capture.threads import Threads
from microlog_nb.capture.watching import LEAST_NS, MOST_SHARE, Watch
from microlog_nb.config import Settings
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.capture.samplers.base import Sampler
    from microlog_nb.model.trace import Trace

    Drained = Callable[["Recorder", Mapping[str, Any]], None]

_LONGEST_WORK = 2.0
"""Seconds that a fork waits for the thread that keeps house at most."""
_DRAIN_EVERY_NS = 1_000_000_000
_WAIT_EVERY_NS = 10_000_000
"""How often it is looked at where a suspended cell waits."""
_CROWDED = f"There were more than {MOST_WATCHED} asyncio tasks at a time: no more than that were looked at."
_TRIED = ("Linux x86_64",)
"""Where `auto` takes the native sampler."""


@dataclass
class Window:
    """One recording's view of the stream: where it begins, and what the counters and the tables had then.

    Attributes:
        traced: up to when it was asked for its facts last, and what the tables had then.
    """

    name: str
    cell: str
    settings: Settings
    id: str
    started: str = ""
    start_ns: int = 0
    before: dict[str, int] = field(default_factory=dict)
    had: dict[str, int] = field(default_factory=dict)
    traced: tuple[int, dict[str, int]] = (0, {})
    notes: list[str] = field(default_factory=list)


class _Keeper(threading.Thread):
    """The thread that keeps house, as it is known while it calls a follower.

    What sends a message from there asks which thread it is in, and keeps a socket for that one until it is no more. Of a
    thread that is not known a stand-in would be made, which never ends and takes a number from the program's next thread.
    """

    def __init__(self) -> None:
        super().__init__(name="microlog", daemon=True)
        self.over = False

    def is_alive(self) -> bool:
        return not self.over


class Recorder:
    """Runs the sampler, the interceptors and the metrics, and is the sink of them all. Times count from its creation."""

    def __init__(self, settings: Settings, drained: Drained | None) -> None:
        from microlog_nb.capture.metrics import ProcessMetrics
        from microlog_nb.model.builder import Builder  # loads Arrow: before the recording's clock starts

        self._origin = time.perf_counter_ns()
        self._drained = drained
        self.windows: list[Window] = []
        self.builder = Builder()
        self._excluded: set[int] = set()
        self.threads = Threads(self._excluded)
        self._stacks = Stacks(self.builder)
        self.tasks = Tasks(self.builder, self._stacks, self.now)
        self._tasks: dict[int, Any] = {}
        self._faults: dict[str, int] = {}
        self._interceptors: list[interceptors.Interceptor] = []
        self._pollers: list[Callable[[], int]] = []
        self._watches: list[tuple[Window, Watch]] = []
        self._stopping = False
        self._resting = False
        self._keeper_cpu_ns = 0
        self._kept = _thread.allocate_lock()
        self._working = _thread.allocate_lock()
        self._waited = False
        self._asleep = _thread.allocate_lock()
        self._interval_ns = settings.interval_ns
        self._earlier = {"ticks": 0, "missed": 0, "torn": 0, "own_cpu_ns": 0}  # of a sampler that was given up
        self._notes: list[str] = []
        self._paused: Sampler | None = None
        self.sampler: Sampler = self._choose_sampler(settings.sampler)
        self._metrics = ProcessMetrics(self.now, self._own_cpu_ns, lambda: self.builder.nbytes)
        self._metrics_interval_ns = settings.metrics_interval_ns

    # -- the sink ------------------------------------------------------------------------------------------------

    def clock(self) -> int:
        """Now, on the clock of `time.perf_counter_ns`."""
        return time.perf_counter_ns()

    def now(self) -> int:
        """Nanoseconds since the recorder began."""
        return time.perf_counter_ns() - self._origin

    def place(self, frame: FrameType | None) -> tuple[int, int]:
        """Thread and stack of this frame of the calling thread; (-1, -1) in the recorder's own threads."""
        ident = _thread.get_ident()
        if ident in self._excluded:
            return -1, NO_STACK
        return self.threads.calling(self.now()).number, self._stacks.of_frame(frame)

    def log(
        self,
        *,
        level: str,
        source: str,
        message: str,
        logger: str = "",
        markdown: bool = False,
        exception: str = "",
        frame: FrameType | None = None,
        traceback: TracebackType | None = None,
        place: Any = None,
        time_ns: int | None = None,
    ) -> None:
        """Keeps a log entry; see `Sink.log`."""
        at = self.now() if time_ns is None else time_ns - self._origin
        thread, stack = self.place(frame) if place is None else place
        if thread < 0:
            return
        if traceback is not None:
            stack = self._stacks.of_traceback(traceback)
        self.builder.rows["logs"].append((at, level, source, logger, message, markdown, thread, stack, exception))

    def span(self, *, kind: str, name: str, start_ns: int, end_ns: int, place: Any = None) -> None:
        """Keeps a measured interval; see `Sink.span`."""
        thread, stack = self.place(None) if place is None else place
        if thread < 0 and kind == "import":  # by the recorder itself; a collection there holds up everybody
            return
        start, end = (at // 1000 * 1000 for at in (start_ns - self._origin, end_ns - self._origin))
        self.builder.rows["spans"].append((kind, name, start, end - start, thread, stack))

    def counter(self, name: str, value: float) -> None:
        """Keeps a value of a series of the user's."""
        self.builder.rows["metrics"].append((self.now() // 1000 * 1000, name, value))

    def thread_started(self, thread: Thread) -> None:
        """Keeps a thread, so that its name is known when it has ended."""
        self.threads.started(thread)

    def loop_runs(self, loop: Any) -> None:
        """Has the tasks looked at while a loop runs."""
        if self.tasks.loop_runs(loop):
            self.hurry()

    def fault(self, place: str, error: BaseException) -> None:
        """Counts a fault of microlog's own; the recording's notes tell it once."""
        what = f"{place}: {type(error).__name__}: {error}"
        self._faults[what] = self._faults.get(what, 0) + 1

    # -- running ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to observe.

        Raises:
            MicrologError: the sampler that was asked for by name cannot run here, or no thread can be started.
        """
        self._start_sampler()
        self._kept.acquire()
        self._asleep.acquire()
        # not threading.Thread: the program sees neither one more thread nor calls of its own trace functions in ours
        try:
            _thread.start_new_thread(self._keep_house, ())
        except RuntimeError as error:
            self.sampler.stop()
            raise _no_thread() from error

    def stop(self) -> None:
        """Ends observing; when it returns nothing is written any more."""
        self._stopping = True
        self.hurry()
        self._kept.acquire()
        self.sampler.stop()

    def hurry(self) -> None:
        """Wakes the thread that keeps house: something has begun that it polls at short intervals."""
        if self._resting:
            self._resting = False
            with contextlib.suppress(RuntimeError):  # another thread was faster
                self._asleep.release()

    def pause(self) -> None:
        """Right before the process forks: what keeps house ends its work first, so that the child finds no lock taken.

        A module that it was importing, say, would be half there in the child, and its lock would never be given back.
        """
        self._waited = self._working.acquire(timeout=_LONGEST_WORK)
        self._paused = self.sampler
        self._paused.pause()

    def resume(self) -> None:
        """Right after the process has forked, in the parent."""
        if self._waited:
            self._waited = False
            self._working.release()
        if self._paused is not None:
            try:
                self._paused.resume()
            except Exception as error:  # noqa: BLE001  # the program goes on
                self.fault("the sampler did not go on after a fork", error)

    def abandon(self) -> None:
        """In a forked child: undoes what changed the interpreter; the recorder's threads have stayed with the parent."""
        self.unlisten()
        self.sampler.abandon()

    def listen(self, *, logs: bool) -> None:
        """Installs the interceptors, those of logs only if asked for; later calls add what is missing."""
        have = {type(interceptor) for interceptor in self._interceptors}
        for interceptor in interceptors.all_interceptors(logs=logs):
            if type(interceptor) in have:
                continue
            try:
                interceptor.install(self)
            except Exception as error:  # noqa: BLE001  # the program goes on
                self.fault(f"installing {type(interceptor).__name__}", error)
                continue
            self._interceptors.append(interceptor)
            poll = getattr(interceptor, "poll", None)
            if poll is not None:
                self._pollers.append(poll)

    def unlisten(self) -> None:
        """Uninstalls the interceptors, the last one first."""
        self._pollers.clear()
        while self._interceptors:
            interceptor = self._interceptors.pop()
            try:
                interceptor.uninstall()
            except Exception as error:  # noqa: BLE001  # the program goes on
                self.fault(f"uninstalling {type(interceptor).__name__}", error)

    def open_window(self, name: str, cell: str, settings: Settings) -> Window:
        """Begins a recording now."""
        self._pace(settings)
        task = awaiting.suspendable_task()
        if task is not None:
            self._tasks[_thread.get_ident()] = task
            self.tasks.loop_runs(task.get_loop())
        self._about_tasks(self.tasks.find_loops)
        if self.tasks.active:
            self.hurry()
        window = Window(name, cell, settings, uuid.uuid4().hex)
        self.begin_now(window)
        self.windows.append(window)
        return window

    def begin_now(self, window: Window) -> None:
        """A recording begins at this moment, whatever it has seen before."""
        self.sampler.look()
        self.collect()
        window.started = dt.datetime.now().astimezone().isoformat(timespec="milliseconds")
        window.start_ns = self.now() // 1000 * 1000
        window.before = self._counters()
        window.had = self._counted()
        window.traced = window.start_ns, window.had
        self._read_metrics()
        self.sampler.observe()

    def close_window(self, window: Window) -> Trace:
        """Ends a recording now and returns its facts; with the last one the recorder stops."""
        if len(self.windows) == 1:
            self.unlisten()
        self._poll()
        self._flush()
        self.sampler.observe()
        self.collect()
        self._read_metrics()
        end_ns = -(-self.now() // 1000) * 1000
        self.windows.remove(window)
        if self.windows:
            self._pace()
        else:
            self.stop()
        return self.trace(window, end_ns)

    def trace(self, window: Window, end_ns: int | None = None) -> Trace:
        """The facts of a window up to a time; its recording may still be running."""
        from microlog_nb.capture import sources
        from microlog_nb.model.schema import LATE_INTERVALS
        from microlog_nb.model.trace import Trace

        end = self.now() if end_ns is None else end_ns
        window.traced = end, self._counted()
        self.sampler.look()
        self.collect()
        part = self.builder.trace(self.threads.rows(), {}, tasks=self.tasks.rows()).between(window.start_ns, end)
        if not window.settings.logs:
            part = without_logs(part)
        late = int((part.numbers("samples", "delay_ns") > LATE_INTERVALS * window.settings.interval_ns).sum())
        counts = {"samples": part.tables["samples"].num_rows, "late": late}
        files = self._stacks.files if window.settings.sources else {}
        tables = {**part.tables, "sources": sources.table(part, files)}
        return Trace(tables, {**self.meta(window, end), **counts})

    def meta(self, window: Window, end_ns: int | None = None) -> dict[str, Any]:
        """What is known of a recording; see `Trace.meta`."""
        from microlog_nb.model.schema import FORMAT_VERSION

        used = {name: value - window.before[name] for name, value in self._counters().items()}
        notes = [*window.notes, *self._notes]
        if self.sampler.error:
            notes.append(self.sampler.error)
        if self.tasks.crowded:
            notes.append(_CROWDED)
        notes += [f"{what} ({count} times)" if count > 1 else what for what, count in self._faults.items()]
        return {
            "format": FORMAT_VERSION,
            "id": window.id,
            "name": window.name,
            "cell": window.cell,
            "started": window.started,
            "duration_ns": (self.now() if end_ns is None else end_ns) - window.start_ns,
            "interval_ns": window.settings.interval_ns,
            "sampler": self.sampler.name,
            "python": platform.python_version(),
            "platform": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count() or 1,
            "samples": 0,
            "late": 0,
            **used,
            "notes": notes,
        }

    def watch(
        self, window: Window, look: Callable[[], bool], after_ns: int = LEAST_NS, *, share: float = MOST_SHARE
    ) -> None:
        """Has a follower called in the thread that keeps house, as long as it says so and the recording runs.

        Args:
            window: the recording.
            look: calls it; whether it wants to be called again.
            after_ns: when it is called first, from now on.
            share: of the time, that it may take at most.
        """
        self._watches.append((window, Watch(look, self.now() + after_ns, share)))
        self.hurry()

    def progress(self, window: Window) -> dict[str, int]:
        """How far a recording is, told without looking into it: its length in nanoseconds, samples and log entries."""
        self.collect()
        counted = {name: self.builder.count(name) - window.had[name] for name in ("samples", "logs")}
        if not window.settings.logs:  # which of them are its own is not counted
            del counted["logs"]
        return {"duration": self.now() - window.start_ns, **counted}

    def _counted(self) -> dict[str, int]:
        """How many rows the tables have whose rows are of one moment."""
        return {name: self.builder.count(name) for name in ("samples", "logs", "metrics")}

    def collect(self) -> None:
        """Has what the sampler has collected written to the builder."""
        self.sampler.drain()
        self.tasks.flush()
        self.builder.rows["metrics"].extend(self._metrics.rows(self.sampler.readings()))

    def in_a_line(self) -> bool:
        """Whether the program is in the middle of a line of its output, or may be: nobody listens to it."""
        streams = [unfinished for one in self._interceptors if (unfinished := getattr(one, "in_a_line", None))]
        return not streams or any(unfinished() for unfinished in streams)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _counters(self) -> dict[str, int]:
        sampler, earlier = self.sampler, self._earlier
        return {
            "ticks": sampler.ticks + earlier["ticks"],
            "missed": sampler.missed + earlier["missed"],
            "torn": sampler.torn + earlier["torn"] + self._stacks.reentered,
            "own_cpu_ns": self._own_cpu_ns(),
        }

    def _own_cpu_ns(self) -> int:
        return self.sampler.cpu_ns + self._earlier["own_cpu_ns"] + self._keeper_cpu_ns

    def _choose_sampler(self, name: str) -> Sampler:
        """The sampler of this name; `auto` takes the native one where it is built and known to work."""
        self._asked = name
        if name == "thread":
            return self._thread_sampler()
        try:
            from microlog_nb.capture.samplers.native import NativeSampler, load

            load()
            here = f"{platform.system()} {platform.machine()}"
            if name == "auto" and here not in _TRIED:
                raise SamplerUnavailable(f"it has not been tried on {here}: ask for it by name")
            return NativeSampler(
                self.builder,
                self._stacks,
                self.threads,
                self._origin,
                self.now,
                self._interval_ns,
                self._excluded,
                self._tasks,
            )
        except SamplerUnavailable as error:
            if name == "native":
                raise _no_native(error) from error
            self._note_no_native(error)
            return self._thread_sampler()

    def _start_sampler(self) -> None:
        try:
            self.sampler.start()
            return
        except SamplerUnavailable as error:
            if self._asked == "native":
                raise _no_native(error) from error
            if self.sampler.name == "thread":
                raise _no_thread() from error
            self._note_no_native(error)
        self.sampler = self._thread_sampler()
        self._start_sampler()

    def _thread_sampler(self) -> Sampler:
        return ThreadSampler(
            self.builder,
            self._stacks,
            self.threads,
            self.now,
            self._interval_ns,
            self._excluded,
            self._tasks,
        )

    def _note_no_native(self, reason: Exception) -> None:
        self._notes.append(f"recorded by the thread sampler: the native sampler cannot run here: {reason}")

    def _replace_sampler(self) -> None:
        """A sampler that has lost its way is given up; the recording goes on by the one that runs anywhere."""
        lost = self.sampler
        lost.stop()
        sampler = self._thread_sampler()
        try:
            sampler.start()
        except SamplerUnavailable as error:  # tried again in a second
            self.fault("the thread sampler did not take over", error)
            return
        self._notes.append(f"recorded by the thread sampler from {self.now() / 1e9:.1f} s on: {lost.error}")
        for name, value in (
            ("ticks", lost.ticks),
            ("missed", lost.missed),
            ("torn", lost.torn),
            ("own_cpu_ns", lost.cpu_ns),
        ):
            self._earlier[name] += value
        self.sampler = sampler

    def _about_tasks(self, ask: Callable[[], None]) -> None:
        """Asks the program's tasks, whose class may be the program's own, too."""
        try:
            ask()
        except Exception as error:  # noqa: BLE001  # the program goes on
            self.fault("asyncio tasks are not looked at any more", error)
            self.tasks.give_up()

    def _poll(self) -> int:
        """Lets the interceptors look at what goes on; in how many nanoseconds one wants to look again, or 0."""
        return min(filter(None, [poll() for poll in self._pollers]), default=0)

    def _flush(self) -> None:
        """What the program has begun to say and not ended is told as it is."""
        for interceptor in self._interceptors:
            flush = getattr(interceptor, "flush", None)
            if flush is not None:
                flush()

    def _read_metrics(self) -> None:
        self.builder.rows["metrics"].extend(self._metrics.rows([self._metrics.now()]))

    def _pace(self, *more: Settings) -> None:
        """Takes the shortest intervals of the running recordings."""
        every = [*(window.settings for window in self.windows), *more]
        self._interval_ns = min(one.interval_ns for one in every)
        self.sampler.interval_ns = self._interval_ns
        self._metrics_interval_ns = min(one.metrics_interval_ns for one in every)
        self.sampler.read_process(self._metrics_interval_ns)

    def _keep_house(self) -> None:
        """Reads the metrics, looks at what changes slowly, and drains, until stopped."""
        self._excluded.add(_thread.get_ident())
        keeper = _Keeper()
        try:
            read = self.now() + self._metrics_interval_ns
            drain = self.now() + _DRAIN_EVERY_NS
            due = 0
            while self._rest(due):
                with self._working:
                    now = self.now()
                    self.sampler.look()
                    self._about_tasks(self.tasks.look)
                    again_ns = self._poll()
                    if now >= read:
                        read = max(read + self._metrics_interval_ns, now)
                        if not self.sampler.reads_process:
                            self._read_metrics()
                    if now >= drain:
                        drain = now + _DRAIN_EVERY_NS
                        self._drain()
                        if self.sampler.error and self.sampler.name == "native":
                            self._replace_sampler()
                    if self._watches:
                        self._tell_watches(keeper)
                    self._keeper_cpu_ns = time.thread_time_ns()
                self._resting = True  # who hurries from here on is heard
                # each time that it wakes it takes the lock from the program: not more often than there is something to do
                dues = [drain, *(watch.due_ns for _, watch in self._watches)]
                if not self.sampler.reads_process:
                    dues.append(read)
                if again_ns or self._tasks:
                    dues.append(self.now() + (again_ns or _WAIT_EVERY_NS))
                if self.tasks.waited_for:
                    dues.append(self.tasks.due_ns)
                due = min(dues)
        except Exception as error:  # noqa: BLE001  # the program goes on
            self.fault("metrics ended early", error)
        finally:
            keeper.over = True
            self._kept.release()

    def _rest(self, due_ns: int) -> bool:
        """Sleeps until then or until it is told to hurry; False if it is to stop."""
        self._resting = True
        if not self._stopping:
            self._asleep.acquire(timeout=max(due_ns - self.now(), 0) / 1e9)
        self._resting = False
        return not self._stopping

    def _tell_watches(self, keeper: _Keeper) -> None:
        known: dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]  # noqa: SLF001  # no other way
        known[_thread.get_ident()] = keeper
        try:
            for one in list(self._watches):
                window, watch = one
                try:
                    goes_on = window in self.windows and watch.tell(self.now)
                except Exception as error:  # noqa: BLE001  # the program goes on
                    goes_on = False
                    self.fault("the running recording is not shown any more", error)
                if not goes_on:
                    self._watches.remove(one)
        finally:
            known.pop(_thread.get_ident(), None)  # it is none of the program's

    def _drain(self) -> None:
        self.collect()
        every = self.builder.unread()
        if self._drained is None:
            return
        try:
            for fresh in every:
                self._drained(self, fresh)
        except Exception as error:  # noqa: BLE001  # the program goes on
            self._drained = None
            self.fault("running recording is not kept on disk", error)


def _no_native(reason: Exception) -> MicrologError:
    return MicrologError(f"sampler 'native' cannot run here: {reason}; choose 'auto' or 'thread'")


def _no_thread() -> MicrologError:
    return MicrologError("nothing can be recorded: the system allows this process no more threads")


def without_logs(trace: Trace) -> Trace:
    """Leaves only what the program said to microlog itself."""
    import pyarrow.compute as pc

    from microlog_nb.model.trace import Trace

    logs = trace.tables["logs"]
    own = pc.equal(logs.column("source").cast("string"), "microlog")
    return Trace({**trace.tables, "logs": logs.filter(own)}, trace.meta)


_current: Recorder | None = None
_changing = _thread.allocate_lock()
_hooked = False
_at_exit: list[Callable[[], None]] = []


def current() -> Recorder | None:
    """The running recorder, or None."""
    return _current


def begin(name: str, cell: str, settings: Settings, drained: Drained | None = None) -> Window:
    """Begins a recording; the first one starts the recorder.

    Args:
        name: the recording's name.
        cell: label of the notebook cell, or "".
        settings: how to record.
        drained: called about once a second, in the recorder's thread, with what is new; the first recording's counts.
    """
    global _current, _hooked  # noqa: PLW0603  # the one recorder of the process
    with _changing:
        if not _hooked:
            os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_abandon)
            _hooked = True
        recorder = _current
        if recorder is None:
            recorder = Recorder(settings, drained)
            recorder.start()
            atexit.register(_end_at_exit)
            _current = recorder
        try:
            recorder.listen(logs=settings.logs)
            return recorder.open_window(name, cell, settings)
        finally:
            if not recorder.windows:  # it failed: leave nothing behind
                recorder.unlisten()
                recorder.stop()
                _current = None
                atexit.unregister(_end_at_exit)


def end(window: Window) -> Trace:
    """Ends a recording and returns its facts; the last one stops the recorder, and everything is as it was before.

    Raises:
        MicrologError: the recording is not running in this process.
    """
    global _current  # noqa: PLW0603  # as above
    with _changing:
        recorder = _current
        if recorder is None or window not in recorder.windows:
            raise MicrologError(f"recording {window.name!r} is not running in this process")
        try:
            return recorder.close_window(window)
        finally:
            if not recorder.windows:
                _current = None
                atexit.unregister(_end_at_exit)


def at_exit(finish: Callable[[], None]) -> Callable[[], None]:
    """Registers what ends a recording that still runs when the interpreter exits; returns what takes it back."""
    _at_exit.append(finish)
    return lambda: _at_exit.remove(finish) if finish in _at_exit else None


def _end_at_exit() -> None:
    for finish in reversed(list(_at_exit)):
        finish()


def _before_fork() -> None:
    if _current is not None:
        _current.pause()


def _after_fork() -> None:
    if _current is not None:
        _current.resume()


def _abandon() -> None:
    """In a forked child nothing is recorded."""
    global _current, _changing  # noqa: PLW0603  # as above
    _changing = _thread.allocate_lock()
    recorder, _current = _current, None
    if recorder is not None:
        recorder.abandon()
        atexit.unregister(_end_at_exit)
        _at_exit.clear()
