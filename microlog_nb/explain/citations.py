"""Places that an answer speaks of: `[call:12]`, `[log:3]`, `[anomaly:0]`, `[line:pipeline.py:58]`.

The page makes links of those that name something in the recording. The others are marked where they stand: a reader should
know what the model made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from microlog_nb.tables import Tables

_CITATION = re.compile(r"\[(call|log|anomaly):\s*#?(\d{1,9})\]|\[(line):\s*([^\[\]\n]{1,200}|In \[\d+\]):(\d{1,7})\]")
_DROPPED = "(not in this recording)"
_MARK = "\ue000"
"""No text has it: it is for private use."""


@dataclass(frozen=True)
class Checked:
    """An answer whose citations all name something.

    Attributes:
        text: Markdown.
        cited: the citations that stayed, in order, each once, as "call:12".
        dropped: how many named nothing.
    """

    text: str
    cited: tuple[str, ...]
    dropped: int


@dataclass(frozen=True)
class Place:
    """Where in the recording a citation points.

    Attributes:
        start: nanoseconds from the recording's start.
        duration: the same; 0 for a log entry.
        function: row of the trace's functions, -1 if it is about none.
    """

    start: int
    duration: int
    function: int


class Places:
    """What can be cited of a recording.

    Args:
        tables: of the recording.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._counts: Mapping[str, int] = {
            "call": len(tables.call_data),
            "log": tables.trace.tables["logs"].num_rows,
            "anomaly": len(tables.anomaly_data),
        }
        self._lines = _lines_of(tables)

    def check(self, text: str) -> Checked:
        """Marks the citations that name nothing in this recording."""
        cited: dict[str, None] = {}
        dropped = 0

        def each(match: re.Match[str]) -> str:
            nonlocal dropped
            name = self._name(match)
            if name is None:
                dropped += 1
                return f"{match[0].strip('[]')} {_DROPPED}"
            cited[name] = None
            return f"[{name}]"

        return Checked(_CITATION.sub(each, text), tuple(cited), dropped)

    def cited(self, text: str) -> dict[str, Place]:
        """The places that a text cites, by name as "call:12", each once; what names nothing is left out."""
        names = dict.fromkeys(filter(None, (self._name(match) for match in _CITATION.finditer(text))))
        return {name: place for name in names if (place := self._place(name)) is not None}

    def _place(self, name: str) -> Place | None:
        kind, _, where = name.partition(":")
        if kind == "line":
            file, _, line = where.rpartition(":")
            return self._place_of_line(file, int(line))
        row = int(where)
        if kind == "log":
            return Place(int(self._tables.trace.numbers("logs", "time_ns")[row]), 0, -1)
        data = self._tables.call_data if kind == "call" else self._tables.anomaly_data
        return Place(int(data.start_ns[row]), int(data.duration_ns[row]), int(data.function[row]))

    def _place_of_line(self, file: str, line: int) -> Place | None:
        """The longest call of the function that the line is in: the one seen there most, else the last that begins before."""
        from microlog_nb.explain.facts import short_file

        trace, lines, calls = self._tables.trace, self._tables.line_data, self._tables.call_data
        name = short_file(file)
        here = np.array([short_file(of) == name for of in trace.texts("functions", "file")], bool)
        seen = np.flatnonzero((lines.line == line) & here[lines.function])
        first = trace.numbers("functions", "line")
        before = np.flatnonzero(here & (first <= line))
        if len(seen):
            function = int(lines.function[seen[np.argmax(lines.total_ns[seen])]])
        elif len(before):
            function = int(before[np.argmax(first[before])])
        else:
            return None
        of = np.flatnonzero(calls.function == function)
        if not len(of):
            return None
        longest = of[np.argmax(calls.duration_ns[of])]
        return Place(int(calls.start_ns[longest]), int(calls.duration_ns[longest]), function)

    def _name(self, match: re.Match[str]) -> str | None:
        if match[1]:
            row = int(match[2])
            return f"{match[1]}:{row}" if row < self._counts[match[1]] else None
        file, line = match[4].strip(), int(match[5])
        return f"line:{file}:{line}" if self._lines(file, line) else None


def _lines_of(tables: Tables) -> Callable[[str, int], bool]:
    """Whether a line was seen or is in a source that was kept; a file may be named by its last part."""
    from microlog_nb.explain.facts import short_file

    seen: dict[str, set[int]] = {}
    lines = tables.lines
    for file, line in zip(lines.file.tolist(), lines.line.tolist(), strict=True):
        seen.setdefault(short_file(file), set()).add(line)
    length: dict[str, int] = {}
    sources = tables.trace
    for file, text in zip(sources.texts("sources", "file"), sources.texts("sources", "text"), strict=True):
        length[short_file(file)] = text.count("\n") + 1

    def known(file: str, line: int) -> bool:
        name = short_file(file)
        return line in seen.get(name, ()) or 1 <= line <= length.get(name, 0)

    return known


def readable(text: str) -> str:
    """The text with its citations as words, for readers without the timeline: "call 12" is `rec.calls.loc[12]`."""
    return _CITATION.sub(lambda match: f"({match[4]}:{match[5]})" if match[3] else f"({match[1]} {match[2]})", text)


def set_aside(text: str) -> tuple[str, list[str]]:
    """The text with a mark in place of each citation, and the citations: Markdown would read the names of files as its own."""
    citations: list[str] = []

    def each(match: re.Match[str]) -> str:
        citations.append(match[0])
        return f"{_MARK}{len(citations) - 1}{_MARK}"

    return _CITATION.sub(each, text.replace(_MARK, "")), citations


def put_back(text: str, citations: Sequence[str]) -> str:
    """The opposite of `set_aside`."""
    return re.sub(f"{_MARK}(\\d+){_MARK}", lambda match: citations[int(match[1])], text)
