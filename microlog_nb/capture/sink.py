"""What an interceptor may tell the recorder, and what the recorder asks of an interceptor."""

from __future__ import annotations

from threading import Thread
from types import FrameType, TracebackType
from typing import Any, Protocol

Place = object
"""What a sink knows a thread and a stack by. It keeps no frame alive."""


class Sink(Protocol):
    """Takes facts from any thread at any moment; never raises, never blocks on I/O, never writes to a stream."""

    def clock(self) -> int:
        """Now, in nanoseconds of a monotonic clock."""

    def place(self, frame: FrameType | None) -> Place:
        """The calling thread, and the stack of this frame of it as it is now: for what is told later, from any thread."""

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
        place: Place | None = None,
        time_ns: int | None = None,
    ) -> None:
        """Something was said by the calling thread.

        Args:
            level: one of `schema.LEVELS`.
            source: one of `schema.LOG_SOURCES`.
            message: the text as the user would have seen it.
            logger: name of the logger, or "".
            markdown: whether the text is Markdown.
            exception: text of the traceback, or "".
            frame: the frame of the user's code that said it; its callers are followed to the root.
            traceback: instead of `frame`: where an exception came from (its innermost frame).
            place: instead of `frame` and the calling thread: where it was said.
            time_ns: when, on `clock`; None is now.
        """

    def span(self, *, kind: str, name: str, start_ns: int, end_ns: int, place: Place | None = None) -> None:
        """Something was measured at a place, or on the calling thread; times on `clock`."""

    def thread_started(self, thread: Thread) -> None:
        """The calling thread is about to start this one."""

    def loop_runs(self, loop: Any) -> None:
        """The calling thread runs this event loop from now on; with None none any more."""

    def hurry(self) -> None:
        """Something has begun that an interceptor's `poll` looks at."""

    def fault(self, place: str, error: BaseException) -> None:
        """Something inside microlog went wrong at `place`: counted, and told once in the recording's notes."""


class Interceptor(Protocol):
    """Listens to one way in which programs say things. `install` and `uninstall` are called in pairs, on one thread.

    Installed, it only tees: what the program does and prints is what it would be without. Uninstalled, every object it
    touched is the very object that was there before; what somebody else has put on top meanwhile is left in place, and
    what of ours lies below it passes calls straight through.
    """

    def install(self, sink: Sink) -> None:
        """Begins to listen."""

    def uninstall(self) -> None:
        """Ends listening and tells the sink what was still unfinished."""
