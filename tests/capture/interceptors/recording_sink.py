"""A sink that remembers what it was told, as the tests ask for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from microlog_nb.capture.sink import Interceptor


@dataclass
class Entry:
    message: str
    level: str
    source: str
    logger: str = ""
    exception: str = ""
    function: str = ""
    line: int = 0
    time_ns: int = 0
    thread: str = ""


@dataclass
class Span:
    kind: str
    name: str
    start_ns: int
    end_ns: int
    function: str = ""
    thread: str = ""


def _where(frame: FrameType | None) -> dict[str, Any]:
    thread = threading.current_thread().name
    if frame is None:
        return {"thread": thread}
    return {"function": frame.f_code.co_name, "line": frame.f_lineno, "thread": thread}


@dataclass
class RecordingSink:
    entries: list[Entry] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    faults: list[tuple[str, BaseException]] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    loops: list[Any] = field(default_factory=list)
    hurried: int = 0

    def clock(self) -> int:
        return time.perf_counter_ns()

    def place(self, frame: FrameType | None) -> Any:
        return _where(frame)

    def log(
        self,
        *,
        level,
        source,
        message,
        logger="",
        markdown=False,
        exception="",
        frame=None,
        traceback=None,
        time_ns=None,
        place=None,
    ) -> None:
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        where = place or _where(traceback.tb_frame if traceback is not None else frame)
        time_ns = time_ns or self.clock()
        self.entries.append(Entry(message, level, source, logger, exception, time_ns=time_ns, **where))

    def span(self, *, kind, name, start_ns, end_ns, place=None) -> None:
        where = dict(place or _where(None))
        where.pop("line", None)
        self.spans.append(Span(kind, name, start_ns, end_ns, **where))

    def thread_started(self, thread: threading.Thread) -> None:
        self.threads.append(thread)

    def loop_runs(self, loop: Any) -> None:
        self.loops.append(loop)

    def hurry(self) -> None:
        self.hurried += 1

    def fault(self, place: str, error: BaseException) -> None:
        self.faults.append((place, error))

    @property
    def messages(self) -> list[str]:
        return [entry.message for entry in self.entries]


@contextmanager
def listening(*interceptors: Interceptor, faults: bool = False) -> Iterator[RecordingSink]:
    """Installs, uninstalls, and expects no fault of microlog's own unless told."""
    sink = RecordingSink()
    for interceptor in interceptors:
        interceptor.install(sink)
    try:
        yield sink
    finally:
        for interceptor in reversed(interceptors):
            interceptor.uninstall()
    if not faults:
        assert sink.faults == []
