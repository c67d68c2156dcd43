"""The views of the HTML report as a person uses them: log, search, range, exports; for everybody, whatever the text."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import microlog_nb as microlog
from tests.e2e.conftest import profile
from tests.e2e.timeline import LANES, Timeline

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = (
    "<img src=x onerror=\"document.title='hit'\"><script>document.title='hit'</script> \u202egnp.exe \ud800 \x1b[2J\x07"
)
log = logging.getLogger("shop.rates")


def fetch() -> None:
    time.sleep(0.12)
    try:
        raise TimeoutError("no answer in 5 s")
    except TimeoutError:
        log.exception("page 6 failed")


def load() -> None:
    print("reading \x1b[31mred\x1b[0m sales.csv")
    with microlog.span("warm up"):
        time.sleep(0.05)
    fetch()


def many() -> None:
    for line in range(3000):
        microlog.debug(f"line {line}")


def hostile() -> None:
    print(HOSTILE)
    microlog.warning("x" * 1_000_000)
    time.sleep(0.05)


def rest() -> None:
    time.sleep(0.1)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a program that says much, and some of it in bad faith."""
    path = tmp_path_factory.mktemp("views") / "report.html"
    name = "<b onmouseover=alert(1)>\u202efdp</b>"
    named = FunctionType(hostile.__code__.replace(co_name=name, co_qualname=name), globals())
    with microlog.profile("<i>views</i>", display=False) as recording:
        load()
        many()
        named()
        rest()
    recording.to_html(path)
    return path


@pytest.fixture
def timeline(report: Path, offline_page: Page) -> Timeline:
    """The report, opened from the file."""
    return _open(report, offline_page)


def _open(report: Path, page: Page) -> Timeline:
    page.goto(report.as_uri())
    timeline = Timeline(page)
    timeline.wait()
    return timeline


def _tab(timeline: Timeline, name: str) -> None:
    timeline.root.get_by_role("tab", name=name).click()


def _rows(timeline: Timeline) -> Locator:
    return timeline.root.locator(".microlog-rows [role=row]")


def test_log_lists_what_was_said_and_filters_it(timeline: Timeline) -> None:
    _tab(timeline, "Log")
    expect(_rows(timeline).first).to_contain_text("reading red sales.csv")
    expect(_rows(timeline).first.locator(".microlog-ansi-red")).to_have_text("red")
    timeline.root.get_by_role("button", name="Error 1").click()
    expect(_rows(timeline)).to_have_count(1)
    row = _rows(timeline).first
    expect(row).to_contain_text("page 6 failed")
    expect(row.locator(".microlog-traceback")).to_have_count(0)
    row.get_by_role("button", name="traceback").click()
    traceback = _rows(timeline).first.locator(".microlog-traceback")
    expect(traceback).to_contain_text("TimeoutError: no answer in 5 s")
    line = fetch.__code__.co_firstlineno + 3
    traceback.get_by_role("button", name=f"line {line}").click()
    expect(timeline.root.get_by_role("status").filter(has_text="Copied")).to_contain_text(f"test_views.py:{line}")


def test_thousands_of_rows_scroll_to_the_last_with_few_in_the_page(timeline: Timeline) -> None:
    _tab(timeline, "Log")
    expect(_rows(timeline).first).to_be_visible()
    timeline.root.locator(".microlog-rows").focus()
    timeline.page.keyboard.press("End")
    expect(timeline.root.locator("[aria-selected=true]").and_(_rows(timeline))).to_contain_text("xxx")
    assert _rows(timeline).count() < 200


def test_a_row_jumps_to_its_place_on_the_timeline_and_back(timeline: Timeline) -> None:
    _tab(timeline, "Log")
    _rows(timeline).first.click(position={"x": 400, "y": 8})
    timeline.page.keyboard.press("Tab")
    timeline.root.locator(".microlog-rows").focus()
    timeline.page.keyboard.press("Enter")
    expect(timeline.card).to_contain_text("reading red sales.csv")
    timeline.card.get_by_role("button", name="Open in Log").click()
    expect(timeline.root.locator("[aria-selected=true]").and_(_rows(timeline))).to_contain_text("reading")


