"""The view's bytes: everything that the page shows of a recording, as `js/src/data/FORMAT.md` lays it out.

"MLVIEW03" | header length | 0 | header: JSON with the small tables | columns of calls and metrics, 8-byte aligned
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

from microlog_nb.analysis.calls import late_samples
from microlog_nb.analysis.graph import LEVELS, thread_starts
from microlog_nb.analysis.line_runs import line_runs
from microlog_nb.analysis.lines import follow
from microlog_nb.analysis.names import function_names, package_name, shown_file, shown_name
from microlog_nb.model.schema import LATE_INTERVALS
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import markdown
from microlog_nb.widget.coarse import Bars, Levels
from microlog_nb.widget.visible import visible, visible_in

MAGIC = b"MLVIEW03"
MOST_CALLS = 300_000
"""More calls than this are joined where they are too short to be seen."""
MOST_LINE_RUNS = 20_000
"""More runs of lines than this are added up in steps of time."""
MAX_RENDERED = 500
"""So many different log entries are rendered as Markdown; more are shown as plain text: a third of a second at most."""

MAX_SOURCES = 200_000
"""So many characters of source text travel with the view; the recording has the rest."""

SLOWEST_NS = 1_000_000
"""The sampler lowers its rate on a busy machine to one sample in so long, not further; what is longer is missing."""

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
    most_logs: int | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The view of a recording, not deflated.

    Args:
        tables: of the recording.
        bars: what stands for its calls; by default each for itself, as long as they are not more than `MOST_CALLS`.
        running: whether it is still going on.
        most_logs: so many log entries at most, the first and the last ones of each level of importance; None for all.
        answers: explanations that were given: the interface `AnswerRow` of `types.ts`.
    """
    bars = levels(tables).at_most(MOST_CALLS) if bars is None else bars
    package_rows, package_of = packages(tables)
    order, lane_of = lane_order(tables.trace)
    logs = _logs(tables, lane_of, bars)
    kept = _most_important(tables.trace, most_logs)
    lines, line_step = _lines(tables)
    columns = {"calls": _calls(tables, lane_of, bars), "metrics": _metrics(tables), **lines}
    layout, body = _laid_out(columns)
    header = {
        "facts": {**facts(tables), "running": running, "detail": _detail(tables, bars, len(kept))},
        "packages": visible_in(package_rows, "name"),
        "functions": visible_in(_functions(tables, package_of), "name", "module", "file"),
        "lanes": [_without_thread(row) for row in lanes(tables, order)],
        "logs": visible_in((logs[entry] for entry in kept), "function", "file"),
        "spans": _spans(tables.trace, lane_of),
        "anomalies": visible_in(_anomalies(tables, lane_of, bars), "where", "reason"),
        "tips": visible_in(_tips(tables, bars), "title", "function", "file", "evidence", "advice"),
        "gaps": gaps(tables.trace),
        "lineStep": line_step,
        "sources": _sources(tables),
        "graphs": {level: _graph(tables, level) for level in LEVELS},
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
    data += b" " * (-len(data) % 8)
    return b"".join([MAGIC, struct.pack("<II", len(data), 0), data, *body])


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


def _whole(values: npt.NDArray[Any]) -> list[int | None]:
    """Nanoseconds without a fraction; what is unknown is null."""
    return [None if math.isnan(value) else round(value) for value in values.tolist()]


def _lines(tables: Tables) -> tuple[dict[str, Columns], int]:
    """The lines of the user's own code and when they were seen, and the step of that; of others there is no source to show."""
    data = tables.line_data
    own = np.array([kind != "library" for kind in tables.trace.texts("functions", "kind")], bool)[data.function]
    runs = line_runs(tables.trace, data, own, MOST_LINE_RUNS)
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


def _sources(tables: Tables) -> list[Row]:
    """The source text of the user's own files, those with most time first; null for what there is no room for."""
    trace, data = tables.trace, tables.function_data
    texts = dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))
    spent = dict.fromkeys(texts, 0)
    for file, own in zip(trace.texts("functions", "file"), data.self_ns.tolist(), strict=True):
        if file in spent:
            spent[file] += own
    rows, room = [], MAX_SOURCES
    for file in sorted(spent, key=lambda file: (-spent[file], file)):
        fits = len(texts[file]) <= room
        room -= len(texts[file]) if fits else 0
        rows.append({"path": file, "text": texts[file] if fits else None})
    return rows


