"""What an explanation is about: the whole recording, a range of it, a call, a log entry or an anomaly."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from microlog_nb import words
from microlog_nb.errors import MicrologError
from microlog_nb.tables import Tables

KINDS = ("range", "call", "log", "anomaly")


@dataclass(frozen=True)
class Focus:
    """An interval of the recording and what made it interesting.

    Attributes:
        kind: "recording", or one of `KINDS`.
        row: number of the call, log entry or anomaly; -1 for the others.
        start: seconds from the recording's start.
        end: the same.
    """

    kind: str
    row: int
    start: float
    end: float

    @property
    def whole(self) -> bool:
        """Whether it is about the recording as a whole."""
        return self.kind == "recording"

    @property
    def title(self) -> str:
        """What it is about, in words."""
        interval = f"{words.duration(self.start * 1e9)} to {words.duration(self.end * 1e9)}"
        if self.kind == "recording":
            return "the whole recording"
        if self.kind == "range":
            return f"the range from {interval}"
        name = {"call": "call", "log": "log entry", "anomaly": "anomaly"}[self.kind]
        return f"{name} {self.row}, {interval}"


_AROUND = 0.5
"""So many seconds before and after a log entry are about it."""


def focus_of(value: object, tables: Tables) -> Focus:
    """What the user means by `focus=`.

    Args:
        value: None for the whole recording, `(start, end)` in seconds, or one of `{"range": (start, end)}`, `{"call": id}`,
            `{"log": row}`, `{"anomaly": row}`.
        tables: of the recording.

    Raises:
        MicrologError: it is none of these, or there is no such row or range.
    """
    duration = tables.trace.duration_ns / 1e9
    if value is None:
        return Focus("recording", -1, 0.0, duration)
    if isinstance(value, tuple):
        value = {"range": value}
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in KINDS:
        raise MicrologError(
            f"focus {value!r} is not understood: use (start, end), {{'call': id}}, {{'log': row}} or {{'anomaly': row}}"
        )
    kind, what = next(iter(value.items()))
    if kind == "range":
        start, end = _range(what, duration)
        return Focus(kind, -1, start, end)
    row = _row(kind, what, len(_table(kind, tables)))
    table = _table(kind, tables)
    if kind == "log":
        time = float(table.time.iloc[row])
        return Focus(kind, row, max(0.0, time - _AROUND), min(duration, time + _AROUND))
    start = float(table.start.iloc[row])
    return Focus(kind, row, start, start + float(table.duration.iloc[row]))


def _table(kind: str, tables: Tables) -> Any:
    return {"call": tables.calls, "log": tables.logs, "anomaly": tables.anomalies}[kind] if kind != "range" else None


def _row(kind: str, what: object, count: int) -> int:
    try:
        row = operator.index(what)  # type: ignore[arg-type]  # what is no number says so
    except TypeError:
        row = -1
    if isinstance(what, bool) or not 0 <= row < count:
        allowed = f"0 to {count - 1}" if count else "none, there are no such rows"
        raise MicrologError(f"focus {{{kind!r}: {what!r}}} is not in this recording: allowed is {allowed}")
    return row


def _range(what: object, duration: float) -> tuple[float, float]:
    try:
        start, end = what  # type: ignore[misc]  # what cannot be unpacked says so
        start, end = float(start), float(end)  # type: ignore[has-type]  # as above
    except (TypeError, ValueError):
        start, end = 1.0, 0.0
    if not 0 <= start < end <= duration * (1 + 1e-9):
        raise MicrologError(f"focus {what!r} is no range: allowed is 0 <= start < end <= {duration:.6g}, in seconds")
    return start, min(end, duration)
