"""Places: lines of the user's, and the time spent there in what a rule looks for.

stack       <module>:12 - iterrows - _ixs - Series.__init__        the user's code, then the library's
place       ^^^^^^^^^^^^                                           a function of the user's and its line
covered                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^        what a rule names, and all that it calls
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np

from microlog_nb.analysis.calls import Ints
from microlog_nb.analysis.tips.code import Code, Sources
from microlog_nb.analysis.tips.seen import Seen, SeenCalls
from microlog_nb.analysis.tips.tree import MIN_NS, Mask, Tree

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
        look: gives its calls.
        lines: how many lines of the function it is spread over.
    """

    function: int
    line: int
    ns: float
    waiting_ns: float
    in_loop: bool
    looped_here: bool
    covered: Mask
    look: Callable[[], Seen] = field(repr=False, compare=False)
    lines: int = 1

    @cached_property
    def _seen(self) -> Seen:
        return self.look()

    @property
    def calls(self) -> int:
        """Calls seen; short ones between two samples are missed, so there were at least so many."""
        return self._seen.times

    @property
    def call(self) -> int:
        """Id of the longest of them, -1 if none."""
        return self._seen.longest

    @property
    def looped(self) -> bool:
        """Whether it is in a loop, or many calls were seen."""
        return self.in_loop or self.calls >= MANY


