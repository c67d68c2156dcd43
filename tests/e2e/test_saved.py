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
