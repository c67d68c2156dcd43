"""Where there is no compiler the install succeeds, and the product says what it runs on, and why."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
import json, sys
import microlog_nb as microlog
with microlog.profile(display=False) as rec: sum(range(1_000_000))
try: microlog.start(sampler="native")
except microlog.MicrologError as error: refused = str(error)
json.dump([microlog.__file__, rec.meta["sampler"], rec.meta["notes"], rec.summary(), refused], sys.stdout)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an install without a compiler put the package; its sources are a copy that has nothing built but the page."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, source)
    for name in ("build_backend", "microlog_nb"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    source.joinpath("PKG-INFO").touch()  # as in an sdist: the page is built
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    environment = {**os.environ, "CC": "/bin/false", "MICROLOG_REQUIRE_NATIVE": ""}
    done = subprocess.run(
        [*command, "--target", str(target), str(source)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def test_without_a_compiler_it_is_installed_and_says_what_it_runs_on(installed: Path, tmp_path: Path) -> None:
    assert not list(installed.rglob("*.so"))
    path = os.pathsep.join([str(installed), *(entry for entry in sys.path if Path(entry).resolve() != ROOT)])
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    file, sampler, notes, summary, refused = json.loads(done.stdout)
    assert Path(file).is_relative_to(installed)
    assert sampler == "thread"
    (note,) = notes
    assert "thread sampler" in note
    assert "compiler" in note
    assert summary.count(note) == 1
    assert refused.startswith("sampler 'native' cannot run here: it is not built")
    assert refused.endswith("choose 'auto' or 'thread'")
    assert "\n" not in note + refused


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("MICROLOG_SAMPLER", "nativ", "sampler 'nativ' does not exist: choose 'auto', 'native' or 'thread'"),
        ("MICROLOG_INTERVAL", "49us", "allowed are 50 µs to 1 s"),
        ("MICROLOG_INTERVAL", "1.1", "allowed are 50 µs to 1 s"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_what_is_allowed(variable: str, value: str, allowed: str) -> None:
    program = "import microlog_nb\ntry: microlog_nb.start()\nexcept microlog_nb.MicrologError as error: print(error)"
    environment = {**os.environ, variable: value, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert allowed in done.stdout
    assert done.stdout.count("\n") == 1
