"""The built browser bundle."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

from microlog_nb.errors import MicrologError

_STATIC = Path(__file__).parent / "static"

FIRST = ("widget.css", "common.js", "widget.js")
"""What paints the timeline; `more.js` has the rest."""

REPORT = ("widget.css", "standalone.js")
"""All of it, for a page of its own."""


def path(name: str) -> Path:
    """Where a file of the bundle is; `js/build.mjs` lists them.

    Raises:
        MicrologError: the bundle was not built.
    """
    file = _STATIC / name
    if not file.is_file():
        raise MicrologError(f"the view was not built ({name} is missing): run `make setup` or reinstall")
    return file


def script(name: str) -> str:
    """Text of a file of the bundle.

    Raises:
        MicrologError: the bundle was not built.
    """
    return path(name).read_text(encoding="utf-8")


@cache
def packed(*names: str) -> bytes:
    """Files of the bundle, with NUL between them, in zlib format: half of what a notebook with them is would be their text.

    Raises:
        MicrologError: the bundle was not built.
    """
    return zlib.compress("\0".join(map(script, names)).encode(), 9)