def test_the_legend_tells_own_code_from_libraries_and_its_entries_dim_the_others(timeline: Timeline) -> None:
    legend = timeline.root.locator(".microlog-modules")
    modules = legend.locator("button[data-packages]")
    before = timeline.root.locator(LANES).first.screenshot()
    modules.first.click()
    expect(modules.first).to_have_attribute("aria-pressed", "true")
    timeline.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert timeline.root.locator(LANES).first.screenshot() != before
    modules.first.click()
    expect(modules.first).to_have_attribute("aria-pressed", "false")
    legend.get_by_role("button", name="mine / libraries").click()
    expect(modules.filter(has_text="own")).to_contain_text("%")
    expect(modules.filter(has_text="libraries")).to_contain_text("%")


def test_pointing_at_a_cluster_lists_what_is_under_it_and_a_click_zooms_in(timeline: Timeline) -> None:
    head = timeline.root.locator(".microlog-head canvas")
    box = head.bounding_box()
    assert box is not None
    marker = ""
    for x in range(4, int(box["width"]), 8):
        timeline.page.mouse.move(box["x"] + x, box["y"] + 31)
        marker = head.get_attribute("data-marker") or ""
        if int(marker.split("+")[-1] or 0) > 50:
            break
    card = timeline.root.locator(f".microlog-marker-card[data-marker='{marker}']")
    expect(card).to_contain_text("debug")
    expect(card.get_by_role("button")).to_have_count(9)
    whole = timeline.window
    shown = timeline.root.get_attribute("data-window") or ""
    timeline.page.mouse.down()
    timeline.page.mouse.up()
    expect(card).to_be_hidden()
    expect(timeline.root).not_to_have_attribute("data-window", shown)
    assert timeline.window[1] - timeline.window[0] < whole[1] - whole[0]


def test_search_counts_steps_and_clears(timeline: Timeline) -> None:
    timeline.focus()
    timeline.page.keyboard.press("/")
    timeline.page.keyboard.type("/^(load|rest")
    expect(timeline.root.locator(".microlog-search-count")).to_have_text(re.compile(r"^2 of .+ · [\d.]+ m?s$"))
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).to_have_attribute("data-selected", "load")
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).to_have_attribute("data-selected", "rest")
    timeline.page.keyboard.press("Shift+Enter")
    expect(timeline.root).to_have_attribute("data-selected", "load")
    timeline.page.keyboard.press("Escape")
    expect(timeline.root.locator(".microlog-search-input")).to_have_value("")


def test_search_counts_and_times_what_the_open_view_is_about(timeline: Timeline) -> None:
    timeline.root.locator(".microlog-search-input").fill("fetch")
    count = timeline.root.locator(".microlog-search-count")
    for tab in ("Timeline", "Functions", "Log", "Design"):
        _tab(timeline, tab)
        # what fetch logged was written by its only call
        expect(count).to_have_text(re.compile(r"^1 of .+ · 1\d\d ms$"))
    _tab(timeline, "Log")
    expect(count).to_have_attribute("title", re.compile(r"^1 log, 1\d\d ms in the calls that wrote them$"))


def test_shift_and_drag_select_a_range_and_say_what_was_in_it(timeline: Timeline) -> None:
    box = timeline.root.locator(LANES).bounding_box()
    assert box is not None
    mouse, keyboard = timeline.page.mouse, timeline.page.keyboard
    keyboard.down("Shift")
    mouse.move(box["x"] + box["width"] * 0.05, box["y"] + 60)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60, steps=4)
    mouse.up()
    keyboard.up("Shift")
    panel = timeline.root.get_by_role("dialog", name="Selected range")
    expect(panel).to_contain_text("fetch")
    expect(panel).to_contain_text("rec.between(")
    length = panel.locator(".microlog-range-length").inner_text()
    edge = timeline.root.get_by_role("slider", name="End of the range")
    edge.focus()
    keyboard.press("ArrowRight")
    expect(panel.locator(".microlog-range-length")).not_to_have_text(length)
    whole = timeline.window
    panel.get_by_role("button", name="Zoom").click()
    timeline.page.wait_for_function(
        "whole => document.querySelector('.microlog').dataset.window !== whole", arg=f"{whole[0]},{whole[1]}"
    )
    assert timeline.window[1] - timeline.window[0] < whole[1] - whole[0]
    panel.get_by_role("button", name="Clear the range").click()
    expect(panel).to_be_hidden()


