"""The built browser bundle."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

from microlog_nb.errors import MicrologError

_STATIC = Path(__file__).parent / "static"


def path(name: str) -> Path:
    """Where a file of the bundle is: "widget.js", "more.js", "standalone.js" or "widget.css".

    Raises:
        MicrologError: the bundle was not built.
    """
    file = _STATIC / name
    if not file.is_file():
        raise MicrologError(f"the view was not built ({name} is missing): run `make setup` or reinstall")
    return file


@cache
def deflated(name: str) -> bytes:
    """A file of the bundle in zlib format.

    Raises:
        MicrologError: the bundle was not built.
    """
    return zlib.compress(path(name).read_bytes(), 9)


def script(name: str) -> str:
    """Text of a file of the bundle.

    Raises:
        MicrologError: the bundle was not built.
    """
    return path(name).read_text(encoding="utf-8")
