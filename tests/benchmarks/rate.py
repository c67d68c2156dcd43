"""How often the native sampler looks while every core is busy with other programs, and how long the gaps are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

import microlog_nb as microlog
from tests.benchmarks.table import Result

RECORD_S = 4.0
BUSY = "while True: pass"


def results() -> Iterator[Result]:
    """Achieved rate and gaps, alone and with one busy program a core beside the recorded one."""
    yield from _rates("other cores free")
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range((os.cpu_count() or 1) - 1)]
    try:
        yield from _rates("all cores busy")
    finally:
        for other in others:
            other.kill()
            other.wait()


def _rates(when: str) -> Iterator[Result]:
    for interval in (0.001, 0.0001):
        with microlog.profile(interval=interval, sampler="native", display=False) as recording:
            end = time.perf_counter() + RECORD_S
            while time.perf_counter() < end:
                sum(range(10_000))
        meta = recording.meta
        rate = meta["ticks"] / (meta["duration_ns"] / 1e9)
        gaps = np.diff(np.unique(recording.samples["time"])) * 1e3
        middle, rare, longest = np.quantile(gaps, (0.5, 0.99, 1.0))
        yield Result(f"native {0.001 / interval:.0f} kHz, {when}: achieved", f"{rate:.0f} Hz, {meta['missed']} missed")
        yield Result(
            f"native {0.001 / interval:.0f} kHz, {when}: gaps (median, p99, longest)",
            f"{middle:.2f}, {rare:.2f}, {longest:.1f} ms",
        )
