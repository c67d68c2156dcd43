"""Warnings that are shown, taken where the interpreter has decided to show one.

Filters have had their say by then: what is ignored or raised never comes here. `warnings.showwarning` stays whose it
is, and `catch_warnings` neither sees nor saves anything of ours.
"""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is
# ruff: noqa: SLF001  # frames are had by a name with an underscore

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from microlog_nb.capture.interceptors.speaking import speaking
from microlog_nb.capture.sink import Sink

_SHOW = "_showwarnmsg"
"""What `warnings.warn`, in C and in Python, calls at last; the same from 3.6 to 3.13."""


class ShownWarnings:
    """Listens at `warnings._showwarnmsg`."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._original: Callable[..., Any] | None = None
        self._tee: Callable[..., Any] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        original = getattr(warnings, _SHOW)
        self._sink = sink
        self._original = original
        self._tee = self._make(original)
        setattr(warnings, _SHOW, self._tee)

    def uninstall(self) -> None:
        """Ends listening."""
        self._sink = None
        if getattr(warnings, _SHOW, None) is self._tee:
            setattr(warnings, _SHOW, self._original)
        self._original = self._tee = None

    def _make(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def show(message: Any) -> Any:
            sink = self._sink
            if sink is None or _recorded():
                return original(message)
            try:
                _tell(sink, message, sys._getframe(1))
            except Exception as error:
                sink.fault("listening to warnings", error)
            speakers, loggers = speaking.streams, speaking.records
            try:
                speaking.streams, speaking.records = speakers + 1, loggers + 1
                return original(message)
            finally:
                speaking.streams, speaking.records = speakers, loggers

        return show


def _recorded() -> bool:
    """Whether `catch_warnings(record=True)` puts warnings on a list instead of showing them."""
    implementation = getattr(warnings, "_showwarnmsg_impl", None)
    return isinstance(getattr(implementation, "__self__", None), list)


def _tell(sink: Sink, message: warnings.WarningMessage, frame: FrameType | None) -> None:
    while frame is not None and frame.f_globals.get("__name__") == "warnings":
        frame = frame.f_back
    text = f"{message.category.__name__}: {message.message}"
    sink.log(level="warning", source="warning", message=text, frame=frame)
