"""The self-contained HTML report: the same timeline from a file, without Python and without a network."""

from __future__ import annotations

import base64
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import microlog_nb as microlog
from tests.e2e.timeline import Timeline


def slow() -> None:
    microlog.info("## Half way\n<script>alert(1)</script> ![remote](https://example.com/a.png) with **bold** words")
    time.sleep(0.3)


def quick() -> None:
    time.sleep(0.03)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small program."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    with microlog.profile("report", display=False) as recording:
        quick()
        slow()
        quick()
    recording.to_html(path)
    return path


@pytest.fixture
def timeline(report: Path, offline_page: Page) -> Timeline:
    """The report, opened from the file."""
    offline_page.goto(report.as_uri())
    timeline = Timeline(offline_page)
    timeline.wait()
    return timeline


def test_report_shows_the_timeline_and_zooms(timeline: Timeline) -> None:
    expect(timeline.root).to_contain_text("report")
    whole = timeline.window
    timeline.wheel(-200, control=True)
    assert timeline.window[1] - timeline.window[0] < whole[1] - whole[0]


def test_report_names_the_call_under_the_pointer(timeline: Timeline) -> None:
    timeline.point_at_call("slow")
    expect(timeline.card).to_contain_text("slow")


def test_report_renders_markdown_without_what_could_harm(timeline: Timeline) -> None:
    timeline.click_marker("Half way")
    expect(timeline.card.get_by_role("heading", name="Half way")).to_be_visible()
    expect(timeline.card.locator("script, img")).to_have_count(0)


def test_report_asks_for_nothing_from_outside(report: Path, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    Timeline(page).wait()
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda view: view[: len(view) // 2], "cut short or damaged"),
        (lambda view: zlib.compress(zlib.decompress(view).replace(b"MLVIEW", b"MLVIEW99", 1)), "has version 99"),
        (lambda _: b"", "no data"),
    ],
    ids=["cut short", "another version", "nothing"],
)
def test_a_recording_that_cannot_be_read_is_said_to_be_so(
    report: Path, offline_page: Page, tmp_path: Path, damage: Callable[[bytes], bytes], said: str
) -> None:
    head, view, tail = re.split(r'(?<=id="microlog-view">)(.+?)(?=</script>)', report.read_text("utf-8"), maxsplit=1)
    damaged = tmp_path / "damaged.html"
    damaged.write_text(head + base64.b64encode(damage(base64.b64decode(view))).decode() + tail, "utf-8")
    offline_page.goto(damaged.as_uri())
    alert = offline_page.get_by_role("alert")
    expect(alert).to_contain_text("The recording cannot be shown.")
    expect(alert).to_contain_text(said)
