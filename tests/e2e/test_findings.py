"""What the recording means, in the HTML report: functions with their source, anomalies, tips, the design."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import microlog_nb as microlog
from tests.e2e.timeline import Timeline


def burn(seconds: float) -> int:
    end, rounds = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        rounds += 1
    return rounds


class Shop:
    """Its methods are one node of the graph of classes."""

    def order(self, number: int) -> None:
        burn(0.2 if number == 7 else 0.02)

    def close(self) -> None:
        time.sleep(0.15)


def run() -> None:
    shop = Shop()
    for number in range(10):
        shop.order(number)
        time.sleep(0.01)
    shop.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a program with one slow call among ten."""
    path = tmp_path_factory.mktemp("findings") / "report.html"
    with microlog.profile("findings", display=False) as recording:
        run()
    recording.to_html(path)
    return path


@pytest.fixture
def root(report: Path, offline_page: Page) -> Locator:
    """The report, opened from the file."""
    offline_page.goto(report.as_uri())
    timeline = Timeline(offline_page)
    timeline.wait()
    return timeline.root


def open_tab(root: Locator, name: str) -> None:
    root.get_by_role("tab", name=name).click()


def search(root: Locator, text: str) -> None:
    root.locator(".microlog-search-input").fill(text)


def test_functions_are_sorted_and_show_their_source(root: Locator) -> None:
    open_tab(root, "Functions")
    table = root.get_by_role("grid", name="Functions")
    first = table.get_by_role("row").nth(1)
    search(root, "/Shop|burn/")
    expect(table.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "descending")
    table.get_by_role("button", name="Function", exact=True).click()
    expect(table.get_by_role("columnheader", name="Function")).to_have_attribute("aria-sort", "ascending")
    expect(first).to_contain_text("burn")
    table.get_by_role("row").filter(has_text="burn").click()
    pane = root.get_by_role("region", name="Source of burn")
    expect(pane).to_contain_text("while time.perf_counter() < end:")
    expect(pane.locator(".microlog-source-hot .microlog-source-time")).not_to_be_empty()
    pane.get_by_role("button").filter(has_text="Shop.order").first.click()
    expect(root.get_by_role("region", name="Source of Shop.order")).to_contain_text(
        "burn(0.2 if number == 7 else 0.02)"
    )


def test_the_search_goes_from_anomaly_to_anomaly(root: Locator, offline_page: Page) -> None:
    open_tab(root, "Anomalies")
    grid = root.get_by_role("grid", name="Anomalies")
    search(root, "/Shop|burn/")
    expect(root.locator(".microlog-search-count")).to_have_text(re.compile(r"^[1-3] of \d · \d+ ms$"))
    root.locator(".microlog-search-input").press("Enter")
    expect(grid.locator("[role=row][aria-selected=true]")).to_contain_text("burn")


def test_a_function_leads_to_its_longest_call_and_the_keys_move(root: Locator, offline_page: Page) -> None:
    open_tab(root, "Functions")
    table = root.get_by_role("grid", name="Functions")
    search(root, "/Shop|burn/")
    table.get_by_role("row").nth(1).click()
    second = table.get_by_role("row").nth(2)
    offline_page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    chosen = second.get_by_role("gridcell").first.inner_text()
    offline_page.keyboard.press("Enter")
    expect(root.get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")
    open_tab(root, "Functions")
    # in the time of that call the rows may be in another order
    expect(table.get_by_role("row", selected=True)).to_contain_text(chosen)


def test_functions_follow_the_search_and_the_time_shown(root: Locator, offline_page: Page) -> None:
    open_tab(root, "Functions")
    rows = root.get_by_role("grid", name="Functions").get_by_role("row")
    search(root, "/Shop|burn/")
    expect(rows).to_have_count(4)
    whole = rows.nth(1).inner_text()
    plot = root.locator(".microlog-overview .microlog-minimap canvas").bounding_box()
    assert plot is not None
    offline_page.keyboard.down("Control")
    offline_page.mouse.move(plot["x"] + plot["width"] / 3, plot["y"] + 10)
    offline_page.mouse.wheel(0, -400)
    offline_page.keyboard.up("Control")
    expect(rows.nth(1)).not_to_have_text(whole)


def test_anomalies_say_why_and_lead_to_the_call(root: Locator, offline_page: Page) -> None:
    open_tab(root, "Anomalies")
    table = root.get_by_role("grid", name="Anomalies")
    row = table.get_by_role("row").filter(has_text="Slow call").first
    expect(row).to_contain_text("against")
    expect(row.get_by_role("img")).to_be_visible()
    row.click()
    offline_page.keyboard.press("m")
    expect(table.get_by_role("row").filter(has_text="Slow call")).to_have_count(0)
    root.get_by_role("button", name="1 kind muted: show").click()
    table.get_by_role("row").filter(has_text="Slow call").first.click()
    offline_page.keyboard.press("Enter")
    expect(root.get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")


def test_the_design_shows_who_calls_whom(root: Locator, offline_page: Page) -> None:
    open_tab(root, "Design")
    graph = root.get_by_role("listbox", name="Call graph")
    shop = graph.get_by_role("option", name="Shop")
    shop.click()
    details = root.get_by_role("region", name="Details of Shop")
    expect(details).to_contain_text("Shop.order")
    expect(details).to_contain_text("cycle")
    root.get_by_label("What a node is").select_option("function")
    expect(graph.get_by_role("option", name="Shop.close")).to_be_visible()
    root.get_by_role("button", name="Table").click()
    expect(root.get_by_role("table", name="Call graph").get_by_role("row")).not_to_have_count(0)
