"""The range of time that is selected, one value in Python and on every view of a recording, and places in a recording."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from microlog_nb.api.checks import is_number
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.tables import Tables
    from microlog_nb.widget.widget import Timeline

Range = tuple[int, int]
"""Start and end in nanoseconds."""

_ROWS = {"depth": "call", "level": "log", "reason": "anomaly"}
"""Columns that only one of the DataFrames has."""


class Selection:
    """What is selected on the views of one recording.

    The range is a trait of each view, so that what the page chooses comes here, what Python chooses goes there, and a page
    that opens later finds it. Views belong to the notebook; here they are only known.
    """

    def __init__(self) -> None:
        self._range: Range | None = None
        self._views: weakref.WeakSet[Timeline] = weakref.WeakSet()
        self._choosing = threading.RLock()  # pages speak on a thread of their own while a cell runs

    @property
    def range_ns(self) -> Range | None:
        """The range; None while nothing is selected."""
        return self._range

    def share(self, view: Timeline) -> None:
        """From now on the view has the same range."""
        with self._choosing:
            view.range = self._range
            self._views.add(view)
        view.observe(lambda change: self.choose(change["new"]), "range")

    def choose(self, range_ns: Range | None) -> None:
        """Selects a range on every view; None selects nothing."""
        with self._choosing:
            if range_ns == self._range:
                return
            self._range = range_ns
            for view in list(self._views):
                view.range = range_ns

    def show(self, place: Mapping[str, Any]) -> None:
        """Moves every view to a place; the interface `Shown` of `link.ts`."""
        with self._choosing:
            views = list(self._views)
        for view in views:
            view.requests.push("show", dict(place))


def range_of(asked: str, start: Any, end: Any, duration_ns: int) -> Range:
    """The range that two numbers of seconds give.

    Raises:
        MicrologError: not 0 <= start < end <= duration; it begins with the name of what was asked.
    """
    duration = duration_ns / 1e9
    if is_number(start) and is_number(end) and 0 <= start < end <= duration:
        first, last = round(start * 1e9), round(end * 1e9)
        if first < last:
            return first, last
    raise MicrologError(
        f"{asked}({start!r}, {end!r}) is no range: allowed is 0 <= start < end <= {duration:.6g}, in seconds"
    )


def place_of(tables: Tables, what: Any) -> dict[str, Any]:
    """What a view needs to find a call (by its id), or a row of `calls`, `logs`, `anomalies` or `spans`.

    Raises:
        MicrologError: it is none of these, or not of this recording.
    """
    if getattr(what, "ndim", 0) == 0 and is_number(what) and float(what).is_integer():
        return _call(tables, int(what))
    columns: Any = getattr(what, "index", ())
    row: Any = getattr(what, "name", None)
    if getattr(what, "ndim", 0) == 1:
        for column, kind in _ROWS.items():
            if column in columns and is_number(row):
                return _call(tables, int(row)) if kind == "call" else _row(tables, what, kind, int(row))
        if "start" in columns and "duration" in columns:
            return _row(tables, what, "span", 0)
    raise MicrologError(
        f"show({_brief(what)}) is no place: give a call's id, or a row of calls, logs, anomalies or spans, as rec.calls.loc[7]"
    )


def _call(tables: Tables, call: int) -> dict[str, Any]:
    from microlog_nb.widget.payload import lane_order

    calls = tables.call_data
    if len(calls) == 0:
        raise MicrologError(f"there is no call {call}: this recording has no calls")
    if not 0 <= call < len(calls):
        raise MicrologError(f"there is no call {call}: allowed is 0 to {len(calls) - 1}")
    return {
        "kind": "call",
        "start": int(calls.start_ns[call]),
        "end": int(calls.end_ns[call]),
        "lane": int(lane_order(tables.trace)[1][calls.thread[call]]),
        "depth": int(calls.depth[call]),
    }


def _row(tables: Tables, row: Any, kind: str, number: int) -> dict[str, Any]:
    counts = {"log": tables.trace.tables["logs"].num_rows, "anomaly": len(tables.anomaly_data)}
    start = float(row["time"] if kind == "log" else row["start"])
    end = start if kind == "log" else start + float(row["duration"])
    if not (0 <= number < counts.get(kind, 1) and 0 <= start <= end <= tables.trace.duration_ns / 1e9 + 1e-6):
        raise MicrologError(f"this {kind} is of another recording: it is at {start:.6g} s, as row {row.name}")
    return {"kind": kind, "start": round(start * 1e9), "end": round(end * 1e9), "row": number}


def _brief(what: Any) -> str:
    text = " ".join(repr(what).split())
    return text if len(text) <= 60 else f"{text[:59]}…"
