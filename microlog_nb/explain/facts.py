"""The digest of a recording that a language model reads: deterministic, bounded, and about one thing.

Sections are texts of lines in the order of their worth. They are written in full, and then cut from their ends, the least
worthy first, until all of them fit.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from microlog_nb import words
from microlog_nb.explain.focus import Focus
from microlog_nb.tables import Tables

Frame = Any
"""A DataFrame: the types of pandas' stubs say of a cell that it may be anything, which would need a cast for each."""

_BYTES_A_TOKEN = 3
"""Text and code take 3 to 4.5 bytes a token with the usual tokenizers: this counts too many rather than too few."""
_TOP = 12
_LOGS = 30
_SOURCE_LINES = 160
_CURVE = 10
_LINE = 300
_TRACEBACK = 12


@dataclass(frozen=True)
class Section:
    """A part of the facts.

    Attributes:
        name: one word; what the user may leave out is named by it.
        title: as a heading.
        lines: its text; the first ones are worth most.
    """

    name: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Heading and lines."""
        return "\n".join([f"## {self.title}", *self.lines])


@dataclass(frozen=True)
class Facts:
    """What is known, as it will be read.

    Attributes:
        sections: those that have something to say, in order.
        cut: how many lines had no room.
    """

    sections: tuple[Section, ...]
    cut: int

    @property
    def text(self) -> str:
        """All sections."""
        parts = [section.text for section in self.sections]
        if self.cut:
            parts.append(f"({words.plural(self.cut, 'line')} left out for lack of room)")
        return "\n\n".join(parts)

    @property
    def hash(self) -> str:
        """Names these facts: equal facts have equal hashes."""
        return hashlib.sha256(self.text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def tokens_of(text: str) -> int:
    """About how many tokens a text takes; rather too many than too few."""
    return math.ceil(len(text.encode("utf-8", "backslashreplace")) / _BYTES_A_TOKEN)


def short_file(file: str) -> str:
    """The last part of a path; a cell's label as it is."""
    if re.match(r"<.*>$|In \[", file):
        return file
    return (PureWindowsPath(file) if "\\" in file else PurePosixPath(file)).name or file


def facts_of(tables: Tables, focus: Focus, *, tokens: int, without: Sequence[str] = ()) -> Facts:
    """The digest.

    Args:
        tables: of the recording.
        focus: what it is about; everything is of its interval.
        tokens: the most it may take, by `tokens_of`.
        without: names of sections to leave out.
    """
    part = _Part(tables, focus)
    sections = [
        Section(name, title, tuple(_one_line(line) for line in lines))
        for name, title, write in _SECTIONS
        if name not in without and (lines := write(part))
    ]
    return _fitted(sections, tokens)


def section_names() -> tuple[str, ...]:
    """Names of all sections, in the order in which they are written."""
    return tuple(name for name, _, _ in _SECTIONS)


def _one_line(text: str) -> str:
    text = text.rstrip().replace("\r", " ").replace("\n", " ⏎ ")
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"


def _fitted(sections: list[Section], tokens: int) -> Facts:
    """Cuts the longest of the less worthy until all fits: each section keeps its first lines longest."""
    budget = tokens - tokens_of("(1000 lines left out for lack of room)") - 2
    kept = [list(section.lines) for section in sections]
    cost = [[tokens_of(line + "\n") for line in lines] for lines in kept]
    heads = [tokens_of(f"## {section.title}\n\n") for section in sections]
    worth = {name: place for place, name in enumerate(_WORTH)}
    total = sum(heads) + sum(map(sum, cost))
    cut = 0
    while total > budget and any(kept):
        # the section that takes most, weighted by how little it is worth, gives its last line
        place = max(
            (i for i in range(len(kept)) if kept[i]),
            key=lambda i: (sum(cost[i]) * (1 + worth[sections[i].name]), i),
        )
        kept[place].pop()
        total -= cost[place].pop()
        cut += 1
        if not kept[place]:
            total -= heads[place]
    left = [Section(s.name, s.title, tuple(lines)) for s, lines in zip(sections, kept, strict=True) if lines]
    return Facts(tuple(left), cut)


