"""What a program says to its recording: log entries, spans and counters of its own."""

from __future__ import annotations

import sys
import time
from contextlib import ContextDecorator
from typing import Literal, Self

from microlog_nb import config
from microlog_nb.api.checks import is_number
from microlog_nb.capture import recorder
from microlog_nb.errors import MicrologError


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
            place = running.place(sys._getframe(1))  # noqa: SLF001  # the user's
            running.span(kind="user", name=self._name, start_ns=begun, end_ns=time.perf_counter_ns(), place=place)
        return False


def counter(name: str, value: float) -> None:
    """A value of a numeric series of your own, now; read them with `Recording.counters`.

    Raises:
        MicrologError: the name is no text or one of the recorder's own, or the value is no number.
    """
    if not isinstance(name, str) or name in config.PROCESS_METRICS:  # type: ignore[redundant-expr]  # users may err
        raise MicrologError(f"a counter's name must be text other than the names of the process metrics, not {name!r}")
    if not is_number(value):
        raise MicrologError(f"a counter's value must be a number, not {value!r}")
    running = recorder.current()
    if running is not None:
        running.counter(name, float(value))


def _say(level: str, message: object) -> None:
    running = recorder.current()
    if running is not None:
        caller = sys._getframe(1)  # noqa: SLF001  # the frames below it are the user's
        running.log(level=level, source="microlog", message=str(message), markdown=True, frame=caller)
