"""A notebook that was run and saved with its widgets' state, opened where no kernel knows of it."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page, expect

from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.test_notebook import CELL, LOAD

ALL = ".microlog[data-painted]"


TALKATIVE = """
%%microlog --name talkative
import microlog_nb as microlog
for step in range(5000):
    microlog.info(f"step {step} found {step * 7919 % 9973} rows of {step * 31337 % 7717}")
""".strip()


@pytest.fixture(scope="module")
def saved(server: JupyterServer) -> str:
    """The name of a notebook with two recorded cells, as nbclient saves it."""
    path = server.write("saved.ipynb", LOAD, CELL, CELL.replace("small", "second"))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3").execute()
    nbformat.write(notebook, path)
    server.trust(path.name)
    return path.name


def test_it_works_without_a_kernel(server: JupyterServer, saved: str, page: Page) -> None:
    NotebookPage(server, page, saved).open()
    views = page.locator(ALL)
    expect(views).to_have_count(2)
    expect(page.locator(".microlog-static").first).to_be_hidden()
    for view in views.all():
        view.scroll_into_view_if_needed()
        expect(view.locator(".microlog-kernel")).to_contain_text("no kernel: this is the saved view")
        for tab in view.get_by_role("tab").all():
            tab.click()
            expect(view.locator(".microlog-error")).to_have_count(0)
        view.get_by_role("tab", name="Log").click()
        expect(view.locator(".microlog-rows")).to_contain_text("done")


def test_the_kernel_has_what_the_notebook_leaves_out(lab: JupyterServer, page: Page) -> None:
    name = "talkative.ipynb"
    path = lab.write(name, LOAD, TALKATIVE)
    notebook = NotebookPage(lab, page, name)
    notebook.open()
    notebook.run(0)
    notebook.run(1)
    view = page.locator(ALL)
    expect(view).to_have_count(1)
    expect(view).not_to_contain_text("logs are here")
    view.get_by_role("tab", name="Log").click()
    expect(view.locator(".microlog-panels")).to_contain_text("5\u202f000")
    executed = nbformat.read(path, as_version=4)
    NotebookClient(executed, kernel_name="python3").execute()
    nbformat.write(executed, lab.notebooks / "kept.ipynb")
    assert (lab.notebooks / "kept.ipynb").stat().st_size - path.stat().st_size < 250_000
    lab.trust("kept.ipynb")
    NotebookPage(lab, page, "kept.ipynb").open()
    expect(view.locator(".microlog-kernel")).to_contain_text("no kernel: this is the saved view")
    expect(view).to_contain_text("of 5\u202f000 logs are here")


def test_it_says_so_when_the_code_is_not_in_it(lab: JupyterServer, saved: str, page: Page) -> None:
    path = lab.notebooks / "without.ipynb"
    notebook = json.loads((lab.notebooks / saved).read_text("utf-8"))
    state = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    for model in [name for name, each in state.items() if "first" in each["state"]]:
        del state[model]
    path.write_text(json.dumps(notebook), "utf-8")
    lab.trust(path.name)
    NotebookPage(lab, page, path.name).open()
    expect(page.get_by_role("alert").first).to_contain_text("The code of this view is not in the notebook")
