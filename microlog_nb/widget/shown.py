"""The views that the cells of a notebook have shown: of a cell that runs again, the old ones are closed.

Its output is gone from the page then, but their models would stay, there and in the kernel, and with them in the saved
notebook. Cells are told apart by the id that JupyterLab, Notebook 7 and VS Code send along; elsewhere nothing is closed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from microlog_nb.widget.widget import Timeline


@dataclass
class _Run:
    """One run of a cell, and the views that it has shown."""

    request: str
    views: list[Timeline] = field(default_factory=list)


_runs: dict[str, _Run] = {}


def note(view: Timeline) -> None:
    """A view is shown by the cell that is running; those of its runs before are closed."""
    parent = _request()
    cell, request = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if not cell or not request:
        return
    run = _runs.get(cell)
    if run is None or run.request != request:
        for old in run.views if run else ():
            old.layout.close()
            old.close()
        run = _runs[cell] = _Run(request)
    run.views.append(view)


def _request() -> dict[str, Any]:
    """The message that asked for what is running."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    get_parent = getattr(shell, "get_parent", None)
    parent = get_parent() if get_parent is not None else None
    return parent if isinstance(parent, dict) else {}
