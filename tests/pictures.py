"""Traces from text pictures, and Hypothesis strategies for arbitrary ones.

A picture has one line a thread and one word a tick; a word is the thread's stack at that tick, outermost frame first:

    main:    a   a.b   a.b   a   -   c~*3
    worker:  -   -     x     >   >   x

The word of column k is taken at (k + ½) intervals, so that column k stands for [k, k + 1) intervals, and the picture above is
a call of `a` from 0 to 4, of `b` from 1 to 3, of `c` from 5 to 8. The recording is as long as its longest line.

    a.b       `a` calls `b`; a frame is NAME, NAME:LINE, NAME@INSTRUCTION or NAME:LINE@INSTRUCTION
    a.b~      the thread waits: no CPU time since its sample before (else it had a whole core)
    a.b!      the same, but it waits for the interpreter's lock
    a*3       the same word three times
    -         not in the user's code: as the recorder does, one sample without a stack when it leaves, then none
    .         nobody looked at this thread: no sample
    >         a sample was due, but the sampler could not look until the next word: that one is late
    |         for the eye only

Several late samples of one moment are one look at several threads: write the same `>` on each line.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from microlog_nb.model.schema import (
    FORMAT_VERSION,
    FUNCTION_KINDS,
    LEVELS,
    LOG_SOURCES,
    PROCESS_METRICS,
    SAMPLE_STATES,
    SPAN_KINDS,
    TABLES,
)
from microlog_nb.model.trace import Trace

MS = 1_000_000
_WORD = re.compile(r"(?P<stack>[^*~!]+)(?P<waits>[~!]?)(?:\*(?P<times>\d+))?")
_FRAME = re.compile(r"(?P<name>[^:@]+)(?::(?P<line>\d+))?(?:@(?P<instruction>-?\d+))?")

Row = dict[str, Any]


def trace_from_picture(
    picture: str,
    *,
    interval_ns: int = MS,
    functions: Mapping[str, Row] | None = None,
    loops: Mapping[str, int] | None = None,
    states: bool = False,
    logs: Sequence[Row] = (),
    metrics: Mapping[str, Sequence[float]] | None = None,
    spans: Sequence[Row] = (),
    sources: Mapping[str, str] | None = None,
    **meta: Any,
) -> Trace:
    """A trace drawn as text (see the top of this file).

    Args:
        picture: the threads; the first line is the main thread.
        interval_ns: time between ticks.
        functions: columns of functions, by the name in the picture, where they differ from a notebook's in "In [1]".
        states: whether the sampler knew what the threads did.
        loops: where the loop begins that all of a function is in, by the name in the picture; default is no loop.
        logs: entries; `at` is their time in intervals, `thread` and `stack` are as in the picture, the rest as in the
            schema. What is left out: the main thread, no stack, a print at level info.
        metrics: values of a series, one an interval beginning at 0.
        spans: as logs, with `at`, `for` (length in intervals), `kind`, `name`.
        sources: text by file.
        meta: values of the trace's meta that matter to the test.
    """
    drawing = _Drawing(interval_ns, {name: dict(row) for name, row in (functions or {}).items()}, loops or {}, states)
    lines = [line.split(":", 1) for line in picture.strip().splitlines() if line.strip()]
    threads = [name.strip() for name, _ in lines]
    columns = max(drawing.thread(number, words) for number, (_, words) in enumerate(lines))
    duration_ns = columns * interval_ns

    def place(row: Row) -> Row:
        thread = row.pop("thread", None)
        stack = row.pop("stack", "")
        return {
            "thread": threads.index(thread) if thread else 0,
            "stack": drawing.stack(stack) if stack else -1,
            "at": round(row.pop("at") * interval_ns),
            "for": round(row.pop("for", 0) * interval_ns),
            **row,
        }

    log_rows = sorted((place(dict(row)) for row in logs), key=lambda row: row["at"])
    span_rows = sorted((place(dict(row)) for row in spans), key=lambda row: row["at"])
    rows: dict[str, list[Row]] = {
        "functions": drawing.functions,
        "stacks": drawing.stacks,
        "samples": sorted(drawing.samples, key=lambda row: (row["due_ns"] + row["delay_ns"], row["thread"])),
        "threads": [
            {
                "name": name,
                "ident": 1000 + number,
                "native_id": 2000 + number,
                "main": number == 0,
                "start_ns": 0,
                "end_ns": duration_ns,
            }
            for number, name in enumerate(threads)
        ],
        "logs": [{**_LOG, **row, "time_ns": row["at"]} for row in log_rows],
        "metrics": sorted(
            (
                {"time_ns": tick * interval_ns, "name": name, "value": value}
                for name, values in (metrics or {}).items()
                for tick, value in enumerate(values)
            ),
            key=lambda row: row["time_ns"],
        ),
        "spans": [{**_SPAN, **row, "start_ns": row["at"], "duration_ns": row["for"]} for row in span_rows],
        "sources": [{"file": file, "text": text} for file, text in (sources or {}).items()],
    }
    seen = {"samples": len(drawing.samples), "ticks": columns, "late": drawing.late, "missed": drawing.missed}
    return Trace(
        tables_from_rows(rows), {**META, "duration_ns": duration_ns, "interval_ns": interval_ns, **seen, **meta}
    )


META: Row = {
    "format": FORMAT_VERSION,
    "name": "picture",
    "cell": "In [1]",
    "id": "0123456789abcdef0123456789abcdef",
    "started": "2026-03-14T09:41:00.000000+01:00",
    "duration_ns": 0,
    "interval_ns": MS,
    "sampler": "thread",
    "python": "3.11.7",
    "platform": "Linux",
    "samples": 0,
    "ticks": 0,
    "late": 0,
    "missed": 0,
    "torn": 0,
    "own_cpu_ns": 0,
    "notes": [],
}
"""A complete meta of an empty recording."""

_STATES = {"": "ran", "~": "waiting", "!": "contended"}
_LOG: Row = {"level": "info", "source": "print", "logger": "", "message": "", "markdown": False, "exception": ""}
_SPAN: Row = {"kind": "user", "name": "span"}


def tables_from_rows(rows: Mapping[str, Sequence[Row]]) -> dict[str, pa.Table]:
    """All tables of the schema from rows as dictionaries; other keys of a row are left out."""
    return {
        name: pa.table(
            {
                column.name: pa.array([row[column.name] for row in rows.get(name, ())], column.type)
                for column in table.columns
            },
            schema=table.arrow,
        )
        for name, table in TABLES.items()
    }


@dataclass
class _Drawing:
    """Rows seen so far; functions and stacks get their numbers in the order in which they are first drawn."""

    interval_ns: int
    columns_of: dict[str, Row]
    loops: Mapping[str, int]
    states: bool
    functions: list[Row] = field(default_factory=list)
    stacks: list[Row] = field(default_factory=list)
    samples: list[Row] = field(default_factory=list)
    late: int = 0
    missed: int = 0
    _function_ids: dict[str, int] = field(default_factory=dict)
    _stack_ids: dict[tuple[int, int, int, int, int], int] = field(default_factory=dict)

    def thread(self, number: int, words: str) -> int:
        """Draws one line; returns its number of columns."""
        column = 0
        waiting_since: int | None = None
        outside = True
        before_ns = 0
        for word in words.replace("|", " ").split():
            match = _WORD.fullmatch(word)
            assert match, f"{word!r} is not a word of a picture"
            for _ in range(int(match["times"] or 1)):
                stack = match["stack"]
                if stack == ">" and waiting_since is None:
                    waiting_since = column
                elif stack not in (">", ".") and not (stack == "-" and outside):
                    due = column if waiting_since is None else waiting_since
                    taken_ns = self._moment(column)
                    outside = stack == "-"
                    self.late += column - due > 3
                    self.missed += column - due
                    self.samples.append(
                        {
                            "due_ns": self._moment(due),
                            "delay_ns": taken_ns - self._moment(due),
                            "thread": number,
                            "stack": -1 if outside else self.stack(stack),
                            "cpu_ns": 0 if match["waits"] or outside else taken_ns - before_ns,
                            "state": _STATES[match["waits"]] if self.states else "unknown",
                        }
                    )
                    before_ns = taken_ns
                    waiting_since = None
                column += 1
        return column

    def stack(self, text: str) -> int:
        """Row number of the innermost frame of a stack, as `a.b@2`."""
        node = -1
        for frame in text.split("."):
            match = _FRAME.fullmatch(frame)
            assert match, f"{frame!r} is not a frame of a picture"
            function = self._function(match["name"])
            line = int(match["line"] or self.functions[function]["line"] + 1)
            key = (node, function, line, int(match["instruction"] or 0), self.loops.get(match["name"], -1))
            if key not in self._stack_ids:
                self._stack_ids[key] = len(self.stacks)
                self.stacks.append(dict(zip(("parent", "function", "line", "instruction", "loop"), key, strict=True)))
            node = self._stack_ids[key]
        return node

    def _function(self, name: str) -> int:
        if name not in self._function_ids:
            number = self._function_ids[name] = len(self.functions)
            row = {"module": "__main__", "name": name, "file": "In [1]", "line": 10 * number + 1, "kind": "notebook"}
            self.functions.append({**row, **self.columns_of.get(name, {})})
        return self._function_ids[name]

    def _moment(self, column: int) -> int:
        return column * self.interval_ns + self.interval_ns // 2


# ---------------------------------------------------------------------------------------------- strategies

MAX_TIME_NS = 2**53 - 1
_MAX_INT = 2**31 - 1

hostile_texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(
        [
            "",
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "a\x00b\x1b[31mred\x1b[0m",
            "one\r\ntwo\u2028three\x85four",
            "\u202eevil\u2066",
            "\\udc80 & 'quotes\" & ]]> -->",
            "In [7]",
            "e\u0301\U0001f600" * 20,
            "\ufeff\ufffe\uffff",
        ]
    ),
)
"""Any text that UTF-8 can hold (the builder writes lone surrogates as text), and the classics of injection."""


@st.composite
def metas(draw: st.DrawFn) -> Row:
    """Any valid meta, with values that a later version may add."""
    counts = st.integers(0, MAX_TIME_NS)
    moment = draw(st.datetimes(timezones=st.just(dt.UTC)))
    return {
        "format": FORMAT_VERSION,
        "name": draw(hostile_texts),
        "cell": draw(st.sampled_from(["", "In [1]", "In [12]"])),
        "id": draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
        "started": moment.isoformat(),
        "duration_ns": draw(counts),
        "interval_ns": draw(st.integers(50_000, 1_000_000_000)),
        "sampler": draw(st.sampled_from(["thread", "native"])),
        "python": draw(st.text(string.printable, max_size=10)),
        "platform": draw(hostile_texts),
        **{name: draw(counts) for name in ("samples", "ticks", "late", "missed", "torn", "own_cpu_ns")},
        "notes": draw(st.lists(hostile_texts, max_size=3)),
        **draw(st.dictionaries(st.just("later"), st.none() | st.booleans() | st.lists(st.integers(-5, 5)))),
    }


@st.composite
def tasks(draw: st.DrawFn, stacks: int, max_rows: int) -> dict[str, list[Row]]:
    """Any valid rows of tasks, and of looks at them if there are stacks."""
    early, late = st.integers(0, 10**9), st.integers(10**9, MAX_TIME_NS)
    rows = draw(
        st.lists(st.fixed_dictionaries({"name": hostile_texts, "start_ns": early, "end_ns": late}), max_size=max_rows)
    )
    if not rows or not stacks:
        return {"tasks": rows}
    look = {
        "task": st.integers(0, len(rows) - 1),
        "state": st.sampled_from(SAMPLE_STATES),
        "stack": st.integers(0, stacks - 1),
        "start_ns": early,
        "end_ns": late,
        "count": st.integers(1, _MAX_INT),
    }
    looks = draw(st.lists(st.fixed_dictionaries(look), max_size=max_rows))
    return {"tasks": rows, "looks": sorted(looks, key=lambda row: row["start_ns"])}


@st.composite
def traces(draw: st.DrawFn, max_rows: int = 12) -> Trace:
    """Any valid trace: every table, every reference in range, times in order; no NaN, so that traces compare."""
    times = st.integers(0, MAX_TIME_NS)
    small = st.integers(0, _MAX_INT)

    def rows(**columns: st.SearchStrategy[Any]) -> list[Row]:
        return draw(st.lists(st.fixed_dictionaries(columns), max_size=max_rows))

    def reference(table: list[Row], *, optional: bool = False) -> st.SearchStrategy[int]:
        return st.integers(-1 if optional else 0, len(table) - 1)

    functions = rows(
        module=hostile_texts, name=hostile_texts, file=hostile_texts, line=small, kind=st.sampled_from(FUNCTION_KINDS)
    )
    stacks: list[Row] = []
    if functions:
        for number in range(draw(st.integers(0, max_rows))):
            stacks.append(
                {
                    "parent": draw(st.integers(-1, number - 1)),
                    "function": draw(reference(functions)),
                    "line": draw(small),
                    "instruction": draw(st.integers(-1, _MAX_INT)),
                    "loop": draw(st.integers(-1, _MAX_INT)),
                }
            )
    threads = rows(
        name=hostile_texts,
        ident=st.integers(-(2**63), 2**63 - 1),
        native_id=st.integers(-1, 2**62),
        main=st.booleans(),
        start_ns=st.integers(0, 10**9),
        end_ns=st.integers(10**9, MAX_TIME_NS),
    )
    stack = reference(stacks, optional=True)
    samples: list[Row] = []
    logs: list[Row] = []
    if threads:
        thread = reference(threads)
        samples = rows(
            due_ns=st.integers(0, 2**50),
            delay_ns=st.integers(0, 2**40).map(lambda delay: delay * 1000),
            thread=thread,
            stack=stack,
            cpu_ns=st.integers(-1, 2**50),
            state=st.sampled_from(SAMPLE_STATES),
        )
        logs = rows(
            time_ns=times,
            level=st.sampled_from(LEVELS),
            source=st.sampled_from(LOG_SOURCES),
            logger=hostile_texts,
            message=hostile_texts,
            markdown=st.booleans(),
            thread=thread,
            stack=stack,
            exception=hostile_texts,
        )
    samples.sort(key=lambda row: row["due_ns"])
    latest = 0
    for row in samples:  # in the order taken: a late one holds up those behind it
        latest = max(latest, row["due_ns"] + row["delay_ns"])
        row["delay_ns"] = latest - row["due_ns"]
    everything = {
        "functions": functions,
        "stacks": stacks,
        "samples": samples,
        "threads": threads,
        "logs": sorted(logs, key=lambda row: row["time_ns"]),
        "metrics": sorted(
            rows(
                time_ns=times,
                name=st.sampled_from(PROCESS_METRICS) | hostile_texts,
                value=st.floats(allow_nan=False),
            ),
            key=lambda row: row["time_ns"],
        ),
        "spans": sorted(
            rows(
                kind=st.sampled_from(SPAN_KINDS),
                name=hostile_texts,
                start_ns=times,
                duration_ns=times,
                thread=reference(threads, optional=True),
                stack=stack,
            ),
            key=lambda row: row["start_ns"],
        ),
        "sources": rows(file=hostile_texts, text=hostile_texts),
        **draw(tasks(len(stacks), max_rows)),
    }
    return Trace(tables_from_rows(everything), draw(metas()))
