"""Shows a recording where its user is: the live view in a notebook, text elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from microlog_nb.summary import statistics
from microlog_nb.tables import Tables
from microlog_nb.widget import fallback, frame, marimo, shown

if TYPE_CHECKING:
    from microlog_nb.widget.widget import Timeline

Maker = Callable[[], "Timeline"]
"""Makes the live view, which is needed in a notebook only."""


def display(tables: Tables, make: Maker) -> None:
    """Shows the live view and, as a second output, the picture that takes its place where no kernel is.

    Outside of a notebook it prints the summary.

    Args:
        tables: of the recording.
        make: makes its live view.

    Raises:
        MicrologError: the bundle was not built; nothing is shown then.
    """
    if marimo.is_running():
        marimo.show(make())
        return
    if not in_notebook():
        print(statistics(tables))  # noqa: T201  # what the user asked to see
        return
    from IPython.display import display as show

    # drawn by the page while the picture is made here
    view = make()
    shown.note(view)
    show(view)  # type: ignore[no-untyped-call]  # IPython's has no types
    # in text, the first output has said everything
    show({"text/html": fallback.html(tables), "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]  # as above


def embed(tables: Tables, page: Callable[[], str]) -> None:
    """Shows the report in a frame, as HTML in the output, where it needs no kernel.

    Outside of a notebook it prints the summary.

    Args:
        tables: of the recording.
        page: makes its report.

    Raises:
        MicrologError: the bundle was not built; nothing is shown then.
    """
    if marimo.is_running():
        marimo.show_html(frame.alone(page(), tables))
        return
    if not in_notebook():
        print(statistics(tables))  # noqa: T201  # what the user asked to see
        return
    from IPython.display import display as show

    output = {"text/html": frame.html(page(), tables), "text/plain": statistics(tables)}
    show(output, raw=True)  # type: ignore[no-untyped-call]  # IPython's has no types


def bundle(tables: Tables, make: Maker) -> dict[str, Any] | tuple[dict[str, Any], dict[str, Any]]:
    """A recording as the value of a cell: one output for every kind of reader, who takes the best that it knows.

    Raises:
        MicrologError: the bundle was not built.
    """
    text = {"text/plain": statistics(tables)}
    if not in_notebook():
        return text
    view = make()
    shown.note(view)
    output = view._repr_mimebundle_()
    data, metadata = output if output is not None else ({}, {})
    return {**data, "text/html": fallback.html(tables), **text}, metadata


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel, whose outputs a frontend shows."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None
