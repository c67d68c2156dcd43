r"""What the program writes to stdout and stderr, one log entry per `print`.

    print("a", 2)                        4 writes      one entry, complete after the 4th
    sys.stdout.write("a"); write("b\n")   2 writes      one entry: a line, whoever writes it within a file
    print("\r50%", end=""), again         2 writes each one entry: a progress bar, as it looks in the end

A tee is put in the place of the stream's `write`, as an attribute of the stream itself, which stays where it is.
IPython does the same for as long as a cell runs; ours then goes below, and so outlives the cell:

    print -> sys.stdout.write = IPython's tee -> our tee -> the stream's own write
"""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is
# ruff: noqa: SLF001  # frames are had by a name with an underscore

from __future__ import annotations

import sys
import threading
import traceback
from builtins import print as real_print
from collections.abc import Callable
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any

from microlog_nb.capture.interceptors.print_calls import VARIES, PrintCall, print_calls
from microlog_nb.capture.interceptors.said import Said
from microlog_nb.capture.interceptors.speaking import speaking
from microlog_nb.capture.sink import Place, Sink

_MANY_CODES = 4096

_PRINT = 0  # a call of print: ends with its last write, or if their number varies with a newline
_LINE = 1  # any other writes of a file's code: end with a newline
_BAR = 2  # prints of one instruction that go back to the start of the line: end with a newline
_REPORT = 3  # a traceback that the standard library prints line by line: ends when something else is written


class _Open:
    """An entry that may still grow. It keeps no frame alive.

    Attributes:
        call: the call of print behind a `_PRINT` or a `_BAR`.
        expected: writes that make a `_PRINT`, `VARIES` if that is not known.
        frame: address of the frame of a `_PRINT`. Another frame may get it as soon as this one is gone: then this
            entry is an abandoned print, and `_finish` tells the two apart.
        author: for a `_REPORT`, the object that formats it.
    """

    __slots__ = ("at", "author", "call", "code", "expected", "frame", "kind", "place", "said", "start_ns")

    def __init__(self, code: CodeType, at: int, start_ns: int, place: Place | None) -> None:
        self.kind = _LINE
        self.code = code
        self.at = at
        self.start_ns = start_ns
        self.place = place
        self.said = Said()
        self.frame = 0
        self.expected = VARIES
        self.call: PrintCall | None = None
        self.author: object = None


# The open entries of one thread and stream, the innermost last: a __str__ that prints does so inside another print.
_Entries = list[_Open]


class _Voices(threading.local):
    """Holds this thread's open entries, boxed: whoever pops them has them, be it a signal handler or another thread."""

    box: list[_Entries] | None = None


