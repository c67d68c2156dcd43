"""IPython: `%%microlog` records the cell it stands above; `%microlog` says what is recorded and records every cell.

The cell magic does not run the cell. IPython does, as it would have done anyway:

    raw cell               comment_out()            IPython
    %%microlog --quiet --> #%%microlog --quiet  --> compiles and runs the same lines under the same numbers
    await fetch()          await fetch()              pre_run_cell   reads the raw cell again: start a recording
                                                      post_run_cell  stop it, show it under the cell's output

`comment_out` and `read_mark` are pure: IPython asks them many times, also for cells that never run. Only where the line
cannot be followed (a mistyped option, an empty cell) is it left standing: then the registered cell magic is called,
which raises the usage error and runs nothing.
"""

from __future__ import annotations

import argparse
import keyword
import re
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from IPython import version_info
from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser
from IPython.utils.text import DollarFormatter

from microlog_nb import api, words
from microlog_nb.api.live import Live, output_of_this_cell
from microlog_nb.capture import labels
from microlog_nb.config import SAMPLERS, Settings
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

    from microlog_nb.widget.cell_output import CellOutput

_MARK = re.compile(r"%%microlog(?:\s+(?P<options>.*))?")
_TIMED = re.compile(r"%%(time|timeit|prun)\b")
"""Cell magics that transform and run their cell themselves; a mark right below one of them counts as one above it."""

_COUNTS_FIRST = version_info[:2] >= (9, 8)
"""Whether IPython has already counted a cell when `pre_run_cell` fires; up to 9.7 it counted when the cell was over."""

# ---------------------------------------------------------------------------------------------------- the options


@dataclass(frozen=True)
class Options:
    """What stood behind `%%microlog` or `%microlog on`, checked."""

    name: str | None = None
    interval: str | None = None
    metrics_interval: str | None = None
    sampler: str | None = None
    logs: bool = True
    sources: bool | None = None
    quiet: bool = False
    static: bool = False
    live: bool | None = None
    variable: str | None = None
    save: str | None = None
    html: str | None = None


def _parser(name: str, meaning: str) -> MagicArgumentParser:
    """A parser with the options that say how to record; IPython's own shows its help as the magic's docstring."""
    parser = MagicArgumentParser(prog=name, description=meaning)  # type: ignore[no-untyped-call]  # IPython's, half typed
    parser.allow_abbrev = False
    add = parser.add_argument
    add("--name", help="name of the recording; default: the cell's label, as In [7]")
    add("--interval", metavar="TIME", help="time between samples, as 0.5ms; default: 1ms")
    add("--metrics-interval", metavar="TIME", help="time between readings of CPU and memory; default: 0.1s")
    add("--sampler", metavar="|".join(SAMPLERS), help="how samples are taken; default: auto, the best there is")
    add("--no-logs", dest="logs", action="store_false", help="leave out prints, log records, warnings and exceptions")
    add("--no-sources", dest="sources", action="store_const", const=False, help="leave out the text of cells and files")
    add("--quiet", action="store_true", help="record, but show no timeline; microlog_nb.last() is the recording")
    add("--static", action="store_true", help="put the whole report in the output: interactive without kernel, larger")
    live = parser.add_mutually_exclusive_group()
    live.add_argument(
        "--live",
        action="store_const",
        const=True,
        help="show the timeline at once; default: after 2 s, to those who watch",
    )
    live.add_argument(
        "--no-live", dest="live", action="store_const", const=False, help="show the timeline when the cell is over"
    )
    add("--as", dest="variable", metavar="VAR", help="when the cell is over, bind the recording to this variable")
    return parser


_CELL = _parser(
    "%microlog",
    """Records the cell below this line; shows its calls, logs and metrics on a timeline under its output.

    Stands on the first line; blank lines, comments and %%time, %%timeit, %%prun may come before it.
    The cell runs as it would run without this line.""",
)
_CELL.add_argument("--save", metavar="PATH", help="write the recording to this file (*.microlog)")
_CELL.add_argument("--html", metavar="PATH", help="write a self-contained HTML report to this file")