def _graph(tables: Tables, level: str) -> Row:
    """What the nodes of the graph are, and in which of them each function is; their times the page adds up itself."""
    data = tables.graph_data(level)
    return {
        "nodes": [visible(name) for name in data.name],
        "cycle": data.cycle.tolist(),
        "nodeOf": data.node_of.tolist(),
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


def _calls(tables: Tables, lane_of: Ints, bars: Bars) -> Columns:
    calls, anomalies = tables.call_data, tables.anomaly_data
    anomaly = np.full(len(bars.call), -1, np.int32)
    # the first anomaly of a call is the one that it is marked with; what it said has markers of its own
    said = np.array(anomalies.unit, object) == "count"
    named = np.flatnonzero((anomalies.call >= 0) & ~said)[::-1]
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


def _detail(tables: Tables, bars: Bars, logs: int) -> Row | None:
    """What is not in the view; None if all is."""
    whole = len(bars.call) == len(tables.call_data) and logs == tables.trace.tables["logs"].num_rows
    return (
        None
        if whole
        else {
            "calls": len(tables.call_data),
            "resolution": bars.resolution_ns,
            "logs": tables.trace.tables["logs"].num_rows,
        }
    )


_LEVELS = ("critical", "error", "warning", "info", "debug")


def _most_important(trace: Trace, most: int | None) -> list[int]:
    """Rows of the log entries that are shown, in order: if not all, then the worst and of each level the latest."""
    count = trace.tables["logs"].num_rows
    if most is None or count <= most:
        return list(range(count))
    level = trace.words("logs", "level", _LEVELS)
    return sorted(np.lexsort((-np.arange(count), level))[:most].tolist())


# --------------------------------------------------------------------------------------- logs, spans, metrics


def _logs(tables: Tables, lane_of: Ints, bars: Bars) -> list[Row]:
    trace = tables.trace
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
            "message": message,
            "html": rendered.get(message, "") if yes else "",
            "lane": lane,
            "call": call,
            "function": names[of],
            "file": files[of],
            "line": at,
            "exception": exception,
        }
        for time, level, source, logger, message, yes, lane, call, of, at, exception in zip(
            trace.texts("logs", "time_ns"),
            trace.texts("logs", "level"),
            trace.texts("logs", "source"),
            trace.texts("logs", "logger"),
            messages,
            marked,
            lane_of[trace.numbers("logs", "thread")].tolist(),
            bars.bar_of[tables.call_data.log_call].tolist(),
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


def _metrics(tables: Tables) -> Columns:
    times, columns = tables.metric_data
    spelt = {"system_cpu": "systemCpu", "gc_objects": "gcObjects"}
    return {
        "time": times.astype("<f8"),
        **{spelt.get(name, name): values.astype("<f8") for name, values in columns.items()},
    }


def _anomalies(tables: Tables, lane_of: Ints, bars: Bars) -> list[Row]:
    data = tables.anomaly_data
    return [
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
            "peers": [float(f"{value:.4g}") for value in peers.tolist()],
        }
        for kind, start, duration, call, function, lane, where, unit, expected, observed, score, reason, peers in zip(
            data.kind,
            data.start_ns.tolist(),
            data.duration_ns.tolist(),
            bars.bar_of[data.call].tolist(),
            data.function.tolist(),
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


def _laid_out(blocks: Mapping[str, Columns]) -> tuple[dict[str, dict[str, Row]], list[bytes]]:
    """Where each column will be, and the bytes of all of them."""
    layout: dict[str, dict[str, Row]] = {}
    body: list[bytes] = []
    offset = 0
    for block, columns in blocks.items():
        layout[block] = {}
        for name, values in columns.items():
            kind = "f64" if values.dtype.kind == "f" else "i32"
            layout[block][name] = {"type": kind, "offset": offset, "length": len(values)}
            padding = -values.nbytes % 8
            body += [values.tobytes(), b"\0" * padding]
            offset += values.nbytes + padding
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
