"""What users hold: `profile`, `load`, `Recording`, and what a program may say. Puts the parts together."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from microlog_nb import config, words
from microlog_nb.capture import recorder
from microlog_nb.config import Settings
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from microlog_nb.formats.spool import Spool
    from microlog_nb.model.trace import Trace
    from microlog_nb.tables import Tables

_F = TypeVar("_F", bound=Callable[..., Any])


class Recording:
    """One run: its facts, the tables derived from them, and the ways out.

    While it is running, its tables show what has been recorded so far; afterwards each is computed once. Times in
    DataFrames are seconds from the recording's start, memory is in bytes, CPU in percent of one core.
    """

    def __init__(self, tables: Tables | None = None, *, run: _Run | None = None) -> None:
        self._finished = tables
        self._run = run
        self._saved: Path | None = None
        self._report: Path | None = None
        self._view: Any = None

    # -- facts -----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name: the one that was given, or the cell's label."""
        return str(self.meta["name"])

    @property
    def started(self) -> str:
        """Wall clock of its start, ISO 8601 with offset."""
        return str(self.meta["started"])

    @property
    def duration(self) -> float:
        """Length in seconds, so far while it is running."""
        return float(self.meta["duration_ns"]) / 1e9

    @property
    def interval(self) -> float:
        """Seconds between samples that were asked for."""
        return float(self.meta["interval_ns"]) / 1e9

    @property
    def meta(self) -> Mapping[str, Any]:
        """Everything known about the run as a whole; the keys are listed at `microlog_nb.model.trace.Trace.meta`."""
        if self._run is not None:
            return self._run.meta()
        return self._tables.trace.meta

    @property
    def running(self) -> bool:
        """Whether it is still recording."""
        return self._run is not None

    # -- DataFrames --------------------------------------------------------------------------------------------------

    @property
    def calls(self) -> pd.DataFrame:
        """Calls inferred from samples, ordered by start; the index `call` is the id.

        Columns: `parent` (the caller's id, -1 at the root), `thread` (name), `depth` (0 at the root), `function`
        (qualified name), `module`, `file` and `line` (where it is defined), `caller_line` (the line it was called from, 0 at
        the root), `start`, `duration`, `self_time` and `cpu_time` (seconds; CPU is NaN where the platform gives none),
        `waiting` (seconds in which its thread waited, be it for input, a lock or a sleep) and `contended` (seconds in which it
        waited for Python's lock; NaN where the sampler cannot tell, and then `waiting` contains it),
        `samples` (behind it; 0 if only a log entry tells of it), `anomaly` (True if an anomaly names it).
        """
        return self._tables.calls

    @property
    def samples(self) -> pd.DataFrame:
        """Observations in the order taken; the index is `sample`.

        Columns: `time` and `delay` (seconds; how late it came), `thread`, `call` (the innermost, -1 if none), `function`,
        `file`, `line` (where the thread was), `cpu_time` (seconds since the thread's sample before), `state` (what it did: ran,
        waiting, contended for Python's lock, or unknown).
        """
        return self._tables.samples

    @property
    def functions(self) -> pd.DataFrame:
        """Functions, the one with most self time first.

        Columns: `function`, `module`, `file`, `line`, `calls`, `self_time`, `total_time` (recursion counted once),
        `cpu_time`, `waiting` and `contended` (of the total, as in `calls`), `mean`, `median`, `max` (seconds a call), `samples` (with the function on top).
        """
        return self._tables.functions

    @property
    def lines(self) -> pd.DataFrame:
        """Lines of code seen, the one with most self time first.

        Columns: `function`, `module`, `file`, `line`, `samples`, `self_time`, `total_time` (seconds).
        """
        return self._tables.lines

    @property
    def logs(self) -> pd.DataFrame:
        """What was said, in order.

        Columns: `time` (seconds), `level` (debug, info, warning, error, critical), `source` (print, stderr, logging,
        warning, exception, microlog), `logger` (or ""), `message`, `markdown` (whether it is Markdown), `thread`, `call`
        (id in `calls`, -1 if none), `function`, `file`, `line` (where it was said), `exception` (traceback, or "").
        """
        return self._tables.logs

    @property
    def metrics(self) -> pd.DataFrame:
        """Readings of the process.

        Columns: `time` (seconds), `cpu` and `system_cpu` (percent of one core, average since the reading before),
        `memory` (resident bytes), `modules` (loaded), `threads` (alive), `gc_objects` (memory blocks of live objects,
        `sys.getallocatedblocks`). What the recorder itself uses is taken off.
        """
        return self._tables.metrics

    @property
    def counters(self) -> pd.DataFrame:
        """Values given to `microlog.counter`: columns `time` (seconds), `name`, `value`."""
        return self._tables.counters

    @property
    def spans(self) -> pd.DataFrame:
        """Measured intervals.

        Columns: `kind` (gc, import, cell, user), `name`, `start`, `duration` (seconds), `thread`, `function`, `file`, `line`.
        """
        return self._tables.spans

    @property
    def threads(self) -> pd.DataFrame:
        """Threads seen: columns `name`, `ident`, `native_id`, `main`, `start`, `end` (seconds, first and last seen)."""
        return self._tables.threads

    @property
    def anomalies(self) -> pd.DataFrame:
        """What is unusual.

        Columns: `kind`, `start`, `duration`, `call`, `function`, `thread`, `expected` and `observed` (seconds), `score`
        (seconds lost, weighted by how sure it is), `reason` (a sentence).
        """
        return self._tables.anomalies

    # -- ways out ----------------------------------------------------------------------------------------------------

    def between(self, start: float, end: float) -> Recording:
        """The part from `start` to `end`, in seconds, as a recording of its own whose times count from `start`.

        Raises:
            MicrologError: not 0 <= start < end <= duration.
        """
        trace = self._tables.trace
        duration = trace.duration_ns / 1e9
        if not (_is_number(start) and _is_number(end) and 0 <= start < end <= duration):
            raise MicrologError(
                f"between({start!r}, {end!r}) is no range: allowed is 0 <= start < end <= {duration:.6g}, in seconds"
            )
        return _recording(trace.between(round(start * 1e9), round(end * 1e9)))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the recording to a `.microlog` file and returns its path.

        Raises:
            MicrologError: the file cannot be written there.
        """
        from microlog_nb.formats import microlog

        self._saved = microlog.dump(self._tables.trace, Path(path))
        return self._saved

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Writes the interactive timeline as one HTML file that needs neither network nor kernel; returns its path.

        Raises:
            MicrologError: the file cannot be written there.
        """
        from microlog_nb.formats import files, html
        from microlog_nb.widget import bundle, payload

        page = html.dump(
            payload.deflate(payload.encode(self._tables)),
            title=f"{self.name} - microlog",
            script=bundle.script("standalone.js"),
            style=bundle.script("widget.css"),
        )
        self._report = files.write(path, page.encode())
        return self._report

    def display(self) -> None:
        """Shows the timeline in the notebook's output; elsewhere it prints the summary."""
        from microlog_nb.widget import display

        display.display(self._tables)

    def summary(self) -> str:
        """The statistics of the run, as text of some ten lines."""
        from microlog_nb.summary import statistics

        return statistics(self._tables, saved=self._saved, report=self._report)

    def stop(self, exception: BaseException | None = None) -> Recording:
        """Ends the recording, saves it if that was asked for, and returns it; stopping twice changes nothing.

        Args:
            exception: what ended the recorded code; it becomes a log entry.

        Raises:
            MicrologError: it could not be saved; the recording itself is kept.
        """
        run, self._run = self._run, None
        if run is None:
            return self
        self._finished = _tables_of(run.finish(exception))
        _remember(self)
        if run.save is not None:
            self.save(run.save)
        return self

    def __repr__(self) -> str:
        state = "running for" if self.running else "of"
        return f"<Recording {self.name!r} {state} {words.duration(self.duration * 1e9)}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:  # noqa: ARG002  # IPython's signature
        from microlog_nb.widget import display

        return display.bundle(self._tables)

    @property
    def _tables(self) -> Tables:
        if self._finished is not None:
            return self._finished
        if self._run is None:
            raise MicrologError("this recording has no facts")
        return _tables_of(self._run.snapshot())


