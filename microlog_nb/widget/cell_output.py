"""The output of a notebook's cell, as a place where a view can be shown while the cell runs, from whatever thread.

All that the message needs is noted in the cell's own thread. It is sent as IPython's own displays are in the end, but past
what the program may have put there: its hooks, its formatters, a block that captures what is displayed.
"""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from microlog_nb.widget.widget import Timeline

_WITHOUT = (
    "<p>microlog: the recording of this cell had not ended when the notebook was saved."
    " If its kernel was killed, <code>microlog recover</code> has the recording.</p>"
)
"""For those who read a notebook that was saved meanwhile."""


class CellOutput:
    """The output of the cell that is running.

    Args:
        shell: of the kernel.
        parent: header of the request that runs the cell.
    """

    def __init__(self, shell: Any, parent: dict[str, Any]) -> None:
        self._shell = shell
        self._publisher = shell.display_pub
        self._parent = parent
        self._id = uuid.uuid4().hex

    def is_free(self) -> bool:
        """Whether what is displayed now gets there: the program may be capturing it, or have put a widget in its place."""
        return self._shell.display_pub is self._publisher and not _is_redirected(self._parent["msg_id"])

    def show(self, view: Timeline) -> None:
        """Shows a view below what has been put out so far."""
        from ipykernel.iostream import OutStream

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, OutStream):  # it holds text back; another stream is the program's own
                stream.flush()  # type: ignore[no-untyped-call]  # ipykernel's
        shown = view._repr_mimebundle_()
        data = shown[0] if shown is not None else {}
        # consoles write the text, and have no use for it before the end
        self._send(
            "display_data", {**{kind: data[kind] for kind in data if kind != "text/plain"}, "text/html": _WITHOUT}
        )

    def withdraw(self) -> None:
        """Takes away what was shown: an output that shows nothing is left, for none can be removed."""
        self._send("update_display_data", {})

    def _send(self, kind: str, data: dict[str, Any]) -> None:
        content = {"data": data, "metadata": {}, "transient": {"display_id": self._id}}
        publisher = self._publisher
        publisher.session.send(publisher.pub_socket, kind, content, parent=self._parent, ident=publisher.topic)


def of_this_cell() -> CellOutput | None:
    """That of the cell that is running in this thread; None where nobody watches it.

    Who runs a notebook without being there (nbconvert, papermill, a schedule) says that there is nobody to ask for input.
    """
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None or getattr(shell.display_pub, "pub_socket", None) is None:
        return None
    request = kernel.get_parent()
    if not request.get("content", {}).get("allow_stdin", False):
        return None
    return CellOutput(shell, request["header"])


def _is_redirected(request: str) -> bool:
    """Whether an output widget takes what the request puts out."""
    module = sys.modules.get("ipywidgets.widgets.widget_output")
    if module is None:
        return False
    widgets = sys.modules["ipywidgets.widgets.widget"]
    every: dict[str, Any] = getattr(widgets, "_instances", None) or {}
    return any(isinstance(one, module.Output) and one.msg_id == request for one in list(every.values()))
