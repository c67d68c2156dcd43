"""What the program said: floods of entries, errors, warnings."""

from __future__ import annotations

import math
import re

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.anomalies.finding import Finding, some
from microlog_nb.analysis.anomalies.scene import Scene, runs
from microlog_nb.analysis.calls import Ints
from microlog_nb.model.schema import LEVELS, LOG_SOURCES

FLOOD = 200
"""A flood is so many entries within a second, or more ..."""
FLOOD_FACTOR = 10.0
"""... and so many times what the other seconds had in the median."""
SECONDS_AN_ENTRY = 100e-6
"""What a second of score stands for: an entry costs some 100 us to say, to send and to show."""
ERROR_SECONDS = 1.0
"""Score of an error: what follows it may be lost. Said ten times it counts twice, a hundred times three times."""
WARNING_SECONDS = 0.1

_SECOND = 1_000_000_000
_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""Control sequences of terminals (ECMA-48, section 5.4)."""
_DIGITS = re.compile(r"\d+")
_MESSAGE = 120


def log_floods(scene: Scene) -> list[Finding]:
    """Stretches of seconds in which the program said far more than usual."""
    time = scene.trace.numbers("logs", "time_ns")
    if len(time) < FLOOD:
        return []
    # begun at the first entry of a flood, whatever the seconds of the clock: within a second before each entry
    since = np.searchsorted(time, time - _SECOND, side="right")
    many = np.arange(len(time)) - since + 1
    per_second = np.bincount(time // _SECOND, minlength=max(scene.trace.duration_ns // _SECOND, 1))
    flooded = np.zeros(len(time) + 1, np.int64)
    full = np.flatnonzero(many >= FLOOD)
    np.add.at(flooded, since[full], 1)
    np.add.at(flooded, full + 1, -1)
    inside = np.cumsum(flooded)[:-1] > 0
    quiet = per_second[np.bincount(time[inside] // _SECOND, minlength=len(per_second)) == 0]
    usual = float(np.median(quiet)) if len(quiet) else 0.0
    found = []
    for first, stop in runs(inside):
        most = int(many[first:stop].max())
        if most < FLOOD_FACTOR * usual:
            continue
        call, share = _speaker(scene, np.arange(first, stop))
        start, end = int(time[first]), int(time[stop - 1])
        thread = int(scene.trace.numbers("logs", "thread")[first])
        function = int(scene.calls.function[call]) if call >= 0 else -1
        reason = f"{words.count(stop - first)} entries in {words.duration(end - start)}"
        reason += f", {words.percent(share)} of them said in {scene.names[function]}." if call >= 0 else "."
        found.append(
            Finding(
                kind="log flood",
                start_ns=start,
                duration_ns=end - start,
                call=call,
                function=function,
                thread=thread,
                where=scene.place(thread, start),
                expected=usual,
                observed=float(most),
                unit="count",
                score=(stop - first) * SECONDS_AN_ENTRY,
                reason=reason,
                peers=some(quiet.astype(np.float64)),
            )
        )
    return found


def _speaker(scene: Scene, entries: Ints) -> tuple[int, float]:
    """A call of the user's whose function said most of the entries, and its share of them; -1 if unknown."""
    said = scene.calls.log_call[entries]
    owner = scene.nearest(said, scene.own[scene.calls.function])
    owner = owner[owner >= 0]
    if not len(owner):
        return -1, 0.0
    functions = scene.calls.function[owner]
    most = int(np.argmax(np.bincount(functions)))
    return int(owner[functions == most][0]), float(np.mean(functions == most))


def errors(scene: Scene) -> list[Finding]:
    """Entries at level error or critical, and exceptions."""
    return _alike(scene, "error", ("error", "critical"), ERROR_SECONDS)


def warnings(scene: Scene) -> list[Finding]:
    """Entries at level warning."""
    return _alike(scene, "warning", ("warning",), WARNING_SECONDS)


def _alike(scene: Scene, kind: str, levels: tuple[str, ...], seconds: float) -> list[Finding]:
    """Entries of a level; those of one place whose texts differ in numbers only are one.

    What is written to stderr is a stream, which progress bars use, too: only the program's word for it makes an error.
    """
    trace = scene.trace
    level = trace.words("logs", "level", LEVELS)
    source = trace.words("logs", "source", LOG_SOURCES)
    rows = np.flatnonzero(
        np.isin(level, [LEVELS.index(name) for name in levels]) & (source != LOG_SOURCES.index("stderr"))
    )
    if not len(rows):
        return []
    every = trace.texts("logs", "message")
    messages = [every[row] for row in rows.tolist()]
    stacks, calls = trace.numbers("logs", "stack"), scene.calls.log_call
    places = np.append(trace.numbers("stacks", "function"), -1)[stacks[rows]].tolist()
    groups: dict[tuple[int, str], list[int]] = {}
    for row, place, message in zip(rows.tolist(), places, messages, strict=True):
        groups.setdefault((place, _DIGITS.sub("0", message)), []).append(row)
    time, thread = trace.numbers("logs", "time_ns"), trace.numbers("logs", "thread")
    text = dict(zip(rows.tolist(), messages, strict=True))
    found = []
    for alike in groups.values():
        first, last = alike[0], alike[-1]
        call = int(calls[first])
        plain = _COLOURS.sub("", text[first])
        message = next((line for line in reversed(plain.splitlines()) if line.strip()), "").strip()
        short = message if len(message) <= _MESSAGE else f"{message[: _MESSAGE - 1]}…"
        often = "" if len(alike) == 1 else f" ({words.count(len(alike))} times)"
        start = int(time[first])
        found.append(
            Finding(
                kind=kind,
                start_ns=start,
                duration_ns=int(time[last]) - start,
                call=call,
                function=int(scene.calls.function[call]) if call >= 0 else -1,
                thread=int(thread[first]),
                where=scene.place(int(thread[first]), start),
                expected=0.0,
                observed=float(len(alike)),
                unit="count",
                score=seconds * (1 + math.log10(len(alike))),
                reason=f"{short}{often}",
            )
        )
    return found
