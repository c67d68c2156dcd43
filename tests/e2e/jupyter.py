"""A real Jupyter server in a folder of its own, and one of its notebooks open in a browser page."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page

Application = Literal["lab", "notebook"]


class JupyterServer:
    """JupyterLab or Notebook 7, serving a folder; settings, data and kernels' files are kept in that folder too."""

    def __init__(self, application: Application, folder: Path, log: Path) -> None:
        """Starts the server and waits until it says at which address it runs."""
        self.application = application
        self.notebooks = folder / "notebooks"
        self.settings = folder / "settings"
        self.notebooks.mkdir(parents=True)
        self._data = folder / "data"
        self._token = secrets.token_hex(16)
        config = folder / "config"
        (config / "labconfig").mkdir(parents=True)
        page_config = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        (config / "labconfig" / "page_config.json").write_text(json.dumps(page_config))
        places = {
            "JUPYTER_CONFIG_DIR": config,
            "JUPYTER_DATA_DIR": self._data,
            "JUPYTER_RUNTIME_DIR": folder / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": self.settings,
            "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
            "IPYTHONDIR": folder / "ipython",
            "MPLCONFIGDIR": folder / "matplotlib",
        }
        options = [
            "--no-browser",
            "--allow-root",
            "--expose-app-in-browser",
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=0",
            f"--ServerApp.root_dir={self.notebooks}",
            f"--IdentityProvider.token={self._token}",
            "--ServerApp.terminals_enabled=False",
            "--LabApp.extension_manager=readonly",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab" if application == "lab" else "notebook", *options],
            cwd=self.notebooks,
            env={**os.environ, **{name: str(place) for name, place in places.items()}, "JUPYTER_PREFER_ENV_PATH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.url = self._read_url(log)

    def _read_url(self, log: Path) -> str:
        """Copies what the server says to a log file: until it says its address here, from then on in a thread."""
        assert self._process.stderr is not None
        output = log.open("w", encoding="utf-8", buffering=1)
        for line in self._process.stderr:
            output.write(line)
            if match := re.search(r"http://127\.0\.0\.1:[1-9]\d*/", line):
                break
        else:
            output.close()
            raise RuntimeError(f"the Jupyter server did not start; it said:\n{log.read_text(encoding='utf-8')}")

        def copy(lines: Any = self._process.stderr) -> None:
            with output, lines:
                output.writelines(lines)

        self._reader = threading.Thread(target=copy, name=f"log of {self.application}")
        self._reader.start()
        return match[0]

    def stop(self) -> None:
        """Ends the server and its kernels."""
        for session in self._request("GET", "api/sessions"):
            self._request("DELETE", f"api/sessions/{session['id']}")
        self._process.terminate()
        self._process.wait()
        self._reader.join()

    def write(self, name: str, *cells: str) -> Path:
        """Makes a notebook of code cells."""
        path = self.notebooks / name
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        nbformat.write(notebook, path)
        return path

    def trust(self, name: str) -> None:
        """Signs a notebook that was written elsewhere, as `jupyter trust` does."""
        NotebookNotary(data_dir=str(self._data)).sign(nbformat.read(self.notebooks / name, as_version=4))

    def address(self, name: str) -> str:
        """Where a notebook is found in the browser; in JupyterLab each has a workspace of its own."""
        place = f"lab/workspaces/{Path(name).stem}/tree" if self.application == "lab" else "notebooks"
        return f"{self.url}{place}/{name}?token={self._token}"

    def shut_down_kernel(self, name: str) -> None:
        """Ends the kernel of a notebook, as the user does in the list of running kernels."""
        for session in self._request("GET", "api/sessions"):
            if session["path"] == name:
                self._request("DELETE", f"api/sessions/{session['id']}")

    def _request(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"token {self._token}")
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@dataclass(frozen=True)
class NotebookPage:
    """A notebook that is open in a page of the browser."""

    server: JupyterServer
    page: Page
    name: str

    def open(self) -> None:
        """Opens the notebook and waits until its kernel is ready."""
        self.page.goto(self.server.address(self.name))
        self._wait_until_ready()

    def reload(self) -> None:
        """Reloads the page, as the user does."""
        self.page.reload()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        self.page.wait_for_function(
            """name => {
                const panel = window.jupyterapp?.shell.currentWidget;
                const session = panel?.context?.path === name && panel.sessionContext;
                return session && panel.context.isReady && session.isReady && session.session?.kernel?.status === "idle";
            }""",
            arg=self.name,
        )

    def run(self, cell: int) -> None:
        """Runs one cell with Shift+Enter and waits until it has ended."""
        self.page.locator(".jp-CodeCell .jp-Editor .cm-content").nth(cell).click()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            """cell => {
                const panel = window.jupyterapp.shell.currentWidget;
                const codes = panel.content.widgets.filter(widget => widget.model.type === "code");
                return codes[cell].model.executionCount > 0 && panel.sessionContext.session.kernel.status === "idle";
            }""",
            arg=cell,
        )

    def run_all(self) -> None:
        """Runs all cells and waits until the last one has ended."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const codes = panel.content.widgets.filter(widget => widget.model.type === "code");
                const ended = codes.every(widget => widget.model.executionCount > 0);
                return ended && panel.sessionContext.session.kernel.status === "idle";
            }"""
        )

    def show(self, cell: int) -> None:
        """Scrolls to the end of a cell: what is out of view may not be in the page at all."""
        self.page.evaluate("cell => window.jupyterapp.shell.currentWidget.content.scrollToItem(cell, 'end')", cell)

    def save(self) -> None:
        """Saves the notebook."""
        self.command("docmanager:save")

    def command(self, name: str, **arguments: str) -> None:
        """Runs a command of the application, as its menus do, and waits for it."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments]
        )

    @property
    def cells(self) -> int:
        """The number of cells."""
        return int(self.page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.length"))

    @property
    def outputs(self) -> Locator:
        """The outputs of all cells."""
        return self.page.locator(".jp-OutputArea-output")
