"""What happens to a timeline in JupyterLab after it was shown: to its kernel, to its cell, and to the page around it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import profile
from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import Timeline

LOAD = "%load_ext microlog_nb"
CELL = """
%%microlog --name small
import time

def slow():
    time.sleep(0.2)

slow()
print("done")
""".strip()
COUNT = """
from ipywidgets.widgets.widget import _instances
from microlog_nb.widget.widget import Timeline
print("views in the kernel:", sum(isinstance(each, Timeline) for each in _instances.values()))
""".strip()
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
ALL = ".microlog[data-painted]"


def _open(server: JupyterServer, page: Page, name: str, *cells: str) -> NotebookPage:
    """Opens a new notebook and runs its first cells, up to the recorded one."""
    server.write(name, LOAD, CELL, *cells)
    notebook = NotebookPage(server, page, name)
    notebook.open()
    notebook.run(0)
    notebook.run(1)
    Timeline(page).wait()
    return notebook


def test_a_killed_kernel_is_said_and_its_view_stays(lab: JupyterServer, page: Page) -> None:
    notebook = _open(lab, page, "killed.ipynb", "import os; print('pid', os.getpid())")
    notebook.run(2)
    pid = int(notebook.outputs.get_by_text("pid ").inner_text().split()[1])
    os.kill(pid, signal.SIGKILL)
    word = Timeline(page).root.locator(".microlog-kernel")
    expect(word).to_have_text("no kernel: the one that made this view has ended")
    expect(Timeline(page).root.get_by_role("tab", name="Log")).to_be_visible()


def test_a_restarted_kernel_is_another_one(lab: JupyterServer, page: Page) -> None:
    _open(lab, page, "restarted.ipynb")
    page.evaluate(f"{KERNEL}.restart()")
    word = Timeline(page).root.locator(".microlog-kernel")
    expect(word).to_have_text("no kernel: the one that made this view has ended")
    expect(Timeline(page).root.get_by_role("tab", name="Explain")).to_be_visible()


@pytest.fixture
def counted(browser: Browser) -> Iterator[Page]:
    """A page that counts the views' frames."""
    with profile(browser) as context:
        page = context.new_page()
        page.add_init_script(
            """addEventListener("microlog:painted", () => { window.painted = (window.painted ?? 0) + 1 }, true)"""
        )
        yield page


def _held(page: Page) -> int:
    """How many views the page still holds in memory, whether they are to be seen or not."""
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.collectGarbage")
    prototype = client.send("Runtime.evaluate", {"expression": "HTMLCanvasElement.prototype"})["result"]["objectId"]
    found = client.send("Runtime.queryObjects", {"prototypeObjectId": prototype})["objects"]["objectId"]
    counted = client.send(
        "Runtime.callFunctionOn",
        {
            "objectId": found,
            "functionDeclaration": "function () { return this.filter((each) => each.closest('.microlog')).length }",
            "returnByValue": True,
        },
    )
    client.detach()
    return int(counted["result"]["value"])


def test_a_cell_that_runs_again_and_again_leaves_nothing_of_its_old_views(lab: JupyterServer, counted: Page) -> None:
    notebook = _open(lab, counted, "again.ipynb", COUNT)
    once = _held(counted)
    assert once > 0
    for _ in range(4):
        before = counted.locator(ALL).get_attribute("data-recording")
        notebook.run(1)
        expect(counted.locator(ALL)).to_have_count(1)
        expect(counted.locator(ALL)).not_to_have_attribute("data-recording", before or "")
    # garbage is collected when the last promise has let go of it
    assert _least_held(counted, once) <= once
    notebook.run(2)
    expect(notebook.outputs.get_by_text("views in the kernel: 1")).to_be_visible()
    notebook.command("notebook:clear-all-cell-outputs")
    expect(counted.locator(ALL)).to_have_count(0)
    assert _least_held(counted, 0) == 0


def _least_held(page: Page, wanted: int) -> int:
    """The number of canvases held, once it is small enough or does not fall any more."""
    held = _held(page)
    for _ in range(30):
        if held <= wanted:
            break
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        held = _held(page)
    return held


def test_several_views_in_one_notebook_live_side_by_side(lab: JupyterServer, counted: Page) -> None:
    notebook = _open(lab, counted, "several.ipynb", CELL.replace("small", "second"))
    notebook.run(2)
    views = counted.locator(ALL)
    expect(views).to_have_count(2)
    views.nth(1).get_by_role("tab", name="Log").click()
    expect(views.nth(1).locator(".microlog-rows")).to_contain_text("done")
    expect(views.nth(0).get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")
    notebook.command("notebook:move-cell-up")
    expect(counted.locator(ALL)).to_have_count(2)
    for theme in ("JupyterLab Dark", "JupyterLab Light", "JupyterLab Dark High Contrast", "JupyterLab Light"):
        notebook.command("apputils:change-theme", theme=theme)
        dark = int("Dark" in theme)
        expect(counted.locator(f"{ALL}.microlog-dark")).to_have_count(2 * dark)


def test_nothing_is_drawn_while_the_cell_is_out_of_sight(lab: JupyterServer, counted: Page) -> None:
    notebook = _open(lab, counted, "away.ipynb", *["'\\n' * 400"] * 12)
    counted.locator(".jp-Cell").nth(1).locator(".jp-OutputCollapser").click()
    expect(counted.locator(ALL).first).to_be_hidden()
    counted.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    before = counted.evaluate("window.painted")
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    counted.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert counted.evaluate("window.painted") == before
    counted.locator(".jp-Cell").nth(1).locator(".jp-OutputCollapser").click()
    Timeline(counted).wait()
    expect(counted.locator(f"{ALL}.microlog-dark")).to_have_count(1)
    notebook.command("apputils:change-theme", theme="JupyterLab Light")
    expect(counted.locator(f"{ALL}.microlog-dark")).to_have_count(0)
    counted.wait_for_function("before => window.painted > before", arg=before)
