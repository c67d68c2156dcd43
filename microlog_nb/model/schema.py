"""Every table and column of a trace, declared once: name, type, unit, meaning.

    functions <-- stacks <-- samples, logs, spans
                             threads <-- samples, logs, spans
                  stacks <-- looks --> tasks

A row's number is its id. An id column that may be unknown says so with -1. Times are nanoseconds from the start of the
recording. `FORMAT_VERSION` counts up with every change that an older reader would misread; CHANGELOG.md says what changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from microlog_nb.config import PROCESS_METRICS as PROCESS_METRICS  # noqa: PLC0414  # part of the schema

FORMAT_VERSION = 2
OLDEST = {"tasks": 2, "looks": 2}
"""The version from which on a table is in every file; others always were. An older file has none of its rows."""

LATE_INTERVALS = 3
"""A sample delayed by more than this many intervals is late."""

LEVELS = ("debug", "info", "warning", "error", "critical")
LOG_SOURCES = ("print", "stderr", "logging", "warning", "exception", "microlog")
SPAN_KINDS = ("gc", "import", "cell", "user")
FUNCTION_KINDS = ("notebook", "user", "library")
SAMPLE_STATES = ("unknown", "ran", "waiting", "contended")
"""What a thread did: `waiting` for anything but the interpreter's lock, `contended` for the lock. Samplers use the numbers."""

_TEXT = pa.string()
_WORD = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Column:
    """One column: `unit` is "" for plain numbers and text; `points_to` names the table whose row numbers it holds."""

    name: str
    type: pa.DataType
    unit: str
    meaning: str
    points_to: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One table and what a row of it is."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The same as an Arrow schema."""
        return pa.schema([pa.field(column.name, column.type, nullable=False) for column in self.columns])

    def empty(self) -> pa.Table:
        """A table without rows."""
        return pa.Table.from_batches([], self.arrow)


def _time(name: str, meaning: str) -> Column:
    return Column(name, pa.int64(), "ns", meaning)


def _id(name: str, points_to: str, meaning: str) -> Column:
    return Column(name, pa.int32(), "", meaning, points_to)


TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        TableSchema(
            "functions",
            "A code object that was seen running",
            (
                Column("module", _WORD, "", "module's __name__, or ''"),
                Column("name", _TEXT, "", "qualified name"),
                Column("file", _WORD, "", "path, or the cell's label as 'In [7]'"),
                Column("line", pa.int32(), "", "first line, 1 or more; 0 if unknown"),
                Column("kind", _WORD, "", "whose code it is", words=FUNCTION_KINDS),
            ),
        ),
        TableSchema(
            "stacks",
            "A node of the prefix tree of stacks: a frame and its caller; a parent always stands before its children",
            (
                _id("parent", "stacks", "the caller's node, -1 at the root"),
                _id("function", "functions", "the function of this frame"),
                Column("line", pa.int32(), "", "line it was at; 0 if unknown"),
                Column("instruction", pa.int32(), "bytes", "offset of the instruction it was at, -1 if unknown"),
                Column("loop", pa.int32(), "bytes", "offset where the loop around the instruction begins, -1 if none"),
            ),
        ),
        TableSchema(
            "samples",
            "One observation of one thread, in the order taken; the time it was taken is due_ns + delay_ns",
            (
                _time("due_ns", "when the schedule asked for it"),
                _time("delay_ns", "how much later it was taken, to a fiftieth of the interval; whole microseconds"),
                _id("thread", "threads", "the thread observed"),
                _id("stack", "stacks", "its stack, -1 when it left the user's code"),
                _time(
                    "cpu_ns",
                    "CPU time of the thread since its sample before, in steps of a fiftieth of the interval; -1 if unknown",
                ),
                Column("state", _WORD, "", "what it did at that moment, as far as known", words=SAMPLE_STATES),
            ),
        ),
        TableSchema(
            "threads",
            "A thread of the program",
            (
                Column("name", _TEXT, "", "its name, as it was last"),
                Column("ident", pa.int64(), "", "threading.get_ident(); may be used again by a later thread"),
                Column("native_id", pa.int64(), "", "the operating system's id, -1 if unknown"),
                Column("main", pa.bool_(), "", "whether it is the main thread"),
                _time("start_ns", "when it was first seen"),
                _time("end_ns", "when it was last seen"),
            ),
        ),
        TableSchema(
            "logs",
            "Something said, in order of time",
            (
                _time("time_ns", "when"),
                Column("level", _WORD, "", "how grave", words=LEVELS),
                Column("source", _WORD, "", "by which way it was said", words=LOG_SOURCES),
                Column("logger", _WORD, "", "name of the logger, or ''"),
                Column("message", _TEXT, "", "the text as the user would have seen it"),
                Column("markdown", pa.bool_(), "", "whether the text is Markdown"),
                _id("thread", "threads", "who said it"),
                _id("stack", "stacks", "the stack at that moment, -1 if unknown"),
                Column("exception", _TEXT, "", "text of the traceback, or ''"),
            ),
        ),
        TableSchema(
            "metrics",
            "A value of a numeric series, in order of time",
            (
                _time("time_ns", "when"),
                Column("name", _WORD, "", "one of PROCESS_METRICS, or a counter's name"),
                Column("value", pa.float64(), "", "percent of one core to a tenth, bytes, or a count"),
            ),
        ),
        TableSchema(
            "spans",
            "A measured interval, in order of start",
            (
                Column("kind", _WORD, "", "what was measured", words=SPAN_KINDS),
                Column("name", _TEXT, "", "module, cell label, generation or the user's name for it"),
                _time("start_ns", "begin"),
                _time("duration_ns", "length"),
                _id("thread", "threads", "where it ran, -1 if unknown"),
                _id("stack", "stacks", "the stack it began in, -1 if unknown"),
            ),
        ),
        TableSchema(
            "sources",
            "Source text of notebook cells and of the user's own files",
            (
                Column("file", _TEXT, "", "as in functions"),
                Column("text", _TEXT, "", "the source"),
            ),
        ),
        TableSchema(
            "tasks",
            "An asyncio task whose coroutine is the program's own",
            (
                Column("name", _TEXT, "", "its name, or its coroutine's where asyncio has given it a number only"),
                _time("start_ns", "when it was first seen"),
                _time("end_ns", "when it was last seen"),
            ),
        ),
        TableSchema(
            "looks",
            "Neighbouring looks at one task that saw the same, in order of start",
            (
                _id("task", "tasks", "the task"),
                Column(
                    "state",
                    _WORD,
                    "",
                    "`waiting` while it awaits something or its turn, else `ran`",
                    words=SAMPLE_STATES,
                ),
                _id("stack", "stacks", "the stack from its coroutine on"),
                _time("start_ns", "the first of these looks"),
                _time("end_ns", "the last of them"),
                Column("count", pa.int32(), "", "how many they are"),
            ),
        ),
    )
}
"""All tables, in the order in which they refer to one another."""
