"""What functions, files and packages are called where people read them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np
import numpy.typing as npt

from microlog_nb.model.trace import Trace


def is_cell(kind: str, name: str) -> bool:
    """Whether a function is the code of a notebook's cell itself."""
    return kind == "notebook" and name == "<module>"


def shown_name(kind: str, name: str, file: str) -> str:
    """A function's name as it is shown: the code of a cell itself carries the cell's label."""
    return file if is_cell(kind, name) else name


def function_names(trace: Trace) -> list[str]:
    """The shown name of every function."""
    return list(map(shown_name, *(trace.texts("functions", column) for column in ("kind", "name", "file"))))


def cells(trace: Trace) -> npt.NDArray[np.bool_]:
    """Which functions are the code of a cell itself."""
    return np.fromiter(map(is_cell, *(trace.texts("functions", column) for column in ("kind", "name"))), bool)


@lru_cache(maxsize=4096)
def shown_file(file: str) -> str:
    """The last part of a path, of whatever system it came from; a cell's label as it is."""
    if re.match(r"<.*>$|In \[", file):
        return file
    path = PureWindowsPath(file) if "\\" in file else PurePosixPath(file)
    return path.name or file


def module_name(kind: str, module: str, file: str) -> str:
    """A module as it is shown: a cell by its label, a script by its file."""
    if kind == "notebook":
        return file
    return module if module.partition(".")[0] not in ("", "__main__") else _stem(file)


def package_name(kind: str, module: str, file: str) -> tuple[str, str]:
    """Kind and name of the package that a function's colour stands for."""
    if kind == "notebook":
        return kind, file
    top = module.partition(".")[0]
    return kind, top if top not in ("", "__main__") else _stem(file)


def class_name(name: str) -> str:
    """The class that a function of this qualified name belongs to, "" if none: what is inside a function is its part."""
    return name.partition(".<locals>")[0].rpartition(".")[0]


def _stem(file: str) -> str:
    name = shown_file(file)
    return name.removesuffix(".py") or "?"
