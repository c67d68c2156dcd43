"""What a page is answered when it asks for more detail of a long recording."""

from __future__ import annotations

import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from microlog_nb.api.recording import Recording
from microlog_nb.api.views import handlers
from microlog_nb.errors import MicrologError
from microlog_nb.widget import limits, payload
from microlog_nb.widget.limits import Limits
from tests.widget.views import columns_of, decode, many_calls

MOST = 30_000
TABLES = many_calls(30_000)
SECOND = 10**9


def nobody(*_: object) -> None:
    """The page hears nothing by itself here."""


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The handler of a recording with more calls than travel to the page."""
    monkeypatch.setattr(limits, "ALL", Limits(calls=MOST))
    return handlers(Recording(TABLES))(nobody)["window"]


def answered(answer: tuple[dict[str, Any], list[bytes]]) -> SimpleNamespace:
    layout, [data] = answer
    return SimpleNamespace(**columns_of(zlib.decompress(data), layout["columns"]["calls"]))


def test_an_answer_has_the_calls_that_the_view_has_joined(ask: Any) -> None:
    coarse, everything = (
        decode(payload.encode(TABLES, limits=Limits(calls=MOST))),
        decode(payload.encode(TABLES, payload.levels(TABLES).at_most(10**9))),
    )
    start, end = 2 * SECOND, 3 * SECOND
    parts = answered(ask({"start": start, "end": end, "resolution": 0}))
    bars = coarse.calls
    wanted = np.flatnonzero((bars.start < end) & (bars.start + bars.duration > start) & (bars.merged > 1))
    assert np.unique(parts.of).tolist() == wanted.tolist()
    place = {(lane, depth, begin): call for call, (lane, depth, begin) in enumerate(_places(everything.calls))}
    calls = [place[where] for where in _places(parts)]
    for name in ("duration", "self", "samples", "merged", "function", "callerLine", "anomaly"):
        assert getattr(parts, name).tolist() == getattr(everything.calls, name)[calls].tolist()
    for part, call in enumerate(calls):
        parent = int(parts.parent[part])
        caller = everything.calls.parent[call]
        if parent >= 0:
            assert calls[parent] == caller
        elif parent < -1:
            assert bars.start[-2 - parent] <= everything.calls.start[caller], "the caller, or what stands for it"
        else:
            assert caller == -1


def test_an_answer_is_as_fine_as_asked_for_and_no_longer_than_a_page_can_hold(ask: Any, monkeypatch: Any) -> None:
    layout, _ = ask({"start": 0, "end": SECOND, "resolution": 1_500_000.7})
    assert layout["resolution"] == 1_500_000
    whole = {"start": 0, "end": SECOND, "resolution": 0}
    length = ask(whole)[0]["columns"]["calls"]["of"]["length"]
    monkeypatch.setattr(payload, "MOST_FINER", length * 3 // 4)
    layout, _ = ask(whole)
    assert 0 < layout["columns"]["calls"]["of"]["length"] <= length * 3 // 4
    assert layout["resolution"] > 0


def test_where_nothing_was_joined_the_answer_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL", Limits(calls=10**9))
    ask = handlers(Recording(TABLES))(nobody)["window"]
    assert len(answered(ask({"start": 0, "end": SECOND, "resolution": 0})).of) == 0


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "0",
        {},
        {"start": 1, "end": 2},
        {"start": 2, "end": 2, "resolution": 1},
        {"start": 0, "end": 2, "resolution": -1},
        {"start": "0", "end": 2, "resolution": 1},
        {"start": True, "end": 2, "resolution": 1},
        {"start": float("nan"), "end": 2, "resolution": 1},
        {"start": 0, "end": float("inf"), "resolution": 1},
        {"start": 0, "end": 10**30, "resolution": 1},
        {"start": {"a": "x" * 10_000}, "end": 2, "resolution": 1},
    ],
)
def test_what_is_no_window_gets_one_sentence(ask: Any, body: Any) -> None:
    with pytest.raises(MicrologError, match="a window needs a start before its end, and a resolution") as raised:
        ask(body)
    assert len(str(raised.value)) < 250


def _places(calls: SimpleNamespace) -> list[tuple[int, int, float]]:
    return list(zip(calls.lane.tolist(), calls.depth.tolist(), calls.start.tolist(), strict=True))
