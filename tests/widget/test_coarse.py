"""Calls at a level of detail: nothing is lost, and bars are where calls are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.analysis.calls import Calls
from microlog_nb.tables import Tables
from microlog_nb.widget import payload
from microlog_nb.widget.coarse import Bars, Levels
from microlog_nb.widget.limits import ALL
from tests.pictures import trace_from_picture
from tests.widget.views import assert_consistent, decode, many_calls, tables

MANY = many_calls(20_000)
steps = st.lists(st.sampled_from(["a", "a.b", "a.c", "a.b.d", "-", "e", "e.b"]), min_size=1, max_size=40)


def assert_stands_for(calls: Calls, bars: Bars) -> None:
    """Each call that is not left out has one bar, in its row, that covers it and shows the longest of those it stands for."""
    shown = bars.members
    of = bars.bar_of[shown]
    assert bars.bar_of[-1] == -1
    assert shown.tolist() == np.flatnonzero(bars.bar_of >= 0).tolist()
    assert np.bincount(of, minlength=len(bars.call)).tolist() == bars.merged.tolist()
    assert (bars.start_ns[of] <= calls.start_ns[shown]).all()
    assert (bars.end_ns[of] >= calls.end_ns[shown]).all()
    duration = calls.end_ns - calls.start_ns
    assert (duration[bars.call][of] >= duration[shown]).all()
    for column in (calls.thread, calls.depth):
        assert (column[bars.call][of] == column[shown]).all()
    assert (np.diff(bars.start_ns) >= 0).all()
    order = np.lexsort((bars.start_ns, calls.depth[bars.call], calls.thread[bars.call]))
    row = calls.thread[bars.call] * 1000 + calls.depth[bars.call]
    same = np.diff(row[order]) == 0
    assert (bars.start_ns[order][1:] >= bars.end_ns[order][:-1])[same].all(), "bars of a row do not overlap"


@given(steps, steps, st.integers(1, 30))
def test_every_call_has_its_bar(main: list[str], worker: list[str], most: int) -> None:
    calls = Tables(trace_from_picture(f"main: {' '.join(main)}\nworker: {' '.join(worker)}")).call_data
    levels = Levels(calls)
    coarse = levels.at_most(most)
    for bars in (coarse, levels.inside(coarse, 3_000_000, 9_000_000, 2_000_000, most)):
        assert_stands_for(calls, bars)


def test_few_calls_are_all_there() -> None:
    bars = Levels(MANY.call_data).at_most(10**9)
    assert bars.resolution_ns == 0
    assert bars.call.tolist() == list(range(len(MANY.call_data)))
    assert set(bars.merged.tolist()) == {1}


@pytest.mark.parametrize("most", [100, 1000, 5000])
def test_many_calls_become_as_few_bars_as_asked_for(most: int) -> None:
    calls = MANY.call_data
    bars = Levels(calls).at_most(most)
    assert len(bars.call) <= most
    assert_stands_for(calls, bars)
    alone = bars.merged == 1
    assert (bars.end_ns - bars.start_ns)[alone].sum() > 0
    assert bars.total(calls.self_ns).sum() == calls.self_ns.sum()


@pytest.mark.parametrize("resolution", [0, 1_000_000, 4_000_000])
def test_bars_of_an_interval_are_what_the_joined_ones_there_are_made_of(resolution: int) -> None:
    calls, levels = MANY.call_data, Levels(MANY.call_data)
    start, end = 10**9, 10**9 + 50_000_000
    coarse = levels.at_most(2000)
    bars = levels.inside(coarse, start, end, resolution, 10**9)
    assert_stands_for(calls, bars)
    of = coarse.bar_of[bars.call]
    assert (coarse.bar_of[bars.members] == of[bars.bar_of[bars.members]]).all(), "a part belongs to one bar"
    divided = (coarse.start_ns < end) & (coarse.end_ns > start) & (coarse.merged > 1)
    assert np.unique(of).tolist() == np.flatnonzero(divided).tolist()
    assert np.bincount(of, bars.merged, len(coarse.call))[divided].tolist() == coarse.merged[divided].tolist()
    assert bars.resolution_ns == resolution
    assert bars.merged.max() == 1 or resolution > 0


def test_bars_of_an_interval_are_no_more_than_asked_for() -> None:
    levels = Levels(MANY.call_data)
    coarse = levels.at_most(500)
    bars = levels.inside(coarse, 0, 10**12, 1, 1500)
    assert len(bars.call) <= 1500
    assert 1 < bars.resolution_ns < coarse.resolution_ns


def test_a_view_of_bars_says_what_it_leaves_out() -> None:
    view = decode(payload.encode(MANY, payload.levels(MANY).at_most(500)))
    assert_consistent(view)
    assert view.calls.merged.sum() == len(MANY.call_data)
    assert view.facts["detail"]["calls"] == len(MANY.call_data)
    assert view.facts["detail"]["resolution"] > 0
    assert decode(payload.encode(tables())).facts["detail"] is None


def test_of_many_log_entries_the_worst_and_latest_are_kept() -> None:
    logs = [{"at": at, "message": str(at), "level": "error" if at == 2 else "info"} for at in range(10)]
    source = tables(trace_from_picture("main: a*12", logs=logs))
    view = decode(payload.encode(source, limits=replace(ALL, logs=3)))
    assert [row["message"] for row in view.logs] == ["2", "8", "9"]
    assert view.facts["detail"]["logs"] == 10
