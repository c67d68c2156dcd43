"""The live view in a notebook: an anywidget that hands the view's bytes to the bundle and answers what it asks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from microlog_nb.summary import statistics
from microlog_nb.tables import Tables
from microlog_nb.widget import bundle
from microlog_nb.widget.payload import deflate, encode, levels
from microlog_nb.widget.requests import Handlers, Requests, no_handlers

_RUNNING_CALLS = 4000
"""Bars of a recording that goes on, at most: they are made and sent again and again."""


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
    _esm = bundle.path("widget.js") if os.environ.get("ANYWIDGET_HMR") == "1" else bundle.unpacking("widget.js")
    _css = bundle.path("widget.css")

    payload = traitlets.Bytes().tag(sync=True)
    """The view's bytes, deflated; see `js/src/data/FORMAT.md`."""

    range: Any = traitlets.Tuple(traitlets.Int(), traitlets.Int(), allow_none=True, default_value=None).tag(sync=True)
    """What is selected: start and end in nanoseconds; None if nothing is."""

    _more = traitlets.Bytes().tag(sync=True)
    """The module of the views behind the other tabs, deflated: the page has it without asking, kernel or not."""

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
        view = _view(tables, answers, running=running)
        super().__init__(payload=view, _more=bundle.deflated("more.js"))
        self._summary = statistics(tables)
        self.requests = Requests(handlers, self.send)
        self.on_msg(lambda _widget, content, _buffers: self.requests.receive(content))

    def update(self, tables: Tables, answers: Sequence[Mapping[str, Any]], *, running: bool) -> None:
        """Shows what has been recorded since: of a recording that goes on in so many bars that its bytes stay few."""
        self._summary = statistics(tables)
        self.payload = _view(tables, answers, running=running)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown
        return {**data, "text/plain": self._summary}, metadata


def _view(tables: Tables, answers: Sequence[Mapping[str, Any]], *, running: bool) -> bytes:
    bars = levels(tables).at_most(_RUNNING_CALLS) if running else None
    return deflate(encode(tables, bars, running=running, answers=answers))
