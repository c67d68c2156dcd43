"""The timeline under a person's hands: keys, brush, tracks, cards, search and facts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import profile
from tests.e2e.timeline import LANES, Timeline

# Each call from a line of its own: those that follow one another from one place may be drawn as one.
PROGRAM = """
import threading, time
import microlog_nb as microlog

def bake(seconds):
    time.sleep(seconds)

def deliver():
    print("on the way")
    time.sleep(0.15)

def day():
    with microlog.span("morning"):
        bake(0.05)
        bake(0.05)
        bake(0.2)
        bake(0.05)
    driver = threading.Thread(target=deliver, name="driver")
    driver.start()
    driver.join()

with microlog.profile("bakery") as recording:
    day()
recording.to_html("report.html")
"""
BAKES = 4
# How many bars have a red edge, or are red, in one line of the picture.
RED_RUNS = """canvas => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const red = (x, y) => { const i = 4 * (y * width + x); return data[i] > 180 && data[i + 1] < 90 && data[i + 2] < 90; };
    let most = 0;
    for (let y = 0; y < height; y++) {
        let runs = 0;
        for (let x = 0, run = 0; x < width; x++) {
            run = red(x, y) ? run + 1 : 0;
            if (run === 30) runs++;
        }
        most = Math.max(most, runs);
    }
    return most;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a program with a few calls of one function, a thread and a span."""
    folder = tmp_path_factory.mktemp("hands")
    (folder / "shop.py").write_text(PROGRAM)
    subprocess.run([sys.executable, "shop.py"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "report.html"


@pytest.fixture
def timeline(report: Path, offline_page: Page) -> Timeline:
    """The report, opened from the file."""
    return opened(report, offline_page)


def opened(report: Path, page: Page) -> Timeline:
    page.goto(report.as_uri())
    timeline = Timeline(page)
    timeline.wait()
    expect(timeline.root.locator(".microlog-lane-spans")).to_be_visible()
    return timeline


def open_tab(timeline: Timeline) -> Locator:
    return timeline.root.get_by_role("tab", selected=True)


def span(timeline: Timeline) -> int:
    start, end = timeline.window
    return end - start


def test_letters_zoom_pan_and_fit(timeline: Timeline) -> None:
    whole = timeline.window
    timeline.show_all()
    timeline.page.keyboard.press("w")
    timeline.page.wait_for_function(
        f"() => !document.querySelector('.microlog').dataset.window.endsWith(',{whole[1]}')"
    )
    near = timeline.window
    assert near[0] > whole[0]
    timeline.page.keyboard.press("d")
    expect(timeline.root).not_to_have_attribute("data-window", f"{near[0]},{near[1]}")
    assert timeline.window[0] > near[0]
    assert span(timeline) == pytest.approx(near[1] - near[0], abs=2)
    timeline.page.keyboard.press("a")
    expect(timeline.root).to_have_attribute("data-window", f"{near[0]},{near[1]}")
    timeline.page.keyboard.press("f")
    expect(timeline.root).to_have_attribute("data-window", f"{whole[0]},{whole[1]}")


def test_arrows_walk_enter_zooms_and_escape_lets_go(timeline: Timeline) -> None:
    timeline.focus()
    timeline.page.keyboard.press("ArrowDown")
    expect(timeline.root).not_to_have_attribute("data-selected", "")
    for _ in range(8):
        if timeline.root.get_attribute("data-selected") == "bake":
            break
        before = timeline.root.get_attribute("data-selected") or ""
        timeline.page.keyboard.press("ArrowDown")
        expect(timeline.root).not_to_have_attribute("data-selected", before)
    expect(timeline.root.locator(".microlog-path b")).to_have_text("bake")
    before, whole = timeline.window, span(timeline)
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).not_to_have_attribute("data-window", f"{before[0]},{before[1]}")
    assert span(timeline) < whole / 3
    timeline.page.keyboard.press("Escape")
    expect(timeline.root).to_have_attribute("data-selected", "")


def test_zooming_goes_on_over_a_card_that_came_where_the_hand_rested(timeline: Timeline) -> None:
    timeline.show_all()
    timeline.point_at_call("deliver", at=0.9)
    expect(timeline.card).to_be_visible()
    whole = timeline.window
    timeline.card.hover()
    expect(timeline.root).to_have_attribute("data-hover", "deliver")
    timeline.page.keyboard.down("Control")
    timeline.page.mouse.wheel(0, -100)
    timeline.page.keyboard.up("Control")
    expect(timeline.card).to_be_hidden()
    expect(timeline.root).not_to_have_attribute("data-window", f"{whole[0]},{whole[1]}")
    assert span(timeline) < whole[1] - whole[0]
    expect(timeline.root).to_have_attribute("data-hover", "")


def test_the_call_that_keys_bring_under_the_resting_pointer_is_the_one_pointed_at(timeline: Timeline) -> None:
    timeline.show_all()
    timeline.point_at_call("bake", at=0.4)
    expect(timeline.card).to_contain_text("bake")
    for key in "www" + "d" * 12:
        timeline.page.keyboard.press(key)
    expect(timeline.root).not_to_have_attribute("data-hover", "bake")
    expect(timeline.card).not_to_contain_text("bake")
    timeline.page.keyboard.press("f")
    expect(timeline.root).to_have_attribute("data-hover", "bake")
    expect(timeline.card).to_contain_text("bake")


def test_z_zooms_to_the_call_under_the_pointer(timeline: Timeline) -> None:
    timeline.focus()
    whole = span(timeline)
    timeline.point_at_call("deliver", at=0.9)
    timeline.page.keyboard.press("z")
    timeline.page.wait_for_function(
        "most => { const [a, b] = document.querySelector('.microlog').dataset.window.split(','); return b - a < most; }",
        arg=whole / 2,
    )


def test_digits_open_the_views_and_the_question_mark_the_keys(timeline: Timeline) -> None:
    timeline.focus()
    for digit, name in enumerate(("Functions", "Log", "Anomalies", "Design", "Explain"), 2):
        timeline.page.keyboard.press(str(digit))
        expect(open_tab(timeline)).to_contain_text(name)
    timeline.page.keyboard.press("1")
    expect(open_tab(timeline)).to_have_text("Timeline")
    timeline.page.keyboard.press("?")
    keys = timeline.root.get_by_role("dialog", name="Keys and marks")
    expect(keys).to_contain_text("mute the kind of the selected anomaly")
    timeline.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_the_brush_zooms_pans_and_fits(timeline: Timeline) -> None:
    whole = timeline.window
    start = timeline.root.get_by_role("slider", name="Start of the time shown")
    start.focus()
    timeline.page.keyboard.press("ArrowRight")
    expect(start).not_to_have_attribute("aria-valuenow", "0")
    plot = timeline.root.locator(".microlog-minimap canvas").bounding_box()
    assert plot is not None
    y = plot["y"] + plot["height"] / 2
    mouse = timeline.page.mouse
    end = timeline.root.get_by_role("slider", name="End of the time shown").bounding_box()
    assert end is not None
    mouse.move(end["x"] + end["width"] / 2, y)
    mouse.down()
    mouse.move(plot["x"] + plot["width"] * 0.5, y, steps=3)
    mouse.up()
    timeline.page.wait_for_function(
        "end => Math.abs(document.querySelector('.microlog').dataset.window.split(',')[1] - end) < end / 20",
        arg=whole[1] * 0.5,
    )
    near = timeline.window
    mouse.move(plot["x"] + plot["width"] * 0.3, y)
    mouse.down()
    mouse.move(plot["x"] + plot["width"] * 0.5, y, steps=3)
    mouse.up()
    expect(timeline.root).not_to_have_attribute("data-window", f"{near[0]},{near[1]}")
    assert span(timeline) == pytest.approx(near[1] - near[0], abs=2)
    assert timeline.window[0] > near[0]
    mouse.dblclick(plot["x"] + plot["width"] * 0.1, y)
    expect(timeline.root).to_have_attribute("data-window", f"{whole[0]},{whole[1]}")


def test_a_track_collapses_to_a_line_and_opens_again(timeline: Timeline) -> None:
    name = timeline.root.get_by_role("button", name="MainThread")
    other = timeline.root.get_by_role("button", name="driver")
    expect(name).to_have_attribute("aria-expanded", "true")
    before = other.bounding_box()
    name.click()
    expect(name).to_have_attribute("aria-expanded", "false")
    after = other.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] < before["y"]
    name.click()
    expect(name).to_have_attribute("aria-expanded", "true")


def test_a_press_on_a_measured_span_selects_its_time(timeline: Timeline) -> None:
    box = timeline.root.locator(LANES).first.bounding_box()
    assert box is not None
    timeline.page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 10)
    card = timeline.root.locator(".microlog-range-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("bake")
    timeline.page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_calls_of_the_same_function_are_outlined_and_the_strip_leads_to_them(timeline: Timeline) -> None:
    timeline.focus()
    timeline.point_at_call("bake", at=0.35)
    expect(timeline.card).to_contain_text(f"All {BAKES} calls, in order")
    canvas = timeline.root.locator(LANES).first
    timeline.page.wait_for_function(f"({RED_RUNS})(document.querySelector('{LANES}')) >= {BAKES}")
    assert canvas.evaluate(RED_RUNS) == BAKES
    expect(timeline.card).to_contain_text("The slowest of 4 calls")
    timeline.page.keyboard.press("p")
    expect(timeline.card.get_by_role("button", name="unpin")).to_have_attribute("aria-pressed", "true")
    expect(timeline.card).to_contain_text("this is the 3rd")
    timeline.card.locator(".microlog-strip-plot").click(position={"x": 5, "y": 20})
    expect(timeline.root).to_have_attribute("data-selected", "bake")
    timeline.page.keyboard.press("p")
    expect(timeline.card).to_contain_text("this is the 1st")


def test_the_gutter_gives_the_values_under_the_pointer(timeline: Timeline) -> None:
    memory = timeline.root.locator(".microlog-series").filter(has_text="Memory")
    expect(memory).to_have_attribute("title", "highest of the time shown")
    timeline.point_at_call("bake", at=0.35)
    expect(memory).to_have_attribute("title", "at the pointer")
    expect(timeline.root.locator(".microlog-time")).to_contain_text("ms")


def test_the_search_takes_what_is_half_typed_and_says_where_nothing_matches(timeline: Timeline) -> None:
    timeline.focus()
    timeline.page.keyboard.press("/")
    count = timeline.root.locator(".microlog-search-count")
    timeline.page.keyboard.type("/(bak")
    expect(count).to_contain_text(f"{BAKES} of ")
    expect(count).to_contain_text("ms")
    timeline.page.keyboard.type("ers")
    expect(count).to_contain_text("0 of ")
    for tab, words in (("Functions", "matches"), ("Log", "None of 1 log matches the search.")):
        timeline.root.get_by_role("tab", name=tab).click()
        expect(timeline.root.locator(".microlog-none:visible")).to_contain_text(words)
    timeline.root.locator(".microlog-search-input").press("Escape")
    expect(timeline.root.get_by_role("grid", name="Log")).to_contain_text("on the way")


def test_facts_of_the_header_open_what_says_more(timeline: Timeline) -> None:
    fact = timeline.root.locator(".microlog-facts").get_by_role("button")
    fact.filter(has_text="CPU").click()
    expect(open_tab(timeline)).to_have_text("Functions")
    fact.filter(has_text="1 log").click()
    expect(open_tab(timeline)).to_contain_text("Log")
    fact.filter(has_text="sample").click()
    expect(timeline.root.get_by_role("dialog", name="Export")).to_contain_text("native sampler")
    timeline.page.keyboard.press("Escape")
    fact.first.click()
    expect(open_tab(timeline)).to_have_text("Timeline")


def test_facts_that_do_not_fit_are_in_the_export_menu_and_none_is_cut(report: Path, browser: Browser) -> None:
    with profile(browser) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 700, "height": 600})
        timeline = opened(report, page)
        timeline.root.get_by_role("button", name="Search", exact=True).click()
        page.keyboard.type("bake")
        expect(timeline.root.locator(".microlog-search-count")).to_contain_text("of")
        expect(timeline.root.locator(".microlog-facts").get_by_text("overhead")).to_be_hidden()
        page.wait_for_function(
            "() => { const facts = document.querySelector('.microlog-facts'); return facts.scrollWidth <= facts.clientWidth; }"
        )
        timeline.root.get_by_role("button", name="Export, and all facts of the recording").click()
        expect(timeline.root.get_by_role("dialog", name="Export")).to_contain_text("Overhead")


def test_where_there_is_no_room_the_longest_calls_are_a_list(report: Path, browser: Browser) -> None:
    with profile(browser) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 380, "height": 600})
        page.goto(report.as_uri())
        longest = page.locator(".microlog-longest-call")
        expect(longest.first).to_be_visible()
        longest.filter(has_text="bake").click()
        expect(page.locator(".microlog-path b")).to_have_text("bake")
        page.get_by_role("tab", name="Functions").click()
        # the tabs scroll; what belongs to the view is in sight without that
        assert page.get_by_role("tablist").evaluate("el => el.scrollWidth > el.clientWidth")
        expect(page.get_by_role("button", name="Copy as Markdown")).to_be_in_viewport(ratio=1)
        page.get_by_role("tab", name="Design").click()
        expect(page.get_by_role("button", name="Table")).to_be_in_viewport(ratio=1)
