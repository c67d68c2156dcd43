"""The timeline as a static SVG, for readers without a kernel: nbconvert, GitHub, a saved notebook, a mail.

    header    name and facts
    ruler     time
    markers   log entries
    metrics   CPU and memory
    lanes     the flame chart of every thread
    legend    packages

It is as wide as asked for and at most `MAX_BYTES` long, whatever the recording: bars that cannot be seen apart are joined,
and if that is not enough, more of them are. Light; a reader whose browser prefers dark sees it dark.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.calls import Ints
from microlog_nb.analysis.names import cells, function_names
from microlog_nb.tables import Tables
from microlog_nb.widget import palette, payload
from microlog_nb.widget.bars import Bars, visible_bars

MAX_BYTES = 27_000

_GUTTER = 128
_HEADER = 32
_RULER = 20
_MARKERS = 22
_PLOT = 44
_ROW = 18
_BAR = 17
_PADDING = 4
_LEAST_LANE = 37
_LEGEND = 24
_MAX_LANES = 12
_MAX_ROWS = 40
_MAX_LANE_ROWS = 16
_MAX_LEGEND = 8
_MAX_MARKERS = 60

_NOT_XML = re.compile("[^\\x20-\\x7e\\xa0-\\u2027\\u202f-\\u2065\\u206a-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""Control characters, halves of surrogate pairs, and characters that turn the direction of the text."""

# widths in px of an 11 px interface font, a little generous: a label must never run out of its bar
_NARROW = set("iljtfrI.,:;'|!()[]/\\ ‹›")
_WIDE = set("mwMW@%—…")


def svg(tables: Tables, width: int = 960) -> str:
    """The picture as the text of an SVG file: no script, no link, nothing from outside.

    Args:
        tables: of the recording.
        width: in pixels, 400 or more.
    """
    narrow = 0.5
    while True:
        drawn = _Picture(tables, max(width, 400), narrow).draw()
        if len(drawn.encode()) <= MAX_BYTES or narrow > 100:
            return drawn
        narrow *= 1.4


