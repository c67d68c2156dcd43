"""A running recording on disk: what is recorded is appended about once a second, so that a killed process loses no more.

    owner.json           which process writes here; its presence makes the folder a spool
    meta.json            the trace's meta so far; rewritten whole, atomically
    threads.arrow        small tables: Arrow IPC; the same
    samples.arrows ...   tables that grow: Arrow IPC streams, appended to; words are stored as text

Every append is handed to the operating system at once, which keeps it when the process dies. It is not forced to the
disk: a power cut may cost more than a second. A stream may end anywhere; what is incomplete at its end is left out.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.errors import MicrologError
from microlog_nb.formats.checks import meta_fault, tables_fault
from microlog_nb.formats.files import replacing, shown
from microlog_nb.model.schema import LATE_INTERVALS, TABLES
from microlog_nb.model.trace import Trace, compact

_OWNER = "owner.json"
_META = "meta.json"
_ORDER = list(TABLES)
_TIME = {"logs": "time_ns", "metrics": "time_ns", "spans": "start_ns"}


_ENDED_EARLY = "The process ended before the recording did: up to a second before the end may be missing."
_STILL_RUNNING = "The recording was still running when it was read."


class Spool:
    """Writes a spool folder; for one thread.

    Args:
        folder: made if it is missing, with its parents; it must be empty.
        meta: the trace's meta so far.

    Raises:
        MicrologError: the folder cannot be made or written, or is not empty.
    """

    def __init__(self, folder: Path, meta: Mapping[str, Any]) -> None:
        self.folder = folder
        self._streams: dict[str, FileIO] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise MicrologError(f"{shown(folder)} cannot keep a running recording: it is not empty")
        except OSError as error:
            raise _unwritable(folder, error) from error
        self.replace(meta)
        _write_json(folder / _OWNER, _this_process())

    def append(self, table: str, batch: pa.RecordBatch) -> None:
        """Adds rows at the end of a table; what they refer to must have been added before.

        Raises:
            MicrologError: they cannot be written; the table is as before.
        """
        plain = _plain(batch)
        data = bytes(plain.serialize())
        try:
            if table not in self._streams:
                self._streams[table] = (self.folder / f"{table}.arrows").open("ab", buffering=0)
                data = bytes(plain.schema.serialize()) + data
            _write_whole(self._streams[table], data)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def append_all(self, batches: Mapping[str, pa.RecordBatch]) -> None:
        """Adds rows to several tables, in the order in which the tables refer to one another."""
        for table in sorted(batches, key=_ORDER.index):
            self.append(table, batches[table])

    def replace(self, meta: Mapping[str, Any] | None = None, **tables: pa.Table) -> None:
        """Writes the meta, and small tables, anew; each is there whole, the old or the new one, at any moment."""
        for name, table in tables.items():
            plain = _plain(table)
            with (
                replacing(self.folder / f"{name}.arrow", durable=False) as file,
                pa.ipc.new_stream(file, plain.schema) as writer,
            ):
                writer.write(plain)
        if meta is not None:
            _write_json(self.folder / _META, dict(meta))

    def close(self) -> None:
        """Closes the files; the folder stays."""
        while self._streams:
            self._streams.popitem()[1].close()

    def discard(self) -> None:
        """Closes the files and removes the folder: the recording is kept elsewhere, or not wanted."""
        self.close()
        discard(self.folder)


def discard(folder: Path) -> None:
    """Removes a spool folder; files that no spool has made, and then the folder, are left alone.

    Raises:
        MicrologError: it is not a spool, or cannot be removed.
    """
    if not (folder / _OWNER).is_file():
        raise MicrologError(f"{shown(folder)} cannot be removed: it is not the folder of a running recording")
    names = [_META, *(f"{name}{suffix}" for name in TABLES for suffix in (".arrow", ".arrows"))]
    try:
        # the owner last: a removal that is cut short can be done again
        for path in (*(folder / name for name in names), *folder.glob(".*.part"), folder / _OWNER):
            path.unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise MicrologError(f"{shown(folder)} cannot be removed: {error.strerror or error}") from error


def read(folder: Path) -> Trace:
    """What is in a spool folder as a trace; rows that refer to lost rows are left out.

    Raises:
        MicrologError: it is not a spool, or what is in it contradicts itself.
    """
    meta = _read_json(folder / _META)
    if fault := meta_fault(meta):
        raise MicrologError(f"{shown(folder)} cannot be read: {_META} is damaged: {fault}")
    tables = {name: _in_order(name, _read_table(folder, name)) for name in TABLES}
    tables = _with_ends(_without_orphans(tables))
    if fault := tables_fault(tables):
        raise MicrologError(f"{shown(folder)} cannot be read: it is damaged: {fault}")
    return Trace(tables, {**meta, **_counted(tables, meta), "notes": [*meta["notes"], _state(folder)]})


def orphans(home: Path) -> list[Path]:
    """Spool folders in `home`, or in its folder `running`, whose process is gone, the oldest first."""
    owners = [*home.glob(f"*/{_OWNER}"), *home.glob(f"running/*/{_OWNER}")]
    return sorted((owner.parent for owner in owners if not _alive(owner.parent)), key=lambda path: path.stat().st_mtime)


# ---------------------------------------------------------------------------------------------------- process


def _this_process() -> dict[str, Any]:
    import psutil

    return {"pid": os.getpid(), "process_started": psutil.Process().create_time(), "host": platform.node()}


def _alive(folder: Path) -> bool:
    """Whether the process that writes the folder still runs; one on another computer is taken to be."""
    import psutil

    try:
        owner = _read_json(folder / _OWNER)
        if owner["host"] != platform.node():
            return True
        process = psutil.Process(int(owner["pid"]))
        # a number is used again; the clock behind process times may be set by a little
        same = abs(process.create_time() - float(owner["process_started"])) < 2
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.AccessDenied:
        return True
    except (psutil.NoSuchProcess, MicrologError, KeyError, TypeError, ValueError, OverflowError):
        return False


def _state(folder: Path) -> str:
    return _STILL_RUNNING if _alive(folder) else _ENDED_EARLY


# ---------------------------------------------------------------------------------------------------- writing


def _plain(rows: Any) -> Any:
    """Words as text: a dictionary that grows would have to be written again with every batch."""
    if not any(pa.types.is_dictionary(field.type) for field in rows.schema):
        return rows
    fields = [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in rows.schema]
    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(rows.columns, fields, strict=True)
    ]
    return type(rows).from_arrays(columns, schema=pa.schema(fields))


def _write_whole(file: FileIO, data: bytes) -> None:
    """All of it or nothing: behind a torn message a reader would find no other."""
    before = file.seek(0, os.SEEK_END)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(before)
        raise


def _write_json(path: Path, value: dict[str, Any]) -> None:
    with replacing(path, durable=False) as file:
        file.write(json.dumps(value).encode())


def _unwritable(folder: Path, error: OSError) -> MicrologError:
    return MicrologError(f"{shown(folder)} cannot be written: {error.strerror or error}")


# ---------------------------------------------------------------------------------------------------- reading


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise MicrologError(
            f"{shown(path.parent)} is not the folder of a recording: there is no {path.name}"
        ) from error
    except OSError as error:
        raise MicrologError(f"{shown(path)} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise MicrologError(f"{shown(path)} is damaged: {shown(error, 80)}") from error


def _read_table(folder: Path, name: str) -> pa.Table:
    schema = TABLES[name].arrow
    batches: list[pa.RecordBatch] = []
    for suffix in (".arrow", ".arrows"):
        path = folder / f"{name}{suffix}"
        if path.is_file():
            batches += _read_batches(path)
    try:
        return pa.Table.from_batches([batch.cast(schema) for batch in batches], schema).unify_dictionaries()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise MicrologError(f"{shown(folder)} cannot be read: table {name} is damaged ({shown(error, 80)})") from error


def _read_batches(path: Path) -> list[pa.RecordBatch]:
    """Whole batches from the beginning of a stream that may end anywhere."""
    batches: list[pa.RecordBatch] = []
    try:
        stream = pa.ipc.open_stream(pa.py_buffer(path.read_bytes()))
        while True:
            batch = stream.read_next_batch()
            batch.validate(full=True)
            batches.append(batch)
    except (StopIteration, pa.ArrowException, OSError, ValueError):
        return batches


def _in_order(name: str, table: pa.Table) -> pa.Table:
    if name not in _TIME:
        return table
    return table.take(pa.array(np.argsort(table.column(_TIME[name]).to_numpy(), kind="stable")))


def _without_orphans(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Leaves out samples whose stack or thread was lost, and logs and spans whose thread was; a lost stack is unknown there."""
    good = _good_stacks(tables)
    threads = tables["threads"].num_rows
    result = dict(tables)
    lost = not good[:-1].all()
    for name in ("samples", "logs", "spans"):
        table = tables[name]
        stack, thread = table.column("stack").to_numpy(), table.column("thread").to_numpy()
        known = (stack >= -1) & (stack < len(good) - 1)
        known[known] = good[stack[known]]
        keep = (thread >= (-1 if name == "spans" else 0)) & (thread < threads)
        if name == "samples":
            keep &= known
        elif not known.all():
            place = table.schema.get_field_index("stack")
            table = table.set_column(place, table.schema.field(place), pa.array(np.where(known, stack, -1), pa.int32()))
        lost = lost or not keep.all()
        result[name] = table.filter(pa.array(keep))
    if not lost:
        return result
    # the rest of the tree may be broken where nothing refers to it any more
    parent, function = (tables["stacks"].column(name).to_numpy() for name in ("parent", "function"))
    result["stacks"] = pa.table(
        [
            pa.array(np.where(good[:-1], parent, -1), pa.int32()),
            pa.array(np.where(good[:-1], function, 0), pa.int32()),
            *tables["stacks"].columns[2:],
        ],
        schema=tables["stacks"].schema,
    )
    return compact(result)


