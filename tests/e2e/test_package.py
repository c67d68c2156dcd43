"""What `pip install` gets: a wheel with the built bundle and the types, made by the build backend in its own environment."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_wheel_carries_the_bundle_and_the_types(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    bundle = {
        f"microlog_nb/widget/static/{name}"
        for name in ("widget.css", "common.js", "widget.js", "more.js", "loader.js", "standalone.js", "packed.js")
    }
    assert bundle | {"microlog_nb/py.typed"} <= names
    assert all(name.startswith("microlog_nb") for name in names)
