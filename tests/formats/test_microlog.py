"""The recording file: what goes in comes out, and anything else is refused in one line that says why."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microlog_nb.errors import MicrologError
from microlog_nb.formats import microlog
from microlog_nb.model.schema import FORMAT_VERSION, TABLES
from microlog_nb.model.trace import Trace
from tests.pictures import META, MS, tables_from_rows, trace_from_picture, traces

GOLDEN = Path(__file__).parent.parent / "golden"

SMALL = trace_from_picture(
    "main: a a.b >*5 a.c - a\nworker: - w*4",
    logs=[{"at": 1, "message": "hi", "stack": "a.b"}],
    metrics={"cpu": [50.0, 100.0], "memory": [1e6, 2e6]},
    spans=[{"at": 2, "for": 1, "kind": "gc", "name": "2", "thread": "worker"}],
    sources={"In [1]": "a()"},
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return microlog.dump(SMALL, tmp_path / "small.microlog")


def outcome(path: Path) -> tuple[Trace | None, str]:
    try:
        return microlog.load(path), ""
    except MicrologError as error:
        message = str(error)
    assert "\n" not in message
    return None, message


def refusal(path: Path) -> str:
    loaded, message = outcome(path)
    assert loaded is None
    assert str(path) in message
    return message


def rebuilt(path: Path, change: Callable[[dict[str, bytes]], None], compression: int = zipfile.ZIP_STORED) -> Path:
    """The file with its parts changed and every check sum right again: what an attacker would send."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def with_manifest(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    def apply(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        change(manifest)
        parts["manifest.json"] = json.dumps(manifest).encode()

    return rebuilt(path, apply)


def with_column(path: Path, table: str, column: str, values: list[Any], kind: pa.DataType | None = None) -> Path:
    def apply(parts: dict[str, bytes]) -> None:
        rows = pq.read_table(io.BytesIO(parts[f"{table}.parquet"]))
        place = rows.schema.get_field_index(column)
        kind_now = kind or rows.schema.field(place).type
        rows = rows.set_column(place, pa.field(column, kind_now, nullable=False), pa.array(values, kind_now))
        target = io.BytesIO()
        pq.write_table(rows, target, store_schema=False)
        parts[f"{table}.parquet"] = target.getvalue()

    return rebuilt(path, apply)


# ------------------------------------------------------------------------------------------------ round trip


@given(traces())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_dumped_is_loaded(tmp_path: Path, trace: Trace) -> None:
    loaded = microlog.load(microlog.dump(trace, tmp_path / "any.microlog"))
    assert loaded == trace
    assert {name: table.schema for name, table in loaded.tables.items()} == {
        name: table.arrow for name, table in TABLES.items()
    }


def test_an_empty_recording_is_a_file_too(tmp_path: Path) -> None:
    trace = Trace(tables_from_rows({}), META)
    assert microlog.load(microlog.dump(trace, tmp_path / "empty.microlog")) == trace


def test_a_part_of_a_recording_is_a_file_too(tmp_path: Path) -> None:
    part = SMALL.between(2 * MS, 9 * MS)
    assert microlog.load(microlog.dump(part, tmp_path / "part.microlog")) == part


def test_equal_traces_make_equal_files(small: Path, tmp_path: Path) -> None:
    assert microlog.dump(SMALL, tmp_path / "again").read_bytes() == small.read_bytes()


