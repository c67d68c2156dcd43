"""Collects the facts of running recordings: rows are appended by any thread, and drained into Arrow batches now and then.

Appending is one operation of a list or an array, which the GIL makes whole; draining takes rows from the front. Times
count from the builder's origin.
"""

from __future__ import annotations

import itertools
import threading
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.model import arrays, packed
from microlog_nb.model.packed import Packed
from microlog_nb.model.schema import TABLES
from microlog_nb.model.trace import Trace

_APPENDED = ("functions", "logs", "metrics", "spans", "looks")
Fresh = dict[str, Any]
"""New rows by the name of their table: a record batch, of samples `Packed`."""


class Builder:
    """Append-only tables of one recorder.

    Attributes:
        samples: flat rows of (due_ns, delay_ns, thread, stack, cpu_ns, number of the state): `samples.extend(row)`.
        stacks: flat rows of (parent, function, line, instruction, loop); a row's number is its id.
        rows: pending rows of the other tables, tuples in the order of the schema's columns.
    """

    def __init__(self) -> None:
        self.samples = array("q")
        self.stacks = array("q")
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _APPENDED}
        self._batches: dict[str, list[pa.RecordBatch]] = {name: [] for name in (*_APPENDED, "stacks")}
        self._samples: list[Packed] = []
        self._drained_rows = dict.fromkeys((*_APPENDED, "stacks", "samples"), 0)
        self._draining = threading.Lock()
        self._functions = 0
        self._drained_bytes = 0
        self._unread: list[Fresh] = []

    def function(self, row: tuple[Any, ...]) -> int:
        """Appends a function and returns its id. The caller makes sure that one thread does so at a time."""
        self.rows["functions"].append(row)
        self._functions += 1
        return self._functions - 1

    def drain(self) -> None:
        """Moves what has been appended so far into batches; what they refer to comes along."""
        with self._draining:
            # samples and logs first: the stacks and functions that they name were appended before them
            taken = {name: _take(self.rows[name]) for name in ("logs", "metrics", "spans", "looks")}
            flat = {"samples": _take_flat(self.samples, "samples"), "stacks": _take_flat(self.stacks, "stacks")}
            taken["functions"] = _take(self.rows["functions"])
            fresh: Fresh = {name: _batch(name, rows) for name, rows in taken.items() if rows}
            if len(flat["stacks"]):
                fresh["stacks"] = _flat_batch("stacks", flat["stacks"])
            for name, batch in fresh.items():
                self._batches[name].append(batch)
                self._drained_rows[name] += batch.num_rows
                self._drained_bytes += batch.nbytes
            if len(flat["samples"]):
                fresh["samples"] = packed.pack(flat["samples"])
                self._samples.append(fresh["samples"])
                self._drained_rows["samples"] += len(flat["samples"])
                self._drained_bytes += len(fresh["samples"].data)
            self._unread.append(fresh)

    def unread(self) -> list[Fresh]:
        """What has not been read in this way, also what a trace of the running recording came by first."""
        self.drain()
        with self._draining:
            unread, self._unread = self._unread, []
        return unread

    @property
    def nbytes(self) -> int:
        """Memory that the collected facts take, about."""
        return (
            self._drained_bytes
            + (len(self.samples) + len(self.stacks)) * 8
            + sum(200 * len(rows) for rows in self.rows.values())
        )

    def count(self, name: str) -> int:
        """How many rows a table has so far: samples, stacks, or one of `rows`."""
        pending = len(self.rows[name]) if name in self.rows else len(self._flat(name)) // len(TABLES[name].columns)
        return self._drained_rows[name] + pending

    def since(self, name: str, row: int) -> Any:
        """The rows of a table from this one on, drained or not; the time that it takes is theirs.

        Args:
            name: samples, stacks, or one of `rows`.
            row: number of the first one.

        Returns:
            Of samples and stacks an array of one row each, of the others a list of tuples.
        """
        with self._draining:
            at = self._drained_rows[name]
            parts: list[Any] = []
            for part in reversed(self._samples if name == "samples" else self._batches[name]):
                if at <= row:
                    break
                rows = packed.unpack(part) if isinstance(part, Packed) else _rows(part, flat=name == "stacks")
                at -= len(rows)
                parts.append(rows)
            if name in self.rows:
                return [*itertools.chain(*reversed(parts), self.rows[name])][row - at :]
            columns = len(TABLES[name].columns)
            flat = self._flat(name)
            pending = np.array(flat[: len(flat) // columns * columns], np.int64).reshape(-1, columns)
            return np.concatenate([*reversed(parts), pending])[row - at :]

    def _flat(self, name: str) -> array[int]:
        return self.samples if name == "samples" else self.stacks

    def trace(
        self, threads: Sequence[tuple[Any, ...]], meta: Mapping[str, Any], *, tasks: Sequence[tuple[Any, ...]] = ()
    ) -> Trace:
        """Everything collected so far as a trace, times counting from the origin."""
        self.drain()
        tables = {name: TABLES[name].empty() for name in TABLES}
        for name, batches in self._batches.items():
            if batches:
                tables[name] = pa.Table.from_batches(batches).unify_dictionaries()
        tables["samples"] = samples(list(self._samples))
        tables["threads"] = pa.Table.from_batches([_batch("threads", threads)])
        tables["tasks"] = table("tasks", tasks)
        for name, column in (("logs", "time_ns"), ("metrics", "time_ns"), ("spans", "start_ns"), ("looks", "start_ns")):
            tables[name] = _in_order(tables[name], column)
        return Trace(tables, meta)


def samples(parts: Sequence[Packed]) -> pa.Table:
    """The table of samples from its packed parts.

    Raises:
        ValueError: one is damaged.
    """
    rows = np.concatenate([*map(packed.unpack, parts), np.empty((0, len(TABLES["samples"].columns)), np.int64)])
    return pa.Table.from_batches([_flat_batch("samples", rows)])


def table(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows as a table of the schema."""
    return pa.Table.from_batches([_batch(name, rows)])


def _in_order(rows: pa.Table, column: str) -> pa.Table:
    """Threads append as they come, so rows may be out of order by a little."""
    times = arrays.values(rows.column(column))
    if len(times) < 2 or bool(np.all(times[1:] >= times[:-1])):
        return rows
    return rows.take(arrays.numbers(np.argsort(times, kind="stable"), pa.int64()))


def _rows(batch: pa.RecordBatch, *, flat: bool) -> Any:
    if flat:
        columns = [arrays.values(pa.chunked_array([column])) for column in batch.columns]
        return np.stack(columns, axis=1).astype(np.int64)
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _take(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    count = len(rows)
    taken = rows[:count]
    del rows[:count]
    return taken


def _take_flat(flat: array[int], name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    columns = len(TABLES[name].columns)
    count = len(flat) // columns * columns
    taken = flat[:count]
    del flat[:count]
    return np.frombuffer(taken, np.int64).reshape(-1, columns)


def _flat_batch(name: str, flat: np.ndarray[Any, np.dtype[np.int64]]) -> pa.RecordBatch:
    columns = TABLES[name].columns
    made = [
        arrays.words(flat[:, index], column.words) if column.words else arrays.numbers(flat[:, index], column.type)
        for index, column in enumerate(columns)
    ]
    return pa.RecordBatch.from_arrays(made, schema=TABLES[name].arrow)


def _batch(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    schema = TABLES[name].arrow
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in schema]
    made = [arrays.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(made, schema=schema)
