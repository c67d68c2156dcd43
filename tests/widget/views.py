"""The view's bytes read back as `js/src/data/decode.ts` reads them, and recordings large and small to make them from."""

from __future__ import annotations

import json
import struct
from types import SimpleNamespace
from typing import Any

import numpy as np

from microlog_nb.model import arrays
from microlog_nb.model.schema import SAMPLE_STATES
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from tests.pictures import META, tables_from_rows, trace_from_picture


def decode(view: bytes) -> SimpleNamespace:
    """The header's tables, and the blocks of columns, by name."""
    assert view[:8] == b"MLVIEW04"
    length, zero = struct.unpack_from("<II", view, 8)
    assert zero == 0
    header = json.loads(view[16 : 16 + length].decode(), parse_constant=lambda name: 1 / 0)
    columns = header.pop("columns")
    body = view[16 + length :]
    blocks = {block: columns_of(body, layout) for block, layout in columns.items()}
    blocks["calls"] = _unfolded(blocks.pop("edges"), blocks.pop("sites"), blocks["calls"], header["facts"]["interval"])
    blocks["metrics"] = {name: np.where(values < 0, np.nan, values) for name, values in blocks["metrics"].items()}
    for block, values in blocks.items():
        header[block] = SimpleNamespace(**values)
    for name in ("functions", "logs"):
        header[name] = _rows(header[name])
    return SimpleNamespace(**header)


Column = np.ndarray[Any, Any]


def columns_of(body: bytes, layout: dict[str, Any]) -> dict[str, Column]:
    """A block of columns as they are written."""
    return {name: _column(body, entry) for name, entry in layout.items()}


