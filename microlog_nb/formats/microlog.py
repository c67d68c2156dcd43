"""The recording file, `*.microlog`: a ZIP of a manifest and one Parquet file a table. Nothing in it is executed.

    manifest.json       {"format": "microlog", "version": 2, "meta": {...}, "tables": {"functions": {"rows": 3}, ...}}
    functions.parquet   the tables of `model.schema`, zstd inside (see `formats.parquet`)
    stacks.parquet      ...
    answers.json        explanations that were given, if there are any: a list of objects

Members are stored, not deflated; ZIP's CRC-32 of every member tells damage from data. Readers trust nothing: a file that
was cut, altered or made by somebody with bad intentions is refused with a sentence that names the part.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from microlog_nb.errors import MicrologError
from microlog_nb.formats import parquet
from microlog_nb.formats.checks import meta_fault, tables_fault
from microlog_nb.formats.files import replacing, shown
from microlog_nb.model.schema import FORMAT_VERSION, OLDEST, TABLES
from microlog_nb.model.trace import Trace

SUFFIX = ".microlog"

_MANIFEST = "manifest.json"
_ANSWERS = "answers.json"
_MEMBERS = {_MANIFEST, _ANSWERS, *(f"{name}.parquet" for name in TABLES)}
_MAX_MANIFEST_BYTES = 16_000_000


def with_suffix(path: str | os.PathLike[str]) -> Path:
    """The path with `.microlog` behind its name, unless it is there already: "etl" and "etl.v2" become files of ours."""
    chosen = Path(path)
    return chosen if chosen.suffix.lower() == SUFFIX else chosen.with_name(chosen.name + SUFFIX)


def dump(trace: Trace, path: str | os.PathLike[str], *, answers: Sequence[Mapping[str, Any]] = ()) -> Path:
    """Writes a trace to a file, whole or not at all, and returns its path.

    Args:
        trace: the facts.
        path: `.microlog` is added to a name without it; its folder must exist; a file there is replaced.
        answers: explanations to keep with it, as JSON objects.

    Raises:
        MicrologError: it cannot be written there, or the trace is not valid.
    """
    if not Path(path).name:
        raise MicrologError(f"{shown(path)!r} cannot be written: a file name is needed")
    target = with_suffix(path)
    if fault := meta_fault(trace.meta) or tables_fault(trace.tables):
        raise MicrologError(f"{shown(target)} was not written: {fault}")
    rows = {name: {"rows": trace.tables[name].num_rows} for name in TABLES}
    manifest = {"format": "microlog", "version": FORMAT_VERSION, "meta": dict(trace.meta), "tables": rows}
    try:
        text = json.dumps(manifest, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise MicrologError(f"{shown(target)} was not written: meta is not JSON ({shown(error, 80)})") from error
    with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # the date of the members is ZIP's first: equal traces make equal files
        archive.writestr(zipfile.ZipInfo(_MANIFEST), text)
        for name in TABLES:
            archive.writestr(zipfile.ZipInfo(f"{name}.parquet"), parquet.dump(name, trace.tables[name]))
        if answers:
            archive.writestr(zipfile.ZipInfo(_ANSWERS), json.dumps(list(answers)))
    return target


def load(path: str | os.PathLike[str]) -> Trace:
    """Reads a trace from a file.

    Args:
        path: the file; a name without `.microlog` finds the file with it, if there is none without.

    Raises:
        MicrologError: no such file, not a recording, damaged, hostile, or made by a newer microlog; it says which.
    """
    chosen = Path(path)
    if not os.path.lexists(chosen) and chosen.name:
        chosen = with_suffix(chosen)
    with _refusing(chosen), _opened(chosen) as archive:
        manifest = _manifest(archive)
        tables = {}
        for name, table in TABLES.items():
            if OLDEST.get(name, 1) > manifest["version"]:
                tables[name] = table.empty()
                continue
            part = f"{name}.parquet"
            try:
                tables[name] = parquet.load(name, _read(archive, part))
            except parquet.DamagedError as error:
                raise _RefusedError(f"{part} is damaged: {error}") from error
            if tables[name].num_rows != manifest["tables"][name]["rows"]:
                raise _RefusedError(
                    f"{part} is damaged: it has {tables[name].num_rows} rows, the manifest says otherwise"
                )
        if fault := tables_fault(tables):
            raise _RefusedError(f"it is damaged: {fault}")
        return Trace(tables, manifest["meta"])


def load_answers(path: str | os.PathLike[str]) -> list[Any]:
    """The explanations in a file, as JSON values that nobody has checked yet.

    Raises:
        MicrologError: as `load`.
    """
    chosen = Path(path)
    if not os.path.lexists(chosen) and chosen.name:
        chosen = with_suffix(chosen)
    with _refusing(chosen), _opened(chosen) as archive:
        return _json_list(archive) if _ANSWERS in archive.namelist() else []


class _RefusedError(Exception):
    """Why a file is not read; `load` puts the file's name before it."""


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except _RefusedError as error:
        raise MicrologError(f"{shown(path)} cannot be read: {error}") from error
    except OSError as error:
        raise MicrologError(f"{shown(path)} cannot be read: {shown(error.strerror or error)}") from error
    except ValueError as error:  # a name that no file can have
        raise MicrologError(f"{shown(path)} cannot be read: {shown(error)}") from error


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise _RefusedError("there is no such file") from error
    if stat.S_ISDIR(status.st_mode):
        raise _RefusedError("it is a folder, not a recording")
    if not stat.S_ISREG(status.st_mode):  # a pipe would never end
        raise _RefusedError("it is not a regular file")
    if status.st_size == 0:
        raise _RefusedError("it is empty")
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, EOFError, OverflowError) as error:
            what = "it is damaged or cut short" if _begins_as_zip(path) else "it is not a recording of microlog"
            raise _RefusedError(f"{what} ({shown(error, 80)})") from error
        with archive:
            _check_members(archive, status.st_size)
            yield archive


