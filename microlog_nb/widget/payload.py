"""The view's bytes: everything that the page shows of a recording, as `js/src/data/FORMAT.md` lays it out.

"MLVIEW04" | header length | 0 | header: JSON with the small tables | columns of calls, metrics and lines
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from microlog_nb.analysis.calls import late_samples
from microlog_nb.analysis.graph import LEVELS, thread_starts
from microlog_nb.analysis.line_runs import line_runs
from microlog_nb.analysis.lines import follow
from microlog_nb.analysis.names import function_names, package_name, shown_file, shown_name
from microlog_nb.config import PROCESS_METRICS
from microlog_nb.model import arrays
from microlog_nb.model.schema import LATE_INTERVALS
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import compact, markdown, task_lanes
from microlog_nb.widget.coarse import Bars, Levels
from microlog_nb.widget.limits import ALL, SAVED, Limits, largest, renumbered, shortened, spread
from microlog_nb.widget.visible import visible, visible_in

MAGIC = b"MLVIEW04"
MOST_FINER = 60_000
"""Bars of one answer to a page that asks for more detail, at most."""
MAX_RENDERED = 500
"""So many different log entries are rendered as Markdown; more are shown as plain text: a third of a second at most."""

SLOWEST_NS = 1_000_000
"""The sampler lowers its rate on a busy machine to one sample in so long, not further; what is longer is missing."""

MOST_SAVED = 40_000
"""Bytes of a view that is saved in a notebook, at most; there they are a third more, as text."""

METRIC_KEYS = {name: {"system_cpu": "systemCpu", "gc_objects": "gcObjects"}.get(name, name) for name in PROCESS_METRICS}
"""What the page calls them."""

_SMALLEST_SHARE = 0.002
_FAST_ABOVE = 4_000_000
_LARGEST_EXACT = 2**53

Row = dict[str, Any]
Ints = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[Any]]


def encode(
    tables: Tables,
    bars: Bars | None = None,
    *,
    running: bool = False,
    limits: Limits = ALL,
    answers: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The view of a recording, not deflated.

    Args:
        tables: of the recording.
        bars: what stands for its calls; by default each for itself, as long as they are within the limits.
        running: whether it is still going on.
        limits: how much of each table there is at most.
        answers: explanations that were given: the interface `AnswerRow` of `types.ts`.
    """
    bars = levels(tables).at_most(limits.calls) if bars is None else bars
    package_rows, package_of = packages(tables)
    order, lane_of = lane_order(tables.trace)
    entries = _most_important(tables.trace, limits.logs)
    lines, line_step = _lines(tables, limits)
    calls = _calls(tables, lane_of, bars)
    found = largest(tables.anomaly_data.score, limits.anomalies)
    calls["anomaly"] = renumbered(found, len(tables.anomaly_data.score))[calls["anomaly"]]
    of_threads = len(calls["start"])
    tasks = task_lanes.make(tables, limits.calls, first_lane=len(order), first_call=of_threads)
    calls = {name: np.concatenate([column, tasks.calls[name]]) for name, column in calls.items()}
    functions = _kept_functions(tables, limits.functions, calls["function"], lines["lines"]["function"], found)
    function_of = renumbered(functions, len(package_of))
    for columns in (calls, lines["lines"]):
        columns["function"] = function_of[columns["function"]]
    folded = compact.calls(calls, tables.trace.interval_ns)
    layout, body = _laid_out({**folded, "metrics": _metrics(tables, limits.readings), **lines})
    named = _functions(tables, package_of)
    about = facts(tables)
    header = {
        "facts": {
            **about,
            "notes": [*about["notes"], *tasks.notes],
            "running": running,
            "detail": _detail(tables, bars, entries, functions, limits),
        },
        "packages": visible_in(package_rows, "name"),
        "functions": _by_column(visible_in((named[row] for row in functions), "name", "module", "file")),
        "lanes": [*(_without_thread(row) for row in lanes(tables, order)), *visible_in(tasks.lanes, "name")],
        "threadCalls": of_threads,
        "logs": _by_column(visible_in(_logs(tables, lane_of, bars, entries, limits.letters), "function", "file")),
        "spans": _longest(_spans(tables.trace, lane_of), limits.spans),
        "anomalies": visible_in(_anomalies(tables, lane_of, bars, function_of, found, limits.peers), "where", "reason"),
        "tips": visible_in(_tips(tables, bars), "title", "function", "file", "evidence", "advice"),
        "gaps": _longest(gaps(tables.trace), limits.gaps),
        "lineStep": line_step,
        "sources": _sources(tables, limits.sources),
        "graphs": {level: _graph(tables, level, functions) for level in LEVELS},
        "threadStarts": [
            {"by": int(bars.bar_of[by]), "first": int(bars.bar_of[first])}
            for by, first in thread_starts(tables.trace, tables.call_data)
        ],
        "answers": list(answers),
        "columns": layout,
    }
    # halves of surrogate pairs become \uXXXX, which is what JSON calls them, too
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = text.encode("utf-8", "backslashreplace")
    return b"".join([MAGIC, struct.pack("<II", len(data), 0), data, *body])