def _rows(table: Any) -> list[dict[str, Any]]:
    if isinstance(table, list):
        return table
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def _column(body: bytes, entry: dict[str, Any]) -> Column:
    if entry.get("type") == "f64":
        return np.frombuffer(body, "<f8", entry["length"], entry["offset"])
    values, at = [], entry["offset"]
    for _ in range(entry["length"]):
        value = shift = 0
        while True:
            byte = body[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                break
        values.append(-(value + 1) // 2 if value % 2 else value // 2)
    found = np.array(values, np.int64)
    return (np.cumsum(found) if entry.get("steps") else found) * entry.get("unit", 1)


def _unfolded(edges: Any, sites: Any, calls: Any, interval: int) -> dict[str, Column]:
    """The columns of calls, told one by one."""
    time, latest = edges["time"], {}
    columns: dict[str, list[Any]] = {name: [] for name in (*calls, "function", "callerLine", "duration")}
    for row in (dict(zip(calls, values, strict=True)) for values in zip(*calls.values(), strict=True)):
        number = len(columns["start"])
        start, end = time[row["start"]], time[row["start"] + row["length"]]
        caller = row["parent"] + (latest.get((row["lane"], row["depth"] - 1), -1) if row["depth"] else -1)
        latest[row["lane"], row["depth"]] = number
        told = {
            **row,
            "start": start,
            "duration": end - start,
            "self": row["self"] + end - start,
            "parent": caller,
            "samples": row["samples"] + (end - start) // interval,
            "merged": row["merged"] + 1,
            "function": sites["function"][row["site"]],
            "callerLine": sites["callerLine"][row["site"]],
            **{name: np.nan if row[name] < 0 else float(row[name]) for name in ("cpu", "waiting", "contended")},
        }
        for name, value in told.items():
            columns[name].append(value)
    for caller, duration in zip(columns["parent"], columns["duration"], strict=True):
        if caller >= 0:
            columns["self"][caller] -= duration
    del columns["length"], columns["site"]
    times = ("cpu", "waiting", "contended")
    return {name: np.array(values, float if name in times else int) for name, values in columns.items()}


def assert_consistent(view: SimpleNamespace) -> None:
    """What `decode.ts` insists on."""
    calls, lanes = view.calls, view.lanes
    assert len({len(column) for column in vars(calls).values()}) == 1
    assert len({len(column) for column in vars(view.metrics).values()}) == 1
    for values, low, limit in (
        (calls.lane, 0, len(lanes)),
        (calls.function, 0, len(view.functions)),
        (calls.parent, -1, len(calls.start)),
        (calls.anomaly, -1, len(view.anomalies)),
        ([row["package"] for row in view.functions], 0, len(view.packages)),
        ([row["lane"] for row in view.logs], -1, len(lanes)),
        ([row["call"] for row in view.logs], -1, len(calls.start)),
        ([row["call"] for row in view.anomalies], -1, len(calls.start)),
        ([row["function"] for row in view.anomalies], -1, len(view.functions)),
        ([row["lane"] for row in view.anomalies], -1, len(lanes)),
        ([row["call"] for row in view.tips], -1, len(calls.start)),
        ([row["lane"] for row in view.spans], -1, len(lanes)),
        (view.lines.function, 0, len(view.functions)),
        (view.lineSets.line, 0, len(view.lines.line)),
        (view.lineRuns.seen, 0, int(view.lineSets.of.max(initial=-1)) + 1),
        *((graph["nodeOf"], -1, len(graph["nodes"])) for graph in view.graphs.values()),
        *(([row[name] for row in view.threadStarts], 0, len(calls.start)) for name in ("by", "first")),
    ):
        assert all(low <= value < limit for value in values)
    for block in (view.lines, view.lineRuns, view.lineSets):
        assert len({len(column) for column in vars(block).values()}) == 1
    assert (np.diff(view.lineSets.of) >= 0).all()
    assert all(len(graph["nodeOf"]) == len(view.functions) for graph in view.graphs.values())
    assert all(len(graph["cycle"]) == len(graph["nodes"]) for graph in view.graphs.values())
    assert (calls.depth >= 0).all()
    assert (calls.depth < np.array([lane["depth"] for lane in lanes] or [0])[calls.lane]).all()


LIBRARY = {"kind": "library", "module": "pandas.io.parsers", "file": "/env/site-packages/pandas/io/parsers.py"}
USER = {"kind": "user", "module": "pipeline.steps", "file": "/home/ada/pipeline/steps.py"}
CELL = {"kind": "notebook", "module": "__main__", "file": "In [7]", "name": "<module>"}

RUN = trace_from_picture(
    "main:   cell*2 cell.clean*4 cell.clean.read_csv*4 cell.wait~*6 >*5 cell.loads cell*2\n"
    "worker: - - fetch fetch.get~*12 - - -",
    functions={"cell": CELL, "clean": USER, "read_csv": LIBRARY, "get": {**LIBRARY, "module": "requests"}},
    logs=[
        {"at": 3.4, "message": "plain\n# no heading", "stack": "cell.clean:47"},
        {"at": 5, "message": "# Loaded\n<img src=x onerror=alert(1)>", "markdown": True, "source": "microlog", "thread": "worker"},
        {"at": 6, "message": "low", "level": "warning", "source": "logging", "logger": "root"},
        {"at": 9, "message": "lost", "level": "error", "exception": "Traceback ...\nValueError: lost"},
    ],
    metrics={"cpu": [0.0, 90.0, 110.0], "memory": [1e8, 3e8, 2e8], "modules": [500, 501, 502], "mine": [1.0]},
    spans=[{"at": 4, "for": 0.5, "kind": "gc", "name": "2"}],
    name="load",
    cell="In [7]",
    own_cpu_ns=200_000,
)  # fmt: skip


def tables(trace: Trace = RUN) -> Tables:
    return Tables(trace)


def many_calls(calls: int, threads: int = 3, functions: int = 60) -> Tables:
    """Alternating calls of a few functions under one root a thread, each seen once."""
    rng = np.random.default_rng(0)
    per_thread = calls // threads
    stacks = [{"parent": -1, "function": 0, "line": 1, "instruction": 0, "loop": -1}] + [
        {"parent": int(rng.integers(0, max(node // 2, 1))), "function": node % functions, "line": node % 90 + 1, "instruction": node, "loop": -1}
        for node in range(1, 400)
    ]  # fmt: skip
    rows = per_thread * threads
    tick = np.repeat(np.arange(per_thread, dtype=np.int64), threads)
    small = tables_from_rows(
        {
            "functions": [
                {"module": f"package{n % 9}.part", "name": f"Class{n}.method_{n}", "file": f"/lib/package{n % 9}/part{n}.py", "line": n + 1, "kind": "library"}
                for n in range(functions)
            ],
            "stacks": stacks,
            "threads": [
                {"name": f"thread {n}", "ident": n, "native_id": n, "main": n == 0, "start_ns": 0, "end_ns": per_thread * 10**6}
                for n in range(threads)
            ],
        }
    )  # fmt: skip
    import pyarrow as pa

    schema = small["samples"].schema
    columns = [
        tick * 10**6,
        np.zeros(rows, np.int64),
        np.tile(np.arange(threads), per_thread),
        rng.integers(0, 400, rows),
        np.full(rows, 10**6),
    ]
    samples = pa.table(
        [
            *(pa.array(values, field.type) for values, field in zip(columns, schema, strict=False)),
            arrays.words(np.zeros(rows), SAMPLE_STATES),
        ],
        schema=schema,
    )
    meta = {**META, "duration_ns": per_thread * 10**6, "ticks": per_thread, "samples": rows, "name": "many"}
    return Tables(Trace({**small, "samples": samples}, meta))
