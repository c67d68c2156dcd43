"""Collects the facts of running recordings: rows are appended by any thread, and drained into Arrow batches now and then.

Appending is one operation of a list or an array, which the GIL makes whole; draining takes rows from the front. Times
count from the builder's origin.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.model import arrays
from microlog_nb.model.schema import SAMPLE_STATES, TABLES
from microlog_nb.model.trace import Trace

_APPENDED = ("functions", "stacks", "logs", "metrics", "spans")
_SAMPLE_COLUMNS = len(TABLES["samples"].columns)


class Builder:
    """Append-only tables of one recorder.

    Attributes:
        samples: flat rows of (due_ns, delay_ns, thread, stack, cpu_ns, number of the state): `samples.extend(row)`.
        rows: pending rows of the other tables, tuples in the order of the schema's columns.
    """

    def __init__(self) -> None:
        self.samples = array("q")
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _APPENDED}
        self._batches: dict[str, list[pa.RecordBatch]] = {name: [] for name in (*_APPENDED, "samples")}
        self._draining = threading.Lock()
        self._counts = {"functions": 0, "stacks": 0}
        self._drained_bytes = 0

    def number(self, table: str, row: tuple[Any, ...]) -> int:
        """Appends a function or a stack and returns its id. The caller makes sure that one thread does so at a time."""
        self.rows[table].append(row)
        self._counts[table] += 1
        return self._counts[table] - 1

    def drain(self) -> dict[str, pa.RecordBatch]:
        """Moves what has been appended so far into batches and returns the new ones; what they refer to comes along."""
        with self._draining:
            # samples and logs first: the stacks and functions that they name were appended before them
            taken = {name: _take(self.rows[name]) for name in ("logs", "metrics", "spans")}
            flat = _take_samples(self.samples)
            taken.update({name: _take(self.rows[name]) for name in ("stacks", "functions")})
            fresh = {name: _batch(name, rows) for name, rows in taken.items() if rows}
            if len(flat):
                fresh["samples"] = _sample_batch(flat)
            for name, batch in fresh.items():
                self._batches[name].append(batch)
                self._drained_bytes += batch.nbytes
            return fresh

    @property
    def nbytes(self) -> int:
        """Memory that the collected facts take, about."""
        return self._drained_bytes + len(self.samples) * 8 + sum(200 * len(rows) for rows in self.rows.values())

    def trace(self, threads: Sequence[tuple[Any, ...]], meta: Mapping[str, Any]) -> Trace:
        """Everything collected so far as a trace, times counting from the origin."""
        self.drain()
        tables = {name: TABLES[name].empty() for name in TABLES}
        for name, batches in self._batches.items():
            if batches:
                tables[name] = pa.Table.from_batches(batches).unify_dictionaries()
        tables["threads"] = pa.Table.from_batches([_batch("threads", threads)])
        for name, column in (("logs", "time_ns"), ("metrics", "time_ns"), ("spans", "start_ns")):
            tables[name] = _in_order(tables[name], column)
        return Trace(tables, meta)


def table(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows as a table of the schema."""
    return pa.Table.from_batches([_batch(name, rows)])


def _in_order(rows: pa.Table, column: str) -> pa.Table:
    """Threads append as they come, so rows may be out of order by a little."""
    times = arrays.values(rows.column(column))
    if len(times) < 2 or bool(np.all(times[1:] >= times[:-1])):
        return rows
    return rows.take(arrays.numbers(np.argsort(times, kind="stable"), pa.int64()))


def _take(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    count = len(rows)
    taken = rows[:count]
    del rows[:count]
    return taken


def _take_samples(samples: array[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    count = len(samples) // _SAMPLE_COLUMNS * _SAMPLE_COLUMNS
    taken = samples[:count]
    del samples[:count]
    return np.frombuffer(taken, np.int64).reshape(-1, _SAMPLE_COLUMNS)


def _sample_batch(flat: np.ndarray[Any, np.dtype[np.int64]]) -> pa.RecordBatch:
    schema = TABLES["samples"].arrow
    columns = [
        arrays.words(flat[:, index], SAMPLE_STATES)
        if field.name == "state"
        else arrays.numbers(flat[:, index], field.type)
        for index, field in enumerate(schema)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _batch(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    schema = TABLES[name].arrow
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in schema]
    made = [arrays.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(made, schema=schema)
