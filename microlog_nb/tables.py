"""A trace and everything derived from it, each computed once, on first use, and given as pandas DataFrames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from microlog_nb.analysis import names
from microlog_nb.analysis.anomalies import Anomalies, find_anomalies
from microlog_nb.analysis.calls import Calls, infer_calls
from microlog_nb.analysis.functions import Functions, measure_functions
from microlog_nb.analysis.graph import CallGraph, call_graph
from microlog_nb.analysis.lines import Lines, measure_lines
from microlog_nb.analysis.task_calls import infer_task_calls
from microlog_nb.analysis.tips import Tip, find_tips
from microlog_nb.model.schema import PROCESS_METRICS
from microlog_nb.model.trace import Trace

if TYPE_CHECKING:
    import pandas as pd

_NS = 1e-9
_MAX_READING = 2.0**63
"""Bytes, objects, modules and per cent of any process are less than this."""


@dataclass(frozen=True)
class Graph:
    """Who calls whom; see `Recording.graph`."""

    level: str
    nodes: pd.DataFrame
    edges: pd.DataFrame


class Tables:
    """The tables of one trace. Times in DataFrames are float seconds from the start of the recording."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._graphs: dict[str, CallGraph] = {}

    # -- as columns ------------------------------------------------------------------------------------------------

    @cached_property
    def call_data(self) -> Calls:
        """The inferred calls."""
        return infer_calls(self.trace)

    @cached_property
    def task_call_data(self) -> Calls:
        """What asyncio tasks were seen in; no part of the calls."""
        return infer_task_calls(self.trace)

    @cached_property
    def function_data(self) -> Functions:
        """What each function cost."""
        return measure_functions(self.trace, self.call_data)

    @cached_property
    def line_data(self) -> Lines:
        """What each line cost."""
        return measure_lines(self.trace)

    @cached_property
    def anomaly_data(self) -> Anomalies:
        """What is unusual."""
        return find_anomalies(self.trace, self.call_data)

    @cached_property
    def function_anomalies(self) -> np.ndarray[Any, Any]:
        """How many anomalies name each function."""
        named = self.anomaly_data.function
        return np.bincount(named[named >= 0], minlength=self.trace.tables["functions"].num_rows)

    @cached_property
    def tip_data(self) -> list[Tip]:
        """What to do about what takes the time, the tip that could save most first."""
        return find_tips(self.trace, self.call_data)

    # -- as DataFrames ---------------------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> pd.DataFrame:
        """One row a call; see `Recording.calls`."""
        data = self.call_data
        anomalous = np.zeros(len(data), bool)
        anomalous[self.anomaly_data.call[self.anomaly_data.call >= 0]] = True
        return _frame(
            {
                "parent": data.parent,
                "thread": self._threads_of(data.thread),
                "depth": data.depth,
                **self._functions_of(data.function),
                "caller_line": data.caller_line,
                "start": data.start_ns * _NS,
                "duration": data.duration_ns * _NS,
                "self_time": data.self_ns * _NS,
                "cpu_time": data.cpu_ns * _NS,
                "waiting": data.waiting_ns * _NS,
                "contended": data.contended_ns * _NS,
                "samples": data.samples,
                "anomaly": anomalous,
            },
            index="call",
        )

    @cached_property
    def samples(self) -> pd.DataFrame:
        """One row a sample; see `Recording.samples`."""
        stack = self.trace.numbers("samples", "stack").astype(np.int64)
        function, line = self._tops(stack)
        cpu = self.trace.numbers("samples", "cpu_ns")
        return _frame(
            {
                "time": self.trace.taken_ns * _NS,
                "delay": self.trace.numbers("samples", "delay_ns") * _NS,
                "thread": self._threads_of(self.trace.numbers("samples", "thread")),
                "call": self.call_data.sample_call,
                "function": self._texts("functions", "name", function),
                "file": self._texts("functions", "file", function),
                "line": line,
                "cpu_time": np.where(cpu < 0, np.nan, cpu * _NS),
                "state": self._texts("samples", "state"),
            },
            index="sample",
        )

    @cached_property
    def functions(self) -> pd.DataFrame:
        """One row a function, the one with most self time first; see `Recording.functions`."""
        data = self.function_data
        every = np.arange(len(data.calls))
        frame = _frame(
            {
                **self._functions_of(every),
                "calls": data.calls,
                "self_time": data.self_ns * _NS,
                "total_time": data.total_ns * _NS,
                "cpu_time": data.cpu_ns * _NS,
                "waiting": data.waiting_ns * _NS,
                "contended": data.contended_ns * _NS,
                "mean": data.mean_ns * _NS,
                "median": data.median_ns * _NS,
                "p95": data.p95_ns * _NS,
                "max": data.max_ns * _NS,
                "samples": data.samples,
                "anomalies": self.function_anomalies,
            }
        )
        # what only asyncio tasks were seen in has no calls
        called = frame[frame["calls"] > 0]
        return called.sort_values("self_time", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a line of code seen; see `Recording.lines`."""
        data = self.line_data
        columns = self._functions_of(data.function)
        del columns["line"]
        frame = _frame(
            {
                **columns,
                "line": data.line,
                "samples": data.samples,
                "self_time": data.self_ns * _NS,
                "total_time": data.total_ns * _NS,
            }
        )
        return frame.sort_values("self_time", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def logs(self) -> pd.DataFrame:
        """One row a log entry; see `Recording.logs`."""
        trace = self.trace
        function, line = self._tops(trace.numbers("logs", "stack").astype(np.int64))
        return _frame(
            {
                "time": trace.numbers("logs", "time_ns") * _NS,
                "level": self._texts("logs", "level"),
                "source": self._texts("logs", "source"),
                "logger": self._texts("logs", "logger"),
                "message": self._texts("logs", "message"),
                "markdown": np.array(trace.texts("logs", "markdown"), bool),
                "thread": self._threads_of(trace.numbers("logs", "thread")),
                "call": self.call_data.log_call,
                "function": self._texts("functions", "name", function),
                "file": self._texts("functions", "file", function),
                "line": line,
                "exception": self._texts("logs", "exception"),
            }
        )

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """One row a reading of the process; see `Recording.metrics`."""
        times, columns = self.metric_data
        return _frame({"time": times * _NS, **columns})

    @cached_property
    def counters(self) -> pd.DataFrame:
        """One row a value given to `counter`; see `Recording.counters`."""
        names = self._texts("metrics", "name")
        own = ~np.isin(names.astype(str), PROCESS_METRICS)
        return _frame(
            {
                "time": self.trace.numbers("metrics", "time_ns")[own] * _NS,
                "name": names[own],
                "value": self.trace.numbers("metrics", "value")[own],
            }
        )

    @cached_property
    def metric_data(self) -> tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]:
        """Times in nanoseconds of the readings, and for every process metric its values, NaN where one is missing.

        A value that no process can have, as a damaged file may say, is missing, too.
        """
        names = self._texts("metrics", "name").astype(str)
        times, row = np.unique(self.trace.numbers("metrics", "time_ns"), return_inverse=True)
        process = np.isin(names, PROCESS_METRICS)
        used, row = np.unique(row[process], return_inverse=True)
        values = self.trace.numbers("metrics", "value")[process]
        values = np.where(np.abs(values) <= _MAX_READING, values, np.nan)
        columns = {}
        for name in PROCESS_METRICS:
            of = names[process] == name
            column = np.full(len(used), np.nan)
            column[row[of]] = values[of]
            columns[name] = column
        return times[used], columns

    @cached_property
    def spans(self) -> pd.DataFrame:
        """One row a measured interval; see `Recording.spans`."""
        function, line = self._tops(self.trace.numbers("spans", "stack").astype(np.int64))
        return _frame(
            {
                "kind": self._texts("spans", "kind"),
                "name": self._texts("spans", "name"),
                "start": self.trace.numbers("spans", "start_ns") * _NS,
                "duration": self.trace.numbers("spans", "duration_ns") * _NS,
                "thread": self._threads_of(self.trace.numbers("spans", "thread")),
                "function": self._texts("functions", "name", function),
                "file": self._texts("functions", "file", function),
                "line": line,
            }
        )

    @cached_property
    def threads(self) -> pd.DataFrame:
        """One row a thread; see `Recording.threads`."""
        return _frame(
            {
                "name": self._texts("threads", "name"),
                "ident": self.trace.numbers("threads", "ident"),
                "native_id": self.trace.numbers("threads", "native_id"),
                "main": np.array(self.trace.texts("threads", "main"), bool),
                "start": self.trace.numbers("threads", "start_ns") * _NS,
                "end": self.trace.numbers("threads", "end_ns") * _NS,
            },
            index="thread",
        )

    @cached_property
    def anomalies(self) -> pd.DataFrame:
        """One row an anomaly; see `Recording.anomalies`."""
        data = self.anomaly_data
        return _frame(
            {
                "kind": np.array(data.kind, object),
                "start": data.start_ns * _NS,
                "duration": data.duration_ns * _NS,
                "call": data.call,
                "function": self._texts("functions", "name", data.function),
                "thread": self._threads_of(data.thread),
                "where": np.array(data.where, object),
                "expected": data.expected,
                "observed": data.observed,
                "unit": np.array(data.unit, object),
                "score": data.score,
                "reason": np.array(data.reason, object),
            }
        )

    def graph_data(self, level: str) -> CallGraph:
        """Who calls whom, at one of `graph.LEVELS`."""
        if level not in self._graphs:
            self._graphs[level] = call_graph(self.trace, self.call_data, level)
        return self._graphs[level]

    def graph(self, level: str) -> Graph:
        """Two DataFrames; see `Recording.graph`."""
        data = self.graph_data(level)
        columns = (self.trace.texts("functions", name) for name in ("kind", "module", "file"))
        package = np.array([names.package_name(*row)[1] for row in zip(*columns, strict=True)] + [""], object)
        titles = np.array(data.name, object)
        anomalies = np.bincount(
            data.node_of[data.node_of >= 0],
            weights=self.function_anomalies[data.node_of >= 0],
            minlength=len(data.name),
        )
        nodes = _frame(
            {
                "name": titles,
                "package": package[data.function],
                "kind": self._texts("functions", "kind", data.function),
                "functions": data.functions,
                "calls": data.calls,
                "self_time": data.self_ns * _NS,
                "total_time": data.total_ns * _NS,
                "cpu_time": data.cpu_ns * _NS,
                "waiting": data.waiting_ns * _NS,
                "anomalies": anomalies.astype(np.int64),
                "cycle": data.cycle,
            },
            index="node",
        )
        around = (data.cycle[data.caller] > 0) & (data.cycle[data.caller] == data.cycle[data.callee])
        edges = _frame(
            {
                "caller": data.caller,
                "callee": data.callee,
                "caller_name": titles[data.caller],
                "callee_name": titles[data.callee],
                "calls": data.edge_calls,
                "time": data.edge_ns * _NS,
                "cycle": around & ~data.starts_thread,
                "starts_thread": data.starts_thread,
            }
        )
        return Graph(level, nodes, edges.sort_values("time", ascending=False, kind="stable", ignore_index=True))

    @cached_property
    def tips(self) -> pd.DataFrame:
        """One row a tip; see `Recording.tips`."""
        tips = self.tip_data
        function = np.array([tip.function for tip in tips], np.int64)

        def texts(column: str) -> np.ndarray[Any, Any]:
            return np.array([getattr(tip, column) for tip in tips], object)

        return _frame(
            {
                "tip": texts("tip"),
                "title": texts("title"),
                "advice": texts("advice"),
                "saving": np.array([tip.saving_ns for tip in tips], np.float64) * _NS,
                "share": np.array([tip.share for tip in tips], np.float64),
                "function": self._texts("functions", "name", function),
                "file": self._texts("functions", "file", function),
                "line": np.array([tip.line for tip in tips], np.int64),
                "call": np.array([tip.call for tip in tips], np.int64),
                "evidence": texts("evidence"),
                "score": np.array([tip.score for tip in tips], np.float64),
            }
        )

    # -- inside ------------------------------------------------------------------------------------------------------

    def _texts(self, table: str, column: str, rows: np.ndarray[Any, Any] | None = None) -> np.ndarray[Any, Any]:
        """A text column as an array of objects, or its values at these rows, "" at -1."""
        values = self.trace.texts(table, column)
        array = np.empty(len(values) + 1, object)
        array[:-1] = values
        array[-1] = ""
        return array[:-1] if rows is None else array[rows]

    def _threads_of(self, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return self._texts("threads", "name", rows)

    def _functions_of(self, rows: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
        lines = np.append(self.trace.numbers("functions", "line"), 0)
        return {
            "function": self._texts("functions", "name", rows),
            "module": self._texts("functions", "module", rows),
            "file": self._texts("functions", "file", rows),
            "line": lines[rows].astype(np.int64),
        }

    def _tops(self, stack: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Function row and line of the frame on top of each stack; -1 and 0 where there is none."""
        function = np.append(self.trace.numbers("stacks", "function"), -1).astype(np.int64)
        line = np.append(self.trace.numbers("stacks", "line"), 0).astype(np.int64)
        return function[stack], line[stack]


def _frame(columns: dict[str, np.ndarray[Any, Any]], index: str | None = None) -> pd.DataFrame:
    """A DataFrame whose columns have the same types whether it has rows or not."""
    import pandas as pd

    typed = {
        name: pd.Series(values, dtype="str") if values.dtype == object else values for name, values in columns.items()
    }
    frame = pd.DataFrame(typed)
    frame.index.name = index
    return frame
