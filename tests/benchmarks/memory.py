"""A long recording: memory must grow by the samples only. Ten minutes by default, so not part of `make bench`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
import psutil

import microlog_nb as microlog
from microlog_nb.capture import recorder
from tests.benchmarks.table import Result, at_most

LOOKS = 60


def results(minutes: float = 10.0) -> Iterator[Result]:
    """Growth of the process and of the recording between a tenth of the time and its end, for each sample in between."""
    process = psutil.Process()
    looks: list[tuple[float, int, int, int]] = []
    source = np.random.default_rng(1)
    with microlog.profile(interval=0.001, display=False):
        running = recorder.current()
        assert running is not None
        begin, due = time.perf_counter(), 0.0
        while (now := time.perf_counter() - begin) < 60 * minutes:
            _work(source)
            if now >= due:
                due += 60 * minutes / LOOKS
                counted = running.sampler.ticks
                looks.append((now, process.memory_info().rss, running.builder.nbytes, counted))
                print(f"  {now:5.0f} s: {looks[-1][1] / 1e6:.1f} MB, {counted} ticks", file=sys.stderr, flush=True)
    first, last = looks[max(len(looks) // 10, 1)], looks[-1]
    samples = last[3] - first[3]
    yield Result(f"{minutes:g} minutes at 1 kHz", f"{samples} ticks from {first[0]:.0f} s to {last[0]:.0f} s")
    yield Result(
        "process grew by", f"{(last[1] - first[1]) / 1e6:.2f} MB, {(last[1] - first[1]) / samples:.1f} B a tick"
    )
    yield at_most("recording grew by, bytes a sample", (last[2] - first[2]) / samples, 16, "{:.1f}")


def _work(source: np.random.Generator) -> None:
    """A sixth of the time something that stays the same; the rest of the time it waits."""
    end = time.perf_counter() + 0.01
    while time.perf_counter() < end:
        sorted(source.random(500))
    time.sleep(0.05)
