"""The built browser bundle."""

from __future__ import annotations

import base64
import zlib
from functools import cache
from pathlib import Path

from microlog_nb.errors import MicrologError

_STATIC = Path(__file__).parent / "static"
_UNPACKING = """\
const packed = Uint8Array.from(atob("{}"), (character) => character.charCodeAt(0));
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
const url = URL.createObjectURL(new Blob([await new Response(stream).text()], {{ type: "text/javascript" }}));
const {{ default: widget }} = await import(url);
URL.revokeObjectURL(url);
export default widget;
"""


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


def unpacking(name: str) -> str:
    """A module of the bundle as a module that unpacks itself: with every widget its text is saved in the notebook.

    Only `DecompressionStream` and the address of a blob are used, as wherever a widget's module is loaded from its text.

    Raises:
        MicrologError: the bundle was not built.
    """
    return _UNPACKING.format(base64.b64encode(deflated(name)).decode())


def script(name: str) -> str:
    """Text of a file of the bundle.

    Raises:
        MicrologError: the bundle was not built.
    """
    return path(name).read_text(encoding="utf-8")
