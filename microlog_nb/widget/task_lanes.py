"""The lanes of asyncio tasks in the view: behind those of the threads, and their calls behind all others.

lanes   0 … threads           threads + 1 … tasks
calls   0 … threadCalls       … what the tasks were seen in: drawn, but in no sum, for it is in a thread's calls, too
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.tables import Tables

MOST = 32
"""Tasks that have a lane: those that were seen longest."""


@dataclass(frozen=True)
class TaskLanes:
    """What a view gets of tasks.

    Attributes:
        lanes: the interface `LaneRow` of `types.ts`.
        calls: the columns of `Calls` there.
        notes: what is left out, in sentences.
    """

    lanes: list[dict[str, Any]]
    calls: dict[str, npt.NDArray[Any]]
    notes: list[str]


def make(tables: Tables, most_calls: int, *, first_lane: int, first_call: int) -> TaskLanes:
    """The lanes of the tasks that were seen longest, in the order in which they began.

    Args:
        tables: of the recording.
        most_calls: of all tasks; if there are more, the longest.
        first_lane: number of the first lane.
        first_call: number of the first call.
    """
    trace, calls = tables.trace, tables.task_call_data
    start, end = trace.numbers("tasks", "start_ns"), trace.numbers("tasks", "end_ns")
    shown = np.lexsort((start, start - end))[:MOST]
    shown = shown[np.lexsort((shown, start[shown]))]
    lane_of = np.full(len(start), -1, np.int64)
    lane_of[shown] = np.arange(len(shown)) + first_lane
    kept = np.flatnonzero(lane_of[calls.thread] >= 0)
    # a call is at least as long as what it calls: with one its callers are there
    longest = np.lexsort((calls.depth[kept], -calls.duration_ns[kept]))[:most_calls]
    kept = np.sort(kept[longest])
    new = np.full(len(calls) + 1, -1, np.int64)
    new[kept] = np.arange(len(kept)) + first_call
    unknown = np.full(len(kept), np.nan)
    depth = np.zeros(len(start), np.int64)
    np.maximum.at(depth, calls.thread[kept], calls.depth[kept] + 1)
    names = trace.texts("tasks", "name")
    rest = len(start) - len(shown)
    return TaskLanes(
        lanes=[
            {
                "name": names[task],
                "kind": "asyncio",
                "nativeId": -1,
                "start": int(start[task]),
                "end": int(end[task]),
                "depth": int(depth[task]),
                "cpu": None,
            }
            for task in shown.tolist()
        ],
        calls={
            "start": calls.start_ns[kept].astype("<f8"),
            "duration": calls.duration_ns[kept].astype("<f8"),
            "self": calls.self_ns[kept].astype("<f8"),
            "cpu": unknown,
            "waiting": calls.waiting_ns[kept].astype("<f8"),
            "contended": unknown,
            "lane": lane_of[calls.thread[kept]].astype("<i4"),
            "depth": calls.depth[kept].astype("<i4"),
            "function": calls.function[kept].astype("<i4"),
            "parent": new[calls.parent[kept]].astype("<i4"),
            "callerLine": calls.caller_line[kept].astype("<i4"),
            "samples": calls.samples[kept].astype("<i4"),
            "anomaly": np.full(len(kept), -1, "<i4"),
            "merged": np.ones(len(kept), "<i4"),
        },
        notes=[f"{rest} more asyncio tasks have no lane here: shown are the {MOST} that were seen longest."]
        if rest
        else [],
    )
