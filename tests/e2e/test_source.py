"""From a call to its source: in the editor of JupyterLab, or by way of the clipboard; and a report asked of the kernel."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import LANES, Timeline

PIPELINE = """
import time


def load():
    time.sleep(0.3)
""".lstrip()
CELL = """
%%microlog
import shop_pipeline
shop_pipeline.load()
""".strip()


def _select(timeline: Timeline, function: str) -> None:
    timeline.focus()
    timeline.page.keyboard.press("/")
    timeline.page.keyboard.type(f"/^{function}$/")
    expect(timeline.root.locator(".microlog-search-count")).to_contain_text("1 of")
    timeline.page.keyboard.press("Enter")
    expect(timeline.root).to_have_attribute("data-selected", function)
    timeline.page.keyboard.press("Escape")
    timeline.root.locator(LANES).first.focus()


def test_source_opens_in_the_editor_and_the_kernel_writes_a_report(
    lab: JupyterServer, page: Page, picture: Path, tmp_path: Path
) -> None:
    (lab.notebooks / "shop_pipeline.py").write_text(PIPELINE)
    lab.write("source.ipynb", "%load_ext microlog_nb", CELL)
    notebook = NotebookPage(lab, page, "source.ipynb")
    notebook.open()
    notebook.run(0)
    notebook.run(1)
    timeline = Timeline(page)
    timeline.wait()

    timeline.root.locator(".microlog-open-export").click()
    with page.expect_download() as download:
        timeline.root.locator("[data-format='html']").click()
    report = tmp_path / "report.html"
    download.value.save_as(report)

    _select(timeline, "load")
    page.keyboard.press("o")
    editor = page.locator(".jp-FileEditor")
    expect(editor).to_be_visible()
    expect(editor).to_contain_text("time.sleep(0.3)")
    page.wait_for_function("window.jupyterapp.shell.currentWidget.content.editor?.getCursorPosition().line === 3")

    page.goto(report.as_uri())
    saved = Timeline(page)
    saved.wait()
    _select(saved, "load")
    page.keyboard.press("o")
    expect(saved.root.get_by_role("status").filter(has_text="Copied")).to_contain_text("shop_pipeline.py:4")
    field = saved.root.locator(".microlog-search-input")
    field.focus()
    page.keyboard.press("Control+v")
    expect(field).to_have_value(f"{lab.notebooks / 'shop_pipeline.py'}:4")
    page.screenshot(path=picture)
