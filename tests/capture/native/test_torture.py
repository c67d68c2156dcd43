"""No stack that was never there: the programs of torture.py, for a short time each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from microlog_nb.capture.samplers.native import load

TORTURE = Path(__file__).with_name("torture.py")
PROGRAMS = [
    "call_tree",
    "generators",
    "exceptions",
    "classes",
    "callbacks",
    "garbage",
    "recursion",
    "threads",
    "churn",
    "greenlets",
]
SWITCHING = {"greenlets"}
"""Half of what these do is to change from stack to stack, and what is seen meanwhile is dropped."""


def tortured(program: str, samples: int) -> dict[str, Any]:
    environment = {**os.environ, "SAMPLER": load().__file__}
    command = [sys.executable, str(TORTURE), program, str(samples)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_stack_is_impossible(program: str) -> None:
    result = tortured(program, 3000)
    assert result["impossible"] <= 1, result["examples"]
    assert result["lost"] == 0
    assert program in SWITCHING or result["torn"] < result["samples"] / 4