def saved(
    tables: Tables, bars: Levels | None = None, *, running: bool = False, answers: Sequence[Mapping[str, Any]] = ()
) -> bytes:
    """The deflated view as a notebook keeps it: all of it if that takes no more than `MOST_SAVED` bytes, else the main part.

    That of a running recording is deflated in a third of the time: it takes it from the program, and another one follows.

    Args:
        tables: of the recording.
        bars: its calls at any level of detail, if they were made already.
        running: whether it is still going on.
        answers: explanations that were given.
    """
    bars = bars or levels(tables)
    small = len(tables.call_data) < MOST_SAVED and tables.trace.tables["logs"].num_rows < MOST_SAVED // 10
    share = 1.0
    while True:
        limits = ALL if small else SAVED.times(share)
        view = encode(tables, bars.at_most(limits.calls), running=running, limits=limits, answers=answers)
        packed = zlib.compress(view, 1 if running else 9)
        if len(packed) <= MOST_SAVED or share < _SMALLEST_SHARE:
            return packed
        # not all of it shrinks with the limits, and limits above what there is do nothing
        share = 0.7 * min(share, max(len(tables.call_data), 1) / SAVED.calls)
        small = False


def finer(tables: Tables, bars: Bars, coarse: Bars) -> tuple[Row, bytes]:
    """What some of the bars of a view are made of: where its columns are, and these, deflated.

    The columns are those of calls; ids count from 0 for the first of these bars. One more says `of` which bar of the view
    each is a part; a `parent` that is not among them is bar p of the view, written as -2 - p.

    Args:
        tables: of the recording.
        bars: the parts, by `Levels.inside`.
        coarse: the bars of the view.
    """
    _, lane_of = lane_order(tables.trace)
    parent = tables.call_data.parent[bars.call]
    inside = bars.bar_of[parent]
    columns = {
        **_calls(tables, lane_of, bars),
        "parent": np.where((inside < 0) & (parent >= 0), -2 - coarse.bar_of[parent], inside).astype("<i4"),
        "of": coarse.bar_of[bars.call].astype("<i4"),
    }
    layout, body = _laid_out({"calls": columns})
    return {"columns": layout, "resolution": bars.resolution_ns}, deflate(b"".join(body))


def deflate(view: bytes) -> bytes:
    """The bytes in zlib format, as they travel; large views are packed for speed."""
    return zlib.compress(view, 1 if len(view) > _FAST_ABOVE else 6)


def facts(tables: Tables) -> Row:
    """What the header says of the whole recording: the interface `Facts` of `types.ts`."""
    meta = tables.trace.meta
    duration = meta["duration_ns"]
    _, metrics = tables.metric_data
    memory = metrics["memory"][np.isfinite(metrics["memory"])]
    cpu = metrics["cpu"][np.isfinite(metrics["cpu"])]
    return {
        **{key: visible(meta[key]) for key in ("id", "name", "cell", "started", "sampler", "python", "platform")},
        "duration": duration,
        "interval": meta["interval_ns"],
        "samples": tables.trace.tables["samples"].num_rows,
        "rate": meta["ticks"] * 1e9 / duration if duration else 0.0,
        "overhead": meta["own_cpu_ns"] / duration if duration else None,
        "cpu": _mean(cpu),
        "peakMemory": _number(memory.max()) if len(memory) else None,
        "memoryChange": _number(float(memory[-1]) - float(memory[0])) if len(memory) else None,
        "notes": [visible(note) for note in meta["notes"]],
    }


# ------------------------------------------------------------------------------------------------ functions


