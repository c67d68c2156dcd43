"""What each function cost: one row a function that has calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.calls import Calls, Floats, Ints
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
    max_ns: Ints
    samples: Ints


def measure_functions(trace: Trace, calls: Calls) -> Functions:
    """Adds up the calls of every function."""
    size = trace.tables["functions"].num_rows
    of = calls.function
    duration = calls.duration_ns
    outer = ~_inside_itself(calls)
    count = np.bincount(of, minlength=size)
    largest = np.zeros(size, np.int64)
    np.maximum.at(largest, of, duration)
    top = calls.sample_call[calls.sample_call >= 0]
    with np.errstate(invalid="ignore"):
        mean = _sum(of, duration, size) / count
    return Functions(
        calls=count,
        self_ns=_sum(of, calls.self_ns, size).astype(np.int64),
        total_ns=_sum(of[outer], duration[outer], size).astype(np.int64),
        cpu_ns=_sum(of[outer], calls.cpu_ns[outer], size),
        waiting_ns=_sum(of[outer], calls.waiting_ns[outer], size),
        contended_ns=_sum(of[outer], calls.contended_ns[outer], size),
        mean_ns=mean,
        median_ns=group_medians(of, duration, size),
        max_ns=largest,
        samples=np.bincount(of[top], minlength=size),
    )


def group_medians(group: Ints, values: npt.NDArray[Any], size: int) -> Floats:
    """Median of the values of each group 0 … size-1; NaN for an empty one."""
    order = np.lexsort((values, group))
    count = np.bincount(group, minlength=size)
    first = np.cumsum(count) - count
    result = np.full(size, np.nan)
    filled = np.flatnonzero(count)
    low = values[order[first[filled] + (count[filled] - 1) // 2]]
    high = values[order[first[filled] + count[filled] // 2]]
    result[filled] = (low + high) / 2
    return result


def _sum(group: Ints, values: npt.NDArray[Any], size: int) -> Floats:
    sums: Floats = np.bincount(group, weights=values.astype(np.float64), minlength=size).astype(np.float64)
    return sums


def _inside_itself(calls: Calls) -> npt.NDArray[np.bool_]:
    """Whether a call has a caller, near or far, of the same function."""
    inside = np.zeros(len(calls), bool)
    rows = np.flatnonzero(calls.parent >= 0)
    at = calls.parent[rows]
    while len(rows):
        same = calls.function[at] == calls.function[rows]
        inside[rows[same]] = True
        rows, at = rows[~same], calls.parent[at[~same]]
        rows, at = rows[at >= 0], at[at >= 0]
    return inside
