"""The spool: a killed process loses what it had not handed over, and nothing else."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microlog_nb.errors import MicrologError
from microlog_nb.formats import microlog, spool
from microlog_nb.formats.checks import tables_fault
from microlog_nb.model.packed import Packed, pack
from microlog_nb.model.schema import SAMPLE_STATES, TABLES
from microlog_nb.model.trace import Trace
from tests.analysis.test_task_calls import looked
from tests.pictures import META, trace_from_picture, traces

TABLE_OF_NOTHING = {name: schema.empty() for name, schema in TABLES.items()}
GROWING = ("functions", "stacks", "samples", "logs", "metrics", "spans", "looks")

RUN = trace_from_picture(
    "main: a a.b*3 a.c.d*4 - a\nworker: - w*4 w.x",
    logs=[{"at": at, "message": f"line {at}", "stack": "a.c.d"} for at in range(8)],
    metrics={"cpu": [50.0] * 8},
    spans=[{"at": 2, "for": 1, "kind": "gc", "name": "2", "thread": "worker"}],
)


def batches(trace: Trace, name: str, rows: int = 3) -> list[pa.RecordBatch]:
    return [batch for batch in trace.tables[name].combine_chunks().to_batches(max_chunksize=rows) if batch.num_rows]


def packed(batch: pa.RecordBatch) -> Packed:
    words = Trace({**TABLE_OF_NOTHING, "samples": pa.Table.from_batches([batch])}, {}).words(
        "samples", "state", SAMPLE_STATES
    )
    numbers = [column.to_numpy(zero_copy_only=False) for column in batch.columns[:-1]]
    return pack(np.stack([*numbers, words], axis=1).astype(np.int64))


def appended(writer: spool.Spool, name: str, batch: pa.RecordBatch) -> None:
    writer.append({name: packed(batch) if name == "samples" else batch})


def written(folder: Path, trace: Trace) -> Path:
    """The folder as a killed process would leave it."""
    writer = spool.Spool(folder, trace.meta)
    for name in GROWING:
        for batch in batches(trace, name):
            appended(writer, name, batch)
    writer.append({name: trace.tables[name] for name in ("threads", "tasks", "sources")})
    writer.close()
    return folder


def test_tasks_and_what_they_were_seen_in_are_kept(tmp_path: Path) -> None:
    seen = looked(("waiting", 1, 10, 50), ("waiting", 2, 60, 100))
    writer = spool.Spool(tmp_path / "run", seen.meta)
    for name in GROWING:
        for batch in batches(seen, name):
            appended(writer, name, batch)
    writer.append({name: seen.tables[name] for name in ("threads", "tasks", "sources")})
    writer.close()
    assert Trace(spool.read(tmp_path / "run").tables, {}) == Trace(seen.tables, {})
    # what is said of lost stacks is lost with them
    assert spool.read(without(tmp_path / "run", "stacks")).tables["looks"].num_rows == 0


def without(folder: Path, *names: str) -> Path:
    """The folder without the frames of these tables."""
    frames = [(spool._KINDS[kind], bytes(body)) for kind, body in spool._frames(folder)]
    kept = [(name, body) for name, body in frames if name not in names]
    data = b"".join(spool._FRAME.pack(spool._KINDS.index(name), len(body)) + body for name, body in kept)
    (folder / "journal").write_bytes(data)
    return folder


def lasting(trace: Trace) -> Trace:
    """Its threads end no earlier than their last sample, its tasks no earlier than their last look."""
    tables = dict(trace.tables)
    for name, of, last in (
        ("threads", trace.numbers("samples", "thread"), trace.taken_ns),
        ("tasks", trace.numbers("looks", "task"), trace.numbers("looks", "end_ns")),
    ):
        ends = tables[name].column("end_ns").to_pylist()
        for row, end in zip(of, last, strict=True):
            ends[row] = max(ends[row], int(end))
        place = tables[name].schema.get_field_index("end_ns")
        field = tables[name].schema.field(place)
        tables[name] = tables[name].set_column(place, field, pa.array(ends, field.type))
    return Trace(tables, trace.meta)


def same_facts(one: Trace, other: Trace) -> bool:
    return Trace(one.tables, {}) == Trace(other.tables, {})


@given(trace=traces())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_appended_is_read(tmp_path_factory: pytest.TempPathFactory, trace: Trace) -> None:
    read = spool.read(written(tmp_path_factory.mktemp("spool") / "run", trace))
    assert same_facts(read, lasting(trace))
    assert read.meta["samples"] == trace.tables["samples"].num_rows
    assert read.meta["name"] == trace.meta["name"]


def test_the_duration_reaches_to_the_last_thing_seen(tmp_path: Path) -> None:
    early = Trace(RUN.tables, {**RUN.meta, "duration_ns": 0})
    assert spool.read(written(tmp_path / "run", early)).duration_ns == RUN.taken_ns[-1]


def test_a_reader_is_told_that_the_recording_is_still_running(tmp_path: Path) -> None:
    assert spool.read(written(tmp_path / "run", RUN)).meta["notes"] == [
        "The recording was still running when it was read."
    ]


def test_a_recording_without_a_batch_is_empty(tmp_path: Path) -> None:
    spool.Spool(tmp_path / "run", META).close()
    trace = spool.read(tmp_path / "run")
    assert all(trace.tables[name].num_rows == 0 for name in TABLES)


@given(kept=st.floats(0, 1))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_journal_cut_anywhere_loses_its_end_only(tmp_path_factory: pytest.TempPathFactory, kept: float) -> None:
    folder = written(tmp_path_factory.mktemp("spool") / "run", RUN)
    path = folder / "journal"
    begin = spool._FRAME.size + len(next(spool._frames(folder))[1])
    os.truncate(path, begin + int(kept * (path.stat().st_size - begin)))
    trace = spool.read(folder)
    assert not tables_fault(trace.tables)
    names = RUN.texts("functions", "name")
    assert trace.texts("functions", "name") == names[: trace.tables["functions"].num_rows]


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_journal_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: float, flip: int
) -> None:
    folder = written(tmp_path_factory.mktemp("spool") / "run", RUN)
    data = bytearray((folder / "journal").read_bytes())
    data[int(place * len(data))] ^= flip
    (folder / "journal").write_bytes(data)
    try:
        trace = spool.read(folder)
    except MicrologError:
        return
    assert not tables_fault(trace.tables)


def test_what_came_before_a_damaged_part_is_kept(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", RUN)
    with (folder / "journal").open("ab") as journal:
        journal.write(spool._FRAME.pack(200, 3) + b"???")
        journal.write(spool._FRAME.pack(0, 15) + b'{"name": "lost"')
    trace = spool.read(folder)
    assert same_facts(trace, lasting(RUN))
    assert trace.meta["name"] == RUN.meta["name"]
    assert trace.meta["notes"][0].startswith("A part of what was kept on disk is damaged")


def test_lost_threads_take_their_samples_with_them(tmp_path: Path) -> None:
    trace = spool.read(without(written(tmp_path / "run", RUN), "threads"))
    assert trace.tables["samples"].num_rows == 0
    assert trace.tables["metrics"].num_rows == 8


def test_a_log_whose_stack_is_lost_is_kept(tmp_path: Path) -> None:
    trace = spool.read(without(written(tmp_path / "run", RUN), "stacks"))
    assert trace.texts("logs", "message") == RUN.texts("logs", "message")
    assert set(trace.texts("logs", "stack")) == {-1}


def test_what_is_read_can_be_saved(tmp_path: Path) -> None:
    trace = spool.read(without(written(tmp_path / "run", RUN), "functions"))
    assert microlog.load(microlog.dump(trace, tmp_path / "rescued")) == trace


def test_a_failed_append_leaves_no_torn_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = spool.Spool(tmp_path / "run", RUN.meta)
    first, second, *_ = batches(RUN, "metrics")
    writer.append({"metrics": first})

    class Full:
        def __init__(self, file: object) -> None:
            self.file = file

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

        def write(self, data: memoryview) -> int:
            self.file.write(data[:100])
            raise OSError(28, "No space left on device")

    whole = writer._journal
    writer._journal = Full(whole)  # type: ignore[assignment]
    with pytest.raises(MicrologError, match="cannot be written: No space left on device"):
        writer.append({"metrics": second})
    writer._journal = whole
    writer.append({"metrics": second})
    writer.close()
    assert spool.read(tmp_path / "run").tables["metrics"].num_rows == first.num_rows + second.num_rows


# ------------------------------------------------------------------------------------------------- folders


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(MicrologError, match="is not the folder of a recording"):
        spool.read(tmp_path)
    with pytest.raises(MicrologError, match="it is not empty"):
        spool.Spool(tmp_path, META)
    with pytest.raises(MicrologError, match="it is not the folder of a running recording"):
        spool.discard(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MicrologError, match="cannot be written"):
        spool.Spool(tmp_path / "file" / "run", META)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"name": 1}'])
def test_a_damaged_meta(tmp_path: Path, text: str) -> None:
    folder = without(written(tmp_path / "run", RUN), "meta")
    data = (folder / "journal").read_bytes()
    (folder / "journal").write_bytes(spool._FRAME.pack(0, len(text)) + text.encode() + data)
    with pytest.raises(MicrologError, match="damaged"):
        spool.read(folder)


def test_of_the_meta_only_what_is_new_is_written_again(tmp_path: Path) -> None:
    writer = spool.Spool(tmp_path / "run", RUN.meta)
    size = (tmp_path / "run" / "journal").stat().st_size
    writer.append({}, {**RUN.meta, "ticks": 77})
    assert (tmp_path / "run" / "journal").stat().st_size - size < 40
    writer.close()
    assert spool.read(tmp_path / "run").meta["ticks"] == 77


def test_discarding_removes_the_folder_and_nothing_else(tmp_path: Path) -> None:
    writer = spool.Spool(tmp_path / "running" / "run", RUN.meta)
    writer.append({"metrics": batches(RUN, "metrics")[0]})
    writer.discard()
    assert list((tmp_path / "running").iterdir()) == []
    writer = spool.Spool(tmp_path / "running" / "run", RUN.meta)
    (writer.folder / "precious.txt").touch()
    writer.discard()
    assert [path.name for path in writer.folder.iterdir()] == ["precious.txt"]


# ----------------------------------------------------------------------------------------------- processes


PROGRAM = """
import sys, time
from pathlib import Path
from microlog_nb.formats.spool import Spool
from tests.formats.test_spool import GROWING, RUN, appended, batches
writer = Spool(Path(sys.argv[1]) / "running" / "run", {**RUN.meta, "duration_ns": 0})
writer.append({"threads": RUN.tables["threads"]})
for name in GROWING:
    for batch in batches(RUN, name):
        appended(writer, name, batch)