def test_a_range_is_made_with_keys(timeline: Timeline) -> None:
    timeline.focus()
    timeline.page.keyboard.press("ArrowDown")
    timeline.page.keyboard.press("Shift+ArrowRight")
    panel = timeline.root.get_by_role("dialog", name="Selected range")
    expect(panel).to_be_visible()
    timeline.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_c_copies_the_range_and_every_table(timeline: Timeline) -> None:
    page, field = timeline.page, timeline.root.locator(".microlog-search-input")

    def pasted() -> str:
        field.fill("")
        field.press("Control+v")
        expect(field).not_to_have_value("")
        text = field.input_value()
        field.fill("")
        return text

    timeline.select(0.1, 0.9)
    page.keyboard.press("c")
    expect(timeline.root.locator(".microlog-range-card")).to_contain_text("Copied")
    assert pasted().startswith("**")
    for tab in ("Functions", "Log", "Anomalies", "Design"):
        _tab(timeline, tab)
        expect(timeline.root.get_by_role("button", name="Copy as Markdown")).to_be_visible()
        page.keyboard.press("c")
        expect(timeline.root.get_by_role("button", name="Copied")).to_be_visible()


def test_the_tree_behind_the_lanes_is_walked_and_read(timeline: Timeline) -> None:
    tree, press = timeline.root.get_by_role("treegrid"), timeline.page.keyboard.press
    rows, focused, reached = tree.get_by_role("row"), tree.locator(":focus"), tree.locator("[tabindex='0']")
    expect(rows.first).to_have_attribute("aria-expanded", "true")
    rows.first.focus()
    press("ArrowLeft")
    expect(focused).to_have_attribute("aria-expanded", "false")
    press("ArrowRight")
    press("ArrowRight")
    expect(focused).to_have_attribute("aria-level", "2")
    # What is chosen elsewhere is where the tree goes on.
    timeline.focus()
    press("/")
    timeline.page.keyboard.type("fetch")
    expect(timeline.root.locator(".microlog-search-count")).to_contain_text("1 of")
    press("Enter")
    expect(reached).to_have_text(re.compile(r"^fetch, .*, starts at .*, 1 log$"))
    expect(reached).to_have_attribute("aria-selected", "true")
    reached.focus()
    press("ArrowLeft")
    expect(timeline.root).to_have_attribute("data-selected", "load")
    expect(focused).to_have_text(re.compile("^load, "))
    expect(focused).to_have_attribute("aria-expanded", "true")
    assert rows.count() <= 200
    # From the canvas the call is read by a live region.
    timeline.root.locator(LANES).focus()
    press("ArrowUp")
    expect(timeline.root).not_to_have_attribute("data-selected", "load")
    said = timeline.root.locator(".microlog-timeline > [aria-live]")
    expect(said).not_to_be_empty()
    expect(reached).to_have_text(said.inner_text())


def test_exports_are_files_of_their_formats(timeline: Timeline, tmp_path: Path) -> None:
    begins = {"svg": b"<svg", "png": b"\x89PNG", "json": b"{", "trace.json": b"{", "speedscope.json": b"{", "md": b"* "}
    for ending, start in begins.items():
        timeline.root.locator(".microlog-open-export").click()
        with timeline.page.expect_download() as download:
            timeline.root.locator(f"[data-format='{ending}']").click()
        path = tmp_path / f"export.{ending}"
        download.value.save_as(path)
        content = path.read_bytes()
        assert content.startswith(start), ending
        if "json" in ending:
            assert json.loads(content)


def test_a_report_saves_itself_as_it_was(report: Path, timeline: Timeline, tmp_path: Path) -> None:
    timeline.root.locator(".microlog-open-export").click()
    with timeline.page.expect_download() as download:
        timeline.root.locator("[data-format='html']").click()
    copy = tmp_path / "copy.html"
    download.value.save_as(copy)
    # A browser writes a page down with line breaks of its own.
    texts = ["".join(path.read_text(encoding="utf-8").split()) for path in (copy, report)]
    assert texts[0] == texts[1]


def test_a_copied_link_opens_its_place(timeline: Timeline) -> None:
    page = timeline.page
    timeline.select(0.3, 0.6)
    timeline.root.locator(".microlog-search-input").fill("rest")
    _tab(timeline, "Functions")
    link = _copied_link(timeline)
    assert link.startswith("file:")
    page.goto("about:blank")
    page.goto(link)
    expect(timeline.root.get_by_role("tab", name="Functions")).to_have_attribute("aria-selected", "true")
    expect(timeline.root.locator(".microlog-search-input")).to_have_value("rest")
    _tab(timeline, "Timeline")
    expect(timeline.root.get_by_role("dialog", name="Selected range")).to_be_visible()
    page.keyboard.press("Escape")


