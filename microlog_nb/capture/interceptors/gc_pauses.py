"""Garbage collections, as spans: while one runs nothing else does."""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is
# ruff: noqa: SLF001  # frames are had by a name with an underscore

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from microlog_nb.capture.sink import Sink

SHORTEST_NS = 100_000
"""Collections shorter than this are only counted: there may be thousands a second."""

_NAMES = ("generation 0", "generation 1", "generation 2")


class GcPauses:
    """Listens at `gc.callbacks`.

    Attributes:
        short: collections too short for a span.
    """

    def __init__(self) -> None:
        self.short = 0
        self._listener: Callable[[str, dict[str, int]], None] | None = None

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._listener = self._make(sink)
        gc.callbacks.append(self._listener)

    def uninstall(self) -> None:
        """Ends listening."""
        gc.callbacks[:] = [callback for callback in gc.callbacks if callback is not self._listener]
        self._listener = None

    def _make(self, sink: Sink) -> Callable[[str, dict[str, int]], None]:
        clock = sink.clock
        start_ns = 0  # one for all threads: the interpreter runs one collection at a time

        def listen(phase: str, info: dict[str, int]) -> None:
            nonlocal start_ns
            try:
                if phase == "start":
                    start_ns = clock()
                    return
                end_ns = clock()
                if not start_ns:  # installed while a collection was running
                    return
                if end_ns - start_ns < SHORTEST_NS:
                    self.short += 1
                    return
                name = _NAMES[info["generation"]]
                place = sink.place(sys._getframe(1))
                sink.span(kind="gc", name=name, start_ns=start_ns, end_ns=end_ns, place=place)
            except Exception as error:
                sink.fault("listening to garbage collections", error)

        return listen
