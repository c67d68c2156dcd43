"""What makes tables a valid trace, so that nothing behind a reader has to check again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from microlog_nb.formats.files import shown
from microlog_nb.model import arrays
from microlog_nb.model.schema import TABLES, Column

MAX_TIME_NS = 2**53
"""104 days: up to here a time is exact in a double, too, which is what pandas and browsers count with."""

_ORDERED = {"logs": "time_ns", "metrics": "time_ns", "spans": "start_ns", "looks": "start_ns"}


def tables_fault(tables: Mapping[str, pa.Table]) -> str:
    """The first thing wrong with the tables of a trace, or ""."""
    for name, table in TABLES.items():
        if not tables[name].schema.equals(table.arrow):
            return f"table {name} has other columns than {', '.join(table.arrow.names)}"
        try:
            tables[name].validate(full=True)
        except pa.ArrowInvalid as error:
            return f"table {name} is malformed ({shown(error, 100)})"
    for name, table in TABLES.items():
        for column in table.columns:
            if fault := _column_fault(column, tables[name], tables):
                return f"table {name}, column {column.name}: {fault}"
    return _order_fault(tables)


def _column_fault(column: Column, table: pa.Table, tables: Mapping[str, pa.Table]) -> str:
    values = table.column(column.name)
    if values.null_count:
        return "a value is missing"
    if column.words:
        unknown = [word for word in pc.unique(values).to_pylist() if word not in column.words]
        return f"{shown(unknown[0], 40)!r} is not one of {', '.join(column.words)}" if unknown else ""
    # the schema says of every column that may be unknown that -1 means so
    lowest = -1 if "-1" in column.meaning else 0
    if column.points_to:
        return _range_fault(arrays.values(values), lowest, tables[column.points_to].num_rows - 1)
    if column.unit == "ns":
        return _range_fault(arrays.values(values), lowest, MAX_TIME_NS)
    if pa.types.is_int32(column.type):
        return _range_fault(arrays.values(values), lowest, 2**31 - 1)
    return ""


def _range_fault(values: np.ndarray[Any, Any], lowest: int, highest: int) -> str:
    wrong = np.flatnonzero((values < lowest) | (values > highest))
    return f"{values[wrong[0]]} in row {wrong[0]} is not in {lowest} to {highest}" if len(wrong) else ""


def _order_fault(tables: Mapping[str, pa.Table]) -> str:
    parent = arrays.values(tables["stacks"].column("parent"))
    early = np.flatnonzero(parent >= np.arange(len(parent)))
    if len(early):
        return f"table stacks, column parent: {parent[early[0]]} in row {early[0]} is not an earlier row"
    taken = arrays.values(tables["samples"].column("due_ns")) + arrays.values(tables["samples"].column("delay_ns"))
    if fault := _falling("samples", taken):
        return fault
    for name, column in _ORDERED.items():
        if fault := _falling(name, arrays.values(tables[name].column(column))):
            return fault
    for name in ("threads", "tasks", "looks"):
        start, end = (arrays.values(tables[name].column(column)) for column in ("start_ns", "end_ns"))
        turned = np.flatnonzero(start > end)
        if len(turned):
            return f"table {name}: row {turned[0]} ends before it starts"
    return ""


def _falling(name: str, times: np.ndarray[Any, Any]) -> str:
    # delays are whole microseconds, so that neighbours may seem to change places by less than one
    falls = np.flatnonzero(np.diff(times) < -1000)
    return f"table {name}: row {falls[0] + 1} is earlier than the row before" if len(falls) else ""


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_TIME_NS


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_META: dict[str, tuple[Callable[[Any], bool], str]] = {
    "format": (_is_count, "a whole number"),
    "name": (_is_text, "text"),
    "cell": (_is_text, "text"),
    "id": (lambda value: _is_text(value) and bool(re.fullmatch("[0-9a-f]{32}", value)), "32 hex digits"),
    "started": (_is_moment, "a time as 2026-03-14T09:41:00+01:00"),
    "duration_ns": (_is_count, "a whole number from 0"),
    "interval_ns": (lambda value: _is_count(value) and value > 0, "a whole number from 1"),
    "sampler": (_is_text, "text"),
    "python": (_is_text, "text"),
    "platform": (_is_text, "text"),
    "samples": (_is_count, "a whole number from 0"),
    "ticks": (_is_count, "a whole number from 0"),
    "late": (_is_count, "a whole number from 0"),
    "missed": (_is_count, "a whole number from 0"),
    "torn": (_is_count, "a whole number from 0"),
    "own_cpu_ns": (_is_count, "a whole number from 0"),
    "notes": (lambda value: isinstance(value, list) and all(map(_is_text, value)), "a list of texts"),
}


def meta_fault(meta: object) -> str:
    """The first thing wrong with the meta of a trace, or "". Further keys are welcome."""
    if not isinstance(meta, Mapping):
        return "meta is not an object"
    for key, (valid, allowed) in _META.items():
        if key not in meta:
            return f"meta has no {key}"
        if not valid(meta[key]):
            return f"meta {key} is {shown(repr(meta[key]), 40)}, not {allowed}"
    return ""