class Places:
    """The places of a recording, as rules ask for them: the most expensive first, those whose time matters."""

    def __init__(self, tree: Tree, seen: SeenCalls, files: Sequence[str], sources: Sources) -> None:
        self._tree = tree
        self._seen = seen
        self._files = files
        self._sources = sources

    def of(
        self,
        functions: Mask,
        *,
        own: bool = False,
        direct: bool = False,
        entered: bool = False,
        caller: bool = False,
        outside: bool = False,
    ) -> list[Place]:
        """Where the user's code spends its time in these functions.

        Args:
            functions: of the trace.
            own: leaves out what they call back of the user's code.
            direct: only where the user's code calls them itself.
            entered: only where the user's code calls the package that they belong to.
            caller: the functions are the user's own; the places are where they are called from.
            outside: also in threads of libraries, in which the user's code does not run.
        """
        tree = self._tree
        if not functions.any():
            return []
        nodes = tree.outermost(functions[tree.function])
        if direct:
            nodes = nodes[tree.called_by_user[nodes]]
        if entered:
            nodes = nodes[tree.entered[nodes]]
        users = np.append(tree.user, -1)[tree.parent[nodes]] if caller else tree.user[nodes]
        if not outside:
            nodes, users = nodes[users >= 0], users[users >= 0]
        return self._by_function(nodes, users, own=own)

    @cached_property
    def own_lines(self) -> list[Place]:
        """Lines of the user's by the time of their own code, and of C code called from there."""
        tree = self._tree
        mine = np.flatnonzero(tree.is_user & (tree.self_ns > 0))
        return self._by_key(mine, tree.function[mine] << 32 | tree.line[mine], alone=True)

    @cached_property
    def own_loops(self) -> list[Place]:
        """The same by loops: the lines of one outermost loop of a function are one place, at the most expensive of them."""
        tree = self._tree
        mine = np.flatnonzero(tree.is_user & (tree.self_ns > 0) & tree.in_loop)
        busy = np.bincount(tree.function[mine], weights=tree.self_ns[mine], minlength=len(tree.names))
        mine = mine[[tree.matters(ns) for ns in busy[tree.function[mine]]]]
        pairs, number = np.unique(tree.function[mine] << 32 | tree.line[mine], return_inverse=True)
        begins = [self._loop_of(int(pair >> 32), int(pair & 0xFFFFFFFF)) for pair in pairs.tolist()]
        key = (pairs >> 32 << 32 | np.array(begins, np.int64).reshape(-1))[number]
        return self._by_key(mine, key, alone=True)

    def waiting(self) -> list[Place]:
        """Lines of the user's at which threads waited a time that matters, in whatever they call."""
        return [place for place in self._lines if self._tree.matters(place.waiting_ns)]

    def calling(self) -> list[Place]:
        """Lines of the user's that spend their time in functions of the user's."""
        tree = self._tree
        called = tree.is_user & np.append(tree.is_user, False)[tree.parent]
        return [place for place in self._lines if called[place.covered].any()]

    def inside(self, place: Place, function: int) -> Place:
        """A place of calls of a function of the user's, moved into that function: to its most expensive line."""
        tree = self._tree
        nodes = np.flatnonzero(place.covered & (tree.function == function))
        lines, number = np.unique(tree.line[nodes], return_inverse=True)
        line = int(lines[np.argmax(np.bincount(number, weights=tree.self_ns[nodes]))])
        return replace(place, function=function, line=line, lines=1)

    def calls_by_line(self, place: Place) -> dict[int, int]:
        """For the lines of a place's function from which its calls came: how many there were at the least."""
        tree = self._tree
        functions = np.unique(tree.function[place.covered & tree.called_by_user])
        return self._seen.by_line(place.function, functions)

    def code(self, place: Place) -> Code:
        """The source of the file of a place; empty if the recording has it not."""
        return self._sources.code(self._files[place.function] if place.function >= 0 else "")

    # -- how nodes become places -----------------------------------------------------------------------------------------

    def _by_function(self, nodes: Ints, users: Ints, *, own: bool) -> list[Place]:
        """A place for every function of the users' frames that these nodes belong to."""
        tree = self._tree
        time = tree.own_ns if own else tree.total_ns
        waiting = tree.own_waiting_ns if own else tree.total_waiting_ns
        of = np.where(users >= 0, tree.function[users], -1) if len(users) else users
        found = []
        for function in np.unique(of):
            rows = np.flatnonzero(of == function)
            tops, at = nodes[rows], users[rows]
            ns = float(time[tops].sum())
            if not tree.matters(ns):
                continue
            line_of = np.where(at >= 0, tree.line[at], 0)
            lines, number = np.unique(line_of, return_inverse=True)
            spent = np.bincount(number, weights=time[tops])
            hottest = int(np.argmax(spent))
            there = at[number == hottest]
            covered = tree.with_calls(tops)
            if own:
                covered &= ~tree.with_calls(np.flatnonzero(covered & tree.is_user))
            found.append(
                Place(
                    function=int(function),
                    line=int(lines[hottest]),
                    ns=ns,
                    waiting_ns=float(waiting[tops].sum()),
                    in_loop=bool(tree.looped[there].any()),
                    looped_here=bool(tree.in_loop[there].any()),
                    covered=covered,
                    look=partial(self._seen.from_nodes, tops),
                    lines=int(np.count_nonzero(spent >= 0.1 * ns)),
                )
            )
        return sorted(found, key=lambda place: -place.ns)

    def _by_key(self, nodes: Ints, key: Ints, *, alone: bool) -> list[Place]:
        """Places of nodes of the user's that share a key; alone: without what they call."""
        tree = self._tree
        time = tree.self_ns if alone else tree.total_ns
        waiting = tree.waiting_ns if alone else tree.total_waiting_ns
        keys, number = np.unique(key, return_inverse=True)
        found = []
        for group in np.flatnonzero(np.bincount(number, weights=time[nodes], minlength=len(keys)) >= MIN_NS):
            rows = nodes[number == group]
            if not alone:  # a line of a recursive function counts once
                rows = tree.outermost(tree.only(rows))
            ns = float(time[rows].sum())
            if not tree.matters(ns):
                continue
            function = int(tree.function[rows[0]])
            lines, at = np.unique(tree.line[rows], return_inverse=True)
            found.append(
                Place(
                    function=function,
                    line=int(lines[np.argmax(np.bincount(at, weights=time[rows]))]),
                    ns=ns,
                    waiting_ns=float(waiting[rows].sum()),
                    in_loop=bool(tree.looped[rows].any()),
                    looped_here=bool(tree.in_loop[rows].any()),
                    covered=tree.only(rows) if alone else tree.with_calls(rows),
                    look=partial(self._seen.of_function, function),
                )
            )
        return sorted(found, key=lambda place: -place.ns)

    @cached_property
    def _lines(self) -> list[Place]:
        """Lines of the user's by their time with all that they call."""
        tree = self._tree
        mine = np.flatnonzero(tree.is_user)
        return self._by_key(mine, tree.function[mine] << 32 | tree.line[mine], alone=False)

    def _loop_of(self, function: int, line: int) -> int:
        """Where the outermost loop around a line begins, 0 if there is none."""
        loop = self._sources.code(self._files[function]).outer_loop(line)
        return loop.lineno if loop is not None else 0
