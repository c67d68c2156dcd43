"""A recording tells the truth about programs that know it.

How exactly is measured by `make bench`; here only calls of 20 ms and more count, and half of each must be found, which a
busy machine keeps too. The programs run in processes of their own: pytest takes warnings away before anybody else sees
them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.programs import PROGRAMS


def scored(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.programs", name, "20", "0.5"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - {"logs"}))
def test_most_calls_are_found_with_the_right_extent(name: str) -> None:
    result = scored(name)
    assert result["calls"] > 0
    assert result["share_found"] >= 0.6, result["missed"]


def test_every_entry_is_attributed_to_the_call_that_wrote_it() -> None:
    result = scored("logs")
    assert result["logs"] > 0
    assert result["unattributed"] == []
