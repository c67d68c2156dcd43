"""The sampler in C, from Python's side: turns what it has collected into functions, stacks and samples of the recording.

    _sampler.c   raw nodes (parent, code, instruction), rows (time, thread, raw node)
    drain        raw node -> node of the recording, once each; rows -> samples, by the column

What is kept of a stack is decided here, once for every raw node, by the rules of `stacks`. The module of a code object
is had from the address of the globals that it ran with, compared with those of the loaded modules; the address is never
followed, since what was there may be gone. Else the file tells, or what its function says of itself, which a decorator may have
changed.
"""

from __future__ import annotations

import _thread
import platform
import struct
import sys
import threading
from array import array
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from microlog_nb.capture.loops import loops
from microlog_nb.capture.samplers.base import Reading, SamplerUnavailable
from microlog_nb.capture.stacks import NO_STACK, RULES

if TYPE_CHECKING:
    from microlog_nb.capture.stacks import Stacks
    from microlog_nb.capture.threads import Slot, Threads
    from microlog_nb.model.builder import Builder

_ROW = np.dtype([("due", "<u4"), ("delay", "<u2"), ("thread", "<u2"), ("node", "<u4"), ("cpu", "<u4")])
_READING = struct.Struct("7q")
_NODE_BYTES = 12
_RULES = bytes(number for place in RULES for rule in place for number in rule)
_NONE = 0xFFFFFFFF
_SLOT_BITS = 14
_FIRST_UNKNOWN = (3, 16)

Ints = npt.NDArray[np.int64]


def load() -> Any:
    """The extension.

    Raises:
        SamplerUnavailable: it is not built here; the message says why, and how to get it.
    """
    if sys.platform not in ("linux", "darwin"):
        raise SamplerUnavailable(f"it is built for Linux and macOS only, this is {platform.system() or sys.platform}")
    if sys.implementation.name != "cpython" or sys.version_info >= _FIRST_UNKNOWN:
        raise SamplerUnavailable(
            f"it knows CPython 3.11 to 3.15, this is {platform.python_implementation()} {sys.version_info.major}.{sys.version_info.minor}"
        )
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        raise SamplerUnavailable("it is not built for free-threaded interpreters")
    try:
        from microlog_nb.capture import _sampler  # type: ignore[attr-defined,unused-ignore]  # built where it can be
    except ImportError as error:
        why = "" if str(error).startswith("cannot import name") else f" ({error})"  # there, but of another interpreter
        raise SamplerUnavailable(
            f"it is not built{why}: reinstall microlog_nb where there are a C compiler and Python's headers, "
            "`pip install --force-reinstall --no-binary microlog_nb microlog_nb`"
        ) from error
    return _sampler


