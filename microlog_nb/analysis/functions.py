"""What each function cost: one row a function that has calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Calls, Floats, Ints, narrow
from microlog_nb.model.trace import Trace


@dataclass(frozen=True)
class Functions:
    """Columns, one row for every function of the trace, whether it has calls or not.

    Attributes:
        calls: number of calls.
        self_ns: time in its own code.
        total_ns: time in it and what it called; a recursive call inside another of the same function counts once.
        cpu_ns: CPU time of the same calls as `total_ns`; NaN where unknown.
        waiting_ns: time in which their thread waited, but for the interpreter's lock; NaN where unknown.
        contended_ns: time in which it waited for the interpreter's lock; NaN where unknown.
        mean_ns: mean duration of a call, NaN without calls.
        median_ns: median duration of a call, NaN without calls.
        p95_ns: duration that 95 of 100 calls do not exceed, by linear interpolation; NaN without calls.
        max_ns: longest call, 0 without calls.
        samples: samples that saw the function on top.
    """

    calls: Ints
    self_ns: Ints
    total_ns: Ints
    cpu_ns: Floats
    waiting_ns: Floats
    contended_ns: Floats
    mean_ns: Floats
    median_ns: Floats
    p95_ns: Floats
    max_ns: Ints
    samples: Ints


def measure_functions(trace: Trace, calls: Calls) -> Functions:
    """Adds up the calls of every function."""
    size = trace.tables["functions"].num_rows
    of = calls.function
    duration = calls.duration_ns
    outer = ~inside_itself(calls, of)
    count = np.bincount(of, minlength=size)
    largest = np.zeros(size, np.int64)
    np.maximum.at(largest, of, duration)
    top = calls.sample_call[calls.sample_call >= 0]
    with np.errstate(invalid="ignore"):
        mean = _sum(of, duration, size) / count
    median, p95 = group_quantiles(of, duration, size, (0.5, 0.95))
    return Functions(
        calls=count,
        self_ns=_sum(of, calls.self_ns, size).astype(np.int64),
        total_ns=_sum(of[outer], duration[outer], size).astype(np.int64),
        cpu_ns=_sum(of[outer], calls.cpu_ns[outer], size),
        waiting_ns=_sum(of[outer], calls.waiting_ns[outer], size),
        contended_ns=_sum(of[outer], calls.contended_ns[outer], size),
        mean_ns=mean,
        median_ns=median,
        p95_ns=p95,
        max_ns=largest,
        samples=np.bincount(of[top], minlength=size),
    )


def group_medians(group: Ints, values: npt.NDArray[Any], size: int) -> Floats:
    """Median of the values of each group 0 … size-1; NaN for an empty one."""
    return group_quantiles(group, values, size, (0.5,))[0]


def group_quantiles(group: Ints, values: npt.NDArray[Any], size: int, shares: Sequence[float]) -> list[Floats]:
    """For each share (0 to 1) the quantile of each group 0 … size-1, as `numpy.quantile`; NaN for an empty one."""
    order = np.argsort(values)
    order = order[np.argsort(narrow(group[order]), kind="stable")]
    count = np.bincount(group, minlength=size)
    filled = np.flatnonzero(count)
    first = (np.cumsum(count) - count)[filled]
    found = []
    for share in shares:
        place = (count[filled] - 1) * share
        below = np.floor(place).astype(np.int64)
        low = values[order[first + below]].astype(np.float64)
        high = values[order[first + np.minimum(below + 1, count[filled] - 1)]].astype(np.float64)
        result = np.full(size, np.nan)
        result[filled] = low + (high - low) * (place - below)
        found.append(result)
    return found


def _sum(group: Ints, values: npt.NDArray[Any], size: int) -> Floats:
    sums: Floats = np.bincount(group, weights=values.astype(np.float64), minlength=size).astype(np.float64)
    return sums


def inside_itself(calls: Calls, key: Ints) -> npt.NDArray[np.bool_]:
    """Whether a call has a caller, near or far, of the same key: adding up calls without these counts no time twice."""
    inside = np.zeros(len(calls), bool)
    rows = np.flatnonzero(calls.parent >= 0)
    at = calls.parent[rows]
    while len(rows):
        same = key[at] == key[rows]
        inside[rows[same]] = True
        rows, at = rows[~same], calls.parent[at[~same]]
        rows, at = rows[at >= 0], at[at >= 0]
    return inside
