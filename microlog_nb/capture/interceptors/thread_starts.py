"""Threads that are started: one that has ended by the time somebody asks for its name could not be named any more."""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from microlog_nb.capture.sink import Sink

_STARTER = "_start_joinable_thread" if hasattr(threading, "_start_joinable_thread") else "_start_new_thread"
"""What `Thread.start` calls, by its name in `threading`: the former from Python 3.13 on."""


class ThreadStarts:
    """Listens where `threading.Thread.start` hands a thread to the interpreter."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._original: Callable[..., Any] | None = None
        self._tee: Callable[..., Any] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._sink = sink
        self._original = getattr(threading, _STARTER)
        self._tee = self._make(self._original)
        setattr(threading, _STARTER, self._tee)

    def uninstall(self) -> None:
        """Ends listening."""
        self._sink = None
        if getattr(threading, _STARTER) is self._tee:
            setattr(threading, _STARTER, self._original)
        self._original = self._tee = None

    def _make(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def start(function: Any, /, *args: Any, **kwargs: Any) -> Any:
            sink = self._sink
            thread = getattr(function, "__self__", None)
            if sink is not None and isinstance(thread, threading.Thread):
                try:
                    sink.thread_started(thread)
                except Exception as error:
                    sink.fault("noting a thread that starts", error)
            return original(function, *args, **kwargs)

        return start
