"""Turns frames into nodes of the prefix tree of stacks.

    thread's frames    _bootstrap - run - <module> - f - hook of ours - emit      from the root to the top
    in the recording                      <module> - f

A stack begins at the user's code: what starts threads, runs the event loop or belongs to the kernel is left out at the
root. Microlog's own frames, and library frames that they call, are left out everywhere. `RULES` says so frame by frame, for
whoever walks from a root to a top.

Functions and nodes have one number each, whoever sees them first: a sampler that reads frames or one that reads memory, or a
log entry. So a function is known by what its code object says about itself, for the object may be gone.
"""

from __future__ import annotations

import _thread
import operator
from array import array
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from microlog_nb.capture import code
from microlog_nb.capture.awaiting import Suspended
from microlog_nb.capture.code import Owner
from microlog_nb.capture.frames import chain
from microlog_nb.capture.loops import loop_around, loops

if TYPE_CHECKING:
    from microlog_nb.model.builder import Builder

NO_STACK = -1
Added = TypeVar("Added")
Walk = tuple[bytes, bytes]
"""Addresses of code objects (64 bits each) and the instructions that they are at (32 bits), from the top to the root. It holds no
frame: no local of the program's lives longer for it. Bytes, since a look must be short and leave little behind."""
_CODE = operator.attrgetter("f_code")
_RUN = 16
"""Frames, counted from the root, that are looked up at once: what is near the root changes rarely."""
_MOST_RUNS = 10_000
"""So many of those are remembered, and so many rows of addresses whose functions are all known."""
_ADDRESS, _INSTRUCTION = "Q", "i"
_ADDRESS_SIZE, _INSTRUCTION_SIZE = 8, 4
_OUTSIDE, _FOREIGN, _INSIDE, _FOREIGN_INSIDE = range(4)


def _rule(place: int, owner: Owner) -> tuple[int, bool]:
    inside = place in (_INSIDE, _FOREIGN_INSIDE)
    foreign = place in (_FOREIGN, _FOREIGN_INSIDE)  # below the kernel or microlog, and not back in the user's code yet
    if owner is Owner.USER:
        return _INSIDE, True
    if owner is Owner.MICROLOG:
        return (_FOREIGN_INSIDE if inside else _FOREIGN), False
    if not inside:
        if owner is Owner.RUNNER:
            return _OUTSIDE, False
        foreign = foreign or owner is Owner.KERNEL
    if foreign:
        return (_FOREIGN_INSIDE if inside else _FOREIGN), False
    return _INSIDE, True


ROOT = _OUTSIDE
RULES: tuple[tuple[tuple[int, bool], ...], ...] = tuple(
    tuple(_rule(place, owner) for owner in Owner) for place in range(4)
)
"""By where a walk is (it begins at `ROOT`) and whose the next frame is: where it is then, and whether the frame is kept."""


class Function(NamedTuple):
    """What a walk needs to know of a code object: its function, whose it is, where its instructions begin in it, its loops."""

    number: int
    owner: Owner
    begin: int
    loops: list[tuple[int, int]]