class _Run:
    """The running part of a recording."""

    def __init__(self, name: str, cell: str, settings: Settings, save: Path | None) -> None:
        self.save = save
        self._pid = os.getpid()
        self._window = recorder.begin(name, cell, settings, _spooler)
        self._forget = recorder.at_exit(self._end_at_exit)

    def meta(self) -> Mapping[str, Any]:
        return self._recorder().meta(self._window)

    def snapshot(self) -> Trace:
        return self._recorder().trace(self._window)

    def finish(self, exception: BaseException | None) -> Trace:
        self._forget()
        if os.getpid() != self._pid:
            return _nothing(self._window, "this process was forked from the recorded one: nothing was recorded in it")
        if exception is not None:
            from microlog_nb.capture.interceptors import exceptions

            exceptions.report(self._recorder(), exception)
        trace = recorder.end(self._window)
        if recorder.current() is None:
            _spooler.discard()
        return trace

    def _end_at_exit(self) -> None:
        trace = self.finish(None)
        if self.save is not None:
            _recording(trace).save(self.save)

    def _recorder(self) -> recorder.Recorder:
        running = recorder.current()
        if running is None:
            raise MicrologError(f"recording {self._window.name!r} is not running in this process")
        return running


class _Spooler:
    """Keeps a running recording on disk, from its first second on, so that a killed process loses at most a second."""

    def __init__(self) -> None:
        self._spool: Spool | None = None
        self._pid = 0

    def __call__(self, running: recorder.Recorder, fresh: Mapping[str, pa.RecordBatch]) -> None:
        from microlog_nb.formats.spool import Spool
        from microlog_nb.model.builder import table

        if not running.windows:
            return
        meta = {**running.meta(running.windows[0]), "duration_ns": running.now()}
        if self._spool is None or self._pid != os.getpid():
            self._pid = os.getpid()
            folder = config.home() / "running" / f"{os.getpid()}-{meta['id']}"
            self._spool = Spool(folder, meta)
        self._spool.append_all(fresh)
        self._spool.replace(meta, threads=table("threads", running.threads.rows()))

    def discard(self) -> None:
        spool, self._spool = self._spool, None
        if spool is not None and self._pid == os.getpid():  # that of the process this one was forked from is not ours
            spool.discard()


