"""A recorded cell in JupyterLab and in Notebook 7: from running it to finding it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import profile
from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import Timeline

QUICKSTART = Path(__file__).parent.parent.parent / "notebooks" / "quickstart.ipynb"
RECORDED = 3  # the cell of the quickstart that is recorded
LOAD = "%load_ext microlog_nb"
CELL = """
%%microlog --name small
import time
import microlog_nb as microlog

def slow():
    microlog.info("## Half way\\nwith **bold** words")
    time.sleep(0.5)

def quick():
    time.sleep(0.06)

def work():
    quick()
    slow()
    quick()
    print("done")

work()
""".strip()


def record(server: JupyterServer, page: Page, name: str) -> NotebookPage:
    """Opens a new notebook and runs its recorded cell."""
    server.write(name, LOAD, CELL)
    notebook = NotebookPage(server, page, name)
    notebook.open()
    notebook.run(0)
    notebook.run(1)
    Timeline(page).wait()
    return notebook


@pytest.fixture(scope="module")
def opened(server: JupyterServer, browser: Browser) -> Iterator[NotebookPage]:
    """A recorded notebook that several tests look at."""
    with profile(browser) as context:
        yield record(server, context.new_page(), "opened.ipynb")


@pytest.fixture
def looked_at(opened: NotebookPage, picture: Path) -> Iterator[NotebookPage]:
    """The same, showing its whole timeline; how it looks after the test is kept."""
    Timeline(opened.page).show_all()
    yield opened
    opened.page.screenshot(path=picture)


@pytest.fixture
def recorded(server: JupyterServer, page: Page, picture: Path) -> NotebookPage:
    """A recorded notebook of this test's own."""
    return record(server, page, f"{picture.stem}.ipynb")


def test_cell_shows_its_own_output_and_its_timeline(looked_at: NotebookPage) -> None:
    expect(looked_at.outputs.get_by_text("done", exact=True)).to_be_visible()
    expect(Timeline(looked_at.page).root).to_contain_text("small")


def test_control_and_wheel_zoom_and_the_plain_wheel_does_not(looked_at: NotebookPage) -> None:
    timeline = Timeline(looked_at.page)
    whole = timeline.window
    timeline.wheel(-200, control=True)
    start, end = zoomed = timeline.window
    assert whole[0] < start < end < whole[1]
    timeline.wheel(40, control=False)
    assert timeline.window == zoomed


def test_call_under_the_pointer_is_named_and_its_card_opens(looked_at: NotebookPage) -> None:
    timeline = Timeline(looked_at.page)
    timeline.point_at_call("slow")
    expect(timeline.card).to_be_visible()
    expect(timeline.card).to_contain_text("slow")


def test_click_on_a_marker_opens_the_entry_with_its_markdown_rendered(looked_at: NotebookPage) -> None:
    timeline = Timeline(looked_at.page)
    timeline.click_marker("Half way")
    expect(timeline.card.get_by_role("heading", name="Half way")).to_be_visible()
    expect(timeline.card.locator("strong")).to_have_text("bold")


def test_keys_pressed_in_the_timeline_do_not_reach_the_notebook(looked_at: NotebookPage) -> None:
    timeline = Timeline(looked_at.page)
    before = looked_at.cells
    timeline.focus()
    for key in ("a", "b", "x", "d", "d", "w", "s", "Escape", "a"):
        looked_at.page.keyboard.press(key)
        assert looked_at.cells == before, f"{key} reached the notebook"
    assert timeline.window[0] >= 0


def test_reloaded_notebook_shows_the_living_timeline_of_its_kernel(recorded: NotebookPage) -> None:
    recorded.save()
    recorded.reload()
    timeline = Timeline(recorded.page)
    timeline.wait()
    timeline.point_at_call("slow")
    expect(recorded.page.locator(".microlog-static")).to_be_hidden()


def test_reader_without_the_kernel_sees_the_static_picture(recorded: NotebookPage) -> None:
    recorded.save()
    recorded.server.shut_down_kernel(recorded.name)
    recorded.reload()
    expect(recorded.page.locator(".microlog-static")).to_be_visible()
    expect(recorded.page.get_by_text("Error displaying widget")).to_be_hidden()


def test_dark_theme_is_followed(lab: JupyterServer, page: Page, picture: Path) -> None:
    notebook = record(lab, page, "dark.ipynb")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_function(
        """() => {
            const [red, green, blue] = getComputedStyle(document.querySelector(".microlog[data-painted]"))
                .backgroundColor.match(/\\d+/g).map(Number);
            return red + green + blue < 3 * 80;
        }"""
    )
    Timeline(page).point_at_call("slow")
    page.screenshot(path=picture.with_stem("dark"))
    notebook.command("apputils:change-theme", theme="JupyterLab Light")


def test_quickstart_runs_from_top_to_bottom(lab: JupyterServer, page: Page, artefacts: Path) -> None:
    (lab.notebooks / QUICKSTART.name).write_bytes(QUICKSTART.read_bytes())
    opened = NotebookPage(lab, page, QUICKSTART.name)
    opened.open()
    opened.run_all()
    opened.show(RECORDED)
    timeline = Timeline(page)
    timeline.wait()
    page.screenshot(path=artefacts / "quickstart-timeline.png")
    timeline.click_marker("Fitted")
    expect(timeline.card.get_by_role("table")).to_be_visible()
    opened.save()
    notebook = nbformat.read(lab.notebooks / QUICKSTART.name, as_version=4)
    errors = [output for cell in notebook.cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    assert not errors
    assert (lab.notebooks / "report.html").is_file()


def test_nbconvert_page_shows_the_static_picture(looked_at: NotebookPage, offline_page: Page, tmp_path: Path) -> None:
    looked_at.save()
    html, _ = HTMLExporter().from_filename(looked_at.server.notebooks / looked_at.name)
    converted = tmp_path / "converted.html"
    converted.write_text(html, encoding="utf-8")
    offline_page.goto(converted.as_uri())
    expect(offline_page.locator(".microlog-static")).to_be_visible()
    expect(offline_page.get_by_text("done", exact=True)).to_be_visible()


BOTH = """
import time
import microlog_nb as microlog

def first():
    time.sleep(0.3)

def second():
    time.sleep(0.3)

with microlog.profile("both", display=False) as rec:
    first()
    second()
rec
""".strip()


def test_the_selected_range_is_the_same_on_the_timeline_and_in_python(
    server: JupyterServer, page: Page, picture: Path
) -> None:
    name = f"{picture.stem}.ipynb"
    asked = "print('selected', *rec.selection.calls.function) if rec.selection is not rec else None"
    shown = "rec.show(int(rec.calls.index[rec.calls.function == 'first'][0]))"
    server.write(name, BOTH, asked, "rec.select(0.05, 0.2)", "rec.select()", shown)
    notebook = NotebookPage(server, page, name)
    notebook.open()
    notebook.run(0)
    timeline = Timeline(page)
    timeline.wait()
    timeline.select(0.65, 0.9)
    panel = timeline.root.get_by_role("dialog", name="Selected range")
    expect(panel).to_contain_text("rec.selection")
    # the page tells the kernel when the range has rested
    said = notebook.outputs.get_by_text("selected <module> second", exact=True)
    for _ in range(100):
        notebook.run(1)
        if said.count():
            break
    expect(said).to_be_visible()
    notebook.run(2)
    expect(panel.locator(".microlog-range-length")).to_contain_text("150 ms")
    notebook.run(3)
    expect(panel).to_be_hidden()
    notebook.run(4)
    expect(timeline.root).to_have_attribute("data-selected", "first")
    page.screenshot(path=picture)