class _Part:
    """The tables of an interval, with the calls' times inside it."""

    def __init__(self, tables: Tables, focus: Focus) -> None:
        self.tables = tables
        self.focus = focus
        self.meta = tables.trace.meta
        self.seconds = max(focus.end - focus.start, 1e-9)

    @cached_property
    def calls(self) -> Frame:
        """Calls that touch the interval; `inside` and `own` are their total and self time in it."""
        calls: Frame = self.tables.calls
        inside = np.minimum(calls.start + calls.duration, self.focus.end) - np.maximum(calls.start, self.focus.start)
        inside = np.maximum(inside.to_numpy(), 0.0)
        parent = calls.parent.to_numpy()
        below = np.bincount(parent[parent >= 0], weights=inside[parent >= 0], minlength=len(calls))[: len(calls)]
        own = np.maximum(inside - below, 0.0) if len(calls) else inside
        return calls.assign(inside=inside, own=own)[inside > 0]

    @cached_property
    def lines(self) -> Frame:
        """Time by line in the interval."""
        if self.focus.whole:
            return self.tables.lines
        ends = (round(self.focus.start * 1e9), min(round(self.focus.end * 1e9), self.tables.trace.duration_ns))
        return Tables(self.tables.trace.between(*ends)).lines if ends[0] < ends[1] else self.tables.lines[:0]

    @cached_property
    def logs(self) -> Frame:
        """Log entries of the interval."""
        logs: Frame = self.tables.logs
        return logs[(logs.time >= self.focus.start) & (logs.time <= self.focus.end)]

    def share(self, seconds: float) -> str:
        """As per cent of the interval."""
        return words.percent(seconds / self.seconds)


def _ns(seconds: float) -> str:
    return words.duration(round(seconds * 1e9))


def _at(file: str, line: int) -> str:
    return f"{short_file(file)}:{line}"


# ----------------------------------------------------------------------------------------------------- sections


def _about(part: _Part) -> list[str]:
    meta, focus = part.meta, part.focus
    name = meta["cell"] or meta["name"]
    rate = meta["ticks"] / (meta["duration_ns"] / 1e9) if meta["duration_ns"] else 0
    lines = [
        f"{name}: {words.duration(meta['duration_ns'])}, {words.count(meta['samples'])} samples at {rate:.0f} Hz, {meta['sampler']} sampler",
        f"{meta['python']}, {meta['platform']}",
    ]
    if not focus.whole:
        lines.insert(0, f"This is about {focus.title}; all numbers below are of these {_ns(part.seconds)}.")
        lines += _focused(part)
    return [*lines, *(f"Note: {note}" for note in meta["notes"])]


def _focused(part: _Part) -> list[str]:
    """The call, log entry or anomaly itself."""
    tables, focus = part.tables, part.focus
    if focus.kind == "call":
        return _call_itself(tables.calls, focus.row)
    if focus.kind == "anomaly":
        row: Any = tables.anomalies.iloc[focus.row]
        lines = [f"[anomaly:{focus.row}] {row.kind} in {row.function or row.thread}: {row.reason}"]
        return lines + (_call_itself(tables.calls, int(row.call)) if row.call >= 0 else [])
    if focus.kind == "log":
        row = tables.logs.iloc[focus.row]
        return [describe_log(focus.row, row), *_traceback(row.exception)]
    return []


def _call_itself(calls: Frame, call: int) -> list[str]:
    lines = [describe_call(call, calls.loc[call])]
    row = calls.loc[call]
    same = calls[(calls.function == row.function) & (calls.file == row.file) & (calls.line == row.line)]
    if len(same) > 1:
        lines.append(
            f"{row.function} has {len(same)} calls: median {_ns(same.duration.median())}, longest {_ns(same.duration.max())}"
        )
    chain: list[str] = []
    at = int(row.parent)
    while at >= 0 and len(chain) < _TOP:
        chain.append(str(calls.function[at]))
        at = int(calls.parent[at])
    if chain:
        lines.append("called from " + " < ".join(chain))
    children = calls[calls.parent == call].nlargest(5, "duration")
    return lines + [f"  it called {describe_call(int(child), children.loc[child])}" for child in children.index]


def describe_call(call: int, row: Any) -> str:
    """A row of `Tables.calls` in a line."""
    parts = [f"[call:{call}] {row.function} ({_at(row.file, row.line)}) at {_ns(row.start)}: {_ns(row.duration)}"]
    if row.cpu_time == row.cpu_time and row.duration > 0:
        parts.append(f"CPU {words.percent(min(row.cpu_time / row.duration, 1))}")
    if row.waiting == row.waiting and row.waiting > 0.01 * row.duration:
        parts.append(f"waited {_ns(row.waiting)}")
    if row.contended == row.contended and row.contended > 0.01 * row.duration:
        parts.append(f"waited for Python's lock {_ns(row.contended)}")
    if row.anomaly:
        parts.append("anomaly")
    return ", ".join(parts)