print("written", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_killed_process_loses_nothing_that_it_appended(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        folder = tmp_path / "running" / "run"
        assert spool.orphans(tmp_path) == []
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert spool.orphans(tmp_path) == [folder], "a dead process that nobody has waited for is gone, too"
        process.wait()
    assert spool.orphans(tmp_path) == [folder]
    trace = spool.read(folder)
    assert same_facts(trace, RUN)
    assert trace.meta["notes"] == [
        "The process ended before the recording did: up to a second before the end may be missing."
    ]
    spool.discard(folder)
    assert spool.orphans(tmp_path) == []


def owned_by(folder: Path, **changes: object) -> None:
    path = folder / "owner.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_process_number_that_was_used_again_is_another_process(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", RUN)
    assert spool.orphans(tmp_path) == []
    owned_by(folder, process_started=psutil.Process().create_time() - 1000)
    assert spool.orphans(tmp_path) == [folder]


def test_a_process_of_another_computer_is_left_alone(tmp_path: Path) -> None:
    owned_by(written(tmp_path / "run", RUN), pid=2**30, host=platform.node() + "-else")
    assert spool.orphans(tmp_path) == []


@pytest.mark.parametrize("changes", [{"pid": -1}, {"pid": "x"}, {"pid": 10**40}, {"process_started": None}])
def test_a_senseless_owner_is_gone(tmp_path: Path, changes: dict[str, object]) -> None:
    folder = written(tmp_path / "run", RUN)
    owned_by(folder, **changes)
    assert spool.orphans(tmp_path) == [folder]


def test_a_home_that_is_not_there_has_no_orphans(tmp_path: Path) -> None:
    assert spool.orphans(tmp_path / "nowhere") == []
