"""A recorded cell shows its timeline while it runs, in JupyterLab and in Notebook 7, and once more below everything at its end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import Timeline

LOAD = "%load_ext microlog_nb\nimport ipywidgets\nipywidgets.Label('widgets are shown')"
CELL = """
%%microlog --name grows {options}
from pathlib import Path

def step():
    return [sum(range(10_000)) for _ in range(200)]  # the lock is not given away every moment

def work(until):
    while not Path(until).exists():
        step()

print("first")
work("{stem}.seen")
print("second")
{then}
work("{stem}.enough")
print("last")
42
""".strip()
SEEN = ".microlog:not([style*=hidden])"
KINDS = """() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.outputs.toJSON().map(
    ({ output_type, data }) => [output_type, ...Object.keys(data ?? {}).sort()])"""


class Run:
    """A cell that runs until it is let, and its timeline."""

    def __init__(self, server: JupyterServer, page: Page, name: str, options: str = "", then: str = "") -> None:
        """Opens a notebook and runs the cell, until its timeline is there; `then` is what else it does in the middle."""
        self.stem = name
        self.server = server
        self.page = page
        self.timeline = Timeline(page)
        server.write(f"{name}.ipynb", LOAD, CELL.format(stem=name, options=options, then=then))
        self.notebook = NotebookPage(server, page, f"{name}.ipynb")
        self.notebook.open()
        self.notebook.run(0)
        # a page that has just been opened does not listen to widgets yet, and asks a busy kernel in vain which there are
        expect(page.locator(".widget-label")).to_have_text("widgets are shown")
        page.locator(".jp-CodeCell .jp-Editor .cm-content").nth(1).click()
        page.keyboard.press("Shift+Enter")
        expect(self.word).to_be_visible()

    @property
    def root(self) -> Locator:
        """The timeline that is seen."""
        return self.page.locator(SEEN)

    @property
    def word(self) -> Locator:
        """That it goes on."""
        return self.root.locator(".microlog-running")

    def let(self, what: str) -> None:
        """Lets the cell go on."""
        (self.server.notebooks / f"{self.stem}.{what}").touch()

    def wait_for_newer(self) -> None:
        """Waits until newer data have taken the place of those that are seen."""
        self.root.evaluate("root => { root.dataset.old = 'yes' }")
        expect(self.page.locator(f"{SEEN}[data-old]")).to_have_count(0)
        expect(self.root).to_have_count(1)

    def wait_for_end(self) -> None:
        """Waits until the cell has ended, and its timeline is the only one."""
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.content.widgets[1].model.executionCount === 2"
        )
        expect(self.page.locator(".microlog-running")).to_have_count(0)
        expect(self.page.locator(".microlog")).to_have_count(1)
        expect(self.notebook.outputs.get_by_text("42", exact=True)).to_be_visible()


@pytest.fixture
def name(picture: Path) -> str:
    """Names the files of a test."""
    return picture.stem


def top(locator: Locator) -> float:
    """Where it begins on the page."""
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def test_a_long_cell_shows_a_timeline_that_grows_and_ends_below_everything(
    server: JupyterServer, page: Page, name: str, picture: Path
) -> None:
    run = Run(server, page, name)
    timeline = run.timeline
    expect(run.word).to_contain_text("recording")
    expect(run.root.locator(".microlog-kernel")).to_be_hidden()
    run.wait_for_newer()
    grown = timeline.window
    assert grown[0] == 0
    run.wait_for_newer()
    assert timeline.window[0] == 0
    assert timeline.window[1] > grown[1], "the whole follows the end"
    before = run.root.locator(".microlog-fact").first.inner_text()
    expect(run.root.locator(".microlog-fact").first).not_to_have_text(before)
    run.let("seen")
    second = run.notebook.outputs.get_by_text("second", exact=True)
    expect(second).to_be_visible()
    assert top(run.notebook.outputs.get_by_text("first", exact=True)) < top(run.root) < top(second)
    timeline.wheel(-300, control=True, at=0.3)
    moved = timeline.window
    assert 0 < moved[0] < moved[1] < grown[1] + 60e9
    page.mouse.move(0, 0)
    run.wait_for_newer()
    assert timeline.window == moved, "the window stays where it was moved to"
    page.screenshot(path=picture.with_stem(f"{name}-running"))
    run.let("enough")
    run.wait_for_end()
    assert top(run.notebook.outputs.get_by_text("42", exact=True)) < top(run.root)
    run.root.scroll_into_view_if_needed()
    expect(run.root).to_have_attribute("data-window", f"{moved[0]},{moved[1]}")
    assert page.evaluate(KINDS) == [
        ["stream"],
        ["display_data"],
        ["stream"],
        ["execute_result", "text/plain"],
        ["display_data", "application/vnd.jupyter.widget-view+json", "text/plain"],
        ["display_data", "text/html", "text/plain"],
    ]
    timeline.show_all()
    timeline.point_at_call("work", at=0.9)


def test_stop_ends_the_recording_and_not_the_cell(server: JupyterServer, page: Page, name: str) -> None:
    run = Run(server, page, name, "--live")
    run.root.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_role("status").filter(has_text="The recording has ended after")).to_have_count(1)
    expect(page.locator(".microlog-running")).to_have_count(0)
    duration = run.root.locator(".microlog-fact").first.inner_text()
    run.let("seen")
    expect(run.notebook.outputs.get_by_text("second")).to_be_visible()
    run.let("enough")
    run.wait_for_end()
    expect(run.root.locator(".microlog-fact").first).to_have_text(duration)
    expect(run.root.locator(".microlog-fact", has_text=" log")).to_have_text("1 log")


def test_those_who_do_not_see_it_hear_of_anomalies_and_of_the_end(lab: JupyterServer, page: Page, name: str) -> None:
    run = Run(lab, page, name, "--live", "import logging; logging.getLogger('shop').error('out of stock')")
    said = page.get_by_role("status")
    run.let("seen")
    expect(said.filter(has_text=re.compile("new anomal", re.IGNORECASE))).to_have_count(1)
    run.let("enough")
    run.wait_for_end()
    expect(said.filter(has_text="The recording has ended after")).to_have_count(1)


def test_what_is_read_stands_still_and_the_end_keeps_its_tab(lab: JupyterServer, page: Page, name: str) -> None:
    run = Run(lab, page, name)
    run.root.get_by_role("tab", name="Log").click()
    rows = run.root.locator(".microlog-rows")
    expect(rows).to_contain_text("first")
    expect(run.word).to_contain_text("seen up to")
    run.let("seen")
    expect(run.root.locator(".microlog-fact", has_text=" log")).to_have_text("2 logs")
    expect(rows).not_to_contain_text("second")
    run.let("enough")
    run.wait_for_end()
    expect(run.root.get_by_role("tab", name="Log")).to_have_attribute("aria-selected", "true")
    expect(rows).to_contain_text("last")


@pytest.fixture
def deaf(lab: JupyterServer) -> None:
    """JupyterLab as it was before it had subshells: nothing reaches a kernel that is busy."""
    folder = lab.settings / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "kernels-settings.jupyterlab-settings"
    file.write_text(json.dumps({"commsOverSubshells": "disabled"}))
    yield
    file.unlink()


@pytest.mark.usefixtures("deaf")
def test_a_kernel_that_hears_nothing_is_busy_and_offers_no_stop(lab: JupyterServer, page: Page, name: str) -> None:
    run = Run(lab, page, name)
    expect(run.root.locator(".microlog-kernel")).to_have_text("kernel busy: Functions and Explain wait for it")
    expect(run.word).to_have_attribute(
        "title", "This kernel hears nothing while a cell runs: interrupt the cell to end its recording."
    )
    expect(run.root.get_by_role("button", name="Stop recording")).to_have_count(0)
    run.wait_for_newer()
    expect(run.root.locator(".microlog-kernel")).to_have_text("kernel busy: Functions and Explain wait for it")
    run.let("seen")
    run.let("enough")
    run.wait_for_end()
    expect(run.root.locator(".microlog-kernel")).to_be_hidden()
