"""Recordings of any length, made in a moment: what a long run has, without having run it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from microlog_nb.model import arrays
from microlog_nb.model.builder import table
from microlog_nb.model.schema import FORMAT_VERSION, LEVELS, SAMPLE_STATES, TABLES
from microlog_nb.model.trace import Trace

FUNCTIONS, STACKS, THREADS = 300, 4_000, 2
MS = 1_000_000

Ints = npt.NDArray[np.int64]


def synthetic_trace(samples: int = 1_000_000) -> Trace:
    """Two threads at 1 kHz and 4,000 stacks up to 30 deep, numbered as a walk meets them: near numbers share most callers.

    The stack changes at every second sample in the mean, to one near by. A million samples are a million calls and more.
    """
    source = np.random.default_rng(5)
    parents: list[int] = []
    path: list[int] = []
    for number, returns in enumerate(source.geometric(0.5, STACKS)):
        del path[max(1, min(len(path) - int(returns) + 1, 29)) :]
        parents.append(path[-1] if path else -1)
        path.append(number)
    rows = zip(parents, source.integers(0, FUNCTIONS, STACKS), source.integers(1, 99, STACKS), strict=True)
    steps = np.where(source.random(samples) < 0.5, source.integers(-3, 4, samples), 0)
    stack = np.abs(np.cumsum(steps) % (2 * STACKS - 1) - STACKS + 1)
    moment = np.arange(samples) // THREADS * MS
    duration = int(moment[-1]) + MS
    columns = [
        moment,
        np.repeat(source.integers(0, 200, samples // THREADS + 1), THREADS)[:samples] * 1000,
        np.arange(samples) % THREADS,
        stack,
        np.full(samples, MS // 2),
        np.ones(samples, np.int64),
    ]
    functions = [
        (f"package{number % 9}.part", f"Class{number}.method_{number}", f"/lib/part{number % 30}.py", number, "library")
        for number in range(FUNCTIONS)
    ]
    empty = {name: schema.empty() for name, schema in TABLES.items()}
    return Trace(
        empty
        | {
            "functions": table("functions", functions),
            "stacks": table("stacks", [(*map(int, row), 2 * int(row[2]), -1) for row in rows]),
            "threads": table(
                "threads",
                [(f"thread {number}", number, number, not number, 0, duration) for number in range(THREADS)],
            ),
            "samples": _samples(columns),
        },
        _meta(duration, samples),
    )


def long_recording(samples: int = 1_000_000, *, logs: int = 20_000, spans: int = 20_000, gaps: int = 5_000) -> Trace:
    """The same with all else that a long run has: log entries, collections and spans, readings at 100 Hz, late samples."""
    trace = synthetic_trace(samples)
    source = np.random.default_rng(6)
    duration = trace.meta["duration_ns"]
    moments = np.sort(source.integers(0, duration, logs)).tolist()
    levels = source.choice(LEVELS, logs, p=[0.3, 0.5, 0.15, 0.049, 0.001]).tolist()
    stacks = source.integers(0, STACKS, logs).tolist()
    said = [
        (time, level, "logging", "etl", f"step {number} of {logs}: {level}", False, number % THREADS, stack, "")
        for number, (time, level, stack) in enumerate(zip(moments, levels, stacks, strict=True))
    ]
    starts = np.sort(source.integers(0, duration, 2 * spans)).tolist()
    lengths = source.integers(MS // 10, 20 * MS, 2 * spans).tolist()
    measured = [
        ("gc", "2", start, length // 4, 0, -1) if number % 2 else ("user", f"step {number}", start, length, 0, -1)
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True))
    ]
    times = np.arange(0, duration, 10 * MS)
    readings = {
        "cpu": 100 * np.clip(np.sin(times / 7e9) + source.normal(0, 0.2, len(times)), 0, 1),
        "memory": 4e8 + np.cumsum(source.normal(0, 1e5, len(times))),
        "modules": 500 + np.arange(len(times)) // 1000,
    }
    series = list(readings)
    metrics = [
        (time, name, value)
        for time, *values in zip(times.tolist(), *(readings[name].tolist() for name in series), strict=True)
        for name, value in zip(series, values, strict=True)
    ]
    tables = {
        "logs": table("logs", said),
        "spans": table("spans", measured),
        "metrics": table("metrics", metrics),
        "samples": _late(trace.tables["samples"], samples, gaps, source),
    }
    return Trace({**trace.tables, **tables}, trace.meta)


def _late(samples: pa.Table, count: int, gaps: int, source: np.random.Generator) -> pa.Table:
    """At so many moments nobody could look for 5 to 60 ms; what was due then came after it."""
    ticks = count // THREADS
    first = np.unique(source.integers(0, max(ticks - 100, 1), gaps))
    first = first[np.append(True, np.diff(first) > 61)]
    length = source.integers(5, 61, len(first))
    hidden = np.zeros(ticks + 1, np.int64)
    np.add.at(hidden, first + 1, 1)
    np.add.at(hidden, first + length, -1)
    delay = np.zeros(ticks, np.int64)
    delay[first] = length * MS
    shown = np.repeat(np.cumsum(hidden)[:ticks] == 0, THREADS)
    own = samples.column("delay_ns").to_numpy()[: ticks * THREADS]
    column = samples.schema.get_field_index("delay_ns")
    late = pa.array(np.where(np.repeat(delay > 0, THREADS), np.repeat(delay, THREADS), own))
    return samples.slice(0, ticks * THREADS).set_column(column, samples.schema.field(column), late).filter(shown)


def _samples(columns: list[Ints]) -> pa.Table:
    schema = TABLES["samples"].arrow
    arrayed = [
        arrays.words(values, SAMPLE_STATES) if field.name == "state" else arrays.numbers(values, field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pa.table(arrayed, schema=schema)


def _meta(duration: int, samples: int) -> dict[str, object]:
    return {
        "format": FORMAT_VERSION,
        "id": "5" * 32,
        "name": "long",
        "cell": "",
        "started": dt.datetime(2026, 3, 14, 9, 41, tzinfo=dt.UTC).isoformat(),
        "duration_ns": duration,
        "interval_ns": MS,
        "sampler": "synthetic",
        "python": "",
        "platform": "",
        "samples": samples,
        "ticks": samples // THREADS,
        "late": 0,
        "missed": 0,
        "torn": 0,
        "own_cpu_ns": duration // 100,
        "notes": [],
    }
