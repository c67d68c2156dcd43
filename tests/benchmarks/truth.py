"""How much of what programs know about themselves is found."""

from __future__ import annotations

import contextlib
import functools
import io
import operator
from collections.abc import Iterator

from tests.benchmarks.table import Result, at_least, at_most
from tests.programs import PROGRAMS, Score, record, score

ROUNDS = 3
FOUND, EDGE = 0.95, 0.0003


def results() -> Iterator[Result]:
    """One line a program, then all of them beside the budgets."""
    scores = {name: _measure(name) for name in PROGRAMS}
    for name, one in scores.items():
        yield Result(f"calls found: {name}", f"{one.share_found:.1%} of {one.calls}")
    total = functools.reduce(operator.add, scores.values())
    yield at_least("calls ≥ 5 ms found with overlap ≥ 0.8", total.share_found, FOUND, "{:.1f} %", scale=100)
    yield at_most("start is off by (median)", total.start_error, EDGE, "{:.2f} ms", scale=1e3)
    yield at_most("end is off by (median)", total.end_error, EDGE, "{:.2f} ms", scale=1e3)
    yield at_least("log entries in the call that wrote them", total.share_attributed, 1.0, "{:.0f} %", scale=100)


def _measure(name: str) -> Score:
    """A program's score over several runs; what the program prints is kept off the screen."""
    scores = []
    for _ in range(ROUNDS):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            truth, recording = record(PROGRAMS[name])
        scores.append(score(truth, recording))
    return functools.reduce(operator.add, scores)
