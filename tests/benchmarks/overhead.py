"""How much longer programs take when they are recorded, beside other profilers.

Every measurement is a pair: the workload alone and, right after it, recorded. The order of the two changes from pair to
pair, the pairs of all profilers are interleaved, and the median of their ratios is taken, so that a machine that slows
down for a while slows all of them.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext

from tests.benchmarks.profilers import PROFILERS, Profiler
from tests.benchmarks.table import Result, at_most
from tests.benchmarks.workloads import WORKLOADS

ROUNDS = 5
BUDGETS = {"native 1 kHz": 1.01, "native 10 kHz": 1.05, "thread 1 kHz": 1.06}


def results() -> Iterator[Result]:
    """The geometric mean of each profiler; the ratios behind it are printed as a table of their own."""
    ratios = {name: _measure(workload) for name, workload in WORKLOADS.items()}
    _show(ratios)
    for profiler in PROFILERS:
        mean = statistics.geometric_mean(by_profiler[profiler] for by_profiler in ratios.values())
        what = f"time recorded / alone: {profiler}"
        budget = BUDGETS.get(profiler)
        yield at_most(what, mean, budget, "{:.3f}") if budget else Result(what, f"{mean:.3f}")


def _show(ratios: Mapping[str, Mapping[str, float]]) -> None:
    width = max(map(len, PROFILERS)) + 2
    print(f"{'time recorded / alone':<24}" + "".join(f"{profiler:>{width}}" for profiler in PROFILERS))
    for workload, by_profiler in ratios.items():
        print(f"{workload:<24}" + "".join(f"{by_profiler[profiler]:>{width}.3f}" for profiler in PROFILERS))
    print(flush=True)


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