@dataclass
class _Picture:
    tables: Tables
    width: int
    narrow: float
    parts: list[str] = field(default_factory=list)
    y: float = 0.0

    def __post_init__(self) -> None:
        self.facts = payload.facts(self.tables)
        self.plot = self.width - _GUTTER - 1
        self.duration = max(self.facts["duration"], 1)
        self.density = self.plot / self.duration
        self.packages, self.package_of = payload.packages(self.tables)
        self.slots = palette.slots(self.packages)
        self.names = function_names(self.tables.trace)

    def draw(self) -> str:
        self._header()
        top = self.y
        ticks = list(_ticks(self.duration, self.plot))
        ruler = self.y
        self.y += _RULER
        for part in (self._markers, self._metrics, self._lanes):
            part()
            self._line(self.y)
        bottom = self.y
        self._legend()
        grid = "".join(f"M{_n(_GUTTER + time * self.density)} {top + _RULER}V{_n(bottom)}" for time, _ in ticks)
        labels = "".join(
            _text(_GUTTER + time * self.density + 4, ruler + 14, label, "s2") for time, label in ticks if time
        )
        frame = (
            f'<path class="gr" d="{grid}"/>'
            f'<path class="ln" d="M0 {top}H{self.width}M0 {top + _RULER}H{self.width}M{_GUTTER} {top}V{_n(bottom)}"/>'
            + labels
        )
        height = math.ceil(self.y)
        label = escaped(f"Timeline of {self.facts['name']}")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height}" '
            f'viewBox="0 0 {self.width} {height}" role="img" aria-label="{label}">'
            f"<style>{_style(sorted(set(self.slots)))}</style><defs>{_DEFS}</defs>"
            f'<rect class="bg" width="{self.width}" height="{height}" rx="6"/>'
            f'<rect class="b1" width="{self.width}" height="{_HEADER}" rx="6"/>'
            + frame
            + "".join(self.parts)
            + f'<rect class="fr" x=".5" y=".5" width="{self.width - 1}" height="{height - 1}" rx="5.5"/></svg>'
        )

    # -- head ------------------------------------------------------------------------------------------------------

    def _header(self) -> None:
        self._add('<use href="#wordmark" x="12" y="9"/>')
        self._add(_text(34, 20, "microlog", "b"))
        cell, name = self.facts["cell"], _cut(_clean(self.facts["name"]), 220)
        # one text whose parts follow each other, whatever the font; its width is estimated only to leave out what is too much
        line = ""
        x = 34 + _width("microlog", bold=True) + 14
        start = x
        if cell and cell != name:
            line += f'<tspan class="mo ac">{escaped(_clean(cell))}</tspan>'
            x += 7 * len(_clean(cell)) + 6
        line += f'<tspan class="b" dx="{6 if line else 0}">{escaped(name)}</tspan>'
        x += _width(name, bold=True)
        for value, word in fact_words(self.facts, self.tables):
            x += _width(value, bold=True) + _width(f" {word} ") + 14
            if x > self.width - 16:
                break
            tone = "b wf" if word.startswith("anomal") and value != "0" else "b"
            before, after = (f"{word} ", "") if word in _LEADING else ("", f" {word}" if word else "")
            # only the first part of a fact is moved away from the fact before it
            first, second = (' dx="14"', "") if before else ("", ' dx="14"')
            line += f"<tspan{first}>{escaped(before)}</tspan>" if before else ""
            line += f'<tspan class="{tone}"{second}>{escaped(value)}</tspan>{escaped(after)}'
        self._add(f'<text x="{_n(start)}" y="20" class="s2">{line}</text>')
        self.y = _HEADER

    def _markers(self) -> None:
        trace = self.tables.trace
        times = trace.numbers("logs", "time_ns")
        self._gutter("Logs", words.count(len(times)), self.y)
        for middle, count, level in _clusters(times * self.density, trace.texts("logs", "level"), self.plot):
            x = _GUTTER + middle
            if count == 1:
                self._add(f'<use href="#{level}" x="{_n(x - 7)}" y="{_n(self.y + 4)}"/>')
                continue
            text = words.count(count)
            room = 24 + 6.2 * len(text)
            self._add(
                f'<rect class="pill" x="{_n(x - room / 2)}" y="{_n(self.y + 3)}" width="{_n(room)}" height="16" rx="8"/>'
                f'<use href="#{level}" x="{_n(x - room / 2 + 3)}" y="{_n(self.y + 4)}"/>'
                + _text(x - room / 2 + 19, self.y + 15, text, "b")
            )
        self.y += _MARKERS

    def _metrics(self) -> None:
        times, columns = self.tables.metric_data
        if not len(times):
            return
        base, top = self.y + _PLOT - 4, self.y + 6
        cpu, memory = columns["cpu"], columns["memory"]
        cpu_top = max(100.0, _peak(cpu)) if _peak(cpu) > 110 else 100.0
        line = _series(times * self.density, cpu / cpu_top, base, base - top)
        if line:
            first, last = line[0].split(" ")[0], line[-1].split(" ")[0]
            self._add(
                f'<path class="cf" d="M{first} {_n(base)}L{" ".join(line)} {last} {_n(base)}z"/>'
                f'<path class="cl" d="M{" ".join(line)}"/>'
            )
        if _peak(memory) > 0:
            line = _series(times * self.density, memory / _peak(memory) / 1.15, base, base - top)
            self._add(f'<path class="me" d="M{" ".join(line)}"/>' if line else "")
        self._gc(self.y + _PLOT)
        cpu_fact, memory_fact = self.facts["cpu"], self.facts["peakMemory"]
        rows = []
        if cpu_fact is not None:
            rows.append(("CPU", words.percent(cpu_fact / 100), "cl"))
        if memory_fact is not None:
            rows.append(("Memory", words.size(memory_fact), "me"))
        for number, (label, value, tone) in enumerate(rows):
            middle = self.y + 12 + 16 * number
            self._add(f'<path class="{tone}" d="M12 {_n(middle + 4)}h12"/>')
            self._add(_text(30, middle + 8, label, "s2") + _text(_GUTTER - 8, middle + 8, value, "s2 e"))
        self.y += _PLOT

    def _gc(self, base: float) -> None:
        trace = self.tables.trace
        kinds = np.array(trace.texts("spans", "kind"), object)
        starts = trace.numbers("spans", "start_ns")[kinds == "gc"] if len(kinds) else np.empty(0)
        places = np.unique(np.round(starts * self.density / 2) * 2)[:400]
        if len(places):
            self._add(f'<path class="gc" d="{"".join(f"M{_n(_GUTTER + x)} {_n(base)}v-4" for x in places)}"/>')

    # -- lanes -----------------------------------------------------------------------------------------------------

    def _lanes(self) -> None:
        trace, calls = self.tables.trace, self.tables.call_data
        order, _ = payload.lane_order(trace)
        seen = np.bincount(calls.thread, minlength=len(order))
        shown = [thread for thread in order.tolist() if seen[thread]]
        lanes = {lane["thread"]: lane for lane in payload.lanes(self.tables, order)}
        rows_left = _MAX_ROWS
        drawn = 0
        top = self.y
        hatch = len(self.parts)
        for thread in shown[:_MAX_LANES]:
            if rows_left < 1:
                break
            if drawn:
                self._line(self.y)
            rows_left -= self._lane(thread, lanes[thread], min(rows_left, _MAX_LANE_ROWS))
            drawn += 1
        if drawn < len(shown):
            self._add(_text(12, self.y + 14, words.plural(len(shown) - drawn, "more thread"), "s2"))
            self.y += 20
        if not shown:
            self._add(_text(_GUTTER + 12, self.y + 20, "No call was seen in this recording.", "s2"))
            self.y += 32
        gaps = "".join(
            f"M{_n(_GUTTER + gap['start'] * self.density)} {_n(top)}h{_n(gap['duration'] * self.density)}V{_n(self.y)}"
            f"H{_n(_GUTTER + gap['start'] * self.density)}z"
            for gap in payload.gaps(trace)[:200]
            if gap["duration"] * self.density >= 2
        )
        if gaps:
            self.parts.insert(hatch, f'<path fill="url(#hatch)" d="{gaps}"/>')

    def _lane(self, thread: int, lane: dict[str, Any], rows: int) -> int:
        """Draws one thread; returns the number of rows that it took."""
        calls = self.tables.call_data
        mine = np.flatnonzero(calls.thread == thread)
        places = calls.depth[mine] - self._left_out(mine)
        wanted = int(places.max()) + 1
        shown = min(wanted, rows)
        y = self.y + _PADDING
        for place in range(shown):
            row = mine[places == place]
            bars = visible_bars(row, calls.start_ns[row], calls.end_ns[row], density=self.density, narrow=self.narrow)
            self._bars(bars, y)
            y += _ROW
        name = _cut(_clean(lane["name"]), _GUTTER - 36)
        self._add(f'<use href="#{lane["kind"]}" x="12" y="{_n(self.y + 6)}" class="ic"/>')
        self._add(_text(30, self.y + 16, name, "b") + _text(12, self.y + 30, _lane_note(lane), "t2"))
        if shown < wanted:
            self._add(_text(_GUTTER + 4, y + 9, f"{words.plural(wanted - shown, 'more level')} below", "t2"))
            y += 12
        self.y = max(y + _PADDING, self.y + _LEAST_LANE)
        return shown

    def _left_out(self, mine: Ints) -> Ints:
        """How much higher than its depth each call of a lane is drawn: 1 for the outer frame of a cell and what is in it.

        The frame stays where the cell's own code took most of the time: then it is all there is to see.
        """
        calls = self.tables.call_data
        roots = mine[calls.parent[mine] < 0]
        frames = roots[cells(self.tables.trace)[calls.function[roots]]]
        higher = np.zeros(len(calls), np.int64)
        if calls.duration_ns[roots].sum() > 2 * calls.self_ns[frames].sum():
            higher[frames] = 1
            for depth in range(1, int(calls.depth[mine].max()) + 1):
                row = mine[calls.depth[mine] == depth]
                higher[row] = higher[calls.parent[row]]
        return higher[mine]

    def _bars(self, bars: Bars, y: float) -> None:
        """One row: bars of one colour are one path, which keeps the file small."""
        calls = self.tables.call_data
        shapes: dict[str, list[str]] = {}
        labels: list[str] = []
        duration = calls.duration_ns[bars.call]
        with np.errstate(invalid="ignore"):
            waits = (bars.count == 1) & (duration >= _WAITING_FROM_NS) & (calls.cpu_ns[bars.call] < duration / 3)
        anomalous = np.isin(bars.call, self.tables.anomaly_data.call)
        columns = (bars.left, bars.right, bars.call, bars.count, duration, waits, anomalous)
        for left, right, call, count, length, waiting, anomaly in zip(*(c.tolist() for c in columns), strict=True):
            function = int(calls.function[call])
            slot = self.slots[self.package_of[function]]
            # edges of all but the narrowest bars stand on whole pixels: there they are sharp
            begin, room = (round(left), round(right) - round(left)) if right - left >= 3 else (left, right - left)
            x, w = _GUTTER + begin, max(room - (1 if room >= 4 else 0), 1)
            box = f"M{_n(x)} {_n(y)}h{_n(w)}v{_BAR}h-{_n(w)}z"
            shapes.setdefault(f"w{slot}" if waiting and w >= 3 else f"m{slot}", []).append(box)
            if w >= 5 and not waiting:
                shapes.setdefault(f"e{slot}", []).append(f"M{_n(x + 0.5)} {_n(y)}v{_BAR}")
            if anomaly:
                shapes.setdefault("an", []).append(
                    f"M{_n(x + 0.6)} {_n(y + 0.6)}h{_n(max(w - 1.2, 0.5))}v15.8h-{_n(max(w - 1.2, 0.5))}z"
                )
            labels.append(_label(self.names[function], count, length, x, y, w))
        self._add(
            "".join(
                f'<path class="{kind}" d="{"".join(paths)}"/>' for kind, paths in sorted(shapes.items(), key=_painted)
            )
        )
        self._add("".join(labels))

    # -- foot ------------------------------------------------------------------------------------------------------

    def _legend(self) -> None:
        used = [number for number, package in enumerate(self.packages) if package["self"] > 0]
        x: float = 12
        for place, number in enumerate(used[:_MAX_LEGEND]):
            name = _cut(_clean(self.packages[number]["name"]), 160)
            if x + 30 + _width(name) > self.width - 50:
                used = used[: max(place, 1)] + used[place:]
                self._add(_text(x, self.y + 16, f"+{len(used) - place}", "s2"))
                break
            self._add(
                f'<rect class="m{self.slots[number]}" x="{_n(x)}" y="{_n(self.y + 7)}" width="10" height="10" rx="2"/>'
            )
            self._add(_text(x + 15, self.y + 16, name, "s2"))
            x += 15 + _width(name) + 14
        else:
            if len(used) > _MAX_LEGEND:
                self._add(_text(x, self.y + 16, f"+{len(used) - _MAX_LEGEND}", "s2"))
        self.y += _LEGEND

    # -- small things --------------------------------------------------------------------------------------------------

    def _gutter(self, label: str, value: str, y: float) -> None:
        self._add(_text(12, y + 15, label, "s2") + _text(_GUTTER - 8, y + 15, value, "s2 e"))

    def _line(self, y: float) -> None:
        self._add(f'<path class="ln" d="M0 {_n(y)}H{self.width}"/>')

    def _add(self, part: str) -> None:
        self.parts.append(part)