def _begins_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _check_members(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if _MANIFEST not in names:
        raise _RefusedError(f"it is not a recording of microlog: there is no {_MANIFEST} in it")
    if len(set(names)) != len(names):
        raise _RefusedError("it is damaged: a part is in it twice")
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise _RefusedError(f"it is damaged: {shown(member.filename, 60)} is compressed, parts must be stored")
        if member.flag_bits & 1:
            raise _RefusedError(f"it is damaged: {shown(member.filename, 60)} is encrypted")
    if sum(member.file_size for member in members) > size:
        raise _RefusedError("it is damaged: its parts are larger than the file")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except KeyError as error:
        raise _RefusedError(f"it is damaged: {name} is missing") from error
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        struct.error,
    ) as error:
        raise _RefusedError(f"{name} is damaged: {shown(error, 80)}") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(_MANIFEST).file_size > _MAX_MANIFEST_BYTES:
        raise _RefusedError(f"{_MANIFEST} is damaged: it is larger than {_MAX_MANIFEST_BYTES} bytes")
    try:
        manifest = json.loads(_read(archive, _MANIFEST), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(f"{_MANIFEST} is damaged: {shown(error, 80)}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != "microlog":
        raise _RefusedError(f"it is not a recording of microlog: {_MANIFEST} is about something else")
    version = manifest.get("version")
    if type(version) is not int or version < 1:
        raise _RefusedError(f"{_MANIFEST} is damaged: version is {shown(repr(version), 40)}, not a whole number from 1")
    if version > FORMAT_VERSION:
        raise _RefusedError(
            f"it was made by a newer microlog (format {shown(version, 20)}, this one reads up to {FORMAT_VERSION})"
        )
    if fault := meta_fault(manifest.get("meta")):
        raise _RefusedError(f"{_MANIFEST} is damaged: {fault}")
    if extra := set(archive.namelist()) - _MEMBERS:
        raise _RefusedError(f"it is damaged: {shown(min(extra), 60)} does not belong in it")
    tables = manifest.get("tables")
    for name in TABLES:
        if OLDEST.get(name, 1) > version:
            continue
        try:
            rows = tables[name]["rows"]  # type: ignore[index]  # if it cannot be indexed, that is the answer
        except (TypeError, KeyError, IndexError):
            rows = None
        if type(rows) is not int:
            raise _RefusedError(f"{_MANIFEST} is damaged: it does not say how many rows {name} has")
    return manifest


def _json_list(archive: zipfile.ZipFile) -> list[Any]:
    if archive.getinfo(_ANSWERS).file_size > _MAX_MANIFEST_BYTES:
        raise _RefusedError(f"{_ANSWERS} is damaged: it is larger than {_MAX_MANIFEST_BYTES} bytes")
    try:
        values = json.loads(_read(archive, _ANSWERS), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(f"{_ANSWERS} is damaged: {shown(error, 80)}") from error
    if not isinstance(values, list):
        raise _RefusedError(f"{_ANSWERS} is damaged: it is not a list")
    return values


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
