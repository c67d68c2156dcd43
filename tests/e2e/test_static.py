"""`%%microlog --static`: the whole report in the output of a cell, wherever the notebook goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import profile
from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.test_notebook import CELL, LOAD
from tests.e2e.timeline import Timeline

STATIC = CELL.replace("--name small", "--name small --static")
FRAME = "iframe.microlog-frame"


@pytest.fixture(scope="module")
def written(lab: JupyterServer, browser: Browser) -> NotebookPage:
    """A notebook that was run and saved, and whose kernel has ended."""
    with profile(browser) as context:
        notebook = _run(lab, context.new_page(), "static.ipynb")
        notebook.save()
    lab.shut_down_kernel("static.ipynb")
    return notebook


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page whose browser prefers neither light nor dark, and whose console may tell of what was refused."""
    context = browser.new_context(color_scheme="null", viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def _run(server: JupyterServer, page: Page, name: str) -> NotebookPage:
    server.write(name, LOAD, STATIC)
    notebook = NotebookPage(server, page, name)
    notebook.open()
    notebook.run(0)
    notebook.run(1)
    return notebook


def _converted(notebook: NotebookPage, folder: Path) -> str:
    """The address of the page that nbconvert makes."""
    html, _ = HTMLExporter().from_filename(notebook.server.notebooks / notebook.name)
    page = folder / "converted.html"
    page.write_text(html, encoding="utf-8")
    return page.as_uri()


def _works(page: Page) -> None:
    """It can be pointed at, zoomed and read."""
    timeline = Timeline(page, FRAME)
    timeline.wait()
    expect(page.locator(".microlog-static")).to_be_hidden()
    timeline.point_at_call("slow")
    expect(timeline.card).to_contain_text("slow")
    whole = timeline.window
    timeline.wheel(-200, control=True)
    assert timeline.window[1] - timeline.window[0] < whole[1] - whole[0]
    timeline.show_all()
    for tab in timeline.root.get_by_role("tab").all():
        tab.click()
        expect(timeline.root.locator(".microlog-error")).to_have_count(0)
    timeline.root.get_by_role("tab", name="Log").click()
    expect(timeline.root.locator(".microlog-rows")).to_contain_text("done")


def test_a_static_cell_is_interactive_and_keeps_its_keys(server: JupyterServer, page: Page, picture: Path) -> None:
    notebook = _run(server, page, f"{picture.stem}.ipynb")
    _works(page)
    timeline = Timeline(page, FRAME)
    timeline.root.get_by_role("tab", name="Timeline").click()
    before = notebook.cells
    timeline.focus()
    for key in ("a", "b", "x", "d", "d", "w", "s", "Escape", "a"):
        page.keyboard.press(key)
    assert notebook.cells == before


def test_a_saved_static_cell_works_without_a_kernel(written: NotebookPage, page: Page) -> None:
    page.goto(written.server.address(written.name))
    _works(page)


def test_a_static_cell_works_in_the_page_that_nbconvert_makes_without_a_network(
    written: NotebookPage, offline_page: Page, tmp_path: Path
) -> None:
    offline_page.goto(_converted(written, tmp_path))
    _works(offline_page)


def test_the_frame_can_reach_nothing_around_it(written: NotebookPage, plain: Page, tmp_path: Path) -> None:
    plain.goto(_converted(written, tmp_path))
    root = Timeline(plain, FRAME).root
    reached = """() => {
        const tried = { document: () => parent.document.title, storage: () => localStorage.length };
        return Object.keys(tried).filter((name) => { try { tried[name](); return true } catch { return false } });
    }"""
    assert root.evaluate(reached) == []
    assert root.evaluate("() => fetch('https://example.com').then(() => 'reached', () => 'refused')") == "refused"


def test_the_frame_is_dark_where_the_notebook_is(written: NotebookPage, plain: Page, tmp_path: Path) -> None:
    plain.goto(_converted(written, tmp_path))
    root = Timeline(plain, FRAME).root
    expect(root).not_to_contain_class("microlog-dark")
    plain.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(root).to_contain_class("microlog-dark")
    plain.evaluate("document.body.dataset.jpThemeLight = 'true'")
    expect(root).not_to_contain_class("microlog-dark")


def test_a_notebook_that_is_not_trusted_shows_the_picture(written: NotebookPage, page: Page) -> None:
    path = written.server.notebooks / "foreign.ipynb"
    path.write_text((written.server.notebooks / written.name).read_text("utf-8").replace("small", "large"), "utf-8")
    page.goto(written.server.address(path.name))
    expect(page.locator(".microlog-static")).to_be_visible()
    expect(page.locator(FRAME)).to_have_count(0)
