"""The running part of a recording: its window of the recorder, and the copy on disk that survives a killed process."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microlog_nb import config
from microlog_nb.capture import recorder
from microlog_nb.capture.watching import LEAST_NS, MOST_SHARE
from microlog_nb.config import Settings
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.capture.growth import Growth
    from microlog_nb.formats.spool import Spool
    from microlog_nb.model.trace import Trace


class Run:
    """The running part of a recording."""

    def __init__(self, name: str, cell: str, settings: Settings, save: Path | None) -> None:
        if save is not None:  # loaded now: while Python shuts down not everything can be
            from microlog_nb.formats import microlog  # noqa: F401
        _spooler.prepare()
        self.save = save
        self._pid = os.getpid()
        self._window = recorder.begin(name, cell, settings, _spooler)
        self._forget = recorder.at_exit(self._end_at_exit)

    def meta(self) -> Mapping[str, Any]:
        """The run as a whole, so far."""
        return self._recorder().meta(self._window)

    def snapshot(self) -> Trace:
        """What has been recorded so far."""
        return self._recorder().trace(self._window)

    def watch(self, look: Callable[[], bool], after_ns: int = LEAST_NS, *, share: float = MOST_SHARE) -> None:
        """Has a follower called while this runs, as long as it says so: see `recorder.Recorder.watch`."""
        self._recorder().watch(self._window, look, after_ns, share=share)

    def begin_now(self) -> None:
        """Leaves out what has been recorded so far."""
        self._recorder().begin_now(self._window)

    def progress(self) -> dict[str, int]:
        """How far it is: see `recorder.Recorder.progress`."""
        return self._recorder().progress(self._window)

    def growth(self) -> Growth:
        """Tells what is recorded after the last snapshot, piece by piece."""
        from microlog_nb.capture.growth import Growth

        return Growth(self._recorder(), self._window)

    def in_a_line(self) -> bool:
        """Whether the program is in the middle of a line of its output: see `recorder.Recorder.in_a_line`."""
        return self._recorder().in_a_line()

    def finish(self, exception: BaseException | None) -> Trace:
        """Ends the recording; what ended the recorded code becomes a log entry."""
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
            from microlog_nb.formats import microlog

            microlog.dump(trace, self.save)

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
        self._known: dict[str, list[tuple[Any, ...]]] = {}

    def prepare(self) -> None:
        """Loads what is needed later: then it would take time from the program in the middle of its recording."""
        from microlog_nb.formats import spool  # noqa: F401

        config.home()

    def __call__(self, running: recorder.Recorder, fresh: Mapping[str, Any]) -> None:
        from microlog_nb.formats.spool import Spool
        from microlog_nb.model.builder import table

        if not running.windows:
            return
        meta = {**running.meta(running.windows[0]), "duration_ns": running.now()}
        if self._spool is None or self._pid != os.getpid():
            self._pid = os.getpid()
            folder = config.home() / "running" / f"{os.getpid()}-{meta['id']}"
            self._spool = Spool(folder, meta)
            self._known = {}
        for name, rows in (("threads", running.threads.rows()), ("tasks", running.tasks.rows())):
            known = [row[:-1] for row in rows]  # but for their ends, which their samples and looks tell
            if known != self._known.get(name, []):
                fresh = {**fresh, name: table(name, rows)}
                self._known[name] = known
        self._spool.append(fresh, meta)

    def discard(self) -> None:
        spool, self._spool = self._spool, None
        if spool is not None and self._pid == os.getpid():  # that of the process this one was forked from is not ours
            spool.discard()


_spooler = _Spooler()


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
