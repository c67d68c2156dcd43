"""What a recorded cell adds to the notebook's file stays small, whatever was recorded; the kernel has the rest."""

from __future__ import annotations

import json
import zlib

import pytest
from ipywidgets import Widget

from microlog_nb.api import views
from microlog_nb.api.recording import Recording
from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import fallback, payload
from microlog_nb.widget.limits import SAVED, largest, renumbered, shortened, spread
from microlog_nb.widget.widget import Code, Timeline
from tests.pictures import META, trace_from_picture
from tests.widget.views import assert_consistent, decode, many_calls, tables

MOST_A_CELL = 100_000
"""Bytes that each cell may add; the budget is 150,000."""

TALKATIVE = tables(
    trace_from_picture(
        "main: a*40",
        logs=[
            {"at": entry / 100, "message": f"step {entry} took {entry * 7919 % 9973} us and {'x' * (entry % 50)}"}
            for entry in range(4000)
        ],
    )
)
WORDY = tables(
    trace_from_picture(
        "main: a*9", logs=[{"at": 1, "message": "".join(chr(33 + n * n * 7 % 90) for n in range(10**6))}]
    )
)
MANY = many_calls(60_000)
WIDE = many_calls(3000, functions=2000)
RECORDINGS = pytest.mark.parametrize(
    "source",
    [tables(), TALKATIVE, WORDY, MANY, WIDE],
    ids=["small", "talkative", "wordy", "many calls", "many functions"],
)


def state_of(widget: Widget) -> int:
    """Bytes of a widget's state in a notebook: bytes as base 64."""
    state = {key: None if isinstance(value, bytes) else value for key, value in widget.get_state().items()}
    binary = [value for value in widget.get_state().values() if isinstance(value, bytes)]
    return len(json.dumps(state)) + sum(len(value) * 4 // 3 for value in binary)


@RECORDINGS
def test_a_cell_adds_little_to_its_notebook(source: Tables) -> None:
    view = Timeline(source)
    assert state_of(view) + state_of(view.layout) + len(json.dumps(fallback.html(source))) <= MOST_A_CELL


def test_the_code_is_in_a_notebook_once_and_is_bounded() -> None:
    first, second = Timeline(tables()), Timeline(tables())
    assert first._code is second._code
    assert isinstance(first._code, Code)
    assert state_of(first._code) <= 155_000


@RECORDINGS
def test_what_is_saved_is_a_view(source: Tables) -> None:
    packed = payload.saved(source)
    assert len(packed) <= payload.MOST_SAVED
    view = decode(zlib.decompress(packed))
    assert_consistent(view)
    detail = view.facts["detail"]
    if detail is not None:
        assert detail["partial"] is True
        assert detail["calls"] == len(source.call_data) == int(view.calls.merged.sum())
        assert detail["functions"] == len(source.function_data.self_ns) >= len(view.functions)
        assert detail["logs"] == source.trace.tables["logs"].num_rows >= len(view.logs)


def test_a_small_recording_is_saved_whole() -> None:
    assert zlib.decompress(payload.saved(tables())) == payload.encode(tables())
    assert decode(payload.encode(tables())).facts["detail"] is None


def test_the_kernel_gives_all_of_it() -> None:
    recording = Recording(MANY)
    handler = views.handlers(recording)(lambda *_: None)["view"]
    _, (packed,) = handler({})
    view = decode(zlib.decompress(packed))
    assert view.facts["detail"] is None
    assert len(view.calls.start) == len(MANY.call_data)


def test_what_is_left_out_says_least() -> None:
    view = decode(payload.encode(TALKATIVE, limits=SAVED))
    assert [row["time"] for row in view.logs] == sorted(row["time"] for row in view.logs)
    assert view.logs[-1]["message"].startswith("step 3999 ")
    (entry,) = decode(payload.encode(WORDY, limits=SAVED)).logs
    assert entry["message"].endswith(" …")
    assert len(entry["message"]) == SAVED.letters + 2


def test_rows_that_are_kept() -> None:
    import numpy as np

    assert largest(np.array([5, 1, 7, 7, 2]), 3).tolist() == [0, 2, 3]
    assert largest(np.array([5, 1]), 3).tolist() == [0, 1]
    assert spread(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert spread(101, 3).tolist() == [0, 50, 100]
    assert renumbered(np.array([1, 3]), 4)[[0, 1, 3, -1]].tolist() == [-1, 0, 1, -1]
    assert shortened("abc", 3) == "abc"
    assert SAVED.times(0.5).calls == SAVED.calls // 2


def test_an_empty_recording_is_saved() -> None:
    assert decode(zlib.decompress(payload.saved(Tables(Trace(tables().trace.tables, {**META, "duration_ns": 1})))))
