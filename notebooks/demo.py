"""Runs the quickstart notebook without a browser and prints what the recording holds.

Leaves in build/demo/: the executed notebook, the recording, and the report as a self-contained HTML file.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import microlog_nb as microlog

SOURCE = Path(__file__).parent / "quickstart.ipynb"
RESULTS = Path(__file__).parent.parent / "build" / "demo"


def execute(source: Path, folder: Path) -> Path:
    """Runs a notebook in a folder and writes it there with its outputs; an error in a cell is written too, then raised."""
    target = folder / source.name
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    finally:
        nbformat.write(notebook, target)
    return target


def main() -> int:
    """Runs the notebook and prints the statistics."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    print(f"Running {SOURCE.name} ...", flush=True)
    try:
        notebook = execute(SOURCE, RESULTS)
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    recording = microlog.load(RESULTS / "quickstart.microlog")
    recording.to_html(RESULTS / "report.html")
    print(f"Executed notebook: {notebook}\n")
    print(recording.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
