"""A recording that is displayed before its block ends grows in the page, while it is moved about in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import Timeline

CELL = """
import microlog_nb as microlog
from pathlib import Path
from IPython.display import display

with microlog.profile("grows", display=False) as rec:
    display(rec)
    while not Path("enough").exists():
        for _ in range(200):  # the lock is not given away every moment
            sum(range(10_000))
""".strip()
_WINDOW = "() => document.querySelector('.microlog:not([style*=hidden])')?.dataset.window ?? ''"
_GROWN = f"before => {{ const now = ({_WINDOW})(); return now !== '' && Number(now.split(',')[1]) > before; }}"


def test_recording_grows_and_the_window_follows_its_end_until_it_is_moved(
    lab: JupyterServer, page: Page, picture: Path
) -> None:
    lab.write("running.ipynb", CELL)
    notebook = NotebookPage(lab, page, "running.ipynb")
    notebook.open()
    page.locator(".jp-CodeCell .jp-Editor .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    timeline = Timeline(page)
    word = page.locator(".microlog-running:visible")
    expect(word).to_contain_text("recording")
    page.wait_for_function(_GROWN, arg=0)
    page.wait_for_function(_GROWN, arg=timeline.window[1])  # the whole follows the end
    expect(page.locator(".microlog:visible")).to_have_count(1)
    page.screenshot(path=picture)
    (lab.notebooks / "enough").touch()
    expect(page.locator(".microlog-running")).to_have_count(0)
    expect(page.locator(".microlog")).to_have_count(1)
    expect(timeline.root).to_contain_text("grows")