class NativeSampler:
    """Samples by a thread of C that needs no lock of the interpreter's, so that C code holding it is seen, too.

    Args:
        builder: where the samples go.
        stacks: interns functions and stacks.
        threads: knows the threads.
        origin_ns: when the recorder began, on the clock of `time.perf_counter_ns`.
        clock: nanoseconds from there.
        interval_ns: time between samples.
        excluded: idents of threads that are not sampled.
        tasks: by ident, the asyncio task whose wait is shown while that thread runs nothing of the user's.
    """

    name = "native"

    def __init__(
        self,
        builder: Builder,
        stacks: Stacks,
        threads: Threads,
        origin_ns: int,
        clock: Callable[[], int],
        interval_ns: int,
        excluded: set[int],
        tasks: Mapping[int, Any],
    ) -> None:
        self._native = load()
        self._samples = builder.samples
        self._tree = _Tree(stacks)
        self._stacks = stacks
        self._threads = threads
        self._origin_ns = origin_ns
        self._clock = clock
        self._interval_ns = interval_ns
        self._excluded = excluded
        self._tasks = tasks
        self._waits: dict[int, list[tuple[int, int, int]]] = {}  # by ident: when seen, its stack, its first node
        self._slots: dict[int, Slot] = {}  # by the number that the extension gives a thread
        self._readings: list[Reading] = []
        self._active: set[int] = set()  # numbers of the threads whose last sample had a stack
        self._draining = _thread.allocate_lock()
        self._drainer = 0
        self._running = False
        self._error = ""
        self._last = (0, 0, 0, 0, 0, 0, False)

    # -- the protocol ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins, after the extension has tested that it understands this interpreter.

        Raises:
            SamplerUnavailable: it does not, or its thread cannot be started.
        """
        try:
            self._native.start(self._origin_ns, self._interval_ns)
        except self._native.SamplerError as error:
            raise SamplerUnavailable(str(error)) from error
        self._running = True

    def stop(self) -> None:
        """Ends, after a last drain."""
        self._native.pause()
        self.drain()
        with self._draining:
            self._last = self._native.counters()
            self._running = False
            self._native.stop()

    def abandon(self) -> None:
        """Forgets everything."""
        self._running = False
        self._native.abandon()

    def pause(self) -> None:
        """Ends the extension's thread, which would not be in the child, and takes its signal handlers away."""
        if self._running:
            self._native.pause()

    def resume(self) -> None:
        """Starts the thread again."""
        if self._running:
            try:
                self._native.resume()
            except self._native.SamplerError as error:
                self._error = f"the native sampler did not go on after a fork: {error}"

    def observe(self) -> None:
        """Looks now, on the calling thread."""
        self._exclude()
        self._native.observe()

    @property
    def interval_ns(self) -> int:
        """Time between samples."""
        return self._interval_ns

    @interval_ns.setter
    def interval_ns(self, interval_ns: int) -> None:
        if interval_ns != self._interval_ns:
            self._interval_ns = interval_ns
            self._native.set_interval(interval_ns)

    def read_process(self, interval_ns: int) -> None:
        """From now on the process as a whole is read at this interval, where that is possible."""
        # what `threading.active_count` counts
        active, limbo = threading._active, threading._limbo  # type: ignore[attr-defined]  # noqa: SLF001
        self._native.read_process(interval_ns, sys.modules, active, limbo)

    @property
    def reads_process(self) -> bool:
        """Whether its thread can read the process without the program noticing."""
        return self._running and bool(self._native.reads_process())

    def readings(self) -> list[Reading]:
        """What it has read of the process up to the last drain."""
        readings, self._readings = self._readings, []
        return readings

    @property
    def ticks(self) -> int:
        """Times it has looked."""
        return int(self._counters()[0])

    @property
    def missed(self) -> int:
        """Times that were due while its thread did not get a core."""
        return int(self._counters()[1])

    @property
    def torn(self) -> int:
        """Looks at a thread whose stack would not hold still."""
        return int(self._counters()[2])

    @property
    def cpu_ns(self) -> int:
        """CPU time of the extension's thread."""
        return int(self._counters()[5])

    @property
    def error(self) -> str:
        """Why it ended by itself, or ""."""
        return self._error or (
            "the native sampler could no longer read the program's stacks" if self._counters()[6] else ""
        )

    def look(self) -> None:
        """Notes the names of threads, and where suspended tasks wait."""
        self._exclude()
        at = self._clock()
        self._threads.look(at)
        for ident, task in list(self._tasks.items()):
            node = self._stacks.of_task(task)
            if node != NO_STACK:
                first = self._stacks.of_task(task, outermost=True)
                self._waits.setdefault(ident, []).append((at, node, first))

    def drain(self) -> None:
        """Moves what the extension has collected to the builder."""
        me = _thread.get_ident()
        if self._drainer == me:  # a signal handler that asks in the middle of it
            return
        with self._draining:
            self._drainer = me
            try:
                if self._running:
                    self._move()
            finally:
                self._drainer = 0

    # -- inside ------------------------------------------------------------------------------------------------------

    def _move(self) -> None:
        base_us, rows, nodes, codes, threads, readings = self._native.drain()
        self._tree.learn(codes)
        outside = self._tree.grow(self._native.grow, nodes)
        if len(outside):
            self._native.mark_outside(outside)
        self._native.show_everyone(bool(self._tasks))
        flat = self._table(base_us, np.frombuffer(rows, _ROW), threads)
        self._samples.frombytes(flat.tobytes())
        for at, cpu, busy, memory, modules, running, starting in _READING.iter_unpack(readings):
            self._readings.append(Reading(at, cpu, busy, memory, modules, running + starting))

    def _counters(self) -> tuple[int, int, int, int, int, int, bool]:
        if self._running:
            self._last = self._native.counters()
        return self._last

    def _exclude(self) -> None:
        for ident in list(self._excluded):
            self._native.exclude(ident)

    def _table(self, base_us: int, rows: npt.NDArray[Any], threads: list[tuple[int, int, int, int]]) -> Ints:
        """Rows of the table of samples."""
        number = rows["thread"] & ((1 << _SLOT_BITS) - 1)
        due = (base_us + rows["due"].astype(np.int64)) * 1000
        taken = due + rows["delay"].astype(np.int64) * 1000
        thread = self._thread_numbers(number, taken, threads)
        stack = self._tree.nodes(rows["node"])
        for ident, waits in self._waits.items():
            self._fill_waits(self._threads.slot(ident, 0).number, waits, thread, taken, stack)
        self._waits = {ident: waits[-1:] for ident, waits in self._waits.items()}
        cpu = rows["cpu"].astype(np.int64)
        table = np.stack(
            [
                due,
                taken - due,
                thread,
                stack,
                np.where(cpu == _NONE, -1, cpu),
                (rows["thread"] >> _SLOT_BITS).astype(np.int64),
            ],
            axis=1,
        )
        kept: Ints = np.ascontiguousarray(table[self._first_outside(thread, stack)])
        return kept

    def _thread_numbers(self, number: npt.NDArray[Any], taken: Ints, threads: list[tuple[int, int, int, int]]) -> Ints:
        numbers = np.zeros((1 << _SLOT_BITS), np.int64)
        begin = dict(zip(*(part.tolist() for part in np.unique(number, return_index=True)), strict=True))
        for slot, _, ident, native_id in threads:
            at = int(taken[begin[slot]]) if slot in begin else self._clock()
            self._slots[slot] = self._threads.of_native(ident, native_id, at)
        for slot in begin:
            numbers[slot] = self._slots[slot].number
        thread: Ints = numbers[number]
        backwards, last = np.unique(number[::-1], return_index=True)
        for slot, index in zip(backwards.tolist(), last.tolist(), strict=True):
            self._slots[slot].end_ns = max(self._slots[slot].end_ns, int(taken[len(taken) - 1 - index]))
        return thread

    def _first_outside(self, thread: Ints, stack: Ints) -> npt.NDArray[np.bool_]:
        """Leaves of each thread's samples outside the user's code only the first one after it left."""
        order = np.argsort(thread, kind="stable")
        of, inside = thread[order], stack[order] >= 0
        begins = np.ones(len(of), bool)
        begins[1:] = of[1:] != of[:-1]
        before = np.roll(inside, 1)
        before[begins] = np.isin(of[begins], list(self._active))
        ends = np.roll(begins, -1)
        self._active.difference_update(of[ends].tolist())
        self._active.update(of[ends & inside].tolist())
        keep = np.zeros(len(of), bool)
        keep[order] = inside | before
        return keep

    @staticmethod
    def _fill_waits(number: int, waits: list[tuple[int, int, int]], thread: Ints, taken: Ints, stack: Ints) -> None:
        """While a cell's task waits, its thread is outside: the samples get the stack in which the task was seen waiting.

        A wait too short to be looked at gets the first node of the nearest one: the cell waits, nobody saw where.
        """
        rows = np.flatnonzero(thread == number)
        outside = stack[rows] < 0
        rows_out = rows[outside]
        if not len(rows_out):
            return
        seen, node, first = (np.array(column, np.int64) for column in zip(*waits, strict=True))
        users = taken[rows[~outside]]
        after = np.clip(np.searchsorted(seen, taken[rows_out]), 0, len(seen) - 1)
        before = np.maximum(after - 1, 0)
        when = taken[rows_out]
        nearest = np.where(np.abs(seen[before] - when) <= np.abs(seen[after] - when), before, after)
        gap, looked_in = np.searchsorted(users, when), np.searchsorted(users, seen)
        filled = first[nearest]
        for candidate in (after, before):
            filled = np.where(looked_in[candidate] == gap, node[candidate], filled)
        stack[rows_out] = filled


