"""Exceptions that nobody caught: those that end a thread, and the one that leaves what is being recorded."""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from microlog_nb.capture.interceptors.speaking import speaking
from microlog_nb.capture.sink import Sink

_RUNNERS = frozenset({"IPython", "ipykernel", "microlog_nb", "threading"})


class ThreadExceptions:
    """Listens at `threading.excepthook`."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._original: Callable[..., Any] | None = None
        self._tee: Callable[..., Any] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._sink = sink
        self._original = threading.excepthook
        self._tee = threading.excepthook = self._make(self._original)

    def uninstall(self) -> None:
        """Ends listening."""
        self._sink = None
        if threading.excepthook is self._tee and self._original is not None:
            threading.excepthook = self._original
        self._original = self._tee = None

    def _make(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def excepthook(args: threading.ExceptHookArgs, /) -> Any:
            sink = self._sink
            if sink is None:
                return original(args)
            if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
                report(sink, args.exc_value)
            speakers = speaking.streams
            try:
                speaking.streams = speakers + 1
                return original(args)
            finally:
                speaking.streams = speakers

        return excepthook


def report(sink: Sink, exception: BaseException) -> None:
    """Tells of an exception that leaves what is being recorded. Keeps nothing of it and changes nothing in it.

    A generator that is closed and a `SystemExit` without an error are no exceptions to tell of. The frames of what runs
    the user's code are left out at the top of the traceback.
    """
    if isinstance(exception, GeneratorExit) or (isinstance(exception, SystemExit) and not exception.code):
        return
    try:
        raised = _from_users_code(exception.__traceback__)
        told = traceback.TracebackException(type(exception), exception, raised)
        sink.log(
            level="error",
            source="exception",
            message="".join(told.format_exception_only()).rstrip("\n"),
            exception="".join(told.format()).rstrip("\n"),
            traceback=raised,
        )
    except Exception as error:
        sink.fault("reporting an exception", error)


def _from_users_code(raised: TracebackType | None) -> TracebackType | None:
    at = raised
    while at is not None and str(at.tb_frame.f_globals.get("__name__")).partition(".")[0] in _RUNNERS:
        at = at.tb_next
    return at or raised
