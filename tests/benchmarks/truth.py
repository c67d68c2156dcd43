"""How much of what programs know about themselves is found."""

from __future__ import annotations

import contextlib
import functools
import io
import operator
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.table import Result, at_least, at_most
from tests.programs import PROGRAMS, Score, record, score

ROUNDS = 3
SAMPLERS = {  # name, interval in seconds: share of the calls found, median distance of the edges in seconds
    ("native", 0.001): (0.98, 0.0003),
    ("native", 0.0001): (0.98, 0.00006),
    ("thread", 0.001): (0.95, 0.0003),
}


def results() -> Iterator[Result]:
    """For each sampler one line a program, then all of them beside the budgets."""
    for (sampler, interval), (found, edge) in SAMPLERS.items():
        who = f"{sampler} {0.001 / interval:.0f} kHz"
        scores = {name: _measure(name, sampler=sampler, interval=interval) for name in PROGRAMS}
        for name, one in scores.items():
            yield Result(f"{who}, calls found: {name}", f"{one.share_found:.1%} of {one.calls}")
        total = functools.reduce(operator.add, scores.values())
        yield at_least(f"{who}, calls ≥ 5 ms found with overlap ≥ 0.8", total.share_found, found, "{:.1f} %", scale=100)
        yield at_most(f"{who}, start is off by (median)", total.start_error, edge, "{:.3f} ms", scale=1e3)
        yield at_most(f"{who}, end is off by (median)", total.end_error, edge, "{:.3f} ms", scale=1e3)
        yield at_least(f"{who}, entries in their call", total.share_attributed, 1.0, "{:.0f} %", scale=100)


def _measure(name: str, **options: Any) -> Score:
    """A program's score over several runs; what the program prints is kept off the screen."""
    scores = []
    for _ in range(ROUNDS):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            truth, recording = record(PROGRAMS[name], **options)
        scores.append(score(truth, recording))
    return functools.reduce(operator.add, scores)