_WAITING_FROM_NS = 5_000_000
_LEADING = ("overhead", "CPU", "peak")


def fact_words(facts: dict[str, Any], tables: Tables) -> list[tuple[str, str]]:
    """The facts of the header as value and word, in their order."""
    result = [(words.duration(facts["duration"]), "")]
    result.append((words.count(facts["samples"]), f"samples @ {facts['rate']:.0f} Hz"))
    if facts["overhead"] is not None:
        result.append((words.percent(facts["overhead"]), "overhead"))
    if facts["cpu"] is not None:
        result.append((words.percent(facts["cpu"] / 100), "CPU"))
    if facts["peakMemory"] is not None:
        result.append((words.size(facts["peakMemory"]), "peak"))
    for number, word in ((tables.trace.tables["logs"].num_rows, "log"), (len(tables.anomaly_data), "anomaly")):
        plural = "anomalies" if word == "anomaly" else "logs"
        result.append((words.count(number), word if number == 1 else plural))
    return result


def _lane_note(lane: dict[str, Any]) -> str:
    if lane["cpu"] is None:
        return "" if lane["kind"] == "main" else "thread"
    if lane["kind"] == "main":
        return f"{words.percent(lane['cpu'])} CPU"
    return f"thread · {words.percent(1 - lane['cpu'])} waiting"


