"""The frames of all threads, without the deadlock and the crash that CPython 3.11 has there."""

from __future__ import annotations

import _thread
import functools
import gc
import itertools
import operator
import sys
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import cast

_CALLER, _INSTRUCTION = map(operator.attrgetter, ("f_back", "f_lasti"))


def other_frames() -> dict[int, FrameType]:
    """The top frame of every thread but the calling one, by its ident.

    `sys._current_frames` tells the calling thread's frame too: its caller's own, which would own the answer that holds it. Only
    a collection would end such a circle, and until then all those frames and their locals lived on.

    It holds a lock of the runtime while it makes frame objects. On 3.11 that may start a collection, and one that frees a
    `threading.local` waits for the same lock, for ever, with the GIL in its hands
    (https://github.com/python/cpython/issues/106883). From 3.12 on no allocation starts a collection.
    """
    look = sys._current_frames  # noqa: SLF001  # the interpreter's one way to other threads' frames
    if sys.version_info >= (3, 12) or not gc.isenabled():
        frames = look()
    else:
        # One call of C code, so that no other thread sees the collector disabled.
        _, frames, _ = cast("list[dict[int, FrameType]]", list(map(operator.call, (gc.disable, look, gc.enable))))
    del frames[_thread.get_ident()]
    return frames


def chain(frame: FrameType) -> tuple[list[FrameType], list[int]]:
    """A frame and its callers, and the instruction that each is at, as they are at one moment.

    `f_back` makes a frame object where there is none yet. On 3.11 that may start a collection, whose callbacks and
    finalizers may give the GIL to the frame's thread; when they end, the frame that the object is made for has been left.
    One call of C code, so that no thread moves on meanwhile and none sees the collector disabled.
    """
    frames, instructions = [frame], list[int]()
    callers = itertools.takewhile(bool, map(_CALLER, frames))  # follows the list that it makes longer
    steps: list[Callable[[], object]] = [
        functools.partial(frames.extend, callers),
        functools.partial(instructions.extend, map(_INSTRUCTION, frames)),
    ]
    if sys.version_info < (3, 12) and gc.isenabled():
        steps = [gc.disable, *steps, gc.enable]
    deque(map(operator.call, steps), 0)
    return frames, instructions
