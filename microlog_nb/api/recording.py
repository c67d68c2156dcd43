"""The handle that users hold: a trace, the tables derived from it, and the ways out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from microlog_nb import words
from microlog_nb.api import selection
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    import pandas as pd

    from microlog_nb.api.explaining import Explainer, Explanation
    from microlog_nb.api.following import Followers
    from microlog_nb.api.running import Run
    from microlog_nb.model.trace import Trace
    from microlog_nb.tables import Graph, Tables
    from microlog_nb.widget.widget import Timeline

_last: Recording | None = None


class Recording:
    """One run: its facts, the tables derived from them, and the ways out.

    While it is running, its tables show what has been recorded so far; afterwards each is computed once. Times in
    DataFrames are seconds from the recording's start, memory is in bytes, CPU in percent of one core.
    """

    def __init__(self, tables: Tables | None = None, *, run: Run | None = None) -> None:
        self._finished = tables
        self._run = run
        self._saved: Path | None = None
        self._report: Path | None = None
        self._explainer: Explainer | None = None
        self._answers: Sequence[Any] = ()  # of the file that it was read from
        self._selected = selection.Selection()
        self._followers: Followers | None = None
        self._stopping = threading.RLock()  # a view's button does it on a thread of its own
        self._selection: tuple[selection.Range, Recording] | None = None

    # -- facts -----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name: the one that was given, or the cell's label."""
        return str(self.meta["name"])

    @property
    def started(self) -> str:
        """Wall clock of its start, ISO 8601 with offset."""
        return str(self.meta["started"])

    @property
    def duration(self) -> float:
        """Length in seconds, so far while it is running."""
        return float(self.meta["duration_ns"]) / 1e9

    @property
    def interval(self) -> float:
        """Seconds between samples that were asked for."""
        return float(self.meta["interval_ns"]) / 1e9

    @property
    def meta(self) -> Mapping[str, Any]:
        """Everything known about the run as a whole; the keys are listed at `microlog_nb.model.trace.Trace.meta`."""
        if self._run is not None:
            return self._run.meta()
        return self._tables.trace.meta

    @property
    def running(self) -> bool:
        """Whether it is still recording."""
        return self._run is not None

    # -- DataFrames --------------------------------------------------------------------------------------------------

    @property
    def calls(self) -> pd.DataFrame:
        """Calls inferred from samples, ordered by start; the index `call` is the id.

        Columns: `parent` (the caller's id, -1 at the root), `thread` (name), `depth` (0 at the root), `function`
        (qualified name), `module`, `file` and `line` (where it is defined), `caller_line` (the line it was called from, 0 at
        the root), `start`, `duration`, `self_time` and `cpu_time` (seconds; CPU is NaN where the platform gives none),
        `waiting` (seconds in which its thread waited, be it for input, a lock or a sleep) and `contended` (seconds in which it
        waited for Python's lock; NaN where the sampler cannot tell, and then `waiting` contains it),
        `samples` (behind it; 0 if only a log entry tells of it), `anomaly` (True if an anomaly names it).
        """
        return self._tables.calls

    @property
    def samples(self) -> pd.DataFrame:
        """Observations in the order taken; the index is `sample`.

        Columns: `time` and `delay` (seconds; how late it came), `thread`, `call` (the innermost, -1 if none), `function`,
        `file`, `line` (where the thread was), `cpu_time` (seconds since the thread's sample before), `state` (what it did: ran,
        waiting, contended for Python's lock, or unknown).
        """
        return self._tables.samples

    @property
    def functions(self) -> pd.DataFrame:
        """Functions, the one with most self time first.

        Columns: `function`, `module`, `file`, `line`, `calls`, `self_time`, `total_time` (recursion counted once),
        `cpu_time`, `waiting` and `contended` (of the total, as in `calls`), `mean`, `median`, `p95`, `max` (seconds a call;
        95 of 100 calls take `p95` at most), `samples` (with the function on top), `anomalies` (that name it).
        """
        return self._tables.functions

    @property
    def lines(self) -> pd.DataFrame:
        """Lines of code seen, the one with most self time first.

        Columns: `function`, `module`, `file`, `line`, `samples`, `self_time`, `total_time` (seconds).
        """
        return self._tables.lines

    @property
    def logs(self) -> pd.DataFrame:
        """What was said, in order.

        Columns: `time` (seconds), `level` (debug, info, warning, error, critical), `source` (print, stderr, logging,
        warning, exception, microlog), `logger` (or ""), `message`, `markdown` (whether it is Markdown), `thread`, `call`
        (id in `calls`, -1 if none), `function`, `file`, `line` (where it was said), `exception` (traceback, or "").
        """
        return self._tables.logs

    @property
    def metrics(self) -> pd.DataFrame:
        """Readings of the process.

        Columns: `time` (seconds), `cpu` and `system_cpu` (percent of one core, average since the reading before),
        `memory` (resident bytes), `modules` (loaded), `threads` (alive), `gc_objects` (memory blocks of live objects,
        `sys.getallocatedblocks`). What the recorder itself uses is taken off.
        """
        return self._tables.metrics

    @property
    def counters(self) -> pd.DataFrame:
        """Values given to `microlog.counter`: columns `time` (seconds), `name`, `value`."""
        return self._tables.counters

    @property
    def spans(self) -> pd.DataFrame:
        """Measured intervals.

        Columns: `kind` (gc, import, cell, user), `name`, `start`, `duration` (seconds), `thread`, `function`, `file`, `line`.
        """
        return self._tables.spans

    @property
    def threads(self) -> pd.DataFrame:
        """Threads seen: columns `name`, `ident`, `native_id`, `main`, `start`, `end` (seconds, first and last seen)."""
        return self._tables.threads

    @property
    def anomalies(self) -> pd.DataFrame:
        """What is unusual.

        Columns: `kind` ("slow call", "waiting", "contention", "GIL held", "memory jump", "memory growth", "GC pause",
        "slow import", "log flood", "error", "warning", "starved"; at most 100 of each), `start`, `duration` (seconds),
        `call` (id in `calls`, -1 if none), `function`, `thread`, `where` (the place in words), `expected` and `observed` (in
        `unit`: "s", "bytes" or "count"), `score` (seconds lost, weighted by how sure it is), `reason` (a sentence).
        """
        return self._tables.anomalies

    @property
    def tips(self) -> pd.DataFrame:
        """What to do about what takes the time, the tip that could save most first.

        Columns: `tip` (the rule's name), `title`, `advice` (a sentence or two), `saving` (seconds that could be saved at most;
        NaN if unknown), `share` (of the recording's time, 0 to 1), `function`, `file`, `line` (your code where it happens),
        `call` (id of an example, -1 if none), `evidence` (a sentence with the numbers), `score` (seconds that could be saved,
        weighted by how sure that is).
        """
        return self._tables.tips

    # -- ways out ----------------------------------------------------------------------------------------------------

    def between(self, start: float, end: float) -> Recording:
        """The part from `start` to `end`, in seconds, as a recording of its own whose times count from `start`.

        Raises:
            MicrologError: not 0 <= start < end <= duration.
        """
        trace = self._tables.trace
        return _recording(trace.between(*selection.range_of("between", start, end, trace.duration_ns)))

    @property
    def selection(self) -> Recording:
        """The part that is selected on its timelines, as a recording of its own whose times count from its start.

        Select it with Shift and dragging on the timeline, or with `select`. While nothing is selected it is this recording
        itself, so that `rec.selection.functions` always means what the timeline shows; `rec.selection is rec` tells.
        """
        chosen = self._selected.range_ns
        if chosen is None:
            return self
        trace = self._tables.trace
        if self.running:
            return _recording(trace.between(*chosen))
        if self._selection is None or self._selection[0] != chosen:
            self._selection = (chosen, _recording(trace.between(*chosen)))
        return self._selection[1]

    def select(self, start: float | None = None, end: float | None = None) -> None:
        """Selects the part from `start` to `end`, in seconds, on every timeline of this recording, and moves there.

        Without arguments nothing is selected any more.

        Raises:
            MicrologError: not 0 <= start < end <= duration.
        """
        if start is None and end is None:
            self._selected.choose(None)
            return
        first, last = selection.range_of("select", start, end, int(self.meta["duration_ns"]))
        self._selected.choose((first, last))
        self._selected.show({"kind": "range", "start": first, "end": last})

    def show(self, what: Any) -> None:
        """Moves every timeline of this recording to a place in it, and marks what is there.

        Args:
            what: a call's id, or a row of `calls`, `logs`, `anomalies` or `spans`: `rec.show(rec.calls.loc[7])`.

        Raises:
            MicrologError: it is none of these, or not of this recording.
        """
        self._selected.show(selection.place_of(self._tables, what))

    def graph(self, level: str = "class") -> Graph:
        """Who calls whom: `graph.nodes` and `graph.edges`, two DataFrames of at most 150 nodes.

        Kept are your own functions, library code that they call and that takes 1 % of the time or more, and whatever spends
        1 % of it in its own code. The rest is folded: its time counts as its caller's own. What is still too much is grouped
        by package.

        Columns of `nodes`, whose index is `node`: `name`, `package`, `kind` (notebook, user, library), `functions` (it stands
        for), `calls` (from outside of it), `self_time`, `total_time`, `cpu_time`, `waiting` (seconds), `anomalies`, `cycle`
        (0, or the number of the cycle that it is in). Of `edges`: `caller` and `callee` (nodes), `caller_name`,
        `callee_name`, `calls`, `time` (seconds), `cycle` (whether it is part of one), `starts_thread` (the caller started a
        thread that begins with the callee; known only where a sample saw it).

        Args:
            level: "module", "class" or "function".

        Raises:
            MicrologError: another level.
        """
        from microlog_nb.analysis.graph import LEVELS

        if level not in LEVELS:
            raise MicrologError(f"graph level {level!r} does not exist: choose {', '.join(map(repr, LEVELS))}")
        return self._tables.graph(level)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the recording to a `.microlog` file and returns its path.

        Raises:
            MicrologError: the file cannot be written there.
        """
        from microlog_nb.formats import microlog

        answers = self._explaining().answers.to_json() if self._explainer or self._answers else ()
        self._saved = microlog.dump(self._tables.trace, Path(path), answers=answers)
        return self._saved

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Writes the interactive timeline as one HTML file that needs neither network nor kernel; returns its path.

        Raises:
            MicrologError: the file cannot be written there.
        """
        from microlog_nb.api import reporting
        from microlog_nb.formats import files

        self._report = files.write(path, reporting.page(self))
        return self._report

    def display(self, *, static: bool = False) -> None:
        """Shows the timeline in the notebook's output; elsewhere it prints the summary.

        Args:
            static: whether the output is the report of `to_html` instead of a widget: whoever has the notebook, or a page made
                from it, has the whole timeline then, without kernel and network. It asks nothing of Python.
        """
        from microlog_nb.api import reporting, views
        from microlog_nb.widget import display

        if static:
            display.embed(self._tables, lambda: reporting.packed_page(self))
        else:
            display.display(self._tables, views.maker(self))

    def explain(
        self,
        question: str = "",
        *,
        focus: object = None,
        without: Sequence[str] = (),
        offline: bool = False,
        again: bool = False,
        model: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        tokens: int | None = None,
        timeout: float | None = None,
    ) -> Explanation:
        """Asks a language model what happened; without one, an explanation is written by rules.

        The answer is written in a thread of its own: as the last value of a cell it shows itself as it grows, and `print` or
        `.text` waits for it. What is sent is what `to_prompt` gives, without secrets. A question that was answered before
        gets the kept answer at once.

        Args:
            question: in your words; "" asks for a general explanation.
            focus: `(start, end)` in seconds, `{"call": id}`, `{"log": row}` or `{"anomaly": row}`; None for everything.
            without: sections of the facts to leave out: about, findings, path, self, total, longest, process, log, source.
            offline: write it by rules; nothing is sent.
            again: ask anew, even if there is a kept answer.
            model: its name at the server (`MICROLOG_LLM_MODEL`).
            base_url: of a server that speaks the chat completions protocol (`MICROLOG_LLM_BASE_URL`); default is OpenAI's.
            api_key: (`OPENAI_API_KEY`); may be left out for a server of your own.
            tokens: the most that the facts may take, 500 to 200 000; default 6000.
            timeout: seconds without an answer, 1 to 3600; default 60.

        Raises:
            MicrologError: an argument that is not allowed. What goes wrong later is raised by `.text`.
        """
        explainer = self._explaining()
        asked = explainer.question(
            question,
            focus=focus,
            without=without,
            model=model,
            base_url=base_url,
            api_key=api_key,
            tokens=tokens,
            timeout=timeout,
        )
        return explainer.explain(asked, offline=offline, again=again)

    def to_prompt(
        self, question: str = "", *, focus: object = None, without: Sequence[str] = (), tokens: int | None = None
    ) -> str:
        """What `explain` would send, word for word and without secrets: for any chat. Nothing is sent.

        Args:
            question: as for `explain`, like the others.
            focus: what it is about.
            without: sections to leave out.
            tokens: the most that the facts may take.

        Raises:
            MicrologError: an argument that is not allowed.
        """
        explainer = self._explaining()
        asked = explainer.question(question, focus=focus, without=without, tokens=tokens)
        return asked.prompt(asked.facts(), explainer.answers).text

    def summary(self) -> str:
        """The statistics of the run, as text of some ten lines."""
        from microlog_nb.summary import statistics

        return statistics(self._tables, saved=self._saved, report=self._report)

    def stop(self, exception: BaseException | None = None) -> Recording:
        """Ends the recording, saves it if that was asked for, and returns it; stopping twice changes nothing.

        Args:
            exception: what ended the recorded code; it becomes a log entry.

        Raises:
            MicrologError: it could not be saved; the recording itself is kept.
        """
        with self._stopping:
            run, self._run = self._run, None
            if run is None:
                return self
            self._finished = _tables_of(run.finish(exception))
            _remember(self)
            if self._followers is not None:
                self._followers.end(self._finished)
            if run.save is not None:
                self.save(run.save)
            return self

    def __repr__(self) -> str:
        state = "running for" if self.running else "of"
        return f"<Recording {self.name!r} {state} {words.duration(self.duration * 1e9)}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:  # noqa: ARG002  # IPython's signature
        from microlog_nb.api import views
        from microlog_nb.widget import display

        return display.bundle(self._tables, views.maker(self))

    def _display_(self) -> Timeline:
        """What marimo shows in place of a recording."""
        from microlog_nb.api import views

        return views.maker(self)()

    def _follow(self, view: Timeline) -> None:
        """The view grows while this is running."""
        run = self._run
        if run is None:
            view.update(self._tables, self._explaining().rows(), running=False)
            return
        if self._followers is None:
            from microlog_nb.api.following import Followers

            self._followers = Followers(run, lambda: _tables_of(run.snapshot()), lambda: self._explaining().rows())
        self._followers.add(view)

    def _call_later(self, look: Callable[[], bool], after_ns: int) -> None:
        """Calls in the recorder's own thread, while this is running and as long as it says so; see `recorder.Recorder.watch`."""
        if self._run is not None:
            self._run.watch(look, after_ns)

    def _begin_now(self) -> None:
        """Leaves out what has been recorded so far."""
        if self._run is not None:
            self._run.begin_now()

    def _in_a_line(self) -> bool:
        """Whether the program is in the middle of a line of its output."""
        return self._run is not None and self._run.in_a_line()

    def _explaining(self) -> Explainer:
        if self._explainer is None:
            from microlog_nb.api.explaining import Explainer
            from microlog_nb.explain.answers import Answers

            self._explainer = Explainer(lambda: self._tables, Answers.from_json(list(self._answers)))
        return self._explainer

    @property
    def _tables(self) -> Tables:
        if self._finished is not None:
            return self._finished
        if self._run is None:
            raise MicrologError("this recording has no facts")
        return _tables_of(self._run.snapshot())


def load(path: str | os.PathLike[str]) -> Recording:
    """Reads a recording from a `.microlog` file, or from the folder of a run that was killed.

    Raises:
        MicrologError: there is no such file, or it is damaged or not a recording.
    """
    from microlog_nb.formats import microlog, spool

    source = Path(path)
    if source.is_dir():
        return _recording(spool.read(source))
    recording = _recording(microlog.load(source))
    recording._saved = source  # noqa: SLF001  # its own class
    recording._answers = microlog.load_answers(source)  # noqa: SLF001  # as above
    return recording


def last() -> Recording:
    """The recording that ended last, of a cell or of `profile`.

    Raises:
        MicrologError: nothing has been recorded yet.
    """
    if _last is None:
        raise MicrologError("nothing has been recorded yet: begin a cell with %%microlog, or use microlog.profile()")
    return _last


def _tables_of(trace: Trace) -> Tables:
    from microlog_nb.tables import Tables

    return Tables(trace)


def _recording(trace: Trace) -> Recording:
    return Recording(_tables_of(trace))


def _remember(recording: Recording) -> None:
    global _last  # noqa: PLW0603  # what `last()` gives
    _last = recording