def _findings(part: _Part) -> list[str]:
    tables, focus = part.tables, part.focus
    rows: Frame = tables.anomalies
    rows = rows[(rows.start < focus.end) & (rows.start + rows.duration >= focus.start)]
    lines = [
        f"[anomaly:{row.Index}] {row.kind}, {row.function or row.thread}, at {_ns(row.start)}: {row.reason}"
        for row in rows.nlargest(_TOP, "score").itertuples()
    ]
    tips: Frame = tables.tips
    return lines + [
        f"tip, [line:{_at(tip.file, tip.line)}]: {tip.title}. {tip.evidence} {tip.advice}"
        if tip.file
        else f"tip: {tip.title}. {tip.evidence} {tip.advice}"
        for tip in tips.head(_TOP).itertuples()
    ]


def _by(column: str) -> Callable[[_Part], list[str]]:
    def write(part: _Part) -> list[str]:
        calls = part.calls
        if calls.empty:
            return []
        grouped = calls.groupby(["function", "module", "file", "line"], sort=True)
        if column == "own":
            time = grouped.own.sum()
        else:
            # a call inside another of the same function counts once
            time = (
                calls[~_inside_itself(part.tables, calls.index)]
                .groupby(["function", "module", "file", "line"])
                .inside.sum()
            )
        top = time.sort_values(ascending=False, kind="stable").head(_TOP)
        count = grouped.size()
        return [
            f"{_ns(seconds)} ({part.share(seconds)}), {words.plural(int(count[key]), 'call')}: {key[0]} ({key[1]}, {_at(key[2], key[3])})"
            for key, seconds in top.items()
            if seconds > 0
        ]

    return write


def _inside_itself(tables: Tables, rows: Any) -> Any:
    from microlog_nb.analysis.functions import inside_itself

    return inside_itself(tables.call_data, tables.call_data.function)[rows.to_numpy()]


def _path(part: _Part) -> list[str]:
    """From the outermost call down, at each step the function that takes most of the time."""
    calls = part.calls
    at = calls[calls.parent < 0]
    lines: list[str] = []
    while not at.empty and len(lines) < 25:
        totals = at.groupby(["function", "file", "line"], sort=True).inside.sum()
        key = totals.idxmax()
        seconds = float(totals[key])
        if seconds < 0.05 * part.seconds:
            break
        chosen = at[(at.function == key[0]) & (at.file == key[1]) & (at.line == key[2])]
        longest = int(chosen.inside.idxmax())
        lines.append(
            f"{'  ' * len(lines)}{key[0]} ({_at(key[1], key[2])}) {_ns(seconds)} ({part.share(seconds)}) [call:{longest}]"
        )
        at = calls[calls.parent.isin(chosen.index)]
    return lines


def _longest(part: _Part) -> list[str]:
    calls = part.calls
    calls = calls[(calls.parent >= 0) | (calls.own > 0.1 * calls.inside)]
    # three of one function say what a hundred would
    few = (
        calls.sort_values("inside", ascending=False, kind="stable")
        .groupby(["function", "file", "line"], sort=False)
        .head(3)
    )
    return [describe_call(int(call), few.loc[call]) for call in few.head(_TOP).index]


def _process(part: _Part) -> list[str]:
    metrics: Frame = part.tables.metrics
    metrics = metrics[(metrics.time >= part.focus.start) & (metrics.time <= part.focus.end)]
    if metrics.empty:
        return []
    memory = metrics.memory.dropna()
    lines = []
    if len(memory):
        lines.append(
            f"memory {words.size(memory.iloc[0])} at the start, {words.size(memory.iloc[-1])} at the end, peak {words.size(memory.max())}"
        )
    edges = np.linspace(part.focus.start, part.focus.end, _CURVE + 1)
    slices: list[tuple[float, float, str]] = []
    for start, end in pairwise(edges.tolist()):
        rows = metrics[(metrics.time >= start) & (metrics.time <= end)]
        cpu = rows.cpu.mean()
        if math.isnan(cpu):
            continue
        text = "waiting" if cpu < 10 else f"CPU {round(cpu / 10) * 10}%"
        if slices and slices[-1][2] == text:
            slices[-1] = (slices[-1][0], end, text)
        else:
            slices.append((start, end, text))
    lines += [f"{_ns(start)} to {_ns(end)}: {text}" for start, end, text in slices]
    pauses: Frame = part.tables.spans
    pauses = pauses[(pauses.kind == "gc") & (pauses.start >= part.focus.start) & (pauses.start < part.focus.end)]
    if len(pauses):
        lines.append(
            f"{words.plural(len(pauses), 'garbage collection')}, {_ns(pauses.duration.sum())} in all, longest {_ns(pauses.duration.max())}"
        )
    return lines


