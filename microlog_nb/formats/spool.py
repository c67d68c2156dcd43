"""A running recording on disk: what is recorded is appended about once a second, so that a killed process loses no more.

    owner.json    which process writes here; its presence makes the folder a spool
    journal       frames, one behind the other:   kind (u8) | 0 0 0 | length (u32) | that many bytes

What a frame holds, by its kind:

    meta               JSON: values of the trace's meta that are new; the first frame has all of them
    samples            number of rows (u32), of columns (u32), and the rows as `model.packed` packs them
    threads, tasks,    an Arrow IPC stream of the whole table; the last one counts
    sources
    the other tables   an Arrow IPC stream of rows to add; words are stored as text

All that is new is one write, which the operating system has at once and keeps when the process dies. It is not forced to
the disk: a power cut may cost more than a second. A journal may end anywhere; an incomplete frame at its end is left out.
There is one file because whoever writes gives the interpreter's lock away, and has to take it from the program again.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.errors import MicrologError
from microlog_nb.formats.files import shown
from microlog_nb.model import arrays
from microlog_nb.model.builder import samples as samples_of
from microlog_nb.model.packed import Packed
from microlog_nb.model.schema import LATE_INTERVALS, TABLES
from microlog_nb.model.trace import Trace, compact

_OWNER = "owner.json"
_JOURNAL = "journal"
_META = "meta"
_KINDS = (_META, *TABLES)
_FRAME = struct.Struct("<B3xI")
_SHAPE = struct.Struct("<II")
_WHOLE = ("threads", "tasks", "sources")
_MOST_ROWS = 10_000_000
"""Of one frame: what is said to be more is damaged."""
_TIME = {"logs": "time_ns", "metrics": "time_ns", "spans": "start_ns", "looks": "start_ns"}


_ENDED_EARLY = "The process ended before the recording did: up to a second before the end may be missing."
_DAMAGED = "A part of what was kept on disk is damaged: it and what came after it are left out."
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
        self._meta: dict[str, Any] = {}
        self._size = 0
        try:
            _make(folder)
            self._journal = (folder / _JOURNAL).open("ab", buffering=0)
            self.append({}, meta)
            _claim(folder)
        except OSError as error:
            raise _unwritable(folder, error) from error

    def append(self, tables: Mapping[str, Any], meta: Mapping[str, Any] | None = None) -> None:
        """Adds rows, and what is new in the meta, at once.

        Args:
            tables: by name: of samples `Packed`, of threads, tasks and sources the whole `Table`, of the others a `RecordBatch` of
                rows to add. What rows refer to must have been added before, or be among them.
            meta: the trace's meta so far; None leaves it.

        Raises:
            MicrologError: they cannot be written; the journal is as before.
        """
        news = {key: value for key, value in (meta or {}).items() if key not in self._meta or self._meta[key] != value}
        frames = [(_META, json.dumps(news).encode())] if news else []
        frames += [(name, _bytes_of(tables[name])) for name in _KINDS if name in tables]
        data = b"".join(part for name, body in frames for part in (_FRAME.pack(_KINDS.index(name), len(body)), body))
        try:
            self._write_whole(data)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self._meta.update(news)

    def close(self) -> None:
        """Closes the journal; the folder stays."""
        self._journal.close()

    def discard(self) -> None:
        """Closes the journal and removes the folder: the recording is kept elsewhere, or not wanted."""
        self.close()
        discard(self.folder)

    def _write_whole(self, data: bytes) -> None:
        """All of it or nothing: behind a torn frame a reader would find no other."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._journal.write(rest) :]
        except OSError:
            self._journal.truncate(self._size)
            raise
        self._size += len(data)


def discard(folder: Path) -> None:
    """Removes a spool folder; files that no spool has made, and then the folder, are left alone.

    Raises:
        MicrologError: it is not a spool, or cannot be removed.
    """
    if not (folder / _OWNER).is_file():
        raise MicrologError(f"{shown(folder)} cannot be removed: it is not the folder of a running recording")
    try:
        # the owner last: a removal that is cut short can be done again
        for path in (folder / _JOURNAL, *folder.glob(".*.part"), folder / _OWNER):
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
    from microlog_nb.formats.checks import meta_fault, tables_fault

    meta, found = _read_journal(folder)
    if fault := meta_fault(meta):
        raise MicrologError(f"{shown(folder)} cannot be read: it is damaged: {fault}")
    tables = {name: _in_order(name, _table(folder, name, found[name])) for name in TABLES}
    tables = _with_ends(_without_orphans(tables))
    if fault := tables_fault(tables):
        raise MicrologError(f"{shown(folder)} cannot be read: it is damaged: {fault}")
    return Trace(tables, {**meta, **_counted(tables, meta), "notes": [*meta["notes"], _state(folder)]})


def orphans(home: Path) -> list[Path]:
    """Spool folders in `home`, or in its folder `running`, whose process is gone, the oldest first."""
    owners = [*home.glob(f"*/{_OWNER}"), *home.glob(f"running/*/{_OWNER}")]
    return sorted((owner.parent for owner in owners if not _alive(owner.parent)), key=lambda path: path.stat().st_mtime)


# ---------------------------------------------------------------------------------------------------- process


def _make(folder: Path) -> None:
    """An empty folder, with few system calls: each gives the interpreter's lock away, and to have it back stops the program."""
    try:
        folder.mkdir()
    except (FileExistsError, FileNotFoundError):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise MicrologError(f"{shown(folder)} cannot keep a running recording: it is not empty") from None