def _painted(item: tuple[str, list[str]]) -> int:
    """Fills first, then edges, then outlines."""
    return {"m": 0, "w": 1, "e": 2, "a": 3}[item[0][0]]


def _label(name: str, count: int, length: float, x: float, y: float, w: float) -> str:
    room = w - 8
    if room < 12:
        return ""
    suffix = f" ×{words.count(count)}" if count > 1 else ""
    last = name.rpartition(".")[2]
    for text in dict.fromkeys((name + suffix, last + suffix, last)):
        needed = _width(text)
        if needed <= room:
            extra = ""
            time = words.duration(length)
            if count == 1 and needed + 6 + _width(time) * 0.91 <= room:
                extra = f'<tspan class="t3" dx="5">{time}</tspan>'
            return f'<text class="l" x="{_n(x + 4)}" y="{_n(y + 12.5)}">{escaped(text)}{extra}</text>'
    cut = _cut(last, room)
    return _text(x + 4, y + 12.5, cut, "l") if len(cut) > 2 else ""


def _clusters(places: Any, levels: Sequence[str], width: float) -> Iterator[tuple[float, int, str]]:
    """Middle, number and worst level of the log entries that stand too close to be told apart."""
    if not len(places):
        return
    apart = 16.0
    while True:
        first = [0]
        for place in range(1, len(places)):
            if places[place] - places[first[-1]] >= (apart if place - first[-1] == 1 else max(apart, 44.0)):
                first.append(place)
        if len(first) <= _MAX_MARKERS:
            break
        apart *= 1.5
    for begin, end in zip(first, [*first[1:], len(places)], strict=True):
        worst = max(levels[begin:end], key=_RANK.index)
        middle = (places[begin] + places[end - 1]) / 2
        yield min(max(middle, 8 if end - begin == 1 else 20), width - 20), end - begin, worst


