"""How much longer programs take when they are recorded, beside other profilers.

    alone  RECORDED  alone  RECORDED  alone  RECORDED  alone ...        each workload in a process of its own
           native 1         native 10        thread

A block is a second or more of work inside one recording, so that whatever the recorder does once a second is in it; starting
and ending a recording are not, and are shown beside it in milliseconds. Each recorded block is compared with the mean of
the blocks alone before and after it, and the median of these ratios is taken; `±` is the standard error of what comes out.
`noise` is the same for blocks alone: what a machine that is shared with others makes of a ratio that is 1. Profilers that
call back at every call run last, once each time: nobody needs their third digit.

Where a program's objects happen to lie in memory changes its time by up to a tenth, and whatever has made objects before it, as
starting a recording does, decides that: always the same way, so that no number of rounds averages it out. Each run of the
workload therefore finds its memory shuffled anew, recorded or not (Mytkowicz, Diwan, Hauswirth, Sweeney: Producing wrong
data without doing anything obviously wrong!, 2009; Curtsinger, Berger: Stabilizer, 2013). That is not part of the time.
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace

from tests.benchmarks.table import Result, at_most

ROUNDS = 12
PEER_ROUNDS = 3
BLOCK_S = 1.1
BUDGETS = {"native 1 kHz": 1.01, "native 10 kHz": 1.05, "thread 1 kHz": 1.06}


@dataclass(frozen=True)
class Block:
    """Seconds that a piece of work took, of the CPU time that its process used for it, and of the recording's start and end."""

    wall: float
    cpu: float
    start: float
    stop: float


@dataclass(frozen=True)
class Measured:
    """Ratios of pairs of one profiler with one workload, and the fixed cost of its recordings in seconds."""

    wall: list[float]
    cpu: list[float]
    start: float
    stop: float


def results(workloads: Sequence[str] = (), rounds: int = ROUNDS) -> Iterator[Result]:
    """The geometric mean of each profiler; the ratios behind it are printed as tables of their own.

    Args:
        workloads: names in `workloads.WORKLOADS`; all by default.
        rounds: blocks of each profiler of ours.
    """
    from tests.benchmarks.workloads import WORKLOADS

    measured: dict[str, dict[str, Measured]] = {}
    others = _others_share()
    for name in workloads or WORKLOADS:
        measured[name] = _in_child(name, rounds)
        print(f"  {name}", file=sys.stderr, flush=True)
    _show("wall time recorded / alone", measured, lambda one: statistics.median(one.wall))
    _show("CPU time recorded / alone", measured, lambda one: statistics.median(one.cpu))
    yield Result("share of the machine that other programs took", f"{others():.0%}")
    for profiler in next(iter(measured.values())):
        wall, error = _mean([by[profiler].wall for by in measured.values()])
        cpu, _ = _mean([by[profiler].cpu for by in measured.values()])
        budget = BUDGETS.get(profiler)
        what = f"wall time recorded / alone: {profiler}"
        kept = at_most(what, wall, budget, "{:.3f}") if budget else Result(what, f"{wall:.3f}")
        yield replace(kept, value=f"{kept.value} ± {error:.3f}")
        yield Result(f"CPU time recorded / alone: {profiler}", f"{cpu:.3f}")
    for profiler in BUDGETS:
        start, stop = (
            statistics.median(getattr(by[profiler], what) for by in measured.values()) for what in ("start", "stop")
        )
        yield Result(f"to start and to end a recording: {profiler}", f"{1e3 * start:.1f} ms, {1e3 * stop:.1f} ms")


def _mean(ratios: list[list[float]]) -> tuple[float, float]:
    """The geometric mean of the medians of each workload's ratios, and its standard error."""
    mean = statistics.geometric_mean(map(statistics.median, ratios))
    errors = [_error(one) for one in ratios]
    return mean, sum(error**2 for error in errors) ** 0.5 / len(ratios)


def _error(ratios: list[float]) -> float:
    """The standard error of a median, from the median distance to it: blocks that the machine disturbed do not count for more."""
    # where errors are normal, 1.48 such distances are a standard deviation, and a median's error is 1.25 times a mean's
    middle = statistics.median(ratios)
    spread = 1.48 * statistics.median(abs(one - middle) for one in ratios)
    return 1.25 * spread / len(ratios) ** 0.5


def _show(title: str, measured: dict[str, dict[str, Measured]], value: Callable[[Measured], float]) -> None:
    profilers = list(next(iter(measured.values())))
    width = max(map(len, profilers)) + 2
    print(f"{title:<28}" + "".join(f"{profiler:>{width}}" for profiler in profilers))
    for workload, by in measured.items():
        print(f"{workload:<28}" + "".join(f"{value(by[profiler]):>{width}.3f}" for profiler in profilers))
    print(flush=True)


