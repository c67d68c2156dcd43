"""How many faults of made-up runs are found, how many findings are faults, beside the plain rule; and what it costs."""

from __future__ import annotations

import functools
import operator
import statistics
import time
from collections.abc import Iterator

from microlog_nb.analysis.anomalies import find_anomalies
from microlog_nb.analysis.calls import infer_calls
from tests.analysis.faults import KINDS, Score, findings, make_run, plain_rule, score
from tests.benchmarks.synthetic import synthetic_trace
from tests.benchmarks.table import Result, at_least, at_most

SEEDS = range(20)
ENOUGH = 0.95


def results() -> Iterator[Result]:
    """Two lines a kind, the plain rule, the runs without faults, the time."""
    scores = {kind: Score() for kind in KINDS}
    plain = Score()
    for seed in SEEDS:
        trace, faults = make_run(seed)
        calls = infer_calls(trace)
        found = findings(trace, calls)
        for kind in KINDS:
            scores[kind] += score([f for f in faults if f.kind == kind], [f for f in found if f.kind == kind])
        plain += score([f for f in faults if f.kind == "slow call"], plain_rule(trace, calls))
    for kind, one in [*scores.items(), ("all", functools.reduce(operator.add, scores.values()))]:
        yield at_least(f"{kind}: recall of {one.faults} faults", one.recall, ENOUGH, "{:.1f} %", scale=100)
        yield at_least(f"{kind}: precision of {one.findings} findings", one.precision, ENOUGH, "{:.1f} %", scale=100)
    yield Result("slow call by the plain rule (0.1 s and 30 % over the mean): recall", f"{plain.recall:.1%}")
    yield Result(f"slow call by the plain rule: precision of {plain.findings} findings", f"{plain.precision:.1%}")

    slow = plain_slow = other = 0
    for seed in SEEDS:
        trace, _ = make_run(1000 + seed, ())
        calls = infer_calls(trace)
        kinds = [finding.kind for finding in findings(trace, calls)]
        slow += kinds.count("slow call")
        other += len(kinds) - kinds.count("slow call")
        plain_slow += len(plain_rule(trace, calls))
    yield at_most("slow calls in 20 runs without faults", slow, 0, "{:.0f}")
    yield at_most("other anomalies in 20 runs without faults", other, 0, "{:.0f}")
    yield Result("slow calls in 20 runs without faults, by the plain rule", f"{plain_slow}")
    yield at_most("1,000,000 samples -> anomalies", _time(), 0.5, "{:.2f} s")


def _time() -> float:
    trace = synthetic_trace()
    calls = infer_calls(trace)

    def once() -> float:
        start = time.perf_counter()
        find_anomalies(trace, calls)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(3))
