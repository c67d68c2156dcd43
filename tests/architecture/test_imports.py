"""What importing the package costs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("IPython", "anywidget", "ipywidgets", "markdown", "nh3", "numpy", "openai", "pandas", "psutil", "pyarrow")


def test_import_of_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, microlog_nb; print(*sorted(set(sys.modules) & set({HEAVY})))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
