"""What rules read, and what they say.

    stack       <module>:12 - iterrows - _ixs - Series.__init__        the user's code, then the library's
    place       ^^^^^^^^^^^^                                           a function of the user's and its line
    found             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^         what a rule names, and all that it calls

Everything is worked out for the nodes of the tree of stacks, of which there are few, not for samples. The tree is laid out so
that what a node calls is the range behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb import words
from microlog_nb.analysis.calls import Calls, Floats, Ints
from microlog_nb.analysis.lines import sample_ns
from microlog_nb.analysis.tips.code import Code
from microlog_nb.model.schema import FUNCTION_KINDS, SAMPLE_STATES
from microlog_nb.model.trace import Trace

Mask = npt.NDArray[np.bool_]
_LAST = re.compile(r"[/\\]")

MIN_SHARE = 0.05
"""What takes less of the recording is not worth a change of the program."""
MIN_NS = 50_000_000
"""What takes less is not worth it either: a tenth of a second is when people begin to notice; and it is some 50 samples."""
MANY = 10
"""So many calls seen from one place, outside of a visible loop, mean that a library calls it item by item."""


@dataclass(frozen=True)
class Place:
    """A line of the user's, and the time that it spent in what a rule looks for.

    What it takes to look through the calls is worked out only for the rule that asks.

    Attributes:
        function: row of the trace's functions, -1 if none of the user's.
        line: the line with the most of that time.
        ns: the time.
        waiting_ns: the part of it in which the thread waited.
        in_loop: whether the line, or a line of the user's that leads there, is in a loop.
        looped_here: whether the line itself is in a loop of its function.
        covered: nodes whose time this is.
        look: gives its calls, and how many there were at the least.
        durations_ns: of all calls of the recording.
        lines: how many lines of the function it is spread over.
    """

    function: int
    line: int
    ns: float
    waiting_ns: float
    in_loop: bool
    looped_here: bool
    covered: Mask
    look: Callable[[], tuple[Ints, int]] = field(repr=False, compare=False)
    durations_ns: Ints = field(repr=False, compare=False)
    lines: int = 1

    @cached_property
    def _looked(self) -> tuple[Ints, int]:
        return self.look()

    @property
    def calls(self) -> int:
        """Calls seen; short ones between two samples are missed, so there were at least so many."""
        return self._looked[1]

    @property
    def call(self) -> int:
        """Id of the longest of them, -1 if none."""
        calls = self._looked[0]
        return int(calls[np.argmax(self.durations_ns[calls])]) if len(calls) else -1

    @property
    def looped(self) -> bool:
        """Whether it is in a loop, or many calls were seen."""
        return self.in_loop or self.calls >= MANY


@dataclass(frozen=True)
class Tip:
    """A finding with its evidence and what to do about it.

    Attributes:
        tip: the rule's name.
        title: what to do, in a few words.
        advice: the same in one or two sentences.
        saving_ns: time that could be saved at most; NaN if unknown.
        share: of the recording's time, 0 to 1.
        function: row of the trace's functions: the user's, -1 if none.
        line: where in it.
        call: id of an example, -1 if none.
        evidence: a sentence with the numbers.
        score: seconds that could be saved, weighted by how sure that is (0 to 1).
        chips: the evidence in a few words each.
        covered: nodes of the tree of stacks whose time it is about; None if it is not about certain calls.
    """

    tip: str
    title: str
    advice: str
    saving_ns: float
    share: float
    function: int
    line: int
    call: int
    evidence: str
    score: float
    chips: tuple[str, ...] = ()
    covered: Mask | None = field(default=None, repr=False, compare=False)


class Evidence:
    """One recording as rules see it. Arrays have one entry a node of the tree of stacks, unless they say otherwise."""

    def __init__(self, trace: Trace, calls: Calls) -> None:
        self.trace = trace
        self.calls = calls
        self.duration_ns = max(trace.duration_ns, 1)
        self.parent = trace.numbers("stacks", "parent").astype(np.int64)
        self.function = trace.numbers("stacks", "function").astype(np.int64)
        self.line = trace.numbers("stacks", "line").astype(np.int64)
        self.names = trace.texts("functions", "name")
        self.modules = trace.texts("functions", "module")
        self.files = trace.texts("functions", "file")
        self._codes: dict[str, Code] = {}
        self._lay_out()
        self._measure()
        self._find_user()

    # -- what rules ask ------------------------------------------------------------------------------------------------

    def named(self, module: str, pattern: str = "") -> Mask:
        """Functions of this module or package whose qualified name matches the whole pattern; "" is any."""
        expression = re.compile(pattern) if pattern else None
        found = np.zeros(len(self.names), bool)
        for row in self._packages.get(module.partition(".")[0], ()):
            inside = self.modules[row] == module or self.modules[row].startswith(f"{module}.")
            found[row] = inside and (expression is None or expression.fullmatch(self.names[row]) is not None)
        return found

    def places(
        self,
        functions: Mask,
        *,
        own: bool = False,
        direct: bool = False,
        entered: bool = False,
        caller: bool = False,
        outside: bool = False,
    ) -> list[Place]:
        """Where the user's code spends a time that matters in these functions, the most expensive first.

        Args:
            functions: of the trace.
            own: leaves out what they call back of the user's code.
            direct: only where the user's code calls them itself.
            entered: only where the user's code calls the package that they belong to.
            caller: the functions are the user's own; the places are where they are called from.
            outside: also in threads of libraries, in which the user's code does not run.
        """
        if not functions.any():
            return []
        nodes = self._outermost(functions[self.function])
        if direct:
            nodes = nodes[self._called_by_user[nodes]]
        if entered:
            nodes = nodes[self._entered[nodes]]
        time = self._own_ns if own else self.total_ns
        waiting = self._own_waiting_ns if own else self.total_waiting_ns
        users = np.append(self.user, -1)[self.parent[nodes]] if caller else self.user[nodes]
        if not outside:
            nodes, users = nodes[users >= 0], users[users >= 0]
        return self._grouped(nodes, users, time, waiting, own=own)

    def lines(self) -> list[Place]:
        """Lines of the user's whose own code, or C code called from there, takes a time that matters."""
        return self._own_lines

    def loops(self) -> list[Place]:
        """The same by loops: the lines of one outermost loop of a function are one place, at the most expensive of them."""
        return self._own_loops

    def waiting_lines(self) -> list[Place]:
        """Lines of the user's at which threads waited a time that matters, in whatever they call."""
        return [place for place in self._all_lines if self.matters(place.waiting_ns)]

    def calling_lines(self) -> list[Place]:
        """Lines of the user's that spend a time that matters in functions of the user's, the most expensive first."""
        return [place for place in self._all_lines if self._calls_user[place.covered].any()]

    def lines_of(self, place: Place) -> dict[int, int]:
        """For the lines of a place's function from which its calls came: how many there were at the least."""
        within = self.calls.function[self.calls.parent] == place.function
        tops = np.unique(self.function[np.flatnonzero(place.covered & self._called_by_user)])
        rows = np.flatnonzero(within & (self.calls.parent >= 0) & np.isin(self.calls.function, tops))
        of = self.calls.caller_line[rows]
        return {int(line): self._times(rows[of == line]) for line in np.unique(of)}

    def calls_back(self, place: Place) -> bool:
        """Whether code of the user's was called from inside what the place is about."""
        return bool((place.covered & self.is_user).any())

    def recursive(self) -> dict[int, int]:
        """Functions of the user's that take a time that matters and call themselves: how often they were seen on one stack."""
        return self._recursive

    def place_in(self, place: Place, function: int) -> Place:
        """A place of calls of a function of the user's, moved into that function: to its most expensive line."""
        inside = np.flatnonzero(place.covered & (self.function == function))
        lines, number = np.unique(self.line[inside], return_inverse=True)
        line = int(lines[np.argmax(np.bincount(number, weights=self.self_ns[inside]))])
        return replace(place, function=function, line=line, lines=1)

    def mean_metric(self, name: str) -> float:
        """Mean of a metric of the process, NaN if it was not read."""
        values = self.trace.numbers("metrics", "value")[self._metric_names == name]
        values = values[np.isfinite(values)]
        return float(values.mean()) if len(values) else float("nan")

    @cached_property
    def expensive(self) -> Mask:
        """Functions of the trace that take a time that matters, with what they call."""
        total = np.bincount(self.function, weights=self.total_ns, minlength=len(self.names))
        found: Mask = total >= max(
            MIN_NS, MIN_SHARE * self.duration_ns
        )  # recursion counts too much here, which only asks more
        return found

    def cover_line(self, function: int, first: int, last: int) -> Mask:
        """Nodes of these lines of a function, without what they call."""
        covered: Mask = (self.function == function) & (self.line >= first) & (self.line <= last)
        return covered

    def code(self, place: Place) -> Code:
        """The source of the file of a place; empty if the recording has it not."""
        return self._code_of(self.files[place.function] if place.function >= 0 else "")

    def matters(self, ns: float) -> bool:
        """Whether a time is worth a tip."""
        return ns >= max(MIN_NS, MIN_SHARE * self.duration_ns)

    def share(self, ns: float) -> float:
        """Of the recording; threads beside one another count as one."""
        return min(ns / self.duration_ns, 1.0)

    def where(self, function: int, line: int) -> str:
        """A place as it is shown: "In [7]:12", "steps.py:40"."""
        if function < 0:
            return "a place outside your code"
        return f"{_LAST.split(self.files[function])[-1]}:{line}"

    def cost(self, place: Place) -> str:
        """The numbers of a place: "1.20 s, 62% of the recording, at In [7]:12"."""
        time, part = words.duration(place.ns), words.percent(self.share(place.ns))
        near = f" and {words.plural(place.lines - 1, 'line')} more" if place.lines > 1 else ""
        return f"{time}, {part} of the recording, at {self.where(place.function, place.line)}{near}"

    def tip(
        self,
        tip: str,
        place: Place,
        *,
        title: str,
        advice: str,
        evidence: str,
        sure: float,
        saving: float = 1.0,
        chips: Iterable[str] = (),
    ) -> Tip:
        """A tip about a place.

        Args:
            tip: the rule's name.
            place: what it is about.
            title: what to do, in a few words.
            advice: one or two sentences.
            evidence: a sentence with the numbers.
            sure: how sure it is that the time can be saved, 0 to 1.
            saving: share of the place's time that can be saved at most; NaN if unknown.
            chips: further evidence in a few words each.
        """
        known = saving if saving == saving else 1.0  # noqa: PLR0124  # NaN
        return Tip(
            tip=tip,
            title=title,
            advice=advice,
            saving_ns=place.ns * saving,
            share=self.share(place.ns),
            function=place.function,
            line=place.line,
            call=place.call,
            evidence=evidence,
            score=place.ns * known * sure / 1e9,
            chips=(f"{self.where(place.function, place.line)} {words.duration(place.ns)}", *chips),
            covered=place.covered,
        )

    # -- the tree --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Levels from the roots; the order of a walk through the tree; where in it each node's range begins and ends."""
        size = len(self.parent)
        by_parent = np.argsort(self.parent, kind="stable")
        sorted_parent = self.parent[by_parent]
        first = np.searchsorted(sorted_parent, np.arange(-1, size + 1))
        levels = []
        frontier = by_parent[first[0] : first[1]]
        while len(frontier):
            levels.append(frontier)
            begin, count = first[frontier + 1], first[frontier + 2] - first[frontier + 1]
            at = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
            frontier = by_parent[at]
        self.levels: list[Ints] = levels
        below = self._sums(np.ones(size, np.float64))
        self._begin = np.zeros(size, np.int64)
        for level in levels:
            parents, sizes = self.parent[level], below[level].astype(np.int64)
            before = np.cumsum(sizes) - sizes
            new = np.append(True, parents[1:] != parents[:-1])
            start = np.maximum.accumulate(np.where(new, np.arange(len(level)), 0))
            base = np.where(parents >= 0, self._begin[parents] + 1, 0)
            self._begin[level] = base + before - before[start]
        self._end = self._begin + below.astype(np.int64)

    def _sums(self, values: npt.NDArray[Any], keep: Mask | None = None) -> Floats:
        """For each node its value and those of all that it calls; through nodes that are kept only."""
        total = values.astype(np.float64)
        for level in reversed(self.levels[1:]):
            rows = level if keep is None else level[keep[level]]
            np.add.at(total, self.parent[rows], total[rows])
        return total

    def _measure(self) -> None:
        trace, size = self.trace, len(self.parent)
        stack = trace.numbers("samples", "stack").astype(np.int64)
        weight = sample_ns(trace).astype(np.float64)
        seen = stack >= 0
        state = trace.words("samples", "state", SAMPLE_STATES)
        cpu = trace.numbers("samples", "cpu_ns")
        idle = np.where(cpu >= 0, np.maximum(weight - cpu, 0), 0)
        told = state != SAMPLE_STATES.index("unknown")
        waited = np.where(told, np.where(state == SAMPLE_STATES.index("waiting"), weight, 0), idle)
        fought = np.where(state == SAMPLE_STATES.index("contended"), weight, 0)
        self.self_ns = np.bincount(stack[seen], weights=weight[seen], minlength=size)
        self.waiting_ns = np.bincount(stack[seen], weights=waited[seen], minlength=size)
        self.contended_ns = np.bincount(stack[seen], weights=fought[seen], minlength=size)
        self.total_ns = self._sums(self.self_ns)
        self.total_waiting_ns = self._sums(self.waiting_ns)

    def _find_user(self) -> None:
        """For every node the innermost frame of the user's at or above it (-1 if none), and whether a loop is around it."""
        library = self.trace.words("functions", "kind", FUNCTION_KINDS) == FUNCTION_KINDS.index("library")
        self.is_user: Mask = ~library[self.function]
        self.in_loop: Mask = self.trace.numbers("stacks", "loop") >= 0
        self.user = np.full(len(self.parent), -1, np.int64)
        self.looped = np.zeros(len(self.parent), bool)
        for level in self.levels:
            up = self.parent[level]
            above = up >= 0
            mine = self.is_user[level]
            self.user[level] = np.where(mine, level, np.where(above, self.user[up], -1))
            self.looped[level] = (above & self.looped[up]) | (mine & self.in_loop[level])
        self._own_ns = self._sums(self.self_ns, ~self.is_user)
        self._own_waiting_ns = self._sums(self.waiting_ns, ~self.is_user)

    @cached_property
    def _called_by_user(self) -> Mask:
        """Nodes that a frame of the user's called, be it through the wrapper of a decorator."""
        wrapper = np.array(["wrapper" in name or "_decorator" in name for name in self.names], bool)
        mine = np.append(self.is_user, False)
        through = np.append(wrapper[self.function], False) & mine[np.append(self.parent, -1)]
        called: Mask = mine[self.parent] | through[self.parent]
        return called

    @cached_property
    def _entered(self) -> Mask:
        """Nodes below the user's code with only functions of their own package between."""
        number = {package: place for place, package in enumerate(self._packages)}
        of = np.array([number[module.partition(".")[0]] for module in self.modules], np.int64)
        entered = np.zeros(len(self.parent), bool)
        for level in self.levels[1:]:
            up = self.parent[level]
            same = of[self.function[level]] == of[self.function[up]]
            entered[level] = self.is_user[up] | (entered[up] & same)
        return entered

    def _outermost(self, matching: Mask) -> Ints:
        """The matching nodes that are not below another."""
        nodes = np.flatnonzero(matching)
        nodes = nodes[np.argsort(self._begin[nodes])]
        reach = np.maximum.accumulate(self._end[nodes])
        keep = np.ones(len(nodes), bool)
        keep[1:] = self._begin[nodes[1:]] >= reach[:-1]
        kept: Ints = nodes[keep]
        return kept

    def _range(self, nodes: Ints) -> Mask:
        """These nodes and all that they call."""
        size = len(self.parent)
        change = np.bincount(self._begin[nodes], minlength=size + 1) - np.bincount(self._end[nodes], minlength=size + 1)
        covered: Mask = (np.cumsum(change) > 0)[self._begin]
        return covered

    def _covered(self, nodes: Ints, *, own: bool) -> Mask:
        covered = self._range(nodes)
        if own:
            covered &= ~self._range(np.flatnonzero(covered & self.is_user))
        return covered

    # -- places ----------------------------------------------------------------------------------------------------------

    def _grouped(self, nodes: Ints, users: Ints, time: Floats, waiting: Floats, *, own: bool) -> list[Place]:
        """A place for every function of the users' frames that these nodes belong to."""
        of = np.where(users >= 0, self.function[users], -1) if len(users) else users
        time = time[nodes]
        found = []
        for function in np.unique(of):
            rows = np.flatnonzero(of == function)
            ns = float(time[rows].sum())
            if not self.matters(ns):
                continue
            tops, at = nodes[rows], users[rows]
            line_of = np.where(at >= 0, self.line[at], 0)
            lines, number = np.unique(line_of, return_inverse=True)
            spent = np.bincount(number, weights=time[rows])
            hottest = int(np.argmax(spent))
            there = at[number == hottest]
            found.append(
                Place(
                    function=int(function),
                    line=int(lines[hottest]),
                    ns=ns,
                    waiting_ns=float(waiting[tops].sum()),
                    look=partial(self._look_from, tops),
                    durations_ns=self._durations_ns,
                    in_loop=bool(self.looped[there].any()),
                    looped_here=bool(self.in_loop[there].any()),
                    covered=self._covered(tops, own=own),
                    lines=int(np.count_nonzero(spent >= 0.1 * ns)),
                )
            )
        return sorted(found, key=lambda place: -place.ns)

    def _look_from(self, nodes: Ints) -> tuple[Ints, int]:
        """The calls of these nodes' functions from there, and how many there were at the least."""
        calls = self._calls_of(nodes)
        return calls, self._times(calls)

    def _look_at(self, function: int) -> tuple[Ints, int]:
        """The same of all calls of a function."""
        calls = np.flatnonzero(self.calls.function == function)
        return calls, len(calls)

    @cached_property
    def _durations_ns(self) -> Ints:
        return self.calls.duration_ns

    def _calls_of(self, nodes: Ints) -> Ints:
        """Calls of the functions of these nodes from where these nodes were called."""
        up = self.parent[nodes]
        caller = np.where(up >= 0, self.function[up], -1)
        line = np.where(up >= 0, self.line[up], 0)
        wanted = np.unique((self.function[nodes] * (len(self.names) + 1) + caller + 1) << 24 | line)
        return np.flatnonzero(np.isin(self._call_keys, wanted))

    def _times(self, calls: Ints) -> int:
        """How many calls there were at the least.

        A call that was always seen at one instruction may be several. Outside of a loop, one instruction calls once: what
        it called so many times was called by so many calls.
        """
        times, within = len(calls), calls
        while len(within):
            inside = np.zeros(len(self.calls) + 1, bool)
            inside[within] = True
            below = np.flatnonzero(inside[self.calls.parent])
            function, line = self.calls.function[self.calls.parent[below]], self.calls.caller_line[below]
            number = np.searchsorted(self._lines_seen, function << 32 | line)
            once = self._instructions[np.minimum(number, len(self._lines_seen) - 1)] == 1
            within, function, line = below[once], function[once], line[once]
            site = (self.calls.function[within] << 24 | line) * (len(self.names) + 1) + function
            times = max(times, int(np.unique(site, return_counts=True)[1].max(initial=0)))
        return times

    @cached_property
    def _lines_seen(self) -> Ints:
        return np.unique(self.function << 32 | self.line)

    @cached_property
    def _instructions(self) -> Ints:
        """For every line seen, of whatever function: at how many instructions; more than one if it is in a loop."""
        key = self.function << 32 | self.line
        instruction = self.trace.numbers("stacks", "instruction").astype(np.int64)
        sites = np.unique(np.stack([np.searchsorted(self._lines_seen, key), instruction]), axis=1)
        count = np.bincount(sites[0], minlength=len(self._lines_seen))
        count += 2 * np.bincount(np.searchsorted(self._lines_seen, key[self.in_loop]), minlength=len(self._lines_seen))
        return count

    @cached_property
    def _call_keys(self) -> Ints:
        calls = self.calls
        caller = np.append(calls.function, -1)[calls.parent]
        keys: Ints = (calls.function * (len(self.names) + 1) + caller + 1) << 24 | calls.caller_line
        return keys

    @cached_property
    def _own_lines(self) -> list[Place]:
        mine = np.flatnonzero(self.is_user & (self.self_ns > 0))
        return self._by_key(mine, self.function[mine] << 32 | self.line[mine], own=True)

    @cached_property
    def _own_loops(self) -> list[Place]:
        mine = np.flatnonzero(self.is_user & (self.self_ns > 0) & self.in_loop)
        busy = np.bincount(self.function[mine], weights=self.self_ns[mine], minlength=len(self.names))
        mine = mine[[self.matters(ns) for ns in busy[self.function[mine]]]]
        pairs, number = np.unique(self.function[mine] << 32 | self.line[mine], return_inverse=True)
        begins = [self._loop_of(int(pair >> 32), int(pair & 0xFFFFFFFF)) for pair in pairs.tolist()]
        key = (pairs >> 32 << 32 | np.array(begins, np.int64).reshape(-1))[number]
        return self._by_key(mine, key, own=True)

    @cached_property
    def _all_lines(self) -> list[Place]:
        mine = np.flatnonzero(self.is_user)
        return self._by_key(mine, self.function[mine] << 32 | self.line[mine], own=False)

    def _loop_of(self, function: int, line: int) -> int:
        loop = self._code_of(self.files[function]).outer_loop(line)
        return loop.lineno if loop is not None else 0

    def _code_of(self, file: str) -> Code:
        if file not in self._codes:
            self._codes[file] = Code(self._sources.get(file, ""))
        return self._codes[file]

    def _by_key(self, nodes: Ints, key: Ints, *, own: bool) -> list[Place]:
        """Places of nodes of the user's that share a key."""
        keys, number = np.unique(key, return_inverse=True)
        value = self.self_ns if own else self.total_ns
        found = []
        for group in np.flatnonzero(np.bincount(number, weights=value[nodes], minlength=len(keys)) >= MIN_NS):
            rows = nodes[number == group]
            if not own:  # a line of a recursive function counts once
                only = np.zeros(len(self.parent), bool)
                only[rows] = True
                rows = self._outermost(only)
            ns = float(value[rows].sum())
            if not self.matters(ns):
                continue
            covered = self._covered(rows, own=False)
            if own:
                covered = np.zeros(len(self.parent), bool)
                covered[rows] = True
            function = int(self.function[rows[0]])
            lines, at = np.unique(self.line[rows], return_inverse=True)
            found.append(
                Place(
                    function=function,
                    line=int(lines[np.argmax(np.bincount(at, weights=value[rows]))]),
                    ns=ns,
                    waiting_ns=float((self.waiting_ns if own else self.total_waiting_ns)[rows].sum()),
                    look=partial(self._look_at, function),
                    durations_ns=self._durations_ns,
                    in_loop=bool(self.looped[rows].any()),
                    looped_here=bool(self.in_loop[rows].any()),
                    covered=covered,
                )
            )
        return sorted(found, key=lambda place: -place.ns)

    @cached_property
    def _recursive(self) -> dict[int, int]:
        parents = self.parent[self.is_user & (self.parent >= 0)]
        nodes = np.flatnonzero(self.is_user & (self.parent >= 0))
        again = np.unique(self.function[nodes][self.function[nodes] == self.function[parents]])
        found = {}
        for function in again[self.expensive[again]].tolist():
            times = (self.function == function).astype(np.int64)
            for level in self.levels[1:]:
                times[level] += times[self.parent[level]]
            found[function] = int(times.max())
        return found

    @cached_property
    def _calls_user(self) -> Mask:
        """Nodes of the user's that were called by the user's."""
        called: Mask = self.is_user & np.append(self.is_user, False)[self.parent]
        return called

    @cached_property
    def _metric_names(self) -> npt.NDArray[Any]:
        return np.array(self.trace.texts("metrics", "name"), object)

    @cached_property
    def _packages(self) -> dict[str, list[int]]:
        packages: dict[str, list[int]] = {}
        for row, module in enumerate(self.modules):
            packages.setdefault(module.partition(".")[0], []).append(row)
        return packages

    @cached_property
    def _sources(self) -> dict[str, Any]:
        return dict(zip(self.trace.texts("sources", "file"), self.trace.texts("sources", "text"), strict=True))
