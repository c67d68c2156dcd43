"""What importing the package costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = ("IPython", "anywidget", "ipywidgets", "markdown", "nh3", "numpy", "openai", "pandas", "psutil", "pyarrow")


def test_import_of_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, microlog_nb; print(*sorted(set(sys.modules) & set({HEAVY})))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []


SHOWN = """
import sys, logging
import microlog_nb
from microlog_nb.api import views

with microlog_nb.profile("first", display=False) as recording:
    print("# said", sum(range(1_000_000)))
    try:
        1 / 0
    except ZeroDivisionError:
        logging.exception("failed")
    views.maker(recording)()
views.maker(recording)()
recording.save(sys.argv[1] + "/first.microlog")
recording.to_html(sys.argv[1] + "/first.html")
views.maker(microlog_nb.load(sys.argv[1] + "/first.microlog"))()
print("pandas" in sys.modules)
"""


def test_recording_showing_and_saving_load_no_pandas(tmp_path: Path) -> None:
    """It takes half a second, in which a program that is shown while it runs would be held up."""
    done = subprocess.run(
        [sys.executable, "-c", SHOWN, str(tmp_path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "False"