def packages(tables: Tables) -> tuple[list[Row], list[int]]:
    """Packages by self time, and the package of each function."""
    trace = tables.trace
    keys = list(
        map(
            package_name,
            trace.texts("functions", "kind"),
            trace.texts("functions", "module"),
            trace.texts("functions", "file"),
        )
    )
    self_ns: dict[tuple[str, str], int] = {}
    for key, time in zip(keys, tables.function_data.self_ns.tolist(), strict=True):
        self_ns[key] = self_ns.get(key, 0) + time
    order = sorted(self_ns, key=lambda key: -self_ns[key])
    number = {key: place for place, key in enumerate(order)}
    rows = [{"name": name, "kind": kind, "self": self_ns[kind, name]} for kind, name in order]
    return rows, [number[key] for key in keys]


def _functions(tables: Tables, package_of: Sequence[int]) -> list[Row]:
    trace, data = tables.trace, tables.function_data
    columns = [trace.texts("functions", column) for column in ("name", "module", "file", "line", "kind")]
    times = {
        "self": data.self_ns,
        "total": data.total_ns,
        "cpu": data.cpu_ns,
        "waiting": data.waiting_ns,
        "contended": data.contended_ns,
        "mean": np.nan_to_num(data.mean_ns),
        "median": np.nan_to_num(data.median_ns),
        "p95": np.nan_to_num(data.p95_ns),
        "max": data.max_ns,
    }
    rounded = zip(*(_whole(values) for values in times.values()), strict=True)
    return [
        {
            "name": shown_name(kind, name, file),
            "module": module,
            "package": package,
            "file": shown_file(file),
            "path": file,
            "line": line,
            "calls": calls,
            "anomalies": anomalies,
            **dict(zip(times, spent, strict=True)),
        }
        for name, module, file, line, kind, package, calls, anomalies, spent in zip(
            *columns, package_of, data.calls.tolist(), tables.function_anomalies.tolist(), rounded, strict=True
        )
    ]


def _kept_functions(tables: Tables, most: int, of_calls: Ints, of_lines: Ints, anomalies: Ints) -> Ints:
    """Those with most time in themselves, and those that something is of that is shown."""
    of_anomalies = tables.anomaly_data.function[anomalies]
    known = largest(tables.function_data.self_ns, most)
    return np.unique(np.concatenate([known, of_calls, of_lines, of_anomalies[of_anomalies >= 0]])).astype(np.int64)


def _by_column(rows: list[Row]) -> list[Row] | dict[str, list[Any]]:
    """A table as its columns: names once, and like beside like."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else rows


def _whole(values: npt.NDArray[Any]) -> list[int | None]:
    """Nanoseconds without a fraction; what is unknown is null."""
    return [None if math.isnan(value) else round(value) for value in values.tolist()]


def _lines(tables: Tables, limits: Limits) -> tuple[dict[str, dict[str, npt.NDArray[Any]]], int]:
    """The lines of the user's own code and when they were seen, and the step of that; of others there is no source to show."""
    data = tables.line_data
    own = np.array([kind != "library" for kind in tables.trace.texts("functions", "kind")], bool)[data.function]
    own[np.flatnonzero(own)[np.argsort(-data.self_ns[own], kind="stable")[limits.lines :]]] = False
    runs = line_runs(tables.trace, data, own, limits.line_runs)
    row = np.cumsum(own) - 1
    return {
        "lines": {
            "function": data.function[own].astype("<i4"),
            "line": data.line[own].astype("<i4"),
            "self": data.self_ns[own].astype("<f8"),
            "total": data.total_ns[own].astype("<f8"),
            "samples": data.samples[own].astype("<i4"),
        },
        "lineRuns": {
            "start": runs.start_ns.astype("<f8"),
            "span": runs.span_ns.astype("<f8"),
            "time": runs.time_ns.astype("<f8"),
            "samples": runs.samples.astype("<i4"),
            "seen": runs.seen.astype("<i4"),
        },
        "lineSets": {
            "of": runs.of.astype("<i4"),
            "line": row[runs.line].astype("<i4"),
            "own": runs.own.astype("<i4"),
        },
    }, runs.step_ns


def _sources(tables: Tables, room: int) -> list[Row]:
    """The source text of the user's own files, those with most time first; null for what there is no room for."""
    trace, data = tables.trace, tables.function_data
    texts = dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))
    spent = dict.fromkeys(texts, 0)
    for file, own in zip(trace.texts("functions", "file"), data.self_ns.tolist(), strict=True):
        if file in spent:
            spent[file] += own
    rows = []
    for file in sorted(spent, key=lambda file: (-spent[file], file)):
        fits = len(texts[file]) <= room
        room -= len(texts[file]) if fits else 0
        rows.append({"path": file, "text": texts[file] if fits else None})
    return rows