def test_a_link_to_a_call_zooms_and_selects_it(timeline: Timeline) -> None:
    timeline.focus()
    timeline.page.keyboard.press("/")
    timeline.page.keyboard.type("fetch")
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).to_have_attribute("data-selected", "fetch")
    timeline.page.keyboard.press("Escape")
    timeline.root.locator(LANES).first.focus()
    before = timeline.root.get_attribute("data-window") or ""
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).not_to_have_attribute("data-window", before)
    window = timeline.window
    link = _copied_link(timeline)
    timeline.page.goto("about:blank")
    timeline.page.goto(link)
    expect(timeline.root).to_have_attribute("data-selected", "fetch")
    assert timeline.window == pytest.approx(window, abs=2)


def _copied_link(timeline: Timeline) -> str:
    """The clipboard after "Copy link", by way of the search field: pages may write to it, but not read."""
    timeline.root.locator(".microlog-open-export").click()
    timeline.root.locator("[data-format='link']").click()
    expect(timeline.root.locator("[data-format='link']")).to_contain_text("Copied")
    timeline.page.keyboard.press("Escape")
    field = timeline.root.locator(".microlog-search-input")
    kept = field.input_value()
    field.fill("")
    field.press("Control+v")
    expect(field).not_to_have_value("")
    link = field.input_value()
    field.fill(kept)
    return link


def test_hostile_text_is_text_everywhere(timeline: Timeline) -> None:
    assert timeline.root.locator(".microlog-title").inner_text() == "<i>views</i>"
    for tab in timeline.root.get_by_role("tab").all():
        tab.click()
        timeline._painted()
    _tab(timeline, "Log")
    timeline.root.locator(".microlog-search-input").fill("onerror")
    timeline.page.keyboard.press("Enter")
    row = timeline.root.locator("[aria-selected=true]").and_(_rows(timeline))
    expect(row).to_contain_text("<img src=x onerror=")
    expect(row).to_contain_text("U+202E")
    expect(row).to_contain_text("\\x1b[2J")
    assert timeline.root.locator("img, script").count() == 0
    assert timeline.page.title() != "hit"


@contextmanager
def _page(browser: Browser, scheme: str, width: int) -> Iterator[Page]:
    with profile(browser) as context:
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 760})
        yield page


def test_forced_colours_and_more_contrast_are_followed_while_it_is_open(timeline: Timeline) -> None:
    page, usual = timeline.page, timeline.root.evaluate("root => root.style.getPropertyValue('--ml-line')")
    value = "(name => document.querySelector('.microlog').style.getPropertyValue(name))"
    same = f"names => new Set(names.map({value})).size === 1"
    is_usual = f"usual => {value}('--ml-line') === usual"
    page.emulate_media(contrast="more")
    page.wait_for_function(f"usual => !({is_usual})(usual)", arg=usual)
    page.emulate_media(contrast="no-preference", forced_colors="active")
    page.wait_for_function(same, arg=["--ml-line", "--ml-warn", "--ml-gap-hatch", "--ml-fg"])
    page.emulate_media(forced_colors="none")
    page.wait_for_function(is_usual, arg=usual)


@pytest.mark.parametrize(
    ("scheme", "width"), [(scheme, width) for scheme in ("light", "dark") for width in (1200, 760, 560, 360)]
)
def test_axe_finds_nothing(report: Path, browser: Browser, scheme: str, width: int) -> None:
    with _page(browser, scheme, width) as page:
        timeline = _open(report, page)
        page.evaluate(AXE.read_text())
        found = {}
        for tab in timeline.root.get_by_role("tab").all():
            tab.click()
            timeline._painted()
            found[tab.inner_text()] = _found(page)
        _tab(timeline, "Timeline")
        for sheet in ("export", "help"):
            page.evaluate(f"document.querySelector('.microlog-open-{sheet}').click()")
            expect(timeline.root.locator(f".microlog-{sheet}")).to_be_visible()
            found[sheet] = _found(page)
        page.keyboard.press("Escape")
        if width >= 400:
            timeline.focus()
            page.keyboard.press("ArrowDown")
            page.keyboard.press("p")
            expect(timeline.card).to_be_visible()
            found["card"] = _found(page)
        assert {where: faults for where, faults in found.items() if faults} == {}


def _found(page: Page) -> list[str]:
    """What axe says against the view as it is now: rule, element, and what to do."""
    faults: list[str] = page.evaluate("""async () => (await axe.run('.microlog')).violations.flatMap(each =>
        each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`))""")
    return faults
