"""Where something was said, kept for later: an entry or a span is often complete only when its frame has moved on."""

from __future__ import annotations

from types import FrameType, TracebackType
from typing import Protocol, runtime_checkable

from microlog_nb.capture.sink import Sink

Place = object
"""What a sink knows a thread and a stack by. It keeps no frame alive."""


@runtime_checkable
class PlacingSink(Sink, Protocol):
    """A sink that can be told of a place at once and of what happened there later, from any thread.

    Of other sinks' entries that end elsewhere than they began the stack stays unknown.
    """

    def place(self, frame: FrameType | None) -> Place:
        """The calling thread, and the stack of this frame of it as it is now."""

    def log(
        self,
        *,
        level: str,
        source: str,
        message: str,
        logger: str = "",
        markdown: bool = False,
        exception: str = "",
        frame: FrameType | None = None,
        traceback: TracebackType | None = None,
        time_ns: int | None = None,
        place: Place | None = None,
    ) -> None:
        """As `Sink.log`; a `place` stands for the calling thread and the frame."""

    def span(
        self,
        *,
        kind: str,
        name: str,
        start_ns: int,
        end_ns: int,
        frame: FrameType | None = None,
        place: Place | None = None,
    ) -> None:
        """As `Sink.span`; a `place` stands for the calling thread and the frame."""
