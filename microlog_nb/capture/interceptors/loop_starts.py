"""Event loops that begin and end to run: from then on there may be tasks to look at.

    run_forever -> events._set_running_loop(loop)     every loop of asyncio's says so here, and None at its end

Asyncio may be imported later: a finder that finds nothing is asked for its modules, and its `events` are there before the
last of them.
"""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any

from microlog_nb.capture.sink import Sink

_EVENTS = "asyncio.events"
_NAME = "_set_running_loop"


class LoopStarts:
    """Listens where asyncio notes which loop a thread runs."""

    def __init__(self) -> None:
        self._sink: Sink | None = None
        self._events: Any = None
        self._original: Callable[[Any], None] | None = None
        self._tee: Callable[[Any], None] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._sink = sink
        self._patch()
        if self._events is None:
            sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Ends listening."""
        self._sink = None
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        if self._events is not None and getattr(self._events, _NAME) is self._tee:
            setattr(self._events, _NAME, self._original)
        self._events = self._original = self._tee = None

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Looks whether asyncio's events are there by now; finds nothing."""
        del path, target  # the protocol's
        if fullname.startswith("asyncio."):
            self._patch()
        return None

    def _patch(self) -> None:
        events = sys.modules.get(_EVENTS)
        begun = getattr(getattr(events, "__spec__", None), "_initializing", False)
        if self._sink is None or self._events is not None or events is None or begun:
            return
        self._events, self._original = events, getattr(events, _NAME)
        self._tee = self._make(self._original)
        setattr(events, _NAME, self._tee)

    def _make(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def set_running_loop(loop: Any, /) -> None:
            original(loop)
            sink = self._sink
            if sink is not None:
                try:
                    sink.loop_runs(loop)
                except Exception as error:
                    sink.fault("noting a loop that runs", error)

        return set_running_loop
