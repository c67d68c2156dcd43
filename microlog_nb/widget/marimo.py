"""marimo: a notebook without IPython, whose cells have one output."""

from __future__ import annotations

import sys
from typing import Any


def is_running() -> bool:
    """Whether this runs in a cell of a marimo notebook; one that runs as a script is a script."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


def show_html(text: str) -> None:
    """Adds HTML to the output of the cell that is running."""
    marimo = sys.modules["marimo"]
    marimo.output.append(marimo.Html(text))


def show(view: Any) -> None:
    """Adds a view to the output of the cell that is running."""
    sys.modules["marimo"].output.append(view)