class Stacks:
    """Interns the stacks of one recorder. Any thread may ask at any moment.

    Attributes:
        reentered: lookups cut short because a signal handler asked while its own thread was being answered.
        files: for the user's own files and cells, by the name in the recording, the name that the interpreter knows.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._functions: dict[int, Function] = {}  # by the address of a code object
        self._known: dict[tuple[Any, ...], Function] = {}  # by what the code object says of itself
        self._cells: dict[str, tuple[int, int]] = {}
        self._nodes: dict[tuple[int, int, int], int] = {}
        self._runs: dict[tuple[int, int, bytes, bytes], tuple[int, int]] = {}
        self._whole: set[bytes] = set()  # addresses of walks whose functions are all known
        self._lines: dict[tuple[int, int], tuple[int, int]] = {}  # of an instruction its line and the loop around it
        self._users: set[int] = set()  # addresses of the user's own
        # a code object must stay alive as long as its address is a key
        self._codes: dict[int, CodeType] = {}
        self._lock = _thread.allocate_lock()
        self._holder = 0
        self._suspended = Suspended()
        self.reentered = 0
        self.files: dict[str, str] = {}

    def of_frame(self, frame: FrameType | None) -> int:
        """The node of the stack whose top is this frame, or NO_STACK if none of it is the user's."""
        return NO_STACK if frame is None else self.of_walk(self.walk(frame))

    def of_traceback(self, traceback: TracebackType) -> int:
        """The node of the stack at which an exception was raised."""
        frames, instructions = list[FrameType](), list[int]()
        at: TracebackType | None = traceback
        while at is not None:
            frames.append(at.tb_frame)
            instructions.append(at.tb_lasti)
            at = at.tb_next
        above = traceback.tb_frame.f_back
        callers, places = ([], []) if above is None else chain(above)
        return self.of_walk(self._learn([*reversed(frames), *callers], [*reversed(instructions), *places]))

    def of_task(self, task: Any, *, outermost: bool = False) -> int:
        """The node of the stack in which a suspended asyncio task waits, or NO_STACK; or the first node of that stack."""
        found = self._suspended.frames(task)
        found = found[-1:] if outermost else found
        walk = self._learn([frame for frame, _ in found], [at for _, at in found])
        del found  # no frame is held while the lock is waited for
        return self.of_walk(walk)

    def can_begin(self, frame: FrameType) -> bool:
        """Whether a stack can begin with this frame: it is neither the kernel's nor what runs other people's code."""
        known = self._functions.get(id(frame.f_code)) or self._function(frame)
        return known is not None and RULES[ROOT][known.owner][1]

    def walk(self, frame: FrameType) -> Walk:
        """The stack whose top is this frame, as it is now; to be looked up whenever there is time."""
        return self._learn(*chain(frame))

    def walk_to(self, top: FrameType, root: FrameType) -> Walk | None:
        """The part of a stack from its top down to a frame; None if that is not on it."""
        frames, instructions = chain(top)
        at = next((depth for depth, frame in enumerate(frames) if frame is root), None)
        return None if at is None else self._learn(frames[: at + 1], instructions[: at + 1])

    def is_users(self, walk: Walk) -> bool:
        """Whether code of the user's own is on the stack."""
        return not self._users.isdisjoint(array(_ADDRESS, walk[0]))

    def of_walk(self, walk: Walk) -> int:
        """The node of a stack, or NO_STACK if none of it is the user's."""
        addresses, instructions = walk
        runs = self._runs
        node, place = NO_STACK, ROOT
        for end in range(len(instructions) // _INSTRUCTION_SIZE, 0, -_RUN):
            begin = max(end - _RUN, 0)
            key = (
                node,
                place,
                addresses[begin * _ADDRESS_SIZE : end * _ADDRESS_SIZE],
                instructions[begin * _INSTRUCTION_SIZE : end * _INSTRUCTION_SIZE],
            )
            known = runs.get(key)
            if known is None:
                node, place, whole = self._follow(*key)
                if not whole:
                    return node
                if len(runs) >= _MOST_RUNS:
                    runs.clear()
                known = runs[key] = node, place
            node, place = known
        return node

    def _follow(self, node: int, place: int, addresses: bytes, instructions: bytes) -> tuple[int, int, bool]:
        """From a node along a part of a walk: the node and the place of the walk there, and whether none is left."""
        functions, nodes, rules = self._functions, self._nodes, RULES
        adding = False
        try:
            for address, instruction in zip(
                reversed(array(_ADDRESS, addresses)), reversed(array(_INSTRUCTION, instructions)), strict=True
            ):
                known = functions.get(address)
                if known is None:  # a signal handler asked while its own thread was being answered
                    return node, place, False
                number, owner, begin, _ = known
                place, kept = rules[place][owner]
                if not kept:
                    continue
                key = (node, number, begin + instruction)
                child = nodes.get(key)
                if child is None and not adding:
                    adding = self._enter()
                    if not adding:
                        return node, place, False
                    child = nodes.get(key)  # another thread may have added it meanwhile
                if child is None:
                    line, loop = self._lines.get((address, instruction)) or self._line(address, instruction, known)
                    self._builder.stacks.extend((node, number, line, begin + instruction, loop))
                    child = nodes[key] = len(nodes)
                node = child
            return node, place, True
        finally:
            if adding:
                self._leave()

    def function(
        self, module: str, name: str, file: str, line: int, table: bytes, length: int, regions: list[tuple[int, int]]
    ) -> Function | None:
        """The function of a code object that says this of itself; None if this thread is being answered already.

        Args:
            module: `__name__` of its globals, or "".
            name: `co_qualname`.
            file: `co_filename`.
            line: `co_firstlineno`.
            table: `co_linetable`; tells lambdas on one line apart.
            length: of `co_code`.
            regions: the loops in it.
        """
        if not self._enter():
            return None
        try:
            key = (name, file, line, table, length)
            known = self._known.get(key)
            if known is None:
                row = code.row(module, name, file, line)
                if row.kind != "library":
                    self.files[row.file] = file
                begin = 0
                if row.kind == "notebook" and row.name == "<module>":
                    number, begin = self._cell(row, length)
                else:
                    number = self._builder.function(row)
                whose = code.owner(module, file)
                known = self._known[key] = Function(number, whose, begin, regions)
            return known
        finally:
            self._leave()

    def grow(self, add: Callable[[dict[tuple[int, int, int], int], int], tuple[Added, bytes]]) -> Added | None:
        """Adds many nodes at once; None if this thread is being answered already.

        Args:
            add: is given the known nodes by (parent, number of the function, instruction), to which it adds, and the number
                that the next new one gets; returns any answer, and the rows of the new ones, five 64-bit numbers each.
        """
        if not self._enter():
            return None
        before = len(self._nodes)
        try:
            answer, rows = add(self._nodes, before)
            self._builder.stacks.frombytes(rows)
            return answer
        except BaseException:  # what has no row must have no number
            for key in [key for key, node in self._nodes.items() if node >= before]:
                del self._nodes[key]
            raise
        finally:
            self._leave()

    def _learn(self, frames: Sequence[FrameType], instructions: Iterable[int]) -> Walk:
        """The walk of these frames, whose functions are known from here on."""
        addresses = array(_ADDRESS, map(id, map(_CODE, frames))).tobytes()
        if addresses not in self._whole:
            if any(id(frame.f_code) not in self._functions and self._function(frame) is None for frame in frames):
                # by the time that it is looked up such an address may be another's
                known = (address if address in self._functions else 0 for address in array(_ADDRESS, addresses))
                addresses = array(_ADDRESS, known).tobytes()
            else:
                if len(self._whole) >= _MOST_RUNS:
                    self._whole.clear()
                self._whole.add(addresses)
        return addresses, array(_INSTRUCTION, instructions).tobytes()

    def _function(self, frame: FrameType) -> Function | None:
        of, instructions = frame.f_code, frame.f_code.co_code
        known = self.function(
            code.module(frame),
            of.co_qualname,
            of.co_filename,
            of.co_firstlineno,
            of.co_linetable,
            len(instructions),
            loops(instructions),
        )
        if known is not None:
            self._codes[id(of)] = of
            if known.owner is Owner.USER:
                self._users.add(id(of))
            self._functions[id(of)] = known
        return known

    def _cell(self, row: code.FunctionRow, length: int) -> tuple[int, int]:
        """A notebook compiles every statement of a cell by itself: they are one function, laid end to end."""
        number, begin = self._cells.get(row.file) or (self._builder.function(row._replace(line=1)), 0)
        self._cells[row.file] = (number, begin + length)
        return number, begin

    def _line(self, address: int, instruction: int, function: Function) -> tuple[int, int]:
        """The line of an instruction and the loop around it; the same calls are met below many callers."""
        loop = loop_around(function.loops, instruction)
        line = _line_at(self._codes[address], instruction), loop + function.begin if loop >= 0 else -1
        self._lines[address, instruction] = line
        return line

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


def _line_at(of: CodeType, instruction: int) -> int:
    """The line of an instruction; one before the first that has a line is at the function's own."""
    if instruction < 0:
        return of.co_firstlineno
    for start, end, line in of.co_lines():
        if start <= instruction < end:
            return line or 0
    return 0
