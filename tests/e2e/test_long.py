"""A recording of more calls than travel to the page: what is looked at comes from the kernel, and a report says what it lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from microlog_nb.api.recording import Recording
from microlog_nb.tables import Tables
from microlog_nb.widget import limits, payload
from tests.benchmarks.synthetic import long_recording
from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import LANES, PADDING, ROW, Timeline

CELL = 'import microlog_nb as microlog\nmicrolog.load("long.microlog").display()'
ROWS_SEEN = 9


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Some 700,000 calls in 350 s."""
    recording = Recording(Tables(long_recording(700_000, logs=500, spans=500, gaps=50)))
    assert len(recording._tables.call_data) > limits.ALL.calls
    return recording


def test_what_is_zoomed_into_comes_from_the_kernel_and_a_report_says_that_it_lacks_it(
    lab: JupyterServer, recording: Recording, page: Page, offline_page: Page, tmp_path: Path, picture: Path
) -> None:
    recording.save(lab.notebooks / "long.microlog")
    lab.write("long.ipynb", CELL)
    notebook = NotebookPage(lab, page, "long.ipynb")
    notebook.open()
    notebook.run(0)
    timeline = Timeline(page)
    # the notebook keeps the main part only: the kernel gives the rest
    coarse = payload.levels(recording._tables).at_most(limits.ALL.calls)
    expect(page.locator(".microlog:visible")).to_contain_text(
        f"neighbours under {coarse.resolution_ns / 2e6:.2f} ms are joined until you zoom in"
    )
    timeline.wait()
    while timeline.window[1] - timeline.window[0] > 200_000_000:
        timeline.wheel(-240, control=True, at=0.4)
    window = timeline.window
    page.mouse.move(5, 5)  # the card of what was pointed at while zooming may lie over the row
    expect(timeline.card).to_be_hidden()

    # a call that the view's own bars have joined with its neighbours
    call = joined_call(recording, window)
    lane = page.locator(".microlog-lane").filter(has_text="thread 0").bounding_box()
    plot = page.locator(LANES).first.bounding_box()
    assert lane is not None
    assert plot is not None
    middle = (call.start + call.duration / 2) * 1e9
    x = plot["x"] + plot["width"] * (middle - window[0]) / (window[1] - window[0])
    page.mouse.move(x, lane["y"] + PADDING + ROW * (call.depth + 0.5))
    expect(timeline.card).to_contain_text(call.function)
    expect(timeline.card.locator(".microlog-stats")).to_contain_text(f"Wall{call.duration * 1e3:.2f} ms")
    page.mouse.click(x, lane["y"] + PADDING + ROW * (call.depth + 0.5))
    expect(timeline.root).to_have_attribute("data-selected", call.function)
    page.keyboard.press("ArrowUp")
    expect(timeline.root).to_have_attribute("data-selected", recording.calls.function[call.parent])

    recording.to_html(tmp_path / "long.html")
    offline_page.goto((tmp_path / "long.html").as_uri() + f"#tab=timeline&time={window[0]}-{window[1]}")
    report = Timeline(offline_page)
    report.wait()
    expect(report.root).to_contain_text("are joined: their detail is not in this file")


def joined_call(recording: Recording, window: tuple[int, int]) -> Any:
    """The longest of the calls in sight that share a bar in the view."""
    levels = payload.levels(recording._tables)
    coarse = levels.at_most(limits.ALL.calls)
    calls = recording.calls
    shares = calls[coarse.merged[coarse.bar_of[:-1]] > 1]
    air = (window[1] - window[0]) * 0.1
    seen = shares[
        (shares.thread == "thread 0")
        & (shares.depth <= ROWS_SEEN)
        & (shares.start * 1e9 > window[0] + air)
        & ((shares.start + shares.duration) * 1e9 < window[1] - air)
    ]
    return seen.loc[seen.duration.idxmax()]
