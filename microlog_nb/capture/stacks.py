"""Turns frames into nodes of the prefix tree of stacks.

    thread's frames    _bootstrap - run - <module> - f - hook of ours - emit      from the root to the top
    in the recording                      <module> - f

A stack begins at the user's code: what starts threads, runs the event loop or belongs to the kernel is left out at the
root. Microlog's own frames, and library frames that they call, are left out everywhere.
"""

from __future__ import annotations

import _thread
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from microlog_nb.capture import code
from microlog_nb.capture.awaiting import Suspended
from microlog_nb.capture.code import Owner
from microlog_nb.capture.loops import loop_around, loops

if TYPE_CHECKING:
    from microlog_nb.model.builder import Builder

NO_STACK = -1
_Chain = list[tuple[FrameType, int]]


class Stacks:
    """Interns the stacks of one recorder. Any thread may ask at any moment.

    Attributes:
        reentered: lookups cut short because a signal handler asked while its own thread was being answered.
        files: for the user's own files and cells, by the name in the recording, the name that the interpreter knows.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        # by the address of a code object: its function, whose it is, and where its instructions begin in the function
        self._functions: dict[int, tuple[int, Owner, int]] = {}
        self._loops: dict[int, list[tuple[int, int]]] = {}
        self._cells: dict[str, tuple[int, int]] = {}
        self._nodes: dict[tuple[int, int, int], int] = {}
        # A code object must stay alive as long as its address is a key.
        self._codes: list[CodeType] = []
        self._lock = _thread.allocate_lock()
        self._holder = 0
        self._suspended = Suspended()
        self.reentered = 0
        self.files: dict[str, str] = {}

    def of_frame(self, frame: FrameType | None) -> int:
        """The node of the stack whose top is this frame, or NO_STACK if none of it is the user's."""
        chain: _Chain = []
        while frame is not None:
            chain.append((frame, frame.f_lasti))
            frame = frame.f_back
        return self._intern(chain)

    def of_traceback(self, traceback: TracebackType) -> int:
        """The node of the stack at which an exception was raised."""
        raised: _Chain = []
        at: TracebackType | None = traceback
        while at is not None:
            raised.append((at.tb_frame, at.tb_lasti))
            at = at.tb_next
        raised.reverse()
        frame = traceback.tb_frame.f_back
        while frame is not None:
            raised.append((frame, frame.f_lasti))
            frame = frame.f_back
        return self._intern(raised)

    def of_task(self, task: Any) -> int:
        """The node of the stack in which a suspended asyncio task waits, or NO_STACK."""
        return self._intern(self._suspended.frames(task))

    def _intern(self, chain: _Chain) -> int:
        functions, nodes = self._functions, self._nodes
        node = NO_STACK
        inside = False
        foreign = False  # below the kernel or microlog, and not back in the user's code yet
        for frame, instruction in reversed(chain):
            known = functions.get(id(frame.f_code)) or self._function(frame)
            if known is None:
                return node
            function, owner, begin = known
            if owner:  # not the user's
                if owner is Owner.MICROLOG:
                    foreign = True
                    continue
                if not inside:
                    if owner is Owner.RUNNER:
                        foreign = False
                        continue
                    foreign = foreign or owner is Owner.KERNEL
                if foreign:
                    continue
            else:
                foreign = False
            inside = True
            key = (node, function, begin + instruction)
            child = nodes.get(key)
            if child is None:
                child = self._node(key, frame, instruction)
                if child is None:
                    return node
            node = child
        return node

    def _function(self, frame: FrameType) -> tuple[int, Owner, int] | None:
        owner = code.owner(frame)
        row = code.row(frame)
        if not self._enter():
            return None
        try:
            key = id(frame.f_code)
            if key not in self._functions:
                self._codes.append(frame.f_code)
                if row.kind != "library":
                    self.files[row.file] = frame.f_code.co_filename
                begin = 0
                if row.kind == "notebook" and row.name == "<module>":
                    number, begin = self._cell(row, len(frame.f_code.co_code))
                else:
                    number = self._builder.number("functions", row)
                self._functions[key] = (number, owner, begin)
            return self._functions[key]
        finally:
            self._leave()

    def _cell(self, row: code.FunctionRow, length: int) -> tuple[int, int]:
        """A notebook compiles every statement of a cell by itself: they are one function, laid end to end."""
        number, begin = self._cells.get(row.file) or (self._builder.number("functions", row._replace(line=1)), 0)
        self._cells[row.file] = (number, begin + length)
        return number, begin

    def _node(self, key: tuple[int, int, int], frame: FrameType, instruction: int) -> int | None:
        parent, function, place = key
        line = _line(frame, instruction)
        known = self._loops.get(id(frame.f_code))
        regions = loops(frame.f_code) if known is None else known
        loop = loop_around(regions, instruction)
        if not self._enter():
            return None
        try:
            self._loops[id(frame.f_code)] = regions
            if key not in self._nodes:
                begin = place - instruction
                row = (parent, function, line, place, loop + begin if loop >= 0 else -1)
                self._nodes[key] = self._builder.number("stacks", row)
            return self._nodes[key]
        finally:
            self._leave()

    def _enter(self) -> bool:
        """Takes the lock, unless this very thread holds it: a signal handler must not wait for itself."""
        me = _thread.get_ident()
        if self._holder == me:
            self.reentered += 1
            return False
        self._lock.acquire()
        self._holder = me
        return True

    def _leave(self) -> None:
        self._holder = 0
        self._lock.release()


def _line(frame: FrameType, instruction: int) -> int:
    if instruction == frame.f_lasti:
        return frame.f_lineno or 0
    for start, end, line in frame.f_code.co_lines():
        if start <= instruction < end:
            return line or 0
    return 0