_RANK = ("debug", "info", "warning", "error", "critical")


def _series(places: Any, heights: Any, base: float, height: float) -> list[str]:
    """Points of a line: at most one a pixel and a half, the highest of those there."""
    known = np.isfinite(heights)
    x, y = places[known], np.clip(heights[known], 0, 1)
    if not len(x):
        return []
    step = np.round(x / 1.5).astype(np.int64)
    first = np.flatnonzero(np.append(True, np.diff(step) > 0))
    top = np.maximum.reduceat(y, first)
    return [f"{_n(_GUTTER + a)} {_n(base - b * height)}" for a, b in zip(x[first].tolist(), top.tolist(), strict=True)]


def _peak(values: Any) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else 0.0


def _ticks(duration: float, width: float) -> Iterator[tuple[float, str]]:
    """Times and labels of the ruler: steps of 1, 2 or 5 × 10^n, labels at least 88 px apart."""
    wanted = duration * 88 / width
    power = 10 ** math.floor(math.log10(wanted))
    step = next((factor * power for factor in (1, 2, 5) if factor * power >= wanted), 10 * power)
    unit, size = next(((u, s) for u, s in (("s", 1e9), ("ms", 1e6), ("us", 1e3)) if duration >= s), ("ns", 1.0))
    decimals = max(0, -math.floor(math.log10(step / size) + 1e-9))
    for number in range(int(duration / step) + 1):
        time = number * step
        # a label that would leave the picture is left out
        if (duration - time) * width / duration > 44:
            yield time, f"{time / size:.{decimals}f} {unit}"


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" class="{kind}">{escaped(text)}</text>'


