"""The stack of a suspended coroutine: what a task waits in while its thread runs the event loop.

A notebook cell with a top-level `await` runs in a task of the kernel's loop. While it waits none of its frames is on the
thread's stack, but the coroutines hold on to one another:

    task -> run_cell -> <module> -> load -> sleep        coroutine.cr_await leads from each to the next
"""

from __future__ import annotations

import inspect
import opcode
import sys
from types import CodeType, FrameType
from typing import Any

_SEND = opcode.opmap["SEND"]
_BEHIND = 2 if sys.version_info[:2] == (3, 12) else 0
"""3.12 stands at the SEND's cache entry while what is awaited runs, the other versions at the SEND itself."""


_COROUTINE = inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE | inspect.CO_ASYNC_GENERATOR


def suspendable_task() -> Any:
    """The asyncio task that the code which is about to run would wait in, or None if it cannot wait in one.

    A kernel runs every cell inside a task of its loop, but one without `await` by plain calls: nothing of it can be suspended,
    and whoever looked for it would take the lock from it for nothing.

        task -> execute_request -> run_cell_async -> <module>                     coroutines all the way down: it can
        task -> execute_request -> run_cell -> runner -> run_cell_async -> ...     a plain call between: it cannot
    """
    asyncio = sys.modules.get("asyncio")
    try:
        task = asyncio.current_task() if asyncio is not None else None
    except RuntimeError:
        return None
    if task is None:
        return None
    outermost = _first(task.get_coro(), "cr_frame", "gi_frame", "ag_frame")
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the documented way to the caller's frame
    while frame is not None and not frame.f_code.co_flags & _COROUTINE:
        frame = frame.f_back
    while frame is not None and frame is not outermost and frame.f_code.co_flags & _COROUTINE:
        frame = frame.f_back
    return task if frame is outermost else None


class Suspended:
    """Reads the frames of suspended tasks; remembers where in each code the awaiting instruction is."""

    def __init__(self) -> None:
        self._sends: dict[tuple[int, int], tuple[CodeType, int]] = {}

    def frames(self, task: Any) -> list[tuple[FrameType, int]]:
        """Frames and instructions, the innermost first; none if the task is done or running."""
        chain: list[tuple[FrameType, int]] = []
        coroutine = None if task.done() else task.get_coro()
        outermost = coroutine
        while coroutine is not None:
            frame = _first(coroutine, "cr_frame", "gi_frame", "ag_frame")
            if frame is None:
                break
            awaited = _first(coroutine, "cr_await", "gi_yieldfrom", "ag_await")
            chain.append((frame, frame.f_lasti if awaited is None else self._send(frame)))
            coroutine = awaited
        if outermost is None or _first(outermost, "cr_running", "gi_running"):
            return []  # it went on while it was read
        chain.reverse()
        return chain

    def _send(self, frame: FrameType) -> int:
        """The instruction at which the frame stands while what it awaits runs, so that waiting and running are one call.

        Suspended it stands at the YIELD_VALUE behind it.
        """
        key = (id(frame.f_code), frame.f_lasti)
        known = self._sends.get(key)
        if known is None:
            code = frame.f_code.co_code
            at = frame.f_lasti
            while at > 0 and code[at] != _SEND:
                at -= 2
            known = self._sends[key] = (frame.f_code, at + _BEHIND)
        return known[1]


def _first(thing: Any, *names: str) -> Any:
    for name in names:
        value = getattr(thing, name, None)
        if value is not None:
            return value
    return None
