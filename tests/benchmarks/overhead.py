"""How much longer programs take when they are recorded, beside other profilers.

Every measurement is a pair: the workload alone and, right after it, recorded. The order of the two changes from pair to
pair, the pairs of all profilers are interleaved, and the median of their ratios is taken, so that a machine that slows
down for a while slows all of them.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from tests.benchmarks.profilers import PROFILERS, Profiler
from tests.benchmarks.table import Result
from tests.benchmarks.workloads import WORKLOADS

ROUNDS = 5
BUDGETS = {"microlog 1 kHz": 1.06}


def results() -> Iterator[Result]:
    """One line a workload with all profilers, then the geometric means."""
    ratios: dict[str, dict[str, float]] = {name: {} for name in PROFILERS}
    for workload in WORKLOADS:
        for profiler, ratio in _measure(WORKLOADS[workload]).items():
            ratios[profiler][workload] = ratio
    for profiler, by_workload in ratios.items():
        for workload, ratio in by_workload.items():
            yield Result(f"{profiler}: {workload}", f"× {ratio:.3f}")
    for profiler, by_workload in ratios.items():
        mean = statistics.geometric_mean(by_workload.values())
        budget = BUDGETS.get(profiler)
        yield Result(
            f"{profiler}: geometric mean",
            f"× {mean:.3f}",
            f"≤ {budget:.3f}" if budget else "",
            mean <= budget if budget else None,
        )


def _measure(workload: Callable[[], None]) -> dict[str, float]:
    """The median ratio of each profiler."""
    workload()
    ratios: dict[str, list[float]] = {name: [] for name in PROFILERS}
    for number in range(ROUNDS):
        for name, profiler in PROFILERS.items():
            ratios[name].append(_pair(workload, profiler, recorded_first=number % 2 == 1))
    return {name: statistics.median(values) for name, values in ratios.items()}


def _pair(workload: Callable[[], None], profiler: Profiler, *, recorded_first: bool) -> float:
    if recorded_first:
        recorded = _time(workload, profiler())
        return recorded / _time(workload, nullcontext())
    alone = _time(workload, nullcontext())
    return _time(workload, profiler()) / alone


def _time(workload: Callable[[], None], profiler: AbstractContextManager[object]) -> float:
    """Seconds that the workload itself takes; starting and ending the recording are not part of it."""
    gc.collect()
    with profiler:
        start = time.perf_counter()
        workload()
        return time.perf_counter() - start
