"""`microlog show`, `html`, `recover` and `--version`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import microlog_nb
from microlog_nb import api, cli, config
from microlog_nb.formats import spool


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    with api.profile("the run", save=tmp_path / "run.microlog", display=False):
        print("said")
    return tmp_path / "run.microlog"


def test_show_prints_the_statistics(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["show", str(saved)]) == 0
    said = capsys.readouterr()
    assert said.out == api.load(saved).summary() + "\n"
    assert "the run" in said.out
    assert said.err == ""


def test_html_writes_the_report_beside_or_where_it_is_told(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for arguments, target in (
        ([], saved.with_suffix(".html")),
        (["-o", str(saved.parent / "r.html")], saved.parent / "r.html"),
    ):
        assert cli.main(["html", str(saved), *arguments]) == 0
        assert capsys.readouterr().out == f"{target}\n"
        assert "<html" in target.read_text(encoding="utf-8")


def test_a_process_that_was_killed_leaves_a_recording_to_recover(
    tmp_path: Path, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "program.py").write_text(
        "import time\nfrom microlog_nb import api\n"
        "print('remembered')\n"
        "from microlog_nb.config import home\n"
        "while not any(b'remembered' in path.read_bytes() for path in home().glob('**/journal')): time.sleep(0.01)\n"
        "print('kept', flush=True)\ntime.sleep(1000)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(microlog_nb.__file__).parents[1]), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "microlog_nb.cli", "run", "--name", "a/long run", "program.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline(), process.stdout.readline()] == ["remembered\n", "kept\n"]
        assert spool.orphans(config.home()) == [], "it is still running"
        process.kill()
    assert cli.main(["recover"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    [folder] = spool.orphans(config.home())
    assert line.startswith(f"{folder}: a/long run, ")
    assert cli.main(["recover", "-o", str(tmp_path)]) == 0
    [file] = tmp_path.glob("a-long-run-*.microlog")
    assert capsys.readouterr().out.startswith(f"{file}: a/long run, ")
    assert "remembered" in list(api.load(file).logs.message)
    assert spool.orphans(config.home()) == []
    assert cli.main(["recover"]) == 0
    assert capsys.readouterr().out == "no recording is left of a process that was killed\n"


def test_what_is_damaged_is_told_and_left(own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = own_home / "running" / "999999-x"
    folder.mkdir(parents=True)
    assert cli.main(["recover", "-o", str(tmp_path)]) == 0
    assert list(tmp_path.glob("*.microlog")) == []
    assert folder.exists()
    capsys.readouterr()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"microlog {microlog_nb.__version__}\n"