def _others_share() -> Callable[[], float]:
    """Asked later: which share of all cores other programs than our children have taken meanwhile; the noise to expect."""
    import psutil

    def clocks() -> tuple[float, float]:
        system, ours = psutil.cpu_times(), os.times()
        busy = sum(system) - system.idle - getattr(system, "iowait", 0.0)
        return busy, sum(ours[:4])

    begin, (busy, ours) = time.perf_counter(), clocks()

    def share() -> float:
        later_busy, later_ours = clocks()
        spent = (later_busy - busy) - (later_ours - ours)
        return max(spent / (time.perf_counter() - begin) / (os.cpu_count() or 1), 0.0)

    return share


def _in_child(workload: str, rounds: int) -> dict[str, Measured]:
    command = [sys.executable, "-m", "tests.benchmarks.overhead", workload, str(rounds)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {name: Measured(**one) for name, one in json.loads(answer.stdout).items()}


def measure(workload: Callable[[], None], rounds: int) -> dict[str, Measured]:
    """All profilers with one workload, in this process."""
    from tests.benchmarks.profilers import PEERS, PROFILERS

    workload()
    begin = time.perf_counter()
    workload()
    times = max(1, round(BLOCK_S / (time.perf_counter() - begin)))
    for profiler in PROFILERS.values():  # what is loaded at the first use is no part of what is measured
        _block(workload, 1, profiler())
    result = _interleaved(workload, times, PROFILERS, rounds)
    result |= {name: one for name, one in _interleaved(workload, 1, PEERS, PEER_ROUNDS).items() if name != "noise"}
    return result


def _interleaved(
    workload: Callable[[], None],
    times: int,
    profilers: dict[str, Callable[[], AbstractContextManager[object]]],
    rounds: int,
) -> dict[str, Measured]:
    alone = [_block(workload, times, nullcontext())]
    recorded: dict[str, list[tuple[int, Block]]] = {name: [] for name in profilers}
    for _ in range(rounds):
        for name, profiler in profilers.items():
            recorded[name].append((len(alone), _block(workload, times, profiler())))
            alone.append(_block(workload, times, nullcontext()))

    def ratio(what: str, one: Block, before: Block, after: Block) -> float:
        return 2 * getattr(one, what) / (getattr(before, what) + getattr(after, what))  # type: ignore[no-any-return]

    def measured(pairs: list[tuple[Block, Block, Block]]) -> Measured:
        return Measured(
            [ratio("wall", *pair) for pair in pairs],
            [ratio("cpu", *pair) for pair in pairs],
            statistics.median(pair[0].start for pair in pairs),
            statistics.median(pair[0].stop for pair in pairs),
        )

    result = {
        name: measured([(one, alone[at - 1], alone[at]) for at, one in blocks]) for name, blocks in recorded.items()
    }
    return result | {"noise": measured(list(zip(alone[1:-1], alone, alone[2:], strict=False)))}


def _block(workload: Callable[[], None], times: int, profiler: AbstractContextManager[object]) -> Block:
    gc.collect()
    wall = cpu = 0.0
    begin = time.perf_counter()
    with profiler:
        inside = time.perf_counter()
        for _ in range(times):
            shuffled = _shuffled_memory()
            start, cpu_start = time.perf_counter(), time.process_time()
            workload()
            wall += time.perf_counter() - start
            cpu += time.process_time() - cpu_start
            del shuffled
        end = time.perf_counter()
    return Block(wall, cpu, inside - begin, time.perf_counter() - end)


_shuffle = random.Random(1)


def _shuffled_memory() -> list[object]:
    """Objects of every size that Python's allocator serves; between them are holes, and the next object gets one of those."""
    sizes = [_shuffle.randrange(480) for _ in range(6000)]
    kept: list[object] = [made for size in sizes for made in (bytes(size), float(size))]
    _shuffle.shuffle(kept)
    del kept[_shuffle.randrange(len(kept) // 4, len(kept) * 3 // 4) :]
    again = _shuffle.randrange(len(sizes) // 2)  # else the next object would get the place of the last one that went
    kept += [made for size in sizes[:again] for made in (bytes(size), float(size))]
    return kept


if __name__ == "__main__":
    from tests.benchmarks.workloads import WORKLOADS

    measured = measure(WORKLOADS[sys.argv[1]], int(sys.argv[2]))
    print(json.dumps({name: asdict(one) for name, one in measured.items()}))
