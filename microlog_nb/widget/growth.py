"""What a running recording has grown by, as it travels to the page; `js/src/logic/growth.ts` makes calls of it there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from microlog_nb.analysis.names import is_cell, package_name, shown_file, shown_name
from microlog_nb.capture.growth import Grown
from microlog_nb.widget.limits import shortened
from microlog_nb.widget.payload import METRIC_KEYS
from microlog_nb.widget.visible import visible

_LETTERS = 2000
"""Of a message, until the next whole view has all of it."""
_LOGS = 200
"""Entries of one piece at most."""

Ints = npt.NDArray[np.int64]


def encode(grown: Grown) -> tuple[dict[str, Any], bytes]:
    """The interface `Piece` of `piece.ts`, and the numbers beside it: 32 bits each, little-endian, column by column.

    samples   time (µs from the piece's start), thread, node, CPU time (ns, -1 where unknown), state
    nodes     caller's node or -1, function, line, instruction, loop or -1

    Threads, nodes and functions are those that the piece needs, numbered from 0.
    """
    start_ns = grown.start_ns // 1000 * 1000  # so that the times of samples stay what they are
    rows = grown.samples
    logs = grown.logs[-_LOGS:]
    said = np.array([row[6:8] for row in logs], np.int64).reshape(-1, 2)
    nodes, node_of = _with_callers(grown.stacks, np.concatenate([rows[:, 3], said[:, 1]]))
    functions, function = np.unique(grown.stacks[nodes, 1], return_inverse=True)
    threads, thread = np.unique(np.concatenate([rows[:, 2], said[:, 0]]), return_inverse=True)
    samples = [
        (rows[:, 0] + rows[:, 1] - start_ns) // 1000,
        thread[: len(rows)],
        node_of[rows[:, 3]],
        np.minimum(rows[:, 4], np.iinfo(np.int32).max),
        rows[:, 5],
    ]
    places = [node_of[grown.stacks[nodes, 0]], function, *grown.stacks[nodes, 2:].T]
    body = {
        "from": start_ns - grown.origin_ns,
        "to": grown.end_ns - grown.origin_ns,
        "samples": len(rows),
        "nodes": len(nodes),
        "threads": [_thread(grown.threads[number]) for number in threads.tolist()],
        "functions": [_function(*grown.functions[number]) for number in functions.tolist()],
        "logs": [
            _entry(row, grown.origin_ns, lane, int(node_of[row[7]]))
            for row, lane in zip(logs, thread[len(rows) :].tolist(), strict=True)
        ],
        "metrics": _metrics(grown),
    }
    return body, np.concatenate([*samples, *places]).astype("<i4").tobytes()


def _with_callers(stacks: Ints, used: Ints) -> tuple[Ints, Ints]:
    """These nodes and all above them, and the place of each among them; -1 stays -1."""
    kept = np.zeros(len(stacks), bool)
    frontier = np.unique(used)
    while len(frontier := frontier[frontier >= 0]):
        frontier = frontier[~kept[frontier]]
        kept[frontier] = True
        frontier = np.unique(stacks[frontier, 0])
    nodes = np.flatnonzero(kept)
    place = np.full(len(stacks) + 1, -1, np.int64)
    place[nodes] = np.arange(len(nodes))
    return nodes, place


def _thread(row: tuple[Any, ...]) -> dict[str, Any]:
    name, _, native_id, main, _, _ = row
    return {"name": visible(name), "nativeId": native_id, "main": main}


def _function(module: str, name: str, file: str, line: int, kind: str) -> dict[str, Any]:
    of, package = package_name(kind, module, file)
    return {
        "name": visible(shown_name(kind, name, file)),
        "module": visible(module),
        "file": visible(shown_file(file)),
        "path": file,
        "line": line,
        "cell": is_cell(kind, name),
        "package": {"kind": of, "name": visible(package)},
    }


def _entry(row: tuple[Any, ...], origin_ns: int, thread: int, node: int) -> dict[str, Any]:
    time, level, source, logger, message, _, _, _, exception = row
    return {
        "time": time - origin_ns,
        "level": level,
        "source": source,
        "logger": logger,
        "message": _sendable(message),
        "exception": _sendable(exception),
        "thread": thread,
        "node": node,
    }


def _sendable(text: str) -> str:
    """Without halves of surrogate pairs, which no message can hold."""
    return shortened(text, _LETTERS).encode("utf-8", "backslashreplace").decode()


def _metrics(grown: Grown) -> list[dict[str, Any]]:
    """One row a reading of the process; counters of the program's are no part of the view, and JSON has no NaN."""
    by_time: dict[int, dict[str, Any]] = {}
    for time, name, value in grown.metrics:
        if name in METRIC_KEYS and math.isfinite(value):
            by_time.setdefault(time, {"time": time - grown.origin_ns})[METRIC_KEYS[name]] = value
    return [by_time[time] for time in sorted(by_time)]
