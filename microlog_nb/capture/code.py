"""What is known of a code object: whose it is, what it is called, and whether its frames belong in a recording."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from microlog_nb.capture import labels

_HERE = f"{Path(__file__).absolute().parents[1]}{os.sep}"

_RUNNERS = frozenset({"threading", "asyncio", "runpy"})
_KERNEL = frozenset(
    [
        "IPython",
        "anyio",
        "comm",
        "debugpy",
        "decorator",
        "ipykernel",
        "ipykernel_launcher",
        "jupyter_client",
        "marimo",
        "matplotlib_inline",
        "nbclient",
        "selectors",
        "tornado",
        "traitlets",
        "zmq",
        "_pydevd_bundle",
        "_pydevd_frame_eval",
        "_pydev_bundle",
        "pydevd",
        "pydevd_file_utils",
    ]
)
_KERNEL_SCRIPTS = tuple(
    f"{os.sep}{name}"
    for name in (
        "ipykernel_launcher.py",
        "bin/ipython",
        "bin/ipython3",
        "bin/marimo",
        "IPython/__main__.py",
        "ipykernel/__main__.py",
    )
)


class FunctionRow(NamedTuple):
    """The columns of the table of functions."""

    module: str
    name: str
    file: str
    line: int
    kind: str


class Owner(IntEnum):
    """Whose code a frame runs, as far as it matters for where the user's stack begins."""

    USER = 0
    LIBRARY = 1
    RUNNER = 2  # starts other people's code: bootstrap of a thread, event loop, `python -m`
    KERNEL = 3  # the notebook's kernel
    MICROLOG = 4


def owner(module: str, file: str) -> Owner:
    """Whose code it is that belongs to this module and was compiled from this file."""
    package = module.partition(".")[0]
    if package == "microlog_nb" or file.startswith(_HERE):
        return Owner.MICROLOG
    if package in _KERNEL or (module in ("__main__", "") and file.endswith(_KERNEL_SCRIPTS)):
        return Owner.KERNEL
    if package in _RUNNERS:
        return Owner.RUNNER
    return Owner.LIBRARY if kind(module, file) == "library" else Owner.USER


def module(frame: FrameType) -> str:
    """The module's `__name__`, or ""."""
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) else ""


def kind(module: str, file: str) -> str:
    """One of `schema.FUNCTION_KINDS` for a code object's module and file; code made at run time is its module's."""
    if labels.label(file) is not None:
        return "notebook"
    if _is_generated(module, file):
        return "library"
    if file == "<string>" and module != "__main__":
        file = getattr(sys.modules.get(module), "__file__", None) or file
    if file.startswith(("<frozen ", _HERE, *_library_folders())):
        return "library"
    return "library" if f"{os.sep}site-packages{os.sep}" in file or f"{os.sep}dist-packages{os.sep}" in file else "user"


def row(module: str, name: str, file: str, line: int) -> FunctionRow:
    """The row of a code object in the table of functions: of its module, qualified name, file and first line."""
    return FunctionRow(module, name, labels.label(file) or file, line, kind(module, file))


def _is_generated(module: str, file: str) -> bool:
    """Whether a library wrote the code at run time, in a namespace of its own: the methods of named tuples, of attrs' classes."""
    return (file == "<string>" and module.startswith("namedtuple_")) or file.startswith("<attrs generated ")


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    return tuple(f"{Path(folder)}{os.sep}" for folder in folders)