class _Tree:
    """Raw nodes of the extension and what they are in the recording."""

    def __init__(self, stacks: Stacks) -> None:
        self._stacks = stacks
        self._modules = _Modules()
        self._codes: list[tuple[int, int, int, bytes, bytes] | None] = []
        self._node = array("q")
        self._place = bytearray()

    def learn(self, codes: list[tuple[str, str, str, int, int, bytes | None, bytes, bytes, int]]) -> None:
        """Adds code objects.

        Each is module of the function or "", file, qualified name, first line, length, instructions as in `co_code` or None if they were being traced,
        line table, line of each unit, address of the globals.
        """
        self._modules.find({(namespace, file) for _, file, *_, namespace in codes})
        for of_function, file, name, line, length, instructions, table, lines, namespace in codes:
            module = self._modules.name(namespace, file) or of_function
            # of traced instructions it is not known where they jump: going back is never held to be another call then
            regions = loops(instructions) if instructions is not None else [(0, length)]
            function = self._stacks.function(module, name, file, line, table, length, regions)
            known = None
            if function is not None:
                number, owner, begin, regions = function
                known = (int(owner), number, begin, lines, array("i", sum(regions, ())).tobytes())
            self._codes.append(known)

    def grow(self, grow: Callable[..., tuple[bytes, bytes, bytes]], raw: bytes) -> npt.NDArray[np.uint32]:
        """Adds nodes by the extension's `grow`; returns the numbers of those of which nothing is the user's."""

        def add(nodes: dict[tuple[int, int, int], int], following: int) -> tuple[tuple[bytes, bytes], bytes]:
            ids, places, rows = grow(nodes, following, _RULES, self._codes, self._node, self._place, raw)
            return (ids, places), rows

        begin = len(self._node)
        # a signal handler that drains while its own thread is being answered: these nodes are left out
        none = np.full(len(raw) // _NODE_BYTES, NO_STACK, np.int64).tobytes(), bytes(len(raw) // _NODE_BYTES)
        ids, places = self._stacks.grow(add) or none
        self._node.frombytes(ids)
        self._place += places
        return (np.flatnonzero(np.frombuffer(ids, np.int64) < 0) + begin).astype(np.uint32)

    def nodes(self, raw: npt.NDArray[Any]) -> Ints:
        """Nodes of the recording for raw ones."""
        if not len(self._node):
            return np.full(len(raw), NO_STACK, np.int64)
        known = np.frombuffer(self._node, np.int64)
        found: Ints = np.where(raw == _NONE, NO_STACK, known[np.where(raw == _NONE, 0, raw)])
        del known  # the array cannot grow before, and whoever looks at this frame would keep it
        return found


class _Modules:
    """Names of loaded modules by the address of their globals, and by their file: of those that are asked for.

    It keeps none of them alive, so an address may become another's: an answer is checked before it is given. All the others
    are passed over: a number kept for each of a thousand modules moves the program's own numbers to other places in memory,
    which changed the time of a loop by 3 %.
    """

    def __init__(self) -> None:
        self._by_address: dict[int, tuple[str, str]] = {}  # key in `sys.modules`, the module's name
        self._by_file: dict[str, str] = {}

    def find(self, wanted: set[tuple[int, str]]) -> None:
        """Looks for these among the modules that are loaded now: the address of the globals and the file of each."""
        addresses = {namespace for namespace, _ in wanted if not self._is_current(namespace)}
        if not addresses:
            return
        files = {file for namespace, file in wanted if namespace in addresses}
        for key, module in list(sys.modules.items()):
            names = _globals_of(module)
            name, file = (names.get("__name__"), names.get("__file__")) if names is not None else (None, None)
            if isinstance(name, str):
                if id(names) in addresses:
                    self._by_address[id(names)] = (key, name)
                if isinstance(file, str) and file in files:
                    self._by_file.setdefault(file, name)

    def name(self, namespace: int, file: str) -> str:
        """The module whose globals are at this address, else the one made from this file, else ""."""
        return self._by_address[namespace][1] if self._is_current(namespace) else self._by_file.get(file, "")

    def _is_current(self, namespace: int) -> bool:
        known = self._by_address.get(namespace)
        return known is not None and id(_globals_of(sys.modules.get(known[0]))) == namespace


def _globals_of(module: object) -> dict[str, Any] | None:
    try:
        names = object.__getattribute__(module, "__dict__")  # wakes no module that loads when it is touched
    except AttributeError:
        return None
    return names if isinstance(names, dict) else None
