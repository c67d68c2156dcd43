"""Sources of the user's own code are kept as they were when it ran, within bounds."""

from __future__ import annotations

import importlib
import linecache
import sys
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest

import microlog_nb as microlog
from microlog_nb.capture import sources
from microlog_nb.config import Settings
from microlog_nb.errors import MicrologError
from tests.pictures import trace_from_picture

MODULE = """\
from microlog_nb.capture import recorder

def wait():
    sampler = recorder.current().sampler
    end = sampler.ticks + 5
    while sampler.ticks < end:
        pass
"""


def kept(recording: microlog.Recording) -> dict[str, str]:
    trace = recording._tables.trace
    return dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))


def load(path: Path, name: str) -> ModuleType:
    """A module of the user's own, from a file."""
    module = ModuleType(name)
    exec(compile(path.read_text(), str(path), "exec"), vars(module))
    return module


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    path = tmp_path / "mine.py"
    path.write_text(MODULE)
    return load(path, "mine")


def test_a_file_is_kept_as_it_is(module: ModuleType, tmp_path: Path) -> None:
    with microlog.profile() as recording:
        module.wait()
    assert kept(recording)[str(tmp_path / "mine.py")] == MODULE


def test_sources_can_be_left_out(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with microlog.profile(sources=False) as recording:
        module.wait()
    assert kept(recording) == {}
    monkeypatch.setenv("MICROLOG_SOURCES", "0")
    with microlog.profile() as recording:
        module.wait()
    assert kept(recording) == {}


def test_a_file_changed_since_it_was_loaded_is_left_out(module: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    with microlog.profile() as recording:
        module.wait()
        path.write_text("# a new first line\n" + MODULE)
    assert str(path) not in kept(recording)


def test_what_the_interpreter_kept_of_a_changed_file_is_taken(module: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    linecache.getlines(str(path))
    with microlog.profile() as recording:
        module.wait()
        path.write_text("# a new first line\n" + MODULE)
    assert kept(recording)[str(path)] == MODULE


def test_a_module_in_an_archive_has_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "mine.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("packed.py", MODULE)
    monkeypatch.syspath_prepend(archive)
    packed = importlib.import_module("packed")
    with microlog.profile() as recording:
        packed.wait()
    del sys.modules["packed"]
    assert list(kept(recording).values()).count(MODULE) == 1


def test_long_files_and_too_many_are_left_out(tmp_path: Path) -> None:
    lengths = [sources.MAX_CHARACTERS + 1, *[sources.MAX_CHARACTERS] * 6, 10]
    paths = [tmp_path / f"f{number}.py" for number in range(len(lengths))]
    for path, length in zip(paths, lengths, strict=True):
        path.write_text("def f():" + "#" * (length - 9) + "\n")
    rows = {
        f"f{number}": {"name": "f", "file": str(path), "line": 1, "kind": "user"} for number, path in enumerate(paths)
    }
    trace = trace_from_picture("main: " + " ".join(rows), functions=rows)
    found = sources.table(trace, {str(path): str(path) for path in paths}).column("file").to_pylist()
    assert str(paths[0]) not in found
    assert str(paths[-1]) in found
    assert len(found) == 1 + (sources.MAX_TOTAL - 10) // sources.MAX_CHARACTERS


def test_settings_say_what_is_allowed() -> None:
    assert Settings.create(environment={}).sources
    assert not Settings.create(environment={"MICROLOG_SOURCES": "0"}).sources
    with pytest.raises(MicrologError, match="MICROLOG_SOURCES must be 1 or 0, not 'no'"):
        Settings.create(environment={"MICROLOG_SOURCES": "no"})
    with pytest.raises(MicrologError, match="sources must be True or False, not 3"):
        microlog.profile(sources=3)
