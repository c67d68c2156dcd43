"""The frames of all threads, without the deadlock that CPython 3.11 has there."""

from __future__ import annotations

import gc
import operator
import sys
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
