"""README.md says what the code has, all of it and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import microlog_nb
from microlog_nb import magic

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def table_after(heading: str) -> list[str]:
    """The code words in the first column of the table whose head contains these words."""
    lines = README[README.index(heading) :].splitlines()[2:]
    rows = [line.split(" | ")[0] for line in lines[: lines.index("")]]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def test_options_of_the_cell_magic() -> None:
    options = {option for action in magic._CELL._actions for option in action.option_strings} - {"-h", "--help"}
    assert {word.split()[0] for word in table_after("| option of `%%microlog`")} == options


def test_options_of_profile_and_their_defaults() -> None:
    told = dict(word.partition("=")[::2] for word in table_after("| option of `profile` and `start`"))
    assert list(told) == [name for name in inspect.signature(microlog_nb.start).parameters if name != "cell"]


def test_data_frames_of_a_recording() -> None:
    frames = {
        name
        for name, value in vars(microlog_nb.Recording).items()
        if isinstance(value, property) and "DataFrame" in str(inspect.signature(value.fget).return_annotation)
    }
    assert set(table_after("| | one row is |")) == frames


def test_functions_of_the_package_exist() -> None:
    assert set(re.findall(r"\bmicrolog\.([a-z_]+)\(", README)) <= set(microlog_nb.__all__)


def test_pictures_and_files_exist() -> None:
    root = Path(__file__).parents[2]
    for target in re.findall(r'(?:src|srcset)="([^"]+)"|\]\((?!http)([^)]+)\)', README):
        assert (root / "".join(target)).is_file(), target
