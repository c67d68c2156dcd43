"""The runs of lines add up to the lines of any part of a recording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microlog_nb.analysis.line_runs import LineRuns, line_runs
from microlog_nb.analysis.lines import Lines, measure_lines
from microlog_nb.model.trace import Trace
from tests.pictures import MS, trace_from_picture, traces


def times(
    runs: LineRuns, lines: Lines, start: float, end: float, own: bool = False
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What the page works out: `js/src/logic/line-times.ts`."""
    inside = np.minimum(runs.start_ns + runs.span_ns, end) - np.maximum(runs.start_ns, start)
    share = np.divide(np.maximum(inside, 0), runs.span_ns, out=np.zeros(len(inside)), where=runs.span_ns > 0)
    seen = np.bincount(runs.seen, weights=share * runs.time_ns, minlength=runs.of.max(initial=-1) + 1)
    rows = runs.own if own else np.ones(len(runs.own), bool)
    return np.bincount(runs.line[rows], weights=seen[runs.of[rows]], minlength=len(lines.line))


@pytest.mark.parametrize("most", [10**6, 5, 1])
@given(trace=traces())
@settings(max_examples=40, deadline=None)
def test_all_runs_together_are_the_lines(most: int, trace: Trace) -> None:
    lines = measure_lines(trace)
    runs = line_runs(trace, lines, np.ones(len(lines.line), bool), most)
    end = trace.duration_ns + int(trace.taken_ns.max(initial=0)) + 1
    assert times(runs, lines, 0, end) == pytest.approx(lines.total_ns)
    assert times(runs, lines, 0, end, own=True) == pytest.approx(lines.self_ns)
    assert runs.samples.sum() == np.count_nonzero(trace.numbers("samples", "stack") >= 0)
    sets = [frozenset(zip(runs.line[runs.of == one], runs.own[runs.of == one], strict=True)) for one in set(runs.of)]
    assert len(set(sets)) == len(sets), "one set has one number"


WORDS = st.lists(
    st.sampled_from(["a:1", "a:1.b:5", "a:2.b:5.b:5", "a:2.lib:9", "lib:9", "-", "b:6"]), min_size=2, max_size=20
)


@given(WORDS, st.data())
def test_runs_of_a_part_are_the_lines_of_that_part(words: list[str], data: st.DataObject) -> None:
    trace = trace_from_picture("main: " + " ".join(words), functions={"lib": {"kind": "library"}})
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    # samples stand for the time before them: between them no sample is cut
    begin, finish = start * MS + MS // 2, end * MS + MS // 2
    lines = measure_lines(trace)
    names = trace.texts("functions", "name")
    own = np.array([names[row] != "lib" for row in lines.function], bool)
    runs = line_runs(trace, lines, own, 10**6)
    found = times(runs, lines, begin, finish)
    expected = dict.fromkeys([(names[row], line) for row, line in zip(lines.function, lines.line, strict=True)], 0)
    for word in words[start + 1 : end + 1]:
        for frame in set(word.split(".")) - {"-"}:
            name, line = frame.split(":")
            expected[name, int(line)] += MS if name != "lib" else 0
    assert dict(zip(expected, found, strict=True)) == pytest.approx(expected)


def test_lines_of_libraries_are_left_out_and_their_time_stays_with_who_called_them() -> None:
    trace = trace_from_picture("main: a:1*2 a:3.lib*3 lib.a:1", functions={"lib": {"kind": "library"}})
    lines = measure_lines(trace)
    own = np.array([trace.texts("functions", "name")[row] == "a" for row in lines.function])
    runs = line_runs(trace, lines, own, 10**6)
    assert lines.line[runs.line].tolist() == [1, 3]
    assert runs.own.tolist() == [True, False]
    assert runs.samples.tolist() == [2, 3, 1]


def test_very_many_runs_are_added_up_in_steps() -> None:
    trace = trace_from_picture("main: " + "a:1 a:2 " * 500)
    lines = measure_lines(trace)
    runs = line_runs(trace, lines, np.ones(2, bool), 100)
    assert len(runs.start_ns) <= 100
    assert runs.step_ns <= 40 * MS
    half = times(runs, lines, 0, 500 * MS)
    assert half == pytest.approx([250 * MS, 250 * MS], rel=0.05)