def escaped(text: str) -> str:
    """Text for XML and HTML: one line of characters that both can hold."""
    return html.escape(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text[:400])


def _width(text: str, *, bold: bool = False) -> float:
    total = sum(_char_width(char) for char in text)
    return total * (1.06 if bold else 1.0)


def _char_width(char: str) -> float:
    if char in _NARROW:
        return 3.7
    if char in _WIDE:
        return 9.8
    return 7.5 if char.isupper() else 6.3 if ord(char) < 0x1100 else 11.5


def _cut(text: str, room: float) -> str:
    """As much of the text as fits."""
    if _width(text) <= room:
        return text
    used = _char_width("…")
    for place, char in enumerate(text):
        used += _char_width(char)
        if used > room:
            return text[:place] + "…"
    return text


def _n(number: float) -> str:
    """A coordinate with one decimal and no zero too many."""
    return f"{number:.1f}".removesuffix(".0")


def _rules(selectors: Iterable[tuple[str, str]]) -> str:
    return "".join(f".{name}{{{rule}}}" for name, rule in selectors)


def _style(slots: Sequence[int]) -> str:
    """Classes of the picture, with the colours of light, and of dark for those who prefer it."""

    def modules(colors: Sequence[str], edge: str, share: float, ground: str) -> list[tuple[str, str]]:
        rules = []
        for slot in slots:
            fill = colors[slot]
            line = palette.mixed(fill, 1 - share, edge)
            waiting = palette.mixed(fill, 0.38, ground)
            rules += [
                (f"m{slot}", f"fill:{fill}"),
                (f"e{slot}", f"stroke:{line}"),
                (f"w{slot}", f"fill:{waiting};stroke:{line};stroke-width:.8"),
            ]
        return rules

    light = _rules([*_theme(_LIGHT), *modules(palette.LIGHT, "#000000", 0.32, "#ffffff")])
    dark = _rules([*_theme(_DARK), *modules(palette.DARK, "#ffffff", 0.34, "#111111")])
    return f"{_BASE}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _theme(colors: dict[str, str]) -> list[tuple[str, str]]:
    c = colors
    return [
        ("bg", f"fill:{c['bg']}"),
        ("b1", f"fill:{c['bg-1']}"),
        ("fr", f"stroke:{c['line']}"),
        ("ln", f"stroke:{c['line']}"),
        ("gr", f"stroke:{c['grid']}"),
        ("b", f"fill:{c['fg']}"),
        ("s2", f"fill:{c['fg-2']}"),
        ("t2", f"fill:{c['fg-2']}"),
        ("ac", f"fill:{c['accent']}"),
        ("wf", f"fill:{c['warn-fg']}"),
        ("l", f"fill:{c['on-mod']}"),
        ("t3", f"fill:{c['on-mod-2']}"),
        ("cf", f"fill:{c['cpu-fill']}"),
        ("cl", f"stroke:{c['cpu']}"),
        ("me", f"stroke:{c['mem']}"),
        ("gc", f"stroke:{c['gc']}"),
        ("an", f"stroke:{c['warn']}"),
        ("pill", f"fill:{c['bg']};stroke:{c['line']}"),
        ("ic", f"stroke:{c['fg-2']}"),
        ("ha", f"stroke:{c['hatch']}"),
        ("ir", f"fill:{c['hover']}"),
        ("iw", f"fill:{c['warn']};stroke:{c['warn']}"),
        ("ii", f"stroke:{c['accent']}"),
        ("id", f"stroke:{c['fg-2']}"),
    ]