def _graph(tables: Tables, level: str, functions: Ints) -> Row:
    """What the nodes of the graph are, and in which of them each function is; their times the page adds up itself."""
    data = tables.graph_data(level)
    node_of = data.node_of[functions]
    nodes = np.unique(node_of[node_of >= 0])
    return {
        "nodes": [visible(data.name[node]) for node in nodes.tolist()],
        "cycle": data.cycle[nodes].tolist(),
        "nodeOf": renumbered(nodes, len(data.name))[node_of].tolist(),
    }


# ---------------------------------------------------------------------------------------------------- lanes


def lane_order(trace: Trace) -> tuple[Ints, Ints]:
    """Threads in the order of their lanes, the main thread first; and the lane of each thread, -1 at -1."""
    main = np.array(trace.texts("threads", "main"), bool)
    order = np.lexsort((trace.numbers("threads", "start_ns"), ~main))
    lane_of = np.full(len(order) + 1, -1, np.int64)
    lane_of[order] = np.arange(len(order))
    return order, lane_of


def lanes(tables: Tables, order: Ints) -> list[Row]:
    """The interface `LaneRow` of `types.ts` for these threads, and the thread's row itself."""
    trace, calls = tables.trace, tables.call_data
    size = len(order)
    depth = np.zeros(size, np.int64)
    np.maximum.at(depth, calls.thread, calls.depth + 1)
    roots = calls.parent < 0
    seen_ns = np.bincount(calls.thread[roots], weights=calls.duration_ns[roots], minlength=size)
    cpu_ns = np.bincount(calls.thread[roots], weights=calls.cpu_ns[roots], minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(cpu_ns / seen_ns, 1.0)
    names, main = trace.texts("threads", "name"), trace.texts("threads", "main")
    return [
        {
            "thread": thread,
            "name": names[thread],
            "kind": "main" if main[thread] else "thread",
            "nativeId": _exact(trace.numbers("threads", "native_id")[thread]),
            "start": int(trace.numbers("threads", "start_ns")[thread]),
            "end": int(trace.numbers("threads", "end_ns")[thread]),
            "depth": int(depth[thread]),
            "cpu": _number(share[thread]),
        }
        for thread in order.tolist()
    ]


def _without_thread(lane: Row) -> Row:
    return {key: value for key, value in lane.items() if key != "thread"}


def levels(tables: Tables) -> Levels:
    """The calls, ready to be shown at any level of detail."""
    return Levels(tables.call_data)


def _calls(tables: Tables, lane_of: Ints, bars: Bars) -> dict[str, npt.NDArray[Any]]:
    calls, anomalies = tables.call_data, tables.anomaly_data
    anomaly = np.full(len(bars.call), -1, np.int32)
    # the first anomaly of a call is the one that it is marked with; what it said has markers of its own
    said = np.array(anomalies.unit, object) == "count"
    named = np.flatnonzero((bars.bar_of[anomalies.call] >= 0) & ~said)[::-1]
    anomaly[bars.bar_of[anomalies.call[named]]] = named
    shown = bars.call
    return {
        "start": bars.start_ns.astype("<f8"),
        "duration": (bars.end_ns - bars.start_ns).astype("<f8"),
        "self": bars.total(calls.self_ns).astype("<f8"),
        "cpu": bars.total(calls.cpu_ns).astype("<f8"),
        "waiting": bars.total(calls.waiting_ns).astype("<f8"),
        "contended": bars.total(calls.contended_ns).astype("<f8"),
        "lane": lane_of[calls.thread[shown]].astype("<i4"),
        "depth": calls.depth[shown].astype("<i4"),
        "function": calls.function[shown].astype("<i4"),
        "parent": bars.bar_of[calls.parent[shown]].astype("<i4"),
        "callerLine": calls.caller_line[shown].astype("<i4"),
        "samples": bars.total(calls.samples).astype("<i4"),
        "anomaly": anomaly.astype("<i4"),
        "merged": bars.merged.astype("<i4"),
    }


def _detail(tables: Tables, bars: Bars, entries: Ints, functions: Ints, limits: Limits) -> Row | None:
    """What is not in the view; None if all is."""
    partial = limits is not ALL
    whole = (
        len(bars.call) == len(tables.call_data)
        and len(entries) == tables.trace.tables["logs"].num_rows
        and len(functions) == len(tables.function_data.self_ns)
        and not partial
    )
    return (
        None
        if whole
        else {
            "calls": len(tables.call_data),
            "resolution": bars.resolution_ns,
            "logs": tables.trace.tables["logs"].num_rows,
            "functions": len(tables.function_data.self_ns),
            "partial": partial,
        }
    )


_LEVELS = ("critical", "error", "warning", "info", "debug")


def _most_important(trace: Trace, most: int) -> Ints:
    """Rows of the log entries that are shown, in order: if not all, then the worst and of each level the latest."""
    count = trace.tables["logs"].num_rows
    if count <= most:
        return np.arange(count)
    level = trace.words("logs", "level", _LEVELS)
    return np.sort(np.lexsort((-np.arange(count), level))[:most])


# --------------------------------------------------------------------------------------- logs, spans, metrics


def _logs(tables: Tables, lane_of: Ints, bars: Bars, entries: Ints, letters: int) -> list[Row]:
    whole = tables.trace
    trace = Trace({**whole.tables, "logs": whole.tables["logs"].take(arrays.numbers(entries, pa.int64()))}, whole.meta)
    stack = trace.numbers("logs", "stack")
    function = np.append(trace.numbers("stacks", "function"), -1)[stack].tolist()
    line = np.append(trace.numbers("stacks", "line"), 0)[stack].tolist()
    names = [*function_names(trace), ""]
    files = [*map(shown_file, trace.texts("functions", "file")), ""]
    messages = trace.texts("logs", "message")
    marked = trace.texts("logs", "markdown")
    rendered = _rendered([message for message, yes in zip(messages, marked, strict=True) if yes])
    return [
        {
            "time": time,
            "level": level,
            "source": source,
            "logger": logger,
            "message": shortened(message, letters),
            "html": rendered.get(message, "") if yes and len(message) <= letters else "",
            "lane": lane,
            "call": call,
            "function": names[of],
            "file": files[of],
            "line": at,
            "exception": shortened(exception, letters),
        }
        for time, level, source, logger, message, yes, lane, call, of, at, exception in zip(
            trace.texts("logs", "time_ns"),
            trace.texts("logs", "level"),
            trace.texts("logs", "source"),
            trace.texts("logs", "logger"),
            messages,
            marked,
            lane_of[trace.numbers("logs", "thread")].tolist(),
            bars.bar_of[tables.call_data.log_call[entries]].tolist(),
            function,
            line,
            trace.texts("logs", "exception"),
            strict=True,
        )
    ]


def _rendered(messages: Sequence[str]) -> dict[str, str]:
    """HTML of the different messages, of the first of them if there are very many."""
    return {message: markdown.render(message) for message in list(dict.fromkeys(messages))[:MAX_RENDERED]}


def _spans(trace: Trace, lane_of: Ints) -> list[Row]:
    return [
        {"kind": kind, "name": name, "start": start, "duration": duration, "lane": lane}
        for kind, name, start, duration, lane in zip(
            *(trace.texts("spans", column) for column in ("kind", "name", "start_ns", "duration_ns")),
            lane_of[trace.numbers("spans", "thread")].tolist(),
            strict=True,
        )
    ]


def _longest(rows: list[Row], most: int) -> list[Row]:
    """The longest ones, in their order."""
    return [rows[row] for row in largest(np.array([row["duration"] for row in rows]), most)]


def _metrics(tables: Tables, most: int) -> Columns:
    times, columns = tables.metric_data
    shown = spread(len(times), most)
    # percent are shown with one digit after the point at most: tenths
    exact = {name: np.round(values * 10) if name.endswith("cpu") else values for name, values in columns.items()}
    return {
        "time": times[shown].astype("<f8"),
        **{METRIC_KEYS[name]: values[shown].astype("<f8") for name, values in exact.items()},
    }


def _anomalies(tables: Tables, lane_of: Ints, bars: Bars, function_of: Ints, found: Ints, most: int) -> list[Row]:
    data = tables.anomaly_data
    rows = [
        {
            "kind": kind,
            "start": start,
            "duration": duration,
            "call": call,
            "function": function,
            "lane": lane,
            "where": where,
            "unit": unit,
            "expected": _number(expected),
            "observed": _number(observed),
            "score": _number(score),
            "reason": reason,
            # as many digits as are shown
            "peers": [float(f"{value:.4g}") for value in peers[spread(len(peers), most)].tolist()],
        }
        for kind, start, duration, call, function, lane, where, unit, expected, observed, score, reason, peers in zip(
            data.kind,
            data.start_ns.tolist(),
            data.duration_ns.tolist(),
            bars.bar_of[data.call].tolist(),
            function_of[data.function].tolist(),
            lane_of[data.thread].tolist(),
            data.where,
            data.unit,
            data.expected.tolist(),
            data.observed.tolist(),
            data.score.tolist(),
            data.reason,
            data.peers,
            strict=True,
        )
    ]
    return [rows[row] for row in found]


def _tips(tables: Tables, bars: Bars) -> list[Row]:
    trace = tables.trace
    names, files = [*function_names(trace), ""], [*trace.texts("functions", "file"), ""]
    return [
        {
            "id": tip.tip,
            "title": tip.title,
            "advice": tip.advice,
            "saving": _number(tip.saving_ns),
            "share": tip.share,
            "function": names[tip.function],
            "file": shown_file(files[tip.function]),
            "path": files[tip.function],
            "line": tip.line,
            "call": int(bars.bar_of[tip.call]),
            "evidence": tip.evidence,
            "chips": list(tip.chips),
        }
        for tip in tables.tip_data
    ]


def gaps(trace: Trace) -> list[Row]:
    """Times without samples, as the late samples of any thread tell of them and those that never came; overlapping ones are one."""
    due, taken = trace.numbers("samples", "due_ns"), trace.taken_ns
    late = late_samples(trace)
    at, before = follow(trace.numbers("samples", "thread"), taken, trace.numbers("samples", "stack") >= 0)
    missed = taken[at] - taken[before] > (LATE_INTERVALS + 1) * max(trace.interval_ns, SLOWEST_NS)
    start = np.concatenate([due[late], taken[before[missed]] + trace.interval_ns])
    end = np.concatenate([taken[late], taken[at[missed]]])
    order = np.argsort(start, kind="stable")
    start, end = start[order], end[order]
    if not len(start):
        return []
    reach = np.maximum.accumulate(end)
    first = np.flatnonzero(np.append(True, start[1:] > reach[:-1]))
    last = np.append(first[1:], len(start)) - 1
    return [
        {"start": begin, "duration": finish - begin}
        for begin, finish in zip(start[first].tolist(), reach[last].tolist(), strict=True)
    ]


# ---------------------------------------------------------------------------------------------------- bytes


_STEPS = {
    "edges.time",
    "calls.start",
    "metrics.time",
    "metrics.memory",
    "metrics.modules",
    "metrics.gcObjects",
    "lineRuns.start",
}
"""Columns whose neighbours are near each other: what is written is the steps between them."""
_UNITS = {"metrics.cpu": 0.1, "metrics.systemCpu": 0.1}
"""What a column's numbers count, where it is not one."""


def _laid_out(blocks: Mapping[str, Columns]) -> tuple[dict[str, dict[str, Row]], list[bytes]]:
    """Where each column will be, and the bytes of all of them: whole numbers in as few as they need, others as doubles."""
    layout: dict[str, dict[str, Row]] = {}
    body: list[bytes] = []
    offset = 0
    for block, columns in blocks.items():
        layout[block] = {}
        for name, values in columns.items():
            entry: Row = {"offset": offset, "length": len(values)}
            whole = compact.whole(values)
            if whole is None:
                entry["type"] = "f64"
                written = values.astype("<f8").tobytes()
            else:
                if f"{block}.{name}" in _STEPS and (whole >= 0).all():
                    entry["steps"] = 1
                    whole = np.diff(whole, prepend=0)
                written = compact.varints(whole)
                if f"{block}.{name}" in _UNITS:
                    entry["unit"] = _UNITS[f"{block}.{name}"]
            layout[block][name] = entry
            body.append(written)
            offset += len(written)
    return layout, body


def _mean(values: npt.NDArray[np.float64]) -> float | None:
    with np.errstate(over="ignore"):
        return _number(values.mean()) if len(values) else None


def _number(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return float(value) if math.isfinite(value) else None


def _exact(value: int) -> int:
    """Ids of the system that a double cannot hold are unknown to the page."""
    return int(value) if abs(int(value)) <= _LARGEST_EXACT else -1