def _with_ends(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Threads last as long as their samples do: the table of threads is not written anew for that."""
    threads, samples = tables["threads"], tables["samples"]
    ends = threads.column("end_ns").to_numpy().copy()
    taken = samples.column("due_ns").to_numpy() + samples.column("delay_ns").to_numpy()
    np.maximum.at(ends, samples.column("thread").to_numpy(), taken)
    place = threads.schema.get_field_index("end_ns")
    return {**tables, "threads": threads.set_column(place, threads.schema.field(place), pa.array(ends))}


def _good_stacks(tables: dict[str, pa.Table]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which stacks are there with their function and all their callers; one more at the end, for -1."""
    parent, function = (tables["stacks"].column(name).to_numpy() for name in ("parent", "function"))
    functions = tables["functions"].num_rows
    early = (parent >= -1) & (parent < np.arange(len(parent)))
    good = np.append((function >= 0) & (function < functions) & early, True)
    safe = np.where(early, parent, -1)
    while True:
        better = good.copy()
        better[:-1] &= good[safe]
        if (better == good).all():
            return good
        good = better


def _counted(tables: Mapping[str, pa.Table], meta: Mapping[str, Any]) -> dict[str, int]:
    """What can be told from the tables, where they are newer than the meta."""
    ends = [int(meta["duration_ns"])]
    for name, start, length in (
        ("samples", "due_ns", "delay_ns"),
        ("spans", "start_ns", "duration_ns"),
        ("logs", "time_ns", None),
        ("metrics", "time_ns", None),
    ):
        if tables[name].num_rows:
            times = tables[name].column(start).to_numpy()
            ends.append(int((times + (tables[name].column(length).to_numpy() if length else 0)).max()))
    delays = tables["samples"].column("delay_ns").to_numpy()
    late = int((delays > LATE_INTERVALS * meta["interval_ns"]).sum())
    return {"duration_ns": max(ends), "samples": len(delays), "late": late}
