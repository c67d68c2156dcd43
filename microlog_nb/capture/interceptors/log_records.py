"""Records of the standard library's logging, taken where a logger hands them to its handlers.

No handler is added: `logging.basicConfig` and the handler of last resort find what they would find without us.
"""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is
# ruff: noqa: SLF001  # frames are had by a name with an underscore

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

from microlog_nb.capture.interceptors.speaking import speaking
from microlog_nb.capture.sink import Sink

_INSIDE = frozenset({"logging", "warnings"})
_KERNEL = frozenset({"ipykernel"})
"""Of every message with the notebook it logs the text, at a level that it alone has set, to handlers that drop it."""


class LogRecords:
    """Listens at `logging.Logger.callHandlers`."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._original: Callable[..., Any] | None = None
        self._tee: Callable[..., Any] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._sink = sink
        self._original = logging.Logger.callHandlers
        self._tee = _as_if(self._original, self._make(self._original))
        setattr(logging.Logger, "callHandlers", self._tee)  # noqa: B010  # mypy forbids the assignment

    def uninstall(self) -> None:
        """Ends listening."""
        self._sink = None
        if logging.Logger.__dict__.get("callHandlers") is self._tee:
            setattr(logging.Logger, "callHandlers", self._original)  # noqa: B010
        self._original = self._tee = None

    def _make(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The tee. The entry is made last: handlers have formatted the record by then, and nobody's `__str__` runs twice."""

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> Any:
            sink = self._sink
            if sink is None or speaking.records:
                return original(logger, record)
            start_ns = sink.clock()
            speakers = speaking.streams
            speaking.streams = speakers + 1
            try:
                return original(logger, record)
            finally:
                try:
                    _tell(sink, record, start_ns, sys._getframe(1))
                except Exception as error:
                    sink.fault("listening to logging", error)
                finally:
                    speaking.streams = speakers

        return call_handlers


def _as_if(original: Callable[..., Any], tee: Callable[..., Any]) -> Callable[..., Any]:
    """Names the tee's code as the original's, for those who look at stacks.

    logging leaves out its own frames by their file, when it says where a message came from that could not be formatted.
    """
    if isinstance(original, FunctionType) and isinstance(tee, FunctionType):
        theirs = original.__code__
        tee.__code__ = tee.__code__.replace(
            co_filename=theirs.co_filename,
            co_name=theirs.co_name,
            co_qualname=theirs.co_qualname,
            co_firstlineno=theirs.co_firstlineno,
        )
    return tee


def _tell(sink: Sink, record: logging.LogRecord, start_ns: int, frame: FrameType | None) -> None:
    while frame is not None and _package(frame) in _INSIDE:
        frame = frame.f_back
    if frame is not None and _package(frame) in _KERNEL:
        return
    sink.log(
        level=_level(record.levelno),
        source="logging",
        message=_message(record),
        logger=record.name,
        exception=_exception(record),
        frame=frame,
        time_ns=start_ns,
    )


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _message(record: logging.LogRecord) -> str:
    """The text; where the arguments do not fit the format, the format."""
    formatted = record.__dict__.get("message")
    if isinstance(formatted, str):
        return formatted
    try:
        return record.getMessage()
    except Exception:  # the program's fault, of which logging has told
        return record.msg if isinstance(record.msg, str) else repr(record.msg)


def _exception(record: logging.LogRecord) -> str:
    texts = []
    raised = record.exc_info
    if record.exc_text and not (raised and raised[1] is None):
        texts.append(record.exc_text)
    elif raised and raised[1] is not None:
        texts.append("".join(traceback.format_exception(*raised)))
    if record.stack_info:
        texts.append(record.stack_info)
    return "\n".join(text.rstrip("\n") for text in texts)


def _level(number: int) -> str:
    if number >= logging.CRITICAL:
        return "critical"
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"