def test_times_that_are_no_whole_microseconds_are_kept(tmp_path: Path) -> None:
    row = {"due_ns": 5, "delay_ns": 1234, "thread": 0, "stack": -1, "cpu_ns": 999, "state": "ran"}
    thread = {"name": "", "ident": 1, "native_id": 1, "main": True, "start_ns": 0, "end_ns": 1}
    for changes in ({}, {"delay_ns": 1000}, {"cpu_ns": -1}, {"cpu_ns": 2**50 // 1000 * 1000}):
        trace = Trace(tables_from_rows({"samples": [{**row, **changes}], "threads": [thread]}), META)
        assert microlog.load(microlog.dump(trace, tmp_path / "x")) == trace


def test_any_parquet_reader_opens_the_tables(small: Path) -> None:
    with zipfile.ZipFile(small) as archive:
        samples = pq.read_table(io.BytesIO(archive.read("samples.parquet")))
    assert samples.column_names == ["due_ns", "delay_us", "thread", "stack", "cpu_us", "state"]
    assert [delay * 1000 for delay in samples.column("delay_us").to_pylist()] == SMALL.texts("samples", "delay_ns")


WITH_TASKS = Trace(
    {
        **SMALL.tables,
        **{
            name: tables_from_rows(
                {
                    "tasks": [{"name": "fetch", "start_ns": MS, "end_ns": 5 * MS}],
                    "looks": [
                        {"task": 0, "state": "waiting", "stack": 0, "start_ns": MS, "end_ns": 3 * MS, "count": 3},
                        {"task": 0, "state": "ran", "stack": 1, "start_ns": 5 * MS, "end_ns": 5 * MS, "count": 1},
                    ],
                }
            )[name]
            for name in ("tasks", "looks")
        },
    },
    SMALL.meta,
)


@pytest.mark.parametrize(("version", "content"), [(1, SMALL), (2, WITH_TASKS)])
def test_files_of_every_version_are_read(version: int, content: Trace) -> None:
    assert microlog.load(GOLDEN / f"v{version}.microlog") == Trace(content.tables, {**content.meta, "format": version})


def test_there_is_a_file_of_every_version() -> None:
    assert {path.stem for path in GOLDEN.glob("*.microlog")} == {f"v{n}" for n in range(1, FORMAT_VERSION + 1)}


# ------------------------------------------------------------------------------------------------- the name


@pytest.mark.parametrize(
    ("given_name", "name"), [("etl", "etl.microlog"), ("etl.v2", "etl.v2.microlog"), ("a.MICROLOG", "a.MICROLOG")]
)
def test_the_suffix_is_added_where_it_is_missing(tmp_path: Path, given_name: str, name: str) -> None:
    assert microlog.dump(SMALL, tmp_path / given_name) == tmp_path / name
    assert microlog.load(tmp_path / given_name) == SMALL
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MicrologError, match=r"etl\.microlog cannot be written: there is no folder .*nowhere"):
        microlog.dump(SMALL, tmp_path / "nowhere" / "etl")


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.microlog").mkdir()
    with pytest.raises(MicrologError, match="it is a folder"):
        microlog.dump(SMALL, tmp_path / "a")
    with pytest.raises(MicrologError, match="a file name is needed"):
        microlog.dump(SMALL, "")


def test_a_file_is_replaced_whole_or_not_at_all(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = small.read_bytes()

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(microlog.parquet, "dump", full)
    with pytest.raises(MicrologError, match="cannot be written: No space left on device"):
        microlog.dump(SMALL, small)
    assert small.read_bytes() == before
    assert list(small.parent.iterdir()) == [small]


def test_a_link_is_followed(small: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.microlog"
    link.symlink_to(small)
    microlog.dump(SMALL.between(0, 2 * MS), link)
    assert link.is_symlink()
    assert microlog.load(small).duration_ns == 2 * MS


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX's")
def test_others_may_read_the_file_as_the_umask_says(small: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert small.stat().st_mode & 0o777 == 0o666 & ~mask


def test_an_invalid_trace_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(MicrologError, match="was not written: meta id is 'x', not 32 hex digits"):
        microlog.dump(Trace(SMALL.tables, {**META, "id": "x"}), tmp_path / "a")
    with pytest.raises(MicrologError, match="was not written: meta is not JSON"):
        microlog.dump(Trace(SMALL.tables, {**META, "more": float("nan")}), tmp_path / "a")
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------ what is refused


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MicrologError, match=r"nothing\.microlog cannot be read: there is no such file"):
        microlog.load(tmp_path / "nothing")


def test_a_folder(tmp_path: Path) -> None:
    assert "it is a folder" in refusal(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.microlog"
    path.touch()
    assert refusal(path).endswith("it is empty")


def test_a_name_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(MicrologError, match="cannot be read"):
        microlog.load("a\0b")
    with pytest.raises(MicrologError, match="cannot be read"):
        microlog.load("")


@pytest.mark.skipif(os.name == "nt", reason="named pipes are POSIX's")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize("data", [b"\x80\x04\x95", b"PK", b"hello" * 1000, b"\0" * 100])
def test_a_file_of_something_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.microlog"
    path.write_bytes(data)
    assert "it is not a recording of microlog" in refusal(path)


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "it is not a recording of microlog: there is no manifest.json" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", '{"name": "extension"}')
    assert "it is not a recording of microlog: manifest.json is about something else" in refusal(path)


def test_a_newer_format(small: Path) -> None:
    path = with_manifest(small, lambda manifest: manifest.update(version=FORMAT_VERSION + 1, tables=None))
    assert f"made by a newer microlog (format {FORMAT_VERSION + 1}, this one reads up to {FORMAT_VERSION})" in refusal(
        path
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.update(version=True), "version is True"),
        (lambda m: m.update(version="1\nx"), "version is"),
        (lambda m: m.update(meta=[]), "meta is not an object"),
        (lambda m: m["meta"].pop("id"), "meta has no id"),
        (lambda m: m["meta"].update(duration_ns=-1), "meta duration_ns is -1"),
        (lambda m: m["meta"].update(duration_ns=1e9), "meta duration_ns is 1000000000.0"),
        (lambda m: m["meta"].update(interval_ns=0), "meta interval_ns is 0"),
        (lambda m: m["meta"].update(started="2026-03-14"), "meta started"),
        (lambda m: m["meta"].update(notes="x"), "meta notes"),
        (lambda m: m["meta"].update(name=float("nan")), "NaN is not JSON"),
        (lambda m: m.update(tables=[]), "does not say how many rows functions has"),
        (lambda m: m["tables"]["stacks"].update(rows=7), "stacks.parquet is damaged: it has"),
    ],
)
def test_a_wrong_manifest(small: Path, change: Callable[[dict[str, Any]], object], reason: str) -> None:
    assert reason in refusal(with_manifest(small, change))


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b"null"])
def test_a_manifest_that_is_not_one(small: Path, text: bytes) -> None:
    assert "manifest.json" in refusal(rebuilt(small, lambda parts: parts.update({"manifest.json": text})))