_RANK = {"critical": 0, "error": 0, "warning": 1, "info": 2, "debug": 3}


def _log(part: _Part) -> list[str]:
    logs = part.logs
    if logs.empty:
        return []
    counts = logs.level.value_counts()
    lines = [
        ", ".join(f"{counts[level]} {level}" for level in sorted(counts.index, key=lambda level: (_RANK[level], level)))
    ]
    grave = logs[logs.level.map(_RANK) <= 1].head(_LOGS)
    for row in grave.itertuples():
        lines += [describe_log(row.Index, row), *_traceback(row.exception)]
    rest = logs[logs.level.map(_RANK) > 1]
    half = (_LOGS - min(len(grave), _LOGS // 2)) // 2
    shown = rest if len(rest) <= 2 * half else rest.iloc[[*range(half), *range(len(rest) - half, len(rest))]]
    return lines + [describe_log(row.Index, row) for row in shown.itertuples()]


def describe_log(number: int, row: Any) -> str:
    """A row of `Tables.logs` in a line."""
    place = f" in {row.function} ({_at(row.file, row.line)})" if row.function else ""
    return f"[log:{number}] {_ns(row.time)} {row.level} {row.source}{place}: {row.message}"


def _traceback(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()[-_TRACEBACK:]]


def _source(part: _Part) -> list[str]:
    """The sources that were kept, those where most time went first, with the time of each line."""
    trace = part.tables.trace
    lines = part.lines
    texts = dict(zip(trace.texts("sources", "file"), trace.texts("sources", "text"), strict=True))
    if not texts:
        return []
    timed = (
        lines[lines.file.isin(list(texts))]
        .groupby(["file", "line"])
        .agg(total=("total_time", "sum"), own=("self_time", "sum"))
    )
    order = timed.groupby("file").own.sum().sort_values(ascending=False, kind="stable").index.tolist()
    order += [file for file in sorted(texts) if file not in order and file == part.meta["cell"]]
    result: list[str] = []
    for file in order:
        of = timed.loc[file].total.to_dict() if file in timed.index else {}
        shown = _worth_showing(texts[file].splitlines(), of, _SOURCE_LINES - len(result))
        result.append(f"{short_file(file)}: total time, line number, code")
        last = 0
        for number, code in shown:
            if number != last + 1:
                result.append("         …")
            last = number
            seconds = of.get(number, 0.0)
            result.append(f"{_ns(seconds) if seconds else '':>8} {number:>4} {code}")
        if len(result) >= _SOURCE_LINES:
            break
    return result


def _worth_showing(code: list[str], seconds: dict[int, float], room: int) -> list[tuple[int, str]]:
    """All lines if there is room, else those around the ones that took most."""
    numbered = list(enumerate(code, start=1))
    if len(numbered) <= room:
        return numbered
    keep: set[int] = set()
    for line in sorted(seconds, key=lambda line: (-seconds[line], line)):
        near = set(range(max(1, line - 3), min(len(code), line + 2) + 1))
        if len(keep | near) > room:
            break
        keep |= near
    return [numbered[line - 1] for line in sorted(keep)]


_SECTIONS: tuple[tuple[str, str, Callable[[_Part], list[str]]], ...] = (
    ("about", "Recording", _about),
    ("findings", "Anomalies and tips, found by rules", _findings),
    ("path", "Heaviest path", _path),
    ("self", "Functions by self time", _by("own")),
    ("total", "Functions by total time", _by("inside")),
    ("longest", "Longest calls", _longest),
    ("process", "Process", _process),
    ("log", "Log", _log),
    ("source", "Source with total time by line", _source),
)
_WORTH = ("about", "findings", "self", "path", "source", "log", "longest", "process", "total")
