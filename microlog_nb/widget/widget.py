"""The live view in a notebook: an anywidget that hands the view's bytes to the bundle and answers what it asks."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import ipywidgets
import traitlets

from microlog_nb.summary import statistics
from microlog_nb.tables import Tables
from microlog_nb.widget import bundle, marimo
from microlog_nb.widget.payload import saved
from microlog_nb.widget.requests import Handlers, Requests, no_handlers


class Code(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets ships no types
    """The code of the view, once for all the views that a kernel shows: a notebook saves it once, too.

    Texts in base 85 of `bundle.packed`, a sixteenth shorter than in base 64, as which bytes are saved.
    """

    _model_name = traitlets.Unicode("WidgetModel").tag(sync=True)

    first = traitlets.Unicode().tag(sync=True)
    more = traitlets.Unicode().tag(sync=True)


_shared: Code | None = None


def shared_code() -> Code:
    """The code, made at its first use."""
    global _shared  # noqa: PLW0603  # one a process
    if _shared is None or _shared.comm is None:
        _shared = Code(**_texts())
    return _shared


def _texts(prefix: str = "") -> dict[str, str]:
    parts = {"first": bundle.FIRST, "more": ("more.js",)}
    return {prefix + name: base64.b85encode(bundle.packed(*files)).decode() for name, files in parts.items()}


class Timeline(anywidget.AnyWidget):
    """The interactive timeline of a recording.

    Importing this module raises a `MicrologError` if the bundle was not built.

    Args:
        tables: of the recording.
        handlers: makes what answers the page, given what tells the page something.
        answers: explanations that are shown with it; see `payload.encode`.
        running: whether the recording is still going on.
    """

    # a file is what anywidget can watch and reload
    _esm = bundle.path("dev.js") if os.environ.get("ANYWIDGET_HMR") == "1" else bundle.script("loader.js")

    _code = traitlets.Instance(Code, allow_none=True).tag(sync=True, **ipywidgets.widget_serialization)
    """What `_esm` loads; None where each view has it itself."""

    _first = traitlets.Unicode().tag(sync=True)
    _more = traitlets.Unicode().tag(sync=True)

    payload = traitlets.Bytes().tag(sync=True)
    """The view's bytes, deflated, as a notebook keeps them: `payload.saved`; see `js/src/data/FORMAT.md`."""

    range: Any = traitlets.Tuple(traitlets.Int(), traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)
    """What is selected: start and end in nanoseconds; None if nothing is."""

    @traitlets.validate("range")
    def _check_range(self, proposal: Any) -> tuple[int, int] | None:
        chosen: tuple[int, int] | None = proposal["value"]
        if chosen is not None and not 0 <= chosen[0] < chosen[1]:
            raise traitlets.TraitError(f"{chosen} is no range of nanoseconds")
        return chosen

    def __init__(
        self,
        tables: Tables,
        handlers: Handlers = no_handlers,
        answers: Sequence[Mapping[str, Any]] = (),
        *,
        running: bool = False,
    ) -> None:
        code = _texts("_") if marimo.is_running() else {"_code": shared_code()}
        super().__init__(payload=saved(tables, running=running, answers=answers), **code)
        self._summary = statistics(tables)
        self.requests = Requests(handlers, self.send)
        self.on_msg(lambda _widget, content, _buffers: self.requests.receive(content))

    def update(self, tables: Tables, answers: Sequence[Mapping[str, Any]], *, running: bool) -> None:
        """Shows what has been recorded since."""
        self._summary = statistics(tables)
        self.payload = saved(tables, running=running, answers=answers)

    def open(self) -> None:
        """Makes the view known to the page."""
        super().open()
        self._listen_anywhere()

    def _send(self, msg: Any, buffers: Any = None) -> None:
        super()._send(msg, buffers=buffers)
        self._listen_anywhere()

    def _listen_anywhere(self) -> None:
        """Lets the page choose the subshell that it speaks to, so that it is heard while the cell runs.

        ipykernel 7.4 delivers what comes back to the shell that has spoken last, and that one runs the cell.
        """
        getattr(self.comm, "__dict__", {}).pop("_reply_subshell_id", None)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown
        return {**data, "text/plain": self._summary}, metadata
