"""How many stacks that were never there the native sampler sees, 40,000 samples of each program of tests/capture/native."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.table import Result, at_most
from tests.capture.native.test_torture import PROGRAMS, tortured

SAMPLES = 40_000


def results() -> Iterator[Result]:
    """One line a program; beside the impossible ones, how many looks gave no stack."""
    for program in PROGRAMS:
        found = tortured(program, SAMPLES)
        dropped = found["torn"] / (found["samples"] + found["torn"])
        yield at_most(
            f"{program}: impossible stacks in {found['samples']} samples, {dropped:.1%} dropped",
            found["impossible"],
            1,
            "{:.0f}",
        )
