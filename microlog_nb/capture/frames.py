"""The frames of all threads, without the deadlock and the crash that CPython 3.11 has there."""

from __future__ import annotations

import functools
import gc
import operator
import sys
from collections.abc import Callable
from types import FrameType
from typing import cast


def current_frames() -> dict[int, FrameType]:
    """The top frame of every thread, by its ident.

    `sys._current_frames` holds a lock of the runtime while it makes frame objects. On 3.11 that may start a collection,
    and one that frees a `threading.local` waits for the same lock, for ever, with the GIL in its hands
    (https://github.com/python/cpython/issues/106883). From 3.12 on no allocation starts a collection.
    """
    look = sys._current_frames  # noqa: SLF001  # the interpreter's one way to other threads' frames
    if sys.version_info >= (3, 12) or not gc.isenabled():
        return look()
    # One call of C code, so that no other thread sees the collector disabled.
    _, frames, _ = list(map(operator.call, (gc.disable, look, gc.enable)))
    return cast("dict[int, FrameType]", frames)


def caller(frame: FrameType) -> FrameType | None:
    """The caller of a frame of another thread.

    `f_back` makes a frame object where there is none yet. On 3.11 that may start a collection, whose callbacks and
    finalizers may give the GIL to that thread; when they end, the frame that the object is made for has been left.
    """
    if sys.version_info >= (3, 12) or not gc.isenabled():
        return frame.f_back
    steps: tuple[Callable[[], object], ...] = (gc.disable, functools.partial(getattr, frame, "f_back"), gc.enable)
    _, back, _ = list(map(operator.call, steps))
    return cast("FrameType | None", back)
