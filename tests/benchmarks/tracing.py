"""How long a page's scripts run for each frame, from Chromium's own trace."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

_FRAME_END = "Layerize"
_PAINT = "FireAnimationFrame"
_SCRIPT = frozenset(
    {_PAINT, "FunctionCall", "EventDispatch", "TimerFire", "RunMicrotasks", "EvaluateScript", "MinorGC", "MajorGC"}
)
_CATEGORIES = ["-*", "devtools.timeline"]


@dataclass
class Frames:
    """Script in milliseconds: of each frame in which something was painted, and the longest pieces at one go."""

    script: list[float] = field(default_factory=list)
    blocks: list[float] = field(default_factory=list)


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[Frames]:
    """Traces what is done inside the block."""
    frames = Frames()
    browser.start_tracing(page=page, categories=_CATEGORIES)
    try:
        yield frames
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
    _read(events, frames)


def _read(events: list[dict[str, Any]], frames: Frames) -> None:
    """Of the thread that paints; a frame ends when the browser begins to draw it, and its input comes before."""
    painting = {(event["pid"], event["tid"]) for event in events if event["name"] == _PAINT}
    own = [event for event in events if (event["pid"], event["tid"]) in painting]
    ends = sorted(event["ts"] for event in own if event["name"] == _FRAME_END)
    paints = [event["ts"] for event in own if event["name"] == _PAINT]
    script = list(_united((e["ts"], e["ts"] + e["dur"]) for e in own if e["name"] in _SCRIPT and "dur" in e))
    frames.blocks += [(end - start) / 1e3 for start, end in script]
    spent = [0.0] * (len(ends) + 1)
    for start, end in script:
        spent[bisect.bisect(ends, start)] += (end - start) / 1e3
    frames.script += [spent[frame] for frame in sorted({bisect.bisect(ends, paint) for paint in paints})]


def _united(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The same times without overlap: an event's handler is traced inside of its dispatch."""
    current: tuple[float, float] | None = None
    for start, end in sorted(spans):
        if current is not None and start <= current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
