"""The immutable facts of one recording: Arrow tables and a dictionary of metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from microlog_nb.model import arrays
from microlog_nb.model.schema import TABLES

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trace:
    """What one run left behind. Nothing writes into it; analysis reads it, formats write it out.

    Attributes:
        tables: one Arrow table for every name in `schema.TABLES`, with exactly its columns.
        meta: values that JSON can hold. Always there: `format` (int), `name`, `cell` (label of the notebook cell or ""),
            `id` (32 hex digits), `started` (ISO 8601 with offset), `duration_ns`, `interval_ns`, `sampler`, `python`,
            `platform`, `samples`, `late` (samples over `LATE_INTERVALS` intervals late), `ticks` (times the sampler looked),
            `missed` (ticks that were due while it could not look), `torn` (stacks cut short), `own_cpu_ns` (CPU time of
            the recorder's threads), `notes` (sentences about limits and faults of this recording). Where the recorder knew:
            `cores` (CPUs of the machine).
    """

    tables: Mapping[str, pa.Table]
    meta: Mapping[str, Any]
    _columns: dict[tuple[str, str], npt.NDArray[Any]] = field(default_factory=dict, repr=False)
    _texts: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        return self.meta == other.meta and all(
            _plain(self.tables[name]).equals(_plain(other.tables[name])) for name in TABLES
        )

    __hash__ = None  # type: ignore[assignment]  # compared by content, so not a key

    @property
    def duration_ns(self) -> int:
        """Length of the recording."""
        return int(self.meta["duration_ns"])

    @property
    def interval_ns(self) -> int:
        """Time between samples that was asked for."""
        return int(self.meta["interval_ns"])

    def numbers(self, table: str, column: str) -> npt.NDArray[Any]:
        """A numeric column as a read-only numpy array."""
        key = (table, column)
        if key not in self._columns:
            values = arrays.values(self.tables[table].column(column))
            values.setflags(write=False)
            self._columns[key] = values
        return self._columns[key]

    def texts(self, table: str, column: str) -> Sequence[str]:
        """A text column; everybody is given the same one."""
        key = (table, column)
        if key not in self._texts:
            self._texts[key] = self.tables[table].column(column).to_pylist()
        return self._texts[key]

    def words(self, table: str, column: str, known: Sequence[str]) -> npt.NDArray[np.int64]:
        """A column of words as their numbers among the known ones; -1 for any other."""
        key = (table, f"{column} as numbers")
        if key not in self._columns:
            place = {word: number for number, word in enumerate(known)}
            parts = [np.zeros(0, np.int64)]
            for chunk in self.tables[table].column(column).chunks:
                numbers = np.array([place.get(word, -1) for word in chunk.dictionary.to_pylist()] or [-1], np.int64)
                parts.append(numbers[arrays.values(pa.chunked_array([chunk.indices]))])
            self._columns[key] = np.concatenate(parts)
        return self._columns[key]

    @property
    def taken_ns(self) -> Ints:
        """When each sample was taken."""
        return self.numbers("samples", "due_ns") + self.numbers("samples", "delay_ns")  # type: ignore[no-any-return]

    def between(self, start_ns: int, end_ns: int, **meta: Any) -> Trace:
        """The part of this trace inside [start_ns, end_ns), with times counted from its start and unused stacks left out.

        A late sample that was due inside belongs to it: it is the evidence for the time before it.
        """
        tables = dict(self.tables)
        due = self.numbers("samples", "due_ns")
        delay = np.minimum(self.numbers("samples", "delay_ns"), np.maximum(end_ns - due, 0))
        keep = (due + delay >= start_ns) & (due < end_ns)
        tables["samples"] = _replace(
            tables["samples"],
            due_ns=np.maximum(due, start_ns) - start_ns,
            delay_ns=due + delay - np.maximum(due, start_ns),
        ).filter(arrays.numbers(keep, pa.bool_()))
        for name in ("logs", "metrics"):
            time = self.numbers(name, "time_ns")
            inside = (time >= start_ns) & (time <= end_ns)
            tables[name] = _replace(tables[name], time_ns=time - start_ns).filter(arrays.numbers(inside, pa.bool_()))
        begin = self.numbers("spans", "start_ns")
        finish = np.minimum(begin + self.numbers("spans", "duration_ns"), end_ns)
        clipped = np.maximum(begin, start_ns)
        tables["spans"] = _replace(tables["spans"], start_ns=clipped - start_ns, duration_ns=finish - clipped).filter(
            arrays.numbers(finish >= clipped, pa.bool_())
        )
        first, last = self.numbers("looks", "start_ns"), self.numbers("looks", "end_ns")
        tables["looks"] = tables["looks"].filter(arrays.numbers((last >= start_ns) & (first <= end_ns), pa.bool_()))
        for name in ("threads", "tasks", "looks"):
            limits = {
                column: np.clip(arrays.values(tables[name].column(column)), start_ns, end_ns) - start_ns
                for column in ("start_ns", "end_ns")
            }
            tables[name] = _replace(tables[name], **limits)
        duration = {"duration_ns": end_ns - start_ns}
        return Trace(compact(tables), {**self.meta, **duration, **meta})


def compact(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Leaves out threads, tasks, stacks and functions that nothing refers to, and renumbers the references."""
    result = dict(tables)
    users = {"samples": "thread", "logs": "thread", "spans": "thread", "looks": "task"}
    parent = arrays.values(tables["stacks"].column("parent"))
    used = np.zeros(len(parent), bool)
    for name in users:
        stacks = arrays.values(tables[name].column("stack"))
        used[stacks[stacks >= 0]] = True
    frontier = np.flatnonzero(used)
    while len(frontier := parent[frontier]):
        frontier = np.unique(frontier[frontier >= 0])
        frontier = frontier[~used[frontier]]
        used[frontier] = True
    result["stacks"] = tables["stacks"].filter(arrays.numbers(used, pa.bool_()))
    new_stack = _renumber(used)
    result["stacks"] = _replace(result["stacks"], parent=new_stack[arrays.values(result["stacks"].column("parent"))])
    functions = arrays.values(result["stacks"].column("function"))
    seen = np.zeros(tables["functions"].num_rows, bool)
    seen[functions] = True
    result["functions"] = tables["functions"].filter(arrays.numbers(seen, pa.bool_()))
    result["stacks"] = _replace(result["stacks"], function=_renumber(seen)[functions])
    for owners, column in (("threads", "thread"), ("tasks", "task")):
        heard = np.zeros(tables[owners].num_rows, bool)
        mine = [name for name, of in users.items() if of == column]
        for name in mine:
            rows = arrays.values(tables[name].column(column))
            heard[rows[rows >= 0]] = True
        result[owners] = tables[owners].filter(arrays.numbers(heard, pa.bool_()))
        new = _renumber(heard)
        for name in mine:
            stack, rows = (arrays.values(tables[name].column(each)) for each in ("stack", column))
            result[name] = _replace(tables[name], **{"stack": new_stack[stack], column: new[rows]})
    return result


def _renumber(used: npt.NDArray[np.bool_]) -> Ints:
    """New numbers for the used rows; one more entry at the end so that -1 maps to -1."""
    numbers = np.full(len(used) + 1, -1, np.int64)
    numbers[:-1][used] = np.arange(np.count_nonzero(used))
    return numbers


def _replace(table: pa.Table, **columns: npt.NDArray[Any]) -> pa.Table:
    for name, values in columns.items():
        index = table.schema.get_field_index(name)
        table = table.set_column(index, table.schema.field(name), arrays.numbers(values, table.schema.field(name).type))
    return table


def _plain(table: pa.Table) -> pa.Table:
    """Dictionary columns as text, one chunk: two tables of equal values compare equal however they are stored."""
    columns = [
        pc.cast(column, pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns
    ]
    return pa.table(columns, names=table.column_names).combine_chunks()
