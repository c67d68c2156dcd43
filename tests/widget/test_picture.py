"""The picture is safe and small, and shows what the recording has."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import picture
from microlog_nb.widget.bars import visible_bars
from tests.pictures import META, tables_from_rows, trace_from_picture, traces
from tests.widget.views import RUN, many_calls, tables

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "style", "defs", "pattern", "path", "g", "rect", "circle", "ellipse", "use", "text", "tspan"}


def parsed(svg: str) -> ET.Element:
    root = ET.fromstring(svg)
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.get("href", "#main")[0] == "#"
        assert element.get("href", "#main")[1:] in ids
    return root


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text")]


def test_calls_are_labelled() -> None:
    shown = texts(picture.svg(tables()))
    assert "clean8.00 ms" in shown
    assert "read_csv4.00 ms" in shown
    assert "wait6.00 ms" in shown


def test_the_header_says_the_facts() -> None:
    shown = texts(picture.svg(tables()))
    header = next(text for text in shown if "samples" in text)
    for fact in (
        "In [7]",
        "load",
        "24.0 ms",
        "@ 1000 Hz",
        "overhead 0.8%",
        "CPU 67%",
        "peak 300 MB",
        "4 logs",
        "2 anomalies",
    ):
        assert fact in header


def test_every_level_has_its_icon() -> None:
    levels = ["debug", "info", "warning", "error", "critical"]
    logs = [{"at": 10 * number, "level": level} for number, level in enumerate(levels)]
    svg = picture.svg(tables(trace_from_picture("main: a*60", logs=logs)))
    assert [use.get("href") for use in parsed(svg).iter(f"{SVG}use") if (use.get("href") or "")[1:] in levels] == [
        f"#{level}" for level in levels
    ]


def test_entries_that_stand_too_close_are_one_pill_of_the_worst_level() -> None:
    logs = [{"at": 5 + number / 100, "level": "error" if number == 3 else "info"} for number in range(12)]
    svg = picture.svg(tables(trace_from_picture("main: a*60", logs=logs)))
    assert "12" in texts(svg)
    assert svg.count('<use href="#error"') == 1
    assert '<use href="#info"' not in svg


def test_the_outer_frame_of_a_cell_is_left_out() -> None:
    assert not [text for text in texts(picture.svg(tables())) if text.startswith("In [7]2")]


def test_what_a_task_of_a_cell_does_is_drawn_beside_what_the_cell_calls() -> None:
    functions = {"<module>": {"file": "In [7]"}}
    drawn = texts(picture.svg(tables(trace_from_picture("main: <module>.load*40 work*40", functions=functions))))
    assert any(text.startswith("load") for text in drawn)
    assert any(text.startswith("work") for text in drawn)
    assert not [text for text in drawn if text.startswith("In [7]4")]


def test_a_gap_is_hatched() -> None:
    assert 'fill="url(#hatch)"' in picture.svg(tables())
    assert 'fill="url(#hatch)"' not in picture.svg(tables(trace_from_picture("main: a*9")))


def test_light_and_dark() -> None:
    svg = picture.svg(tables())
    assert "@media (prefers-color-scheme:dark)" in svg
    assert re.search(r"\.bg\{fill:#fff\}.*\.bg\{fill:#111\}", svg, re.DOTALL)


@pytest.mark.parametrize("width", [1, 400, 960, 3000])
def test_any_width(width: int) -> None:
    root = parsed(picture.svg(tables(), width))
    assert root.get("width") == str(max(width, 400))


def test_an_empty_recording_says_so() -> None:
    assert "No call was seen in this recording." in texts(picture.svg(Tables(Trace(tables_from_rows({}), META))))


@given(traces())
@settings(max_examples=60, deadline=None)
def test_any_valid_trace_has_a_picture(trace: Trace) -> None:
    svg = picture.svg(Tables(trace))
    parsed(svg)
    assert len(svg.encode()) <= picture.MAX_BYTES


def test_hostile_names_are_text() -> None:
    evil = '</text><script>alert(1)</script>\x00\x1b&"'
    trace = trace_from_picture(
        "main: a*50 a.b*50",
        functions={"a": {"name": evil, "file": evil, "module": evil, "kind": "library"}},
        name=evil,
        cell=evil,
    )
    threads = trace.tables["threads"].set_column(0, trace.tables["threads"].schema.field(0), [[evil]])
    svg = picture.svg(tables(Trace({**trace.tables, "threads": threads}, trace.meta)))
    parsed(svg)
    assert "<script" not in svg


def test_a_huge_recording_makes_a_small_picture() -> None:
    svg = picture.svg(many_calls(300_000))
    assert len(svg.encode()) <= picture.MAX_BYTES
    assert "×" in svg, "calls that cannot be told apart are counted"


def test_very_many_visible_calls_threads_and_logs_are_capped() -> None:
    rng = np.random.default_rng(1)
    lines = []
    for thread in range(40):
        words = [".".join(f"f{rng.integers(0, 30)}" for _ in range(rng.integers(1, 30))) for _ in range(400)]
        lines.append(f"thread-{thread}: " + " ".join(words))
    logs = [{"at": at, "level": "warning"} for at in np.linspace(0, 399, 3000).tolist()]
    svg = picture.svg(tables(trace_from_picture("\n".join(lines), logs=logs)))
    assert len(svg.encode()) <= picture.MAX_BYTES
    assert int(parsed(svg).get("height") or 0) < 1200


# ---------------------------------------------------------------------------------------------------- bars


def test_narrow_calls_are_joined_and_the_longest_stands_for_them() -> None:
    start = np.array([0, 100, 101, 102, 500])
    end = np.array([90, 100.2, 101.4, 102.1, 600])
    bars = visible_bars(np.arange(5), start, end, density=1.0)
    assert bars.call.tolist() == [0, 2, 4]
    assert bars.count.tolist() == [1, 3, 1]
    assert bars.left.tolist() == [0, 100, 500]
    assert bars.right.tolist() == [90, 102.1, 600]


def test_a_lone_short_call_is_a_pixel_wide() -> None:
    bars = visible_bars(np.array([7]), np.array([10]), np.array([10.01]), density=1.0)
    assert (bars.right - bars.left).tolist() == [1]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), max_size=60), st.floats(0.01, 10))
def test_every_call_is_in_one_bar(steps: list[tuple[int, int]], density: float) -> None:
    gaps, lengths = np.array(steps, np.int64).reshape(-1, 2).T
    end = np.cumsum(gaps + lengths)
    start = end - lengths
    bars = visible_bars(np.arange(len(steps)), start, end, density=density)
    assert bars.count.sum() == len(steps)
    assert (np.diff(bars.left) >= 0).all()
    assert (bars.right - bars.left >= 1 - 1e-9).all()
    for call, left, right in zip(bars.call, bars.left, bars.right, strict=True):
        assert left <= start[call] * density + 1e-9
        assert end[call] * density <= right + 1e-9


def test_the_picture_is_the_same_every_time() -> None:
    assert picture.svg(Tables(RUN)) == picture.svg(Tables(RUN))