class _Tee:
    """Listens at one stream."""

    def __init__(self, sink: Sink, stream: object, source: str, level: str) -> None:
        self.sink: Sink | None = sink
        self._stream = stream
        self._source = source
        self._level = level
        self._voices = _Voices()
        self._boxes: dict[int, list[_Entries]] = {}
        self._calls: dict[int, tuple[CodeType, dict[int, PrintCall]]] = {}
        self._attributes: dict[str, Any] = vars(stream)
        self._before: Callable[..., Any] | None = None
        self._write: Callable[..., Any] | None = None
        self.in_a_line = False

    def open(self) -> None:
        """Begins to listen.

        Raises:
            TypeError: the stream's class does not let an attribute of the stream come first.
        """
        lowest = None
        write = getattr(self._stream, "write")  # noqa: B009  # an object may call itself a stream
        while (below := _under_ipython(write)) is not None:
            lowest, write = below, below.cell_contents
        self._write = self._make(write)
        if lowest is not None:
            self._before = write
            lowest.cell_contents = self._write
            return
        self._before = self._attributes.get("write")
        self._attributes["write"] = self._write
        if getattr(self._stream, "write", None) is not self._write:
            self.close()
            raise TypeError(f"the write of a {type(self._stream).__name__} cannot be listened to")

    def close(self) -> None:
        """Ends listening; what has been put over the tee meanwhile stays there."""
        top = self._attributes.get("write")
        if top is self._write:
            if self._before is None:
                del self._attributes["write"]
            else:
                self._attributes["write"] = self._before
        while (below := _under_ipython(top)) is not None:
            top = below.cell_contents
            if top is self._write:
                below.cell_contents = self._before or getattr(type(self._stream), "write").__get__(self._stream)  # noqa: B009
        try:
            self.flush()
        finally:
            self.sink = None

    def flush(self) -> None:
        """Tells what is still open, of all threads."""
        for box in list(self._boxes.values()):
            self._tell_all(box)

    def _make(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The tee itself. Nothing of ours is held while the original writes, and what that raises goes its way."""

        def write(*args: Any, **named: Any) -> Any:
            sink = self.sink
            if sink is None or speaking.streams:
                return original(*args, **named)
            start_ns = sink.clock()
            try:
                result = original(*args, **named)
            except BaseException:
                try:
                    self._broken(sys._getframe(1))
                except Exception as error:
                    sink.fault(f"listening to {self._source}", error)
                raise
            try:
                if args and isinstance(args[0], str):
                    if str.__len__(args[0]):
                        self.in_a_line = not str.endswith(args[0], "\n")
                    frame: FrameType | None = sys._getframe(1)
                    if frame is not None and frame.f_code.co_name in _BETWEEN:
                        frame = _speaker(frame)
                    if frame is not None:
                        self._heard(frame, args[0], start_ns)
            except Exception as error:
                sink.fault(f"listening to {self._source}", error)
            return result

        return write

    def _new_box(self) -> list[_Entries]:
        box: list[_Entries] = []
        self._voices.box = box
        ident = threading.get_ident()
        ended = self._boxes.get(ident)
        self._boxes[ident] = box
        if ended:  # of a thread that is no more and whose ident this one has
            self._tell_all(ended)
        return box

    def _heard(self, frame: FrameType, text: str, start_ns: int) -> None:
        """One write, by the code that runs in this frame."""
        box = self._voices.box
        if box is None:
            box = self._new_box()
        try:
            entries = box.pop()
        except IndexError:
            entries = []
        try:
            if type(text) is not str:
                text = str.__str__(text)
            entry = entries[-1] if entries else None
            # the first line alone is the common case: the next write of a print
            if entry is None or not (
                (entry.at == frame.f_lasti and entry.frame == id(frame) and entry.code is frame.f_code)
                or self._continues(entry, frame)
            ):
                entry = self._begin(entries, frame, start_ns)
            said = entry.said
            said.add(text)
            if len(said.parts) >= entry.expected and self._finish(entry, text, start_ns):
                entries.pop()
                self._tell(entry)
        finally:
            if box:  # by a signal handler or a finalizer that wrote meanwhile
                self._tell_all(box)
            box.append(entries)

    def _finish(self, entry: _Open, text: str, start_ns: int) -> bool:
        """Whether the write that has just been added ends the entry."""
        line_ends = text.endswith("\n")
        if entry.kind != _PRINT:
            if entry.kind == _REPORT:
                return False
            entry.said.compact()
            return line_ends
        parts, expected, call = entry.said.parts, entry.expected, entry.call
        if expected != VARIES:
            if call is not None and call.ends_line and (text != "\n" or (len(parts) - expected) % 2):
                # An exception gave up the print before, at this instruction of this frame, or of another one that has
                # had its address since. The end of this print will show where it began.
                return False
            if len(parts) > expected:
                self._abandon(entry, len(parts) - expected, start_ns)
        if line_ends:
            return True
        if any("\r" in part for part in ([text] if expected == VARIES else entry.said.parts)):
            entry.kind, entry.frame, entry.expected = _BAR, 0, VARIES
        elif expected != VARIES:
            return True
        entry.said.compact()
        return False

    def _abandon(self, entry: _Open, writes: int, start_ns: int) -> None:
        """Tells the first writes of an entry as one of their own."""
        given_up = _Open(entry.code, entry.at, entry.start_ns, entry.place)
        given_up.said, entry.said = entry.said, entry.said.split(writes)
        entry.start_ns = start_ns
        self._tell(given_up)

    def _continues(self, entry: _Open, frame: FrameType) -> bool:
        """Whether what this frame writes now belongs to an entry."""
        code = frame.f_code
        if entry.kind == _LINE:
            same = code is entry.code or code.co_filename == entry.code.co_filename
            return same and self._call(frame) is None
        if entry.kind == _BAR:
            return code is entry.code and self._call(frame) is entry.call
        if entry.kind == _REPORT:
            return entry.author is _author(frame)
        return entry.frame == id(frame) and entry.at == frame.f_lasti and entry.code is code

    def _begin(self, entries: _Entries, frame: FrameType, start_ns: int) -> _Open:
        """The entry that this frame goes on with, or a new one. What is over on this thread is told."""
        if entries:
            self._tell_ended(entries, frame)
        if entries and self._continues(entries[-1], frame):
            return entries[-1]
        place = self.sink.place(frame) if self.sink is not None else None
        entry = _Open(frame.f_code, frame.f_lasti, start_ns, place)
        call = self._call(frame)
        if call is not None:
            author = _author(frame)
            if author is None:
                entry.kind, entry.frame, entry.call, entry.expected = _PRINT, id(frame), call, call.writes
            else:
                entry.kind, entry.author = _REPORT, author
        entries.append(entry)
        return entry

    def _tell_ended(self, entries: _Entries, frame: FrameType) -> None:
        """Tells all but the prints that are still being made further down the stack of this frame."""
        in_progress: set[tuple[int, int]] = set()
        if any(entry.kind == _PRINT for entry in entries):
            caller: FrameType | None = frame
            while caller is not None:
                in_progress.add((id(caller), caller.f_lasti))
                caller = caller.f_back
        while (
            entries and ((last := entries[-1]).frame, last.at) not in in_progress and not self._continues(last, frame)
        ):
            self._tell(entries.pop())

    def _call(self, frame: FrameType) -> PrintCall | None:
        """The call of print that this frame is in, if it is one."""
        code = frame.f_code
        known = self._calls.get(id(code))
        if known is None:
            if len(self._calls) > _MANY_CODES:
                self._calls.clear()
            known = self._calls[id(code)] = (code, print_calls(code))
        call = known[1].get(frame.f_lasti)
        if call is not None and frame.f_globals.get("print", real_print) is not real_print:
            return None
        return call

    def _broken(self, frame: FrameType) -> None:
        """A write failed, and with it the print that made it."""
        box = self._voices.box
        if box and box[-1] and box[-1][-1].frame == id(frame):
            self._tell_all(box)

    def _tell_all(self, box: list[_Entries]) -> None:
        while box:
            try:
                entries = box.pop()
            except IndexError:  # its own thread was quicker
                return
            for entry in entries:
                self._tell(entry)

    def _tell(self, entry: _Open) -> None:
        message = entry.said.text()
        sink = self.sink
        if sink is None or not message.strip("\n"):
            return
        sink.log(level=self._level, source=self._source, message=message, time_ns=entry.start_ns, place=entry.place)


_IPYTHON = "InteractiveShell._tee.<locals>.write"
_HANDLER = "StreamHandler.emit"
_BETWEEN = frozenset({"write", "emit"})
_FEW_FRAMES = 5


def _speaker(frame: FrameType) -> FrameType | None:
    """Who writes through IPython's tee. None for a log record that another thread shows: it has its entry already."""
    name = frame.f_code.co_qualname
    if name == _IPYTHON:
        return frame.f_back
    if name == _HANDLER:
        caller = frame.f_back
        for _ in range(_FEW_FRAMES):
            if caller is None:
                break
            if caller.f_code.co_qualname == "QueueListener.handle":
                return None
            caller = caller.f_back
    return frame


def _under_ipython(write: object) -> CellType | None:
    """Where IPython's tee, if this is it, keeps what it calls and what it puts back when the cell has ended."""
    if not isinstance(write, FunctionType) or write.__code__.co_qualname != _IPYTHON:
        return None
    return dict(zip(write.__code__.co_freevars, write.__closure__ or (), strict=True)).get("original_write")


_TRACEBACK = traceback.print_exc.__code__.co_filename


def _author(frame: FrameType) -> object:
    """The object that prints a traceback line by line, if this frame does. It knows lines, no frames."""
    return frame.f_locals.get("self") if frame.f_code.co_filename == _TRACEBACK else None


class Streams:
    """Listens to stdout and stderr as they are when installed; what takes their place later is the program's own."""

    def __init__(self) -> None:
        self._tees: list[_Tee] = []

    def install(self, sink: Sink) -> None:
        """Puts the tees on. A stream that cannot have one is left as it is, which is a fault."""
        heard: list[object] = [None]
        for name, source, level in (("stdout", "print", "info"), ("stderr", "stderr", "warning")):
            stream = getattr(sys, name, None)
            if any(stream is one for one in heard):
                continue
            heard.append(stream)
            try:
                tee = _Tee(sink, stream, source, level)
                tee.open()
            except Exception as error:
                sink.fault(f"{name} is not recorded", error)
            else:
                self._tees.append(tee)

    def flush(self) -> None:
        """Tells what is unfinished, such as a line without its newline."""
        for tee in self._tees:
            tee.flush()

    def in_a_line(self) -> bool:
        """Whether the last that was written to one of them did not end its line."""
        return any(tee.in_a_line for tee in self._tees)

    def uninstall(self) -> None:
        """Takes the tees off and tells what is unfinished."""
        while self._tees:
            self._tees.pop().close()
