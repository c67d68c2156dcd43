"""What a recorded cell adds to the saved notebook, in each way of saving it, and of what parts that is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.benchmarks.table import Result, at_most

QUICKSTART = Path(__file__).parent.parent.parent / "notebooks" / "quickstart.ipynb"
BUDGET = 150_000
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"

DEEP = """
%%microlog --name deep
import time

def down(depth, until):
    if depth:
        return down(depth - 1, until) + sum(range(depth * 40))
    return sum(range(2000))

until = time.perf_counter() + 60
while time.perf_counter() < until:
    down(40 + int(time.perf_counter() * 1000) % 40, until)
""".strip()
TALKATIVE = """
%%microlog --name talkative
import microlog_nb as microlog
for step in range(10_000):
    microlog.info(f"step {step} found {step * 7919 % 9973} rows of {step * 31337 % 7717}")
""".strip()


def results() -> Iterator[Result]:
    """A line a notebook and way of saving; under it, its parts."""
    setup, quick = _quickstart()
    for name, cells in (
        ("quickstart's cell", [quick]),
        ("60 s of deep stacks", [DEEP]),
        ("10,000 log entries", [TALKATIVE]),
        ("two cells, each", [quick] * 2),
        ("five cells, each", [quick] * 5),
    ):
        parts = _parts(new_notebook(cells=[new_code_cell(text) for text in (setup, *cells)]))
        code = parts.pop("code, once")
        outputs = (parts["picture"] + parts["text"]) / len(cells)
        each = sum(parts.values()) / len(cells)
        yield at_most(f"saved without widget state: {name}", outputs, BUDGET, "{:.0f} KB", scale=1e-3)
        yield at_most(f"saved with widget state: {name}", each, BUDGET, "{:.0f} KB", scale=1e-3)
        for part, size in parts.items():
            yield Result(f"  {part}", f"{size / len(cells) / 1000:.1f} KB")
        yield Result("  and once a notebook, the view's code", f"{code / 1000:.0f} KB")
    static = new_code_cell(quick.replace("%%microlog", "%%microlog --static"))
    size = _parts(new_notebook(cells=[new_code_cell(setup), static]))["picture"]
    yield Result("quickstart's cell with --static", f"{size / 1000:.0f} KB")


def _quickstart() -> tuple[str, str]:
    """The cells of the quickstart that load the extension and that are recorded."""
    cells = [cell.source for cell in nbformat.read(QUICKSTART, as_version=4).cells if cell.cell_type == "code"]
    return cells[0], next(cell for cell in cells if cell.startswith("%%microlog"))


def _parts(notebook: nbformat.NotebookNode) -> dict[str, float]:
    """Bytes in the file, by what they are; the user's own output is not among them."""
    NotebookClient(notebook, kernel_name="python3").execute()
    parts = dict.fromkeys(("picture", "text", "recording", "loader", "rest of the state", "code, once"), 0.0)
    size = lambda value: len(json.dumps(value))  # noqa: E731
    for cell in notebook.cells:
        for output in cell.outputs:
            data = output.get("data", {})
            if VIEW in data:
                parts["text"] += size(data)
            elif "microlog-static" in data.get("text/html", ""):
                parts["picture"] += size(data)
    for model in notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}).values():
        state = dict(model["state"])
        parts["code, once"] += size(state.pop("first", "")) + size(state.pop("more", ""))
        parts["loader"] += size(state.pop("_esm", ""))
        parts["recording"] += sum(size(buffer) for buffer in model.get("buffers", ()))
        parts["rest of the state"] += size(state)
    return parts