_LINE = _parser("microlog", "Says what is recorded, or records every cell, as if each began with %%microlog.")
_LINE.add_argument(
    "action",
    nargs="?",
    choices=("on", "off", "last"),
    help="on: record every cell from the next one on; off: no longer; last: show the last recording again",
)


def _parse(parser: MagicArgumentParser, text: str) -> argparse.Namespace:
    """Splits and checks the rest of a magic's line. Quotes hold words together; a backslash is just a character.

    Raises:
        UsageError: an unknown option or a bad value.
    """
    pieces = shlex.shlex(text, posix=True)
    pieces.whitespace_split = True
    pieces.commenters = pieces.escape = ""
    try:
        found = parser.parse_args(list(pieces))
        Settings.create(
            interval=found.interval,
            metrics_interval=found.metrics_interval,
            sampler=found.sampler,
            logs=found.logs,
            environment={},
        )
        if found.live and found.quiet:
            raise UsageError("--live shows the timeline, --quiet shows none: they exclude each other")
        variable = found.variable
        if variable is not None and (not variable.isidentifier() or keyword.iskeyword(variable)):
            raise UsageError(f"--as {variable!r} is not the name of a variable")
    except (ValueError, MicrologError, UsageError) as error:
        message = "a quotation mark is not closed" if isinstance(error, ValueError) else str(error)
        raise UsageError(f"%{parser.prog}: {message} (%{parser.prog}? explains the options)") from None
    return found


# ------------------------------------------------------------------------------------------------------- the mark


@dataclass(frozen=True)
class Mark:
    """The line of a cell that says `%%microlog`: its index, and the text behind it."""

    index: int
    options: str


def read_mark(lines: list[str]) -> Mark | None:
    """Finds the mark of a cell: its first line, blank lines and comments apart."""
    for index, line in enumerate(lines):
        if not _says_something(line) or _TIMED.match(line.lstrip()):
            continue
        match = _MARK.fullmatch(line.strip())
        return Mark(index, match["options"] or "") if match else None
    return None


def read_options(mark: Mark, lines: list[str]) -> Options:
    """What the mark asks for.

    Raises:
        UsageError: it cannot be followed.
    """
    if not "".join(lines[mark.index + 1 :]).strip():
        raise UsageError("%%microlog: the cell below it is empty")
    return Options(**vars(_parse(_CELL, mark.options)))


def comment_out(lines: list[str]) -> list[str]:
    """The input transformer: makes a comment of the mark and leaves every other line where it is.

    A cell magic below the mark must be the first line for IPython to see it, so there the mark goes, with the comments
    around it; a cell magic's cell has line numbers of its own, which stay the same.
    """
    mark = read_mark(lines)
    if mark is None:
        return lines
    above, line, below = lines[: mark.index], lines[mark.index], lines[mark.index + 1 :]
    try:
        read_options(mark, lines)
    except UsageError:
        return [f"%%microlog {mark.options}".rstrip() + "\n", *below]
    start = next((index for index, line in enumerate(below) if _says_something(line)), 0)
    if below[start].lstrip().startswith("%%"):
        return [*(line for line in above if _says_something(line)), *below[start:]]
    text = line.lstrip()
    return [*above, f"{line.removesuffix(text)}#{text}", *below]


# Not so, but it makes IPython judge by the raw cell whether it is complete: a cell under `%%microlog` goes on to the
# next blank line, as under every cell magic, where consoles ask after each line.
comment_out.has_side_effects = True  # type: ignore[attr-defined]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


# -------------------------------------------------------------------------------------------------- the extension


@dataclass(frozen=True)
class _Cell:
    """A cell that is running, and its recording if it has one."""

    info: ExecutionInfo
    options: Options
    recording: api.Recording | None
    live: Live | None = None


