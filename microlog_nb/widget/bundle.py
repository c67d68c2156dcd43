"""The built browser bundle, read where it is first needed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from microlog_nb.errors import MicrologError


@cache
def script(name: str) -> str:
    """Text of a file of the bundle: "widget.js", "standalone.js" or "widget.css".

    Raises:
        MicrologError: the bundle was not built.
    """
    try:
        return (files("microlog_nb") / "widget" / "static" / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise MicrologError(f"the view was not built ({name} is missing): run `make setup` or reinstall") from error
