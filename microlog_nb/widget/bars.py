"""Which bars of a row of calls can be seen: calls too narrow to see are joined, and the longest one stands for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bars:
    """Bars of one row from left to right.

    Attributes:
        left: left edges in pixels.
        right: right edges in pixels; at least one pixel further.
        call: the call shown: the longest of those joined.
        count: number of calls that the bar stands for.
    """

    left: Floats
    right: Floats
    call: Ints
    count: Ints


def visible_bars(
    calls: Ints, start_ns: npt.NDArray[Any], end_ns: npt.NDArray[Any], *, density: float, narrow: float = 0.5
) -> Bars:
    """The bars of calls that do not overlap and are ordered by start.

    Args:
        calls: their ids.
        start_ns: their starts, in nanoseconds.
        end_ns: their ends.
        density: pixels a nanosecond.
        narrow: calls under this many pixels are joined, while the gap between them is under twice as many.
    """
    if not len(calls):
        empty = np.empty(0, np.int64)
        return Bars(empty.astype(np.float64), empty.astype(np.float64), empty, empty)
    left, right = start_ns * density, end_ns * density
    small = right - left < narrow
    joins = small[1:] & small[:-1] & (left[1:] - right[:-1] < 2 * narrow)
    first = np.flatnonzero(np.append(True, ~joins))
    last = np.append(first[1:], len(calls)) - 1
    group = np.cumsum(np.append(True, ~joins)) - 1
    order = np.lexsort((-(right - left), group))
    return Bars(
        left=left[first],
        right=np.maximum(right[last], left[first] + 1),
        call=calls[order[first]],
        count=last - first + 1,
    )
