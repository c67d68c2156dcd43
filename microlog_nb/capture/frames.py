"""The frames of all threads, without the deadlock that CPython 3.11 has there."""

from __future__ import annotations

import gc
import sys
from types import FrameType


def current_frames() -> dict[int, FrameType]:
    """The top frame of every thread, by its ident.

    `sys._current_frames` holds a lock of the runtime while it makes frame objects. On 3.11 that may start a collection,
    and one that frees a `threading.local` waits for the same lock, for ever, with the GIL in its hands
    (https://github.com/python/cpython/issues/106883). From 3.12 on no allocation starts a collection.
    """
    if sys.version_info >= (3, 12) or not gc.isenabled():
        return sys._current_frames()  # noqa: SLF001  # the interpreter's one way to other threads' frames
    gc.disable()
    try:
        return sys._current_frames()  # noqa: SLF001  # as above
    finally:
        gc.enable()