_LIGHT = {
    "bg": "#fff", "bg-1": "#fbfbfb", "fg": "#212121", "fg-2": "#686868", "line": "#e0e0e0", "grid": "#f2f2f2",
    "accent": "#1976d2", "hover": "#d4302e", "warn": "#d97a00", "warn-fg": "#8a4b00", "on-mod": "#1b1b1f",
    "on-mod-2": "#44444a", "cpu-fill": "#cde8d8", "cpu": "#2a8a52", "mem": "#7a4fc0", "gc": "#b0479a", "hatch": "#d6d6d6",
}  # fmt: skip
_DARK = {
    "bg": "#111", "bg-1": "#151515", "fg": "#e0e0e0", "fg-2": "#9e9e9e", "line": "#2e2e2e", "grid": "#1d1d1d",
    "accent": "#2196f3", "hover": "#d93633", "warn": "#f0a63c", "warn-fg": "#f3b65c", "on-mod": "#f4f4f5",
    "on-mod-2": "#dcdcde", "cpu-fill": "#1e3829", "cpu": "#4dbb7d", "mem": "#b495f0", "gc": "#dd7cc6", "hatch": "#353535",
}  # fmt: skip

_BASE = (
    "text{font:11px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
    "font-variant-numeric:tabular-nums;white-space:pre}"
    ".b{font-weight:600}.mo{font-family:ui-monospace,Menlo,Consolas,monospace}.e{text-anchor:end}"
    ".t2,.t3{font-size:10px}.ln,.gr,.fr,.cl,.me,.gc,.an,.ic,.ha,.ii,.id{fill:none}"
    ".cl{stroke-width:1}.me{stroke-width:1.5}.an{stroke-width:1.25}.gc{stroke-width:1.2}"
    ".ic,.ii,.id,.iw{stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}"
)


def _icon(name: str, *paths: str) -> str:
    # icons stand on a grid of 16 and are shown at 14
    return f'<g id="{name}"><g transform="scale(.875)">{"".join(paths)}</g></g>'


_OCTAGON = "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"
_DEFS = (
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="ha" d="M.5 0v5"/></pattern>'
    '<g id="wordmark"><rect class="m9" width="16" height="3" rx="1" style="fill:#1976d2"/>'
    '<rect class="b" y="4" width="10" height="3" rx="1"/><rect y="8" x="2" width="8" height="3" rx="1" style="fill:#1976d2"/>'
    '<rect class="b" y="12" x="4" width="3" height="3" rx="1"/></g>'
    + _icon("error", f'<path class="ir" d="{_OCTAGON}"/>', '<path d="M4.7 8h6.6" stroke="#fff" stroke-width="2.2"/>')
    + _icon(
        "critical",
        f'<path d="{_OCTAGON}" fill="none" stroke="#d4302e" stroke-width="1.2"/>',
        '<path class="ir" d="M6 3.2h4L12.8 6v4L10 12.8H6L3.2 10V6z"/>',
        '<path d="M5.9 8h4.2" stroke="#fff" stroke-width="1.8"/>',
    )
    + _icon(
        "warning",
        '<path class="iw" d="M8 1.9l6.6 11.8H1.4z"/>',
        '<path d="M8 6v3.4M8 11.9v.02" stroke="#1b1b1f" stroke-width="1.8" stroke-linecap="round"/>',
    )
    + _icon("info", '<circle class="ii" cx="8" cy="8" r="6.3"/>', '<path class="ii" d="M8 7.6v3.6M8 4.9v.02"/>')
    + _icon(
        "debug",
        '<ellipse class="id" cx="8" cy="9.5" rx="3.2" ry="4.2"/>',
        '<path class="id" d="M8 7.4v6M6.5 3.9L5.1 2M9.5 3.9L10.9 2M4.8 7.9L2.5 6.5M4.6 9.9H1.9M5.1 11.7l-2.2 1.7'
        'M11.2 7.9l2.3-1.4M11.4 9.9h2.7M10.9 11.7l2.2 1.7"/>',
    )
    + '<g id="main"><path d="M3.5 4v5M7 1.5v10M10.5 4v5"/></g><g id="thread"><path d="M4 1v11M9 1v11M4 4.8l5-1.6M4 9.4l5-1.6"/></g>'
)
