"""Imports, as spans, without a frame of ours in the import system's stack.

    import a                 _find_spec("a")    the finder notes the start and finds nothing
        runs a.py            a.__spec__._initializing is true
            import b             the same for b
        done                 false: seen at the next find_spec of the thread, or at the next poll

A module's span does not contain the import of its parent package, which comes first.
"""

# ruff: noqa: BLE001  # a fault of ours goes to the sink, whatever it is
# ruff: noqa: SLF001  # frames are had by a name with an underscore

from __future__ import annotations

import importlib
import sys
import threading
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any

from microlog_nb.capture.sink import Place, Sink

SHORTEST_NS = 1_000_000
"""Imports within another import that take less are only counted."""

_SOONEST_NS, _LATEST_NS = 1_000_000, 10_000_000
_LATE = 0.03
"""Of the time that an import has taken so far: its end may be seen so much later. Who looks takes the lock from the program."""

_bootstrap: Any = importlib._bootstrap
_FIND_SPEC = _bootstrap._find_spec.__code__
_FIND_AND_LOAD = _bootstrap._find_and_load_unlocked.__code__
_MANY_FRAMES = 8


class _Import:
    """One that has begun. It keeps no frame alive."""

    __slots__ = ("loading", "name", "outer", "place", "start_ns", "thread")

    def __init__(self, name: str, thread: int, start_ns: int, place: Place | None, outer: _Import | None) -> None:
        self.name = name
        self.thread = thread
        self.start_ns = start_ns
        self.place = place
        self.outer = outer
        self.loading = False


class _Finder:
    """Finds nothing, and is asked first."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Notes that a module is looked for."""
        del path, target  # the protocol's
        self._imports.looked_for(fullname, sys._getframe(1))
        return None


class Imports:
    """Listens at `sys.meta_path`.

    Attributes:
        short: imports within another import that were too short for a span.
    """

    def __init__(self) -> None:
        self.short = 0
        self._sink: Sink | None = None
        self._finder = _Finder(self)
        # By name: a module's import holds its lock, so that there is one at a time. Whoever pops one ends it.
        self._begun: dict[str, _Import] = {}

    def install(self, sink: Sink) -> None:
        """Begins to listen."""
        self._sink = sink
        sys.meta_path.insert(0, self._finder)

    def uninstall(self) -> None:
        """Ends listening. Of an import that is still running the span ends now."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self._finder]
        self.poll()
        sink = self._sink
        if sink is not None:
            for begun in list(self._begun.values()):
                if begun.loading:
                    self._end(sink, begun, sink.clock())
        self._begun.clear()
        self._sink = None

    def poll(self) -> int:
        """Ends the spans of imports that are done. Any thread may call it at any rate.

        Returns:
            In how many nanoseconds it should be called again; 0 while nothing is imported.
        """
        sink = self._sink
        if sink is None or not self._begun:
            return 0
        try:
            now_ns = sink.clock()
            for begun in list(self._begun.values()):
                self._look_at(sink, begun, now_ns)
        except Exception as error:
            sink.fault("listening to imports", error)
        going_on = [begun.start_ns for begun in list(self._begun.values())]
        if not going_on:
            return 0
        late = int(_LATE * (sink.clock() - min(going_on)))
        return min(max(late, _SOONEST_NS), _LATEST_NS)

    def looked_for(self, name: str, frame: FrameType | None) -> None:
        """A finder was asked for a module, in a frame; only what the import statement asks for begins a span."""
        sink = self._sink
        if sink is None:
            return
        try:
            now_ns = sink.clock()
            importing = _importing(frame)
            if importing is None:
                return
            outer = self._outer(sink, threading.get_ident(), importing, now_ns)
            place = outer.place if outer is not None else sink.place(_importer(importing))
            self._begun[name] = _Import(name, threading.get_ident(), now_ns, place, outer)
            if outer is None:
                sink.hurry()
        except Exception as error:
            sink.fault("listening to imports", error)

    def _outer(self, sink: Sink, thread: int, importing: FrameType, now_ns: int) -> _Import | None:
        """The import within which this thread begins another one; those that are over end here."""
        outer: _Import | None = None
        running: set[object] | None = None
        for begun in reversed(list(self._begun.values())):
            if begun.thread != thread:
                continue
            self._look_at(sink, begun, now_ns)
            if begun.name not in self._begun:
                continue
            if not begun.loading:  # a finder imports something to find it, or it was not found
                if running is None:
                    running = _running(importing)
                if begun.name not in running:
                    self._begun.pop(begun.name, None)
                    continue
            outer = outer or begun
        return outer

    def _look_at(self, sink: Sink, begun: _Import, now_ns: int) -> None:
        module = sys.modules.get(begun.name)
        if module is None:
            if begun.loading:  # it failed
                self._begun.pop(begun.name, None)
            return
        spec = _spec(module)
        if getattr(spec, "_initializing", False):
            begun.loading = True
        elif begun.loading or (isinstance(spec, ModuleSpec) and spec.name == begun.name):
            self._end(sink, begun, now_ns)
        else:  # something else was put there under this name
            self._begun.pop(begun.name, None)

    def _end(self, sink: Sink, begun: _Import, now_ns: int) -> None:
        if self._begun.pop(begun.name, None) is not begun:
            return
        if begun.outer is not None and now_ns - begun.start_ns < SHORTEST_NS:
            self.short += 1
        else:
            sink.span(kind="import", name=begun.name, start_ns=begun.start_ns, end_ns=now_ns, place=begun.place)


def _importing(frame: FrameType | None) -> FrameType | None:
    """The import system's frame that imports a module, if a finder is asked for its sake."""
    for _ in range(_MANY_FRAMES):  # somebody's finder may ask ours
        if frame is None or frame.f_code is _FIND_SPEC:
            break
        frame = frame.f_back
    caller = frame.f_back if frame is not None else None
    return caller if caller is not None and caller.f_code is _FIND_AND_LOAD else None


def _importer(frame: FrameType | None) -> FrameType | None:
    """The frame that says `import`."""
    while frame is not None and frame.f_code.co_filename == _FIND_AND_LOAD.co_filename:
        frame = frame.f_back
    return frame


def _running(frame: FrameType | None) -> set[object]:
    """Names of the modules whose import is somewhere on this stack."""
    names: set[object] = set()
    while frame is not None:
        if frame.f_code is _FIND_AND_LOAD:
            names.add(frame.f_locals.get("name"))
        frame = frame.f_back
    return names


def _spec(module: object) -> object:
    """A module's spec, without waking a module that loads when it is touched."""
    try:
        attributes = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return None
    return attributes.get("__spec__") if isinstance(attributes, dict) else None