def test_a_missing_part(small: Path) -> None:
    path = rebuilt(small, lambda parts: parts.pop("logs.parquet") and None)
    assert "logs.parquet is missing" in refusal(path)


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "logs.parquet.bak", "a\nb"])
def test_a_part_too_many(small: Path, name: str) -> None:
    assert "does not belong in it" in refusal(rebuilt(small, lambda parts: parts.update({name: b"x"})))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice(small: Path) -> None:
    with zipfile.ZipFile(small, "a") as archive:
        archive.writestr("logs.parquet", b"x")
    assert "twice" in refusal(small)


def test_compressed_parts(small: Path) -> None:
    assert "parts must be stored" in refusal(rebuilt(small, lambda parts: None, zipfile.ZIP_DEFLATED))


def test_parts_larger_than_the_file(small: Path) -> None:
    data = bytearray(small.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 20 : entry + 28] = struct.pack("<II", 2**31, 2**31)
    small.write_bytes(data)
    assert "larger than the file" in refusal(small)


def test_a_part_that_is_not_parquet(small: Path) -> None:
    path = rebuilt(small, lambda parts: parts.update({"logs.parquet": b"PAR1" + b"\0" * 64 + b"PAR1"}))
    assert "logs.parquet is damaged: it is not readable as Parquet" in refusal(path)


def test_other_columns(small: Path) -> None:
    def swap(parts: dict[str, bytes]) -> None:
        parts["logs.parquet"] = parts["spans.parquet"]

    assert "logs.parquet is damaged: its columns are not time_ns, level" in refusal(rebuilt(small, swap))


def test_a_column_of_another_type(small: Path) -> None:
    with_column(small, "samples", "stack", [0.5] * SMALL.tables["samples"].num_rows, pa.float64())
    assert "samples.parquet is damaged: its columns are not" in refusal(small)


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("stacks", "parent", 2, "table stacks, column parent: 2 in row"),
        ("stacks", "parent", -2, "table stacks, column parent: -2 in row 0 is not in -1 to"),
        ("stacks", "function", 99, "table stacks, column function: 99 in row 0 is not in 0 to"),
        ("stacks", "function", -1, "table stacks, column function: -1"),
        ("stacks", "instruction", -7, "column instruction: -7"),
        ("functions", "line", -1, "table functions, column line: -1"),
        ("functions", "kind", "evil", "'evil' is not one of notebook, user, library"),
        ("samples", "thread", -1, "table samples, column thread: -1"),
        ("samples", "stack", 4711, "table samples, column stack: 4711"),
        ("samples", "due_ns", -5, "table samples, column due_ns: -5"),
        ("samples", "due_ns", 2**62, "table samples, column due_ns: 4611686018427387904"),
        ("samples", "delay_us", -5, "table samples, column delay_ns: -5"),
        ("logs", "level", "loud", "'loud' is not one of debug"),
        ("logs", "source", "\x1b[2J\n", "is not one of print"),
        ("logs", "stack", 2**31 - 1, "table logs, column stack: 2147483647"),
        ("spans", "duration_us", -1, "table spans, column duration_ns: -1"),
        ("threads", "start_ns", 2**53, "ends before it starts"),
    ],
)
def test_a_value_out_of_bounds(small: Path, table: str, column: str, value: Any, reason: str) -> None:
    rows = SMALL.tables[table].num_rows
    assert rows
    assert reason in refusal(with_column(small, table, column, [value] * rows))


