"""Columns of calls in few bytes, for views that are saved: what can be told from the rest is left out.

    edges   time      starts and ends of all calls, in order, each once: neighbouring calls share theirs
    sites   function  callerLine: where calls go, in the order in which they are met first
    calls   start     number of its edge
            length    number of edges from there to its end
            parent    less the last call before it that is one row higher in its lane
            self      less what the calls inside leave of its duration
            samples   less its duration in intervals
            site      lane  depth  cpu  waiting  contended  anomaly  merged (less one)

All are whole numbers, nanoseconds where they are times; -1 is an unknown time. `js/src/data/compact.ts` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[Any]]


def calls(columns: Columns, interval_ns: int) -> dict[str, dict[str, Ints]]:
    """The blocks `edges`, `sites` and `calls` for the columns of `Calls` in `types.ts`.

    Args:
        columns: of the calls, by their names there.
        interval_ns: time between samples.
    """
    start = _rounded(columns["start"])
    end = _rounded(columns["start"] + columns["duration"])
    edges = np.unique(np.concatenate([start, end]))
    first, last = np.searchsorted(edges, start), np.searchsorted(edges, end)
    duration = end - start
    counts = {name: columns[name].astype(np.int64) for name in _COUNTS}
    called = counts["parent"] >= 0
    inside = np.bincount(counts["parent"][called], weights=duration[called], minlength=len(start)).astype(np.int64)
    sites, site = _numbered(counts["function"], counts["callerLine"])
    return {
        "edges": {"time": edges},
        "sites": {"function": counts["function"][sites], "callerLine": counts["callerLine"][sites]},
        "calls": {
            "start": first,
            "length": last - first,
            "site": site,
            "lane": counts["lane"],
            "depth": counts["depth"],
            "parent": counts["parent"] - _caller(counts["lane"], counts["depth"]),
            "self": _rounded(columns["self"]) - (duration - inside),
            **{name: _rounded(columns[name]) for name in ("cpu", "waiting", "contended")},
            "samples": counts["samples"] - np.floor(duration / interval_ns).astype(np.int64),
            "anomaly": counts["anomaly"],
            "merged": counts["merged"] - 1,
        },
    }


_COUNTS = ("function", "callerLine", "lane", "depth", "parent", "samples", "anomaly", "merged")


def whole(values: npt.NDArray[Any]) -> Ints | None:
    """Values as whole numbers, -1 where unknown; None if some have a fraction, or are below zero beside unknown ones."""
    unknown = np.isnan(values)
    if np.isinf(values).any() or (unknown.any() and (values < 0).any()):
        return None
    numbers = np.where(unknown, -1, values).astype(np.int64)
    return numbers if (unknown | (numbers == values)).all() else None


def _rounded(times: npt.NDArray[Any]) -> Ints:
    """Nanoseconds; -1 where unknown."""
    return np.where(np.isnan(times), -1, np.round(np.nan_to_num(times))).astype(np.int64)


def varints(values: npt.NDArray[Any]) -> bytes:
    """Whole numbers, those near zero in one byte: zigzag (0, -1, 1, -2, ...), then seven bits a byte, the lowest ones first."""
    wide = values.astype(np.int64)
    left = ((wide << 1) ^ (wide >> 63)).astype(np.uint64)
    length = np.ones(len(left), np.int64)
    for bits in range(7, 64, 7):
        length += left >> np.uint64(bits) > 0
    place = np.cumsum(length) - length
    out = np.zeros(int(length.sum()), np.uint8)
    for byte in range(int(length.max(initial=0))):
        here = length > byte
        more = np.where(length[here] > byte + 1, 128, 0)
        out[place[here] + byte] = (left[here] >> np.uint64(7 * byte) & np.uint64(127)).astype(np.uint8) | more
    return out.tobytes()


def _numbered(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Where each different pair is met first, in that order; and for every pair the number of its like."""
    pair = one * (int(other.max(initial=0)) + 1) + other
    _, first, like = np.unique(pair, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return first[order], number[like.reshape(-1)]


def _caller(lane: Ints, depth: Ints) -> Ints:
    """The last call before each that is one row higher in its lane; -1 where there is none."""
    count = len(lane)
    row = lane * (int(depth.max(initial=0)) + 2) + depth + 1
    keys = np.sort(row * count + np.arange(count))
    at = np.searchsorted(keys, (row - 1) * count + np.arange(count)) - 1
    found = keys[np.maximum(at, 0)] if count else keys
    return np.where((at >= 0) & (found // max(count, 1) == row - 1) & (depth > 0), found % max(count, 1), -1)
