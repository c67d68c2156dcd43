"""More detail of the part of a long recording that a page shows: a view has so many bars only, see `limits.ALL`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from microlog_nb.api.checks import is_number
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.api.recording import Recording
    from microlog_nb.tables import Tables
    from microlog_nb.widget.coarse import Bars, Levels


def handler(recording: Recording) -> Callable[[Any], tuple[dict[str, Any], list[bytes]]]:
    """Answers the request "window" with what the view's bars from `start` to `end` are made of, by `payload.finer`.

    The request's `resolution` is the length of time that a pixel stands for; all three are nanoseconds. The bars are sorted
    at the first request.
    """
    made: list[tuple[Tables, Levels, Bars]] = []

    def answer(body: Any) -> tuple[dict[str, Any], list[bytes]]:
        from microlog_nb.widget import limits, payload

        start, end, resolution = _numbers(body)
        if recording.running:
            raise MicrologError("the recording is running: its detail can be seen when it has ended")
        if not made:
            tables = recording._tables  # noqa: SLF001  # of the same package
            levels = payload.levels(tables)
            made.append((tables, levels, levels.at_most(limits.ALL.calls)))
        tables, levels, coarse = made[0]
        bars = levels.inside(coarse, start, end, resolution, payload.MOST_FINER)
        layout, columns = payload.finer(tables, bars, coarse)
        return layout, [columns]

    return answer


def _numbers(body: Any) -> tuple[int, int, int]:
    asked = body if isinstance(body, dict) else {}
    values: list[Any] = [asked.get(name) for name in ("start", "end", "resolution")]
    if all(map(_fits, values)):
        start, end, resolution = (int(value) for value in values)
        if start < end and resolution >= 0:
            return start, end, resolution
    said = ", ".join(f"{value!r:.40}" for value in values)
    raise MicrologError(f"a window needs a start before its end, and a resolution, in nanoseconds, not {said}")


def _fits(value: Any) -> bool:
    """Whether it is a number of nanoseconds that a recording could have."""
    return is_number(value) and math.isfinite(value) and abs(value) < 2**62