class Extension:
    """What `%load_ext microlog_nb` adds to one shell, and takes back."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._every: Options | None = None
        self._running: dict[int, list[_Cell]] = {}  # by thread: subshells run cells beside the main one
        self._replaced: dict[str, Callable[..., Any]] = {}

    def install(self) -> None:
        """Adds transformer, events, magics and the labels of cells."""
        self._shell.input_transformers_cleanup.insert(0, comment_out)
        self._shell.events.register("pre_run_cell", self._before)
        self._shell.events.register("post_run_cell", self._after)
        labels.register_file_label(self._label)
        for kind, magic in (("line", self.line_magic), ("cell", self.cell_magic)):
            known = self._shell.magics_manager.magics[kind]
            if "microlog" in known:
                self._replaced[kind] = known["microlog"]
            self._shell.magics_manager.register_function(magic, kind, "microlog")

    def uninstall(self) -> None:
        """Takes everything back; what still records is stopped and can be had from `microlog_nb.last()`."""
        for kind, magic in (("line", self.line_magic), ("cell", self.cell_magic)):
            known = self._shell.magics_manager.magics[kind]
            if known.get("microlog") == magic:
                del known["microlog"]
                known.update({"microlog": self._replaced[kind]} if kind in self._replaced else {})
        labels.unregister_file_label(self._label)
        self._shell.events.unregister("post_run_cell", self._after)
        self._shell.events.unregister("pre_run_cell", self._before)
        self._shell.input_transformers_cleanup.remove(comment_out)
        for cell in [cell for cells in self._running.values() for cell in cells]:
            if cell.recording is not None:
                with _told("the recording did not end well"):
                    cell.recording.stop()
        self._running.clear()

    def cell_magic(self, line: str, cell: str) -> None:  # noqa: D102  # its docstring is made of its options, below
        # IPython comes here where the transformer let the line stand, or saw another one (a pasted prompt before it).
        read_options(Mark(0, line), [line, cell])
        self._shell.run_cell(f"%%microlog {line}\n{cell}")  # type: ignore[no-untyped-call]  # IPython's

    def line_magic(self, line: str) -> None:  # noqa: D102  # as above
        found = vars(_parse(_LINE, line))
        action = found.pop("action")
        options = Options(**found)
        if options != Options() and action != "on":
            raise UsageError("%microlog: options go with %microlog on, or with %%microlog above a cell")
        if action in ("on", "off"):
            self._every = options if action == "on" else None
        try:
            last = api.last()
        except MicrologError as error:
            if action == "last":
                raise UsageError(f"%microlog last: {error}") from None
            latest = "no recording yet"
        else:
            if action == "last":
                last.display()
                return
            latest = f"the last one is {last.name!r}, {words.duration(last.duration * 1e9)}"
        which = "every cell" if self._every else "cells that begin with %%microlog"
        print(f"microlog records {which}; {latest}")  # noqa: T201  # a magic answers on stdout

    cell_magic.__doc__ = _CELL.format_help()
    line_magic.__doc__ = _LINE.format_help()

    def _before(self, info: ExecutionInfo) -> None:
        """`pre_run_cell`: starts a recording if this cell is to have one and none around it has."""
        cells = self._running.setdefault(threading.get_ident(), [])
        options, recording, live = None, None, None
        if not any(cell.recording for cell in cells):
            options = self._options(info, nested=bool(cells))
        if options is not None:
            output = self._output(options)
            with _told("the cell runs unrecorded"):
                recording = api.start(
                    options.name,
                    interval=options.interval,
                    metrics_interval=options.metrics_interval,
                    sampler=options.sampler,
                    logs=options.logs,
                    sources=options.sources,
                    save=options.save,
                    display=False,
                    cell=self._coming_label(info),
                )
        if options is not None and recording is not None and output is not None:
            with _told("the timeline is shown at the end"):
                live = Live(recording, output, at_once=bool(options.live))
        cells.append(_Cell(info, options or Options(), recording, live))

    def _after(self, result: ExecutionResult | None) -> None:
        """`post_run_cell`: ends the recording of this cell and shows it under what the cell put out."""
        cell = self._leave(result)
        if cell is None or cell.recording is None:
            return
        with _told("the recording did not end well"):
            cell.recording.stop(_error(result))
        if cell.options.variable is not None:
            self._shell.user_ns[cell.options.variable] = cell.recording
        if cell.options.html is not None:
            with _told("the report was not written"):
                cell.recording.to_html(cell.options.html)
        if not cell.options.quiet:
            with _told("the timeline cannot be shown"):
                shows = cell.recording.display if cell.live is None else cell.live.end
                shows(static=cell.options.static)

    @staticmethod
    def _output(options: Options) -> CellOutput | None:
        """Where the timeline is shown while the cell runs; None if it is not."""
        output = None
        if not options.quiet and options.live is not False:
            with _told("the timeline is shown at the end"):
                output = output_of_this_cell()
        return output

    def _options(self, info: ExecutionInfo, *, nested: bool) -> Options | None:
        """How to record this cell; None if not at all."""
        lines = _text(info).splitlines(keepends=True)
        mark = read_mark(lines)
        if mark is None:
            ours = all(re.match(r"\s*%microlog\b", line) for line in lines if _says_something(line))
            return None if nested or ours or not info.store_history else self._every
        try:
            options = read_options(mark, lines)
        except UsageError:
            return None  # the registered magic says so
        expand = self._expand
        return replace(options, name=expand(options.name), save=expand(options.save), html=expand(options.html))

    def _expand(self, text: str | None) -> str | None:
        """Puts in the values of {expression} and $variable, as all magics do; what cannot be evaluated stays as it is."""
        try:
            return text and DollarFormatter().vformat(text, (), self._shell.user_ns)
        except Exception:  # noqa: BLE001  # the user's expression may raise anything
            return text

    def _leave(self, result: ExecutionResult | None) -> _Cell | None:
        """Takes the cell that is over off its stack; None if its beginning was not seen.

        Unseen are cells without text, and the one that loads the extension. If running a cell fails outside its code,
        IPython ends it with a result made up for it, or with none: so results are told apart by their text.
        """
        thread = threading.get_ident()
        cells = self._running.get(thread)
        if not cells or (result is not None and _text(result.info) != _text(cells[-1].info)):
            return None
        cell = cells.pop()
        if not cells:
            del self._running[thread]
        return cell

    def _coming_label(self, info: ExecutionInfo) -> str:
        counted = _COUNTS_FIRST and info.store_history
        return f"In [{self._shell.execution_count - counted}]"

    def _label(self, file: str) -> str | None:
        """The label of a cell by the name under which IPython compiled it."""
        number = getattr(self._shell.compile, "_filename_map", {}).get(file)
        return None if number is None else f"In [{number}]"


def _text(info: ExecutionInfo | None) -> str:
    return (info and info.raw_cell) or ""


def _error(result: ExecutionResult | None) -> BaseException | None:
    if result is None:
        return sys.exc_info()[1]
    return result.error_before_exec or result.error_in_exec


@contextmanager
def _told(what: str) -> Iterator[None]:
    """A fault of the recorder is told in one line on stderr; the cell goes on."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the user's cell must not break by our fault
        reason = str(error) if isinstance(error, MicrologError) else f"{type(error).__name__}: {error}"
        sys.stderr.write(f"microlog: {what}: {' '.join(reason.split())}\n")


_extensions: dict[InteractiveShell, Extension] = {}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext microlog_nb`; a second time changes nothing."""
    if shell not in _extensions:
        _extensions[shell] = Extension(shell)
        _extensions[shell].install()


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """`%unload_ext microlog_nb`: leaves the shell as it was before."""
    if shell in _extensions:
        _extensions.pop(shell).uninstall()
