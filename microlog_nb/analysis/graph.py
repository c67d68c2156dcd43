"""Who calls whom, at the level of modules, classes or functions.

    calls       cell - read - _parse - _next        cell and read are kept, what is folded is part of its caller
    nodes       cell   read~~~~~~~~~~~~~~~~~
    edges            -> 1 call, its total time

Kept are the user's own code, library code that the user's code enters for at least `KEEP_SHARE` of the time, and whatever has that
share of all self time. The rest is plumbing: it is folded, its time is its caller's own. Beyond `MOST_NODES`, those with the least
total time are grouped by package.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis import names
from microlog_nb.analysis.calls import Calls, Floats, Ints
from microlog_nb.analysis.functions import inside_itself
from microlog_nb.model.trace import Trace

LEVELS = ("module", "class", "function")
KEEP_SHARE = 0.01
"""Library code with less of the time is plumbing."""
MOST_NODES = 150
SINGLE_NODES = 120
"""So many nodes stand for themselves where there are more than `MOST_NODES`; the others are grouped."""
OTHERS = "others"

_STARTERS = frozenset(
    {
        ("threading", "Thread.start"),
        ("concurrent.futures.thread", "ThreadPoolExecutor.submit"),
        ("concurrent.futures.thread", "ThreadPoolExecutor._adjust_thread_count"),
    }
)
_START_INTERVALS = 2
"""A thread is first seen at most so many samples after the call that starts it."""


@dataclass(frozen=True)
class CallGraph:
    """Columns of nodes and of edges. Numbers of nodes count from 0.

    Attributes:
        node_of: node of every function of the trace, -1 if it is folded or was not called.
        name: what each node is called.
        function: its function with most total time.
        functions: how many functions it stands for.
        cycle: 0, or the number of the cycle that it is in: all nodes of one reach each other.
        calls: calls of the node from outside of it.
        self_ns: time in its own code and in what is folded into it.
        total_ns: time in it and in what it called; what it does inside itself counts once.
        cpu_ns: CPU time of the same; NaN where unknown.
        waiting_ns: time in which its thread waited; NaN where unknown.
        caller: node at the tail of each edge.
        callee: node at its head.
        edge_calls: number of calls.
        edge_ns: their time; a call inside another along the same edge counts once.
        starts_thread: whether the edge stands for a thread that the caller starts: `edge_ns` is then the thread's time.
    """

    node_of: Ints
    name: list[str]
    function: Ints
    functions: Ints
    cycle: Ints
    calls: Ints
    self_ns: Ints
    total_ns: Ints
    cpu_ns: Floats
    waiting_ns: Floats
    caller: Ints
    callee: Ints
    edge_calls: Ints
    edge_ns: Ints
    starts_thread: npt.NDArray[np.bool_]


def call_graph(trace: Trace, calls: Calls, level: str) -> CallGraph:
    """The graph at one of `LEVELS`."""
    group, titles = _groups(trace, calls, level)
    node_of = _without_plumbing(trace, calls, group, len(titles))
    node_of, titles = _numbered(node_of, titles)
    if len(titles) > MOST_NODES:
        node_of, titles = _numbered(*_grouped(trace, calls, node_of, titles))
    return _measured(trace, calls, node_of, titles)


def thread_starts(trace: Trace, calls: Calls) -> list[tuple[int, int]]:
    """Pairs of calls, one that was seen starting a thread, and the first of that thread; where that was not seen, none."""
    starter = np.array(
        [
            pair in _STARTERS
            for pair in zip(trace.texts("functions", "module"), trace.texts("functions", "name"), strict=True)
        ],
        bool,
    )
    rows = np.flatnonzero(starter[calls.function]) if len(starter) else np.zeros(0, np.int64)
    roots = np.flatnonzero(calls.parent < 0)
    threads, first = np.unique(calls.thread[roots], return_index=True)
    found = []
    slack = _START_INTERVALS * trace.interval_ns
    for thread, root in zip(threads.tolist(), roots[first].tolist(), strict=True):
        at = calls.start_ns[root]
        around = rows[
            (calls.start_ns[rows] - slack <= at) & (at <= calls.end_ns[rows] + slack) & (calls.thread[rows] != thread)
        ]
        if len(around):
            found.append((int(around[np.argmax(calls.depth[around])]), int(root)))
    return found


def _groups(trace: Trace, calls: Calls, level: str) -> tuple[Ints, list[str]]:
    """Which functions stand together, and what each group is called, before anything is folded."""
    columns = [trace.texts("functions", column) for column in ("kind", "module", "file", "name")]
    shown = names.function_names(trace)
    keys: list[tuple[str, str, str, int]] = []
    for number, (kind, module, file, name) in enumerate(zip(*columns, strict=True)):
        where = names.module_name(kind, module, file)
        owner = names.class_name(name)
        finer = {"module": ("", -1), "class": (owner, -1), "function": (owner, number)}
        keys.append((kind, where, *finer[level]))
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    group = np.array([numbers[key] for key in keys], np.int64)
    if level == "function":
        return group, shown
    if level == "module":
        return group, [where for _, where, _, _ in numbers]
    total = np.bincount(calls.function, weights=calls.duration_ns, minlength=len(keys))
    members: list[list[int]] = [[] for _ in numbers]
    for function in np.argsort(-total, kind="stable").tolist():
        members[group[function]].append(function)
    titles = []
    for (_, where, owner, _), inside in zip(numbers, members, strict=True):
        first = ", ".join(shown[function] for function in inside[:3])
        titles.append(owner or (first if len(inside) <= 3 else f"{first}, … of {where}"))
    return group, titles


def _without_plumbing(trace: Trace, calls: Calls, group: Ints, size: int) -> Ints:
    """The group of every function, -1 where it is folded or has no calls."""
    library = np.array([kind == "library" for kind in trace.texts("functions", "kind")], bool)
    called = np.bincount(calls.function, minlength=len(group)) > 0
    own_ns = np.bincount(group[calls.function], weights=calls.self_ns, minlength=size)
    of_library = np.append(library, False)
    entered = of_library[calls.function] & ~of_library[np.append(calls.function, -1)[calls.parent]]
    entered_ns = np.bincount(group[calls.function[entered]], weights=calls.duration_ns[entered], minlength=size)
    least = KEEP_SHARE * max(float(calls.self_ns.sum()), 1.0)
    kept = (own_ns >= least) | (entered_ns >= least)
    return np.where(called & (~library | kept[group]), group, -1)


def _numbered(node_of: Ints, titles: list[str]) -> tuple[Ints, list[str]]:
    """Leaves out the nodes that no function is in."""
    used = np.unique(node_of[node_of >= 0])
    number = np.full(len(titles) + 1, -1, np.int64)
    number[used] = np.arange(len(used))
    return number[node_of], [titles[node] for node in used.tolist()]


def _grouped(trace: Trace, calls: Calls, node_of: Ints, titles: list[str]) -> tuple[Ints, list[str]]:
    """Groups all but the first `SINGLE_NODES` by total time: by package, those of the smallest packages as one."""
    total = np.bincount(_held(node_of)[calls.function], weights=calls.duration_ns, minlength=len(titles) + 1)[:-1]
    many = set(np.argsort(-total, kind="stable")[SINGLE_NODES:].tolist())
    packages: dict[tuple[str, str], float] = {}
    columns = (trace.texts("functions", column) for column in ("kind", "module", "file"))
    package = [names.package_name(*row) for row in zip(*columns, strict=True)]
    for function, node in enumerate(node_of.tolist()):
        if node in many:
            packages[package[function]] = packages.get(package[function], 0.0) + total[node]
    order = sorted(packages, key=lambda key: (-packages[key], key))
    room = MOST_NODES - SINGLE_NODES - 1
    place = {key: len(titles) + min(number, room) for number, key in enumerate(order)}
    titles = titles + [f"{OTHERS} of {key[1]}" for key in order[:room]] + [OTHERS]
    grouped = [place[package[function]] if node in many else node for function, node in enumerate(node_of.tolist())]
    return np.array(grouped, np.int64), titles


def _held(node_of: Ints) -> Ints:
    """-1 as the number after the last."""
    return np.where(node_of < 0, node_of.max(initial=-1) + 1, node_of)


def _measured(trace: Trace, calls: Calls, node_of: Ints, titles: list[str]) -> CallGraph:
    size = len(titles)
    node = np.append(node_of, -1)[calls.function]
    owner = _owners(calls, node)
    caller = np.append(owner, -1)[calls.parent]
    shown = node >= 0
    outer = shown & ~inside_itself(calls, node)
    duration = calls.duration_ns

    def add(rows: npt.NDArray[np.bool_], values: npt.NDArray[np.generic]) -> Floats:
        sums: Floats = np.bincount(node[rows], weights=values[rows].astype(np.float64), minlength=size).astype(float)
        return sums

    crossing = shown & (caller >= 0) & (caller != node)
    pair = np.where(crossing, caller * max(size, 1) + node, -1)
    edges, edge = np.unique(pair[crossing], return_inverse=True)
    once = (~inside_itself(calls, pair))[crossing]
    edge_ns = np.bincount(edge[once], weights=duration[crossing][once], minlength=len(edges))
    starts: dict[tuple[int, int], list[int]] = {}
    for by, first in thread_starts(trace, calls):
        if owner[by] >= 0 and node[first] >= 0 and owner[by] != node[first]:
            starts.setdefault((int(owner[by]), int(node[first])), []).append(int(duration[first]))
    total_of = np.bincount(calls.function, weights=duration, minlength=len(node_of))
    function = np.full(size, -1, np.int64)
    ascending = np.argsort(total_of, kind="stable")
    ascending = ascending[node_of[ascending] >= 0]
    function[node_of[ascending]] = ascending
    tails, heads = edges // max(size, 1), edges % max(size, 1)
    owned = owner >= 0
    return CallGraph(
        node_of=node_of,
        name=titles,
        function=function,
        functions=np.bincount(node_of[node_of >= 0], minlength=size),
        cycle=_cycles(size, tails, heads),
        calls=np.bincount(node[shown & (caller != node)], minlength=size),
        self_ns=np.bincount(owner[owned], weights=calls.self_ns[owned], minlength=size).astype(np.int64),
        total_ns=add(outer, duration).astype(np.int64),
        cpu_ns=add(outer, calls.cpu_ns),
        waiting_ns=add(outer, calls.waiting_ns),
        caller=_with(tails, [tail for tail, _ in starts]),
        callee=_with(heads, [head for _, head in starts]),
        edge_calls=_with(np.bincount(edge, minlength=len(edges)), [len(times) for times in starts.values()]),
        edge_ns=_with(edge_ns, [sum(times) for times in starts.values()]),
        starts_thread=np.arange(len(edges) + len(starts)) >= len(edges),
    )


def _with(column: npt.NDArray[np.generic], more: list[int]) -> Ints:
    return np.concatenate([column.astype(np.int64), np.array(more, np.int64)])


def _owners(calls: Calls, node: Ints) -> Ints:
    """The node of every call: its own, or where that is folded its nearest caller's; -1 if there is none."""
    owner = node.copy()
    rows = np.flatnonzero((node < 0) & (calls.parent >= 0))
    at = calls.parent[rows]
    while len(rows):
        owner[rows] = node[at]
        more = (node[at] < 0) & (calls.parent[at] >= 0)
        rows, at = rows[more], calls.parent[at[more]]
    return owner


def _cycles(size: int, tails: Ints, heads: Ints) -> Ints:
    """The number of the cycle of every node, from 1; 0 where it is in none. Nodes are few: reachability is squared out."""
    reach = np.eye(size, dtype=bool)
    reach[tails, heads] = True
    for _ in range(max(size - 1, 0).bit_length()):
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    both = reach & reach.T
    first = both.argmax(axis=1) if size else np.zeros(0, np.int64)
    among = both.sum(axis=1) > 1
    _, number = np.unique(first[among], return_inverse=True)
    cycle = np.zeros(size, np.int64)
    cycle[among] = number + 1
    return cycle
