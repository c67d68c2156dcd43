"""Where a file is for the notebook's server."""

from __future__ import annotations

from pathlib import Path

import pytest

from microlog_nb.api import locating


def test_a_file_below_the_root_has_its_path_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "work" / "lib" / "pipeline.py"
    file.parent.mkdir(parents=True)
    file.touch()
    (tmp_path / "link").symlink_to(tmp_path / "work")
    monkeypatch.setenv("HOME", str(tmp_path))
    for root in (tmp_path / "work", tmp_path / "link", "~/work"):
        assert locating.answer({"file": str(file), "root": str(root)}) == "lib/pipeline.py"
    assert (
        locating.answer({"file": str(tmp_path / "link" / "lib" / "pipeline.py"), "root": "~/work"}) == "lib/pipeline.py"
    )


def test_no_other_file_can_be_opened(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.py"
    root.mkdir()
    outside.touch()
    for body in (
        {"file": str(outside), "root": str(root)},
        {"file": f"{root}/../outside.py", "root": str(root)},
        {"file": str(root / "missing.py"), "root": str(root)},
        {"file": str(root), "root": str(root)},
        {"file": "/x\0y", "root": str(root)},
        {"file": str(outside), "root": "~nobody-of-this-name/x"},
        {"file": 7, "root": str(root)},
        {"file": str(outside)},
        None,
    ):
        assert locating.answer(body) == ""
