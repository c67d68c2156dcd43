"""Lanes of asyncio tasks: what they await in as lines, read by pointer and by assistive technology."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.timeline import Timeline

PROGRAM = """
import asyncio
import microlog_nb as microlog

async def fetch():
    await asyncio.sleep(0.5)

async def crawl():
    await asyncio.gather(asyncio.create_task(fetch(), name="first page"), fetch())

with microlog.profile("crawl") as recording:
    asyncio.run(crawl())
recording.to_html("report.html")
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a program with two tasks and the one that waits for them."""
    folder = tmp_path_factory.mktemp("tasks")
    (folder / "crawler.py").write_text(PROGRAM)
    subprocess.run([sys.executable, "crawler.py"], cwd=folder, check=True)
    return folder / "report.html"


@pytest.fixture
def timeline(report: Path, offline_page: Page) -> Timeline:
    """The report, opened from the file, high enough for all lanes."""
    offline_page.set_viewport_size({"width": 1200, "height": 1000})
    offline_page.goto(report.as_uri())
    timeline = Timeline(offline_page)
    timeline.wait()
    return timeline


def test_each_task_has_a_lane_that_says_what_it_is(timeline: Timeline) -> None:
    lanes = timeline.root.locator(".microlog-lane:not(.microlog-lane-spans)")
    expect(lanes).to_contain_text(["MainThread", "crawl", "fetch", "first page"])
    for lane in (1, 2, 3):
        expect(lanes.nth(lane)).to_contain_text("asyncio")


def test_a_wait_says_what_it_is_and_how_exact(timeline: Timeline) -> None:
    timeline.point_at_call("fetch")
    expect(timeline.card).to_contain_text("Its task awaited here")
    expect(timeline.card).to_contain_text("every 10 ms")
    expect(timeline.card).not_to_contain_text("Median")


def test_a_lane_of_a_task_collapses_to_one_row(timeline: Timeline) -> None:
    lane = timeline.root.locator(".microlog-lane", has_text="first page")
    expect(lane).to_have_attribute("aria-expanded", "true")
    lane.click()
    expect(lane).to_have_attribute("aria-expanded", "false")


def test_its_calls_are_walked_by_keys_and_read_aloud(timeline: Timeline) -> None:
    tree, press = timeline.root.get_by_role("treegrid"), timeline.page.keyboard.press
    focused = tree.locator(":focus")
    tree.locator("[tabindex='0']").focus()
    press("End")
    expect(focused).to_have_attribute("aria-level", "1")
    expect(focused).to_contain_text("first page, asyncio")
    press("ArrowRight")
    press("ArrowRight")
    expect(focused).to_have_attribute("aria-level", "2")
    expect(focused).to_contain_text("fetch, __main__")
    press("ArrowRight")
    press("ArrowRight")
    expect(focused).to_contain_text("sleep, asyncio.tasks")


# The longest run of coloured pixels, from the first lane of a task down, in CSS pixels: a bar has 17, a line 2.
COLOURED = """() => {
    const canvas = document.querySelector(".microlog-lanes canvas");
    const lane = [...document.querySelectorAll(".microlog-lane")].find((one) => one.textContent.includes("asyncio"));
    const ratio = canvas.height / canvas.clientHeight;
    const top = Math.round((lane.getBoundingClientRect().top - canvas.getBoundingClientRect().top) * ratio);
    const { data } = canvas.getContext("2d").getImageData(Math.floor(canvas.width * 0.6), 0, 1, canvas.height);
    let most = 0;
    for (let y = top, run = 0; y < canvas.height; y++) {
        const colour = data.subarray(4 * y, 4 * y + 3);
        run = data[4 * y + 3] > 200 && Math.max(...colour) - Math.min(...colour) > 12 ? run + 1 : 0;
        most = Math.max(most, run);
    }
    return most / ratio;
}"""


def test_a_wait_is_a_thin_line_until_it_is_pointed_at(timeline: Timeline) -> None:
    timeline.page.wait_for_function(f"() => {{ const most = ({COLOURED})(); return most >= 1 && most <= 3 }}")
    timeline.point_at_call("fetch", at=0.6)
    timeline.page.wait_for_function(f"() => ({COLOURED})() >= 15")