def test_rows_out_of_order(small: Path) -> None:
    due = SMALL.numbers("samples", "due_ns")[::-1].tolist()
    assert "table samples: row 1 is earlier than the row before" in refusal(
        with_column(small, "samples", "due_ns", due)
    )


def test_text_that_is_not_utf8(small: Path) -> None:
    def spoil(parts: dict[str, bytes]) -> None:
        rows = pq.read_table(io.BytesIO(parts["sources.parquet"]))
        bad = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
        rows = rows.set_column(1, rows.schema.field(1), bad)
        target = io.BytesIO()
        pq.write_table(rows, target, store_schema=False)
        parts["sources.parquet"] = target.getvalue()

    assert "table sources is malformed" in refusal(rebuilt(small, spoil))


def test_a_bomb_is_not_unpacked(small: Path) -> None:
    rows = 100_000_000

    def inflate(parts: dict[str, bytes]) -> None:
        field = pa.field("file", pa.string(), nullable=False), pa.field("text", pa.string(), nullable=False)
        batch = pa.table(
            [pa.DictionaryArray.from_arrays(np.zeros(rows // 10, np.int8), [""]) for _ in field],
            schema=pa.schema([f.with_type(pa.dictionary(pa.int8(), pa.string())) for f in field]),
        )
        target = io.BytesIO()
        with pq.ParquetWriter(target, batch.schema, compression="zstd", store_schema=False) as writer:
            for _ in range(10):
                writer.write_table(batch)
        parts["sources.parquet"] = target.getvalue()

    assert "too much for a file of" in refusal(rebuilt(small, inflate))


def test_nothing_is_executed(small: Path) -> None:
    # a pickle is refused like any other bytes; no module is loaded by what a file says
    before = set(sys.modules)
    payload = b"cos\nsystem\n(S'true'\ntR."
    refusal(rebuilt(small, lambda parts: parts.update({"meta.pickle": payload})))
    refusal(rebuilt(small, lambda parts: (parts.pop("meta.pickle"), parts.update({"logs.parquet": payload}))[1]))
    assert {name for name in set(sys.modules) - before if "pickle" in name} == set()


# ---------------------------------------------------------------------------------------------- damage


def loads_equal_or_refuses(path: Path) -> None:
    loaded, message = outcome(path)
    assert loaded == SMALL or str(path) in message


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return microlog.dump(SMALL, tmp_path_factory.mktemp("whole") / "a").read_bytes()


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_altered_byte_is_harmless_or_refused(tmp_path: Path, whole: bytes, place: float, flip: int) -> None:
    data = bytearray(whole)
    data[int(place * len(data))] ^= flip
    path = tmp_path / "altered.microlog"
    path.write_bytes(data)
    loads_equal_or_refuses(path)


@given(length=st.floats(0, 1, exclude_max=True))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_truncation_is_refused(tmp_path: Path, whole: bytes, length: float) -> None:
    path = tmp_path / "short.microlog"
    path.write_bytes(whole[: int(length * len(whole))])
    refusal(path)


@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_altered_bytes_with_a_right_check_sum_never_get_past_the_checks(
    tmp_path: Path, whole: bytes, data: st.DataObject
) -> None:
    """What an attacker may do with a part: the result is a valid trace or a refusal, never another exception."""
    path = tmp_path / "forged.microlog"
    path.write_bytes(whole)
    part = data.draw(st.sampled_from([f"{name}.parquet" for name in TABLES] + ["manifest.json"]))

    def forge(parts: dict[str, bytes]) -> None:
        content = bytearray(parts[part])
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        parts[part] = bytes(content)

    rebuilt(path, forge)
    trace, _ = outcome(path)
    if trace is not None:
        assert microlog.load(microlog.dump(trace, tmp_path / "again")).tables.keys() == trace.tables.keys()


@pytest.mark.parametrize("rest", [b"x", b"PK\x05\x06", zlib.compress(b"more")])
def test_bytes_behind_the_end_are_harmless_or_refused(small: Path, rest: bytes) -> None:
    small.write_bytes(small.read_bytes() + rest)
    loads_equal_or_refuses(small)