_spooler = _Spooler()
_started: list[Recording] = []
_last: Recording | None = None


class Profile(ContextDecorator):
    """What `profile` returns: `with profile(...) as rec:` or `@profile(...)`."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._running: list[Recording] = []

    def __enter__(self) -> Recording:
        recording = start(**self._options)
        _started.remove(recording)
        self._running.append(recording)
        return recording

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        recording = self._running.pop()
        try:
            recording.stop(exception)
        except MicrologError as error:
            if exception is None:
                raise
            _notice(str(error))
        if _wants_display(self._options["display"]):
            recording.display()
        return False

    def __call__(self, function: _F) -> _F:
        """Decorates a function, or a coroutine function: every call of it is a recording."""
        if not callable(function):
            raise MicrologError(f"profile() decorates functions, not {function!r}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise MicrologError(
                f"profile() cannot decorate the generator {function.__name__}: use `with profile()` inside it"
            )
        options = {**self._options, "name": self._options["name"] or function.__qualname__}

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with Profile(options):
                    return await function(*args, **kwargs)

            return awaited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with Profile(options):
                return function(*args, **kwargs)

        return called  # type: ignore[return-value]


@overload
def profile(name: _F) -> _F: ...
@overload
def profile(
    name: str | None = None,
    *,
    interval: float | str | None = None,
    sampler: str | None = None,
    logs: bool = True,
    metrics_interval: float | str | None = None,
    display: bool | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Profile: ...
def profile(name: Any = None, **options: Any) -> Any:
    """Records what a block or a function does.

        with profile("etl") as rec:      @profile("etl")      @profile
            run()                        def run(): ...       def run(): ...

    Args:
        name: what to call the recording; default is the function's name, or "recording".
        options: the following, by their names.
        interval: seconds between samples, 50 µs to 1 s, or text as "0.5ms"; default 0.001.
        sampler: "native" (in C, sees what C code holding Python's lock does), "thread" (runs anywhere), or "auto": the
            first of them that can run here; why it is not the native one is in the recording's notes.
        logs: whether prints, log records, warnings and exceptions are recorded.
        metrics_interval: seconds between readings of CPU and memory, 10 ms to 60 s; default 0.1.
        display: whether the timeline is shown at the end; None shows it in a notebook only.
        save: file to save the recording to at the end, as "etl.microlog".

    Raises:
        MicrologError: a value of the wrong type or outside its range, or a folder that does not exist.
    """
    defaults = {
        "interval": None,
        "sampler": None,
        "logs": True,
        "metrics_interval": None,
        "display": None,
        "save": None,
    }
    unknown = options.keys() - defaults.keys()
    if unknown:
        raise MicrologError(f"profile() has no option {min(unknown)!r}: allowed are {', '.join(defaults)}")
    if callable(name):
        return Profile({"name": None, **defaults, **options})(name)
    chosen = {"name": name, **defaults, **options}
    _check(**chosen)
    return Profile(chosen)


def start(
    name: str | None = None,
    *,
    interval: float | str | None = None,
    sampler: str | None = None,
    logs: bool = True,
    metrics_interval: float | str | None = None,
    display: bool | None = None,
    save: str | os.PathLike[str] | None = None,
    cell: str = "",
) -> Recording:
    """Begins a recording where `with` does not fit; `stop()` ends it.

    Args:
        name: as for `profile`, like all the others.
        interval: seconds between samples.
        sampler: "native" (in C, sees what C code holding Python's lock does), "thread" (runs anywhere), or "auto": the
            first of them that can run here; why it is not the native one is in the recording's notes.
        logs: whether what the program says is recorded.
        metrics_interval: seconds between readings of the process.
        display: whether the timeline is shown by `with profile()`; has no effect here.
        save: file to save the recording to at the end.
        cell: label of the notebook cell that is recorded, or "".
    """
    settings, target = _check(
        name,
        interval=interval,
        sampler=sampler,
        logs=logs,
        metrics_interval=metrics_interval,
        display=display,
        save=save,
    )
    recording = Recording(run=_Run(name or cell or "recording", cell, settings, target))
    if not cell:  # a cell's recording ends with the cell, not by a `stop()` in it
        _started.append(recording)
    return recording


def stop() -> Recording:
    """Ends the recording that was started last with `start()` and returns it.

    Raises:
        MicrologError: none is running.
    """
    while _started:
        recording = _started.pop()
        if recording.running:
            return recording.stop()
    raise MicrologError("no recording is running: microlog.start() begins one")


def load(path: str | os.PathLike[str]) -> Recording:
    """Reads a recording from a `.microlog` file, or from the folder of a run that was killed.

    Raises:
        MicrologError: there is no such file, or it is damaged or not a recording.
    """
    from microlog_nb.formats import microlog, spool

    source = Path(path)
    if source.is_dir():
        return _recording(spool.read(source))
    recording = _recording(microlog.load(source))
    recording._saved = source  # noqa: SLF001  # its own class
    return recording


def last() -> Recording:
    """The recording that ended last, of a cell or of `profile`.

    Raises:
        MicrologError: nothing has been recorded yet.
    """
    if _last is None:
        raise MicrologError("nothing has been recorded yet: begin a cell with %%microlog, or use microlog.profile()")
    return _last


def debug(message: object) -> None:
    """A log entry of level debug on the timeline; the text is Markdown. Without a recording nothing happens."""
    _say("debug", message)


def info(message: object) -> None:
    """A log entry of level info on the timeline; the text is Markdown. Without a recording nothing happens."""
    _say("info", message)


def warning(message: object) -> None:
    """A log entry of level warning on the timeline; the text is Markdown. Without a recording nothing happens."""
    _say("warning", message)


def error(message: object) -> None:
    """A log entry of level error on the timeline; the text is Markdown. Without a recording nothing happens."""
    _say("error", message)


warn = warning


class span(ContextDecorator):  # noqa: N801  # used like a function: `with span("load"):` or `@span("load")`
    """Measures a block or a function exactly and shows it on the timeline.

    Args:
        name: what to call it.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise MicrologError(f"a span's name must be text, not {name!r}")
        self._name = name
        self._begun: list[int] = []

    def _recreate_cm(self) -> span:
        return span(self._name)

    def __enter__(self) -> Self:
        self._begun.append(time.perf_counter_ns())
        return self

    def __exit__(self, *exception: object) -> Literal[False]:
        begun = self._begun.pop()
        running = recorder.current()
        if running is not None:
            here = sys._getframe()  # noqa: SLF001  # the frames below it are the user's
            place = running.place(here)
            running.span(kind="user", name=self._name, start_ns=begun, end_ns=time.perf_counter_ns(), place=place)
        return False


def counter(name: str, value: float) -> None:
    """A value of a numeric series of your own, now; read them with `Recording.counters`.

    Raises:
        MicrologError: the name is no text or one of the recorder's own, or the value is no number.
    """
    if not isinstance(name, str) or name in config.PROCESS_METRICS:  # type: ignore[redundant-expr]  # users may err
        raise MicrologError(f"a counter's name must be text other than the names of the process metrics, not {name!r}")
    if not _is_number(value):
        raise MicrologError(f"a counter's value must be a number, not {value!r}")
    running = recorder.current()
    if running is not None:
        running.counter(name, float(value))


def _say(level: str, message: object) -> None:
    running = recorder.current()
    if running is not None:
        caller = sys._getframe(1)  # noqa: SLF001  # the frames below it are the user's
        running.log(level=level, source="microlog", message=str(message), markdown=True, frame=caller)


def _check(
    name: object = None, *, save: Any = None, display: object = None, **options: Any
) -> tuple[Settings, Path | None]:
    """Everything that can be wrong is told before anything is recorded."""
    if name is not None and not isinstance(name, str):
        raise MicrologError(f"a recording's name must be text, not {name!r}")
    if display not in (None, True, False):
        raise MicrologError(f"display must be True, False or None, not {display!r}")
    settings = Settings.create(**options)
    if save is None:
        return settings, None
    if not isinstance(save, (str, os.PathLike)):
        raise MicrologError(f"save must be a path, not {save!r}")
    target = Path(save).expanduser().absolute()
    if not target.parent.is_dir():
        raise MicrologError(f"cannot save to {target}: there is no folder {target.parent}")
    return settings, target


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not isinstance(value, (str, bytes))


def _tables_of(trace: Trace) -> Tables:
    from microlog_nb.tables import Tables

    return Tables(trace)


def _recording(trace: Trace) -> Recording:
    return Recording(_tables_of(trace))


def _nothing(window: recorder.Window, note: str) -> Trace:
    from microlog_nb.model.schema import FORMAT_VERSION, TABLES
    from microlog_nb.model.trace import Trace

    counts = dict.fromkeys(("duration_ns", "samples", "late", "ticks", "missed", "torn", "own_cpu_ns"), 0)
    return Trace(
        {name: schema.empty() for name, schema in TABLES.items()},
        {
            "format": FORMAT_VERSION,
            "id": window.id,
            "name": window.name,
            "cell": window.cell,
            "started": window.started,
            "interval_ns": window.settings.interval_ns,
            "sampler": "none",
            "python": "",
            "platform": "",
            **counts,
            "notes": [note],
        },
    )


def _remember(recording: Recording) -> None:
    global _last  # noqa: PLW0603  # what `last()` gives
    _last = recording


def _wants_display(display: bool | None) -> bool:
    """By default the timeline is shown where somebody can see it: in a notebook."""
    if display is not None:
        return display
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None


def _notice(message: str) -> None:
    """One line on stderr."""
    print("microlog:", " ".join(message.split()), file=sys.stderr)  # noqa: T201  # the notice itself