def _claim(folder: Path) -> None:
    """Tells who writes there, with few system calls as well: nobody sees a part of it."""
    temporary = folder / f".{_OWNER}.part"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        os.write(file, json.dumps(_process(os.getpid())).encode())
    finally:
        os.close(file)
    temporary.replace(folder / _OWNER)


@functools.cache
def _process(pid: int) -> dict[str, Any]:
    """What tells this process, whose number may be used again, from all others."""
    import psutil

    return {"pid": pid, "process_started": psutil.Process(pid).create_time(), "host": platform.node()}


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


def _bytes_of(rows: Any) -> bytes:
    if isinstance(rows, Packed):
        return _SHAPE.pack(rows.rows, rows.columns) + rows.data
    # words as text: a dictionary that grows would have to be written again with every batch
    schema = pa.schema(
        [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in rows.schema]
    )
    batches = rows.to_batches() if isinstance(rows, pa.Table) else [rows]
    plain = [
        pa.RecordBatch.from_arrays(
            [arrays.spelt(column) if pa.types.is_dictionary(column.type) else column for column in batch.columns],
            schema=schema,
        )
        for batch in batches
    ]
    return b"".join([bytes(message.serialize()) for message in (schema, *plain)])


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


def _frames(folder: Path) -> Iterator[tuple[int, memoryview]]:
    """Number of the kind, and bytes, of every whole frame."""
    try:
        data = memoryview((folder / _JOURNAL).read_bytes())
    except FileNotFoundError as error:
        raise MicrologError(f"{shown(folder)} is not the folder of a recording: there is no {_JOURNAL}") from error
    except OSError as error:
        raise MicrologError(f"{shown(folder)} cannot be read: {error.strerror or error}") from error
    at = 0
    while at + _FRAME.size <= len(data):
        kind, length = _FRAME.unpack_from(data, at)
        at += _FRAME.size
        if at + length > len(data):
            return
        yield kind, data[at : at + length]
        at += length


def _read_journal(folder: Path) -> tuple[Any, dict[str, list[Any]]]:
    """The meta, and of each table what was written of it, in order, up to the first frame that is damaged."""
    meta: dict[str, Any] = {}
    found: dict[str, list[Any]] = {name: [] for name in TABLES}
    for kind, body in _frames(folder):
        try:
            name = _KINDS[kind]
            if name == _META:
                meta |= json.loads(bytes(body))
            elif name == "samples":
                found[name].append(_packed(body))
            else:
                batches = _batches(body)
                found[name] = batches if name in _WHOLE else found[name] + batches
        except (pa.ArrowException, OSError, LookupError, ValueError, TypeError, RecursionError, struct.error):
            if "notes" in meta:
                meta = {**meta, "notes": [*meta["notes"], _DAMAGED]}
            break
    return meta, found


def _packed(body: memoryview) -> Packed:
    count, width = _SHAPE.unpack_from(body)
    if not 0 < count <= _MOST_ROWS or width != len(TABLES["samples"].columns):
        raise ValueError(f"{count} samples of {width} columns")
    part = Packed(bytes(body[_SHAPE.size :]), count, width)
    samples_of([part]).validate(full=True)
    return part


def _batches(body: memoryview) -> list[pa.RecordBatch]:
    batches = list(pa.ipc.open_stream(pa.py_buffer(body)))
    for batch in batches:
        batch.validate(full=True)
    return batches


def _table(folder: Path, name: str, parts: list[Any]) -> pa.Table:
    schema = TABLES[name].arrow
    try:
        if name == "samples":
            return samples_of(parts)
        return pa.Table.from_batches([part.cast(schema) for part in parts], schema).unify_dictionaries()
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise MicrologError(f"{shown(folder)} cannot be read: table {name} is damaged ({shown(error, 80)})") from error


def _in_order(name: str, table: pa.Table) -> pa.Table:
    if name not in _TIME:
        return table
    return table.take(pa.array(np.argsort(table.column(_TIME[name]).to_numpy(), kind="stable")))


def _without_orphans(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Leaves out what lost its thread or task, and samples and looks that lost their stack: of logs and spans it is unknown."""
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
    looks = tables["looks"]
    stack, task = looks.column("stack").to_numpy(), looks.column("task").to_numpy()
    keep = (stack >= 0) & (stack < len(good) - 1) & (task >= 0) & (task < tables["tasks"].num_rows)
    keep[keep] = good[stack[keep]]
    lost = lost or not keep.all()
    result["looks"] = looks.filter(pa.array(keep))
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
    """Threads last as long as their samples do, and tasks as their looks: their tables are not written anew for that."""
    samples, looks = tables["samples"], tables["looks"]
    taken = samples.column("due_ns").to_numpy() + samples.column("delay_ns").to_numpy()
    result = dict(tables)
    for name, of, last in (
        ("threads", samples.column("thread").to_numpy(), taken),
        ("tasks", looks.column("task").to_numpy(), looks.column("end_ns").to_numpy()),
    ):
        table = tables[name]
        ends = table.column("end_ns").to_numpy().copy()
        np.maximum.at(ends, of, last)
        place = table.schema.get_field_index("end_ns")
        result[name] = table.set_column(place, table.schema.field(place), pa.array(ends))
    return result


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
