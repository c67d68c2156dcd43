"""Places that an answer speaks of: `[call:12]`, `[log:3]`, `[anomaly:0]`, `[line:pipeline.py:58]`.

The page makes links of those that name something in the recording. The others are marked where they stand: a reader should
know what the model made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from microlog_nb.tables import Tables

_CITATION = re.compile(r"\[(call|log|anomaly):\s*#?(\d{1,9})\]|\[(line):\s*([^\[\]\n]{1,200}|In \[\d+\]):(\d{1,7})\]")
_DROPPED = "(not in this recording)"


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


class Places:
    """What can be cited of a recording.

    Args:
        tables: of the recording.
    """

    def __init__(self, tables: Tables) -> None:
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
