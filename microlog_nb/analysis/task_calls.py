"""What asyncio tasks were seen in: calls inferred from the looks at them, by the rule of `calls`.

    looks at a task    a-b  a-b  a*   a-c        '*' marks that it ran; the others saw it waiting
    calls              aaaaaaaa  a*a  aaa        waiting and running are never one call: each is the one or the other
                       bbbbbbbb       ccc

They are no part of the calls of threads: what a task ran was on its thread's stack, too, and would count twice.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa

from microlog_nb.analysis.calls import Calls, infer_calls
from microlog_nb.config import LOOK_NS
from microlog_nb.model import arrays
from microlog_nb.model.schema import SAMPLE_STATES, TABLES
from microlog_nb.model.trace import Trace

_RAN = SAMPLE_STATES.index("ran")


def infer_task_calls(trace: Trace) -> Calls:
    """The calls of all tasks; `thread` is the row of the task."""
    if not trace.tables["looks"].num_rows:  # nothing refers to the tree, which may be large
        trace = Trace({**trace.tables, **{name: TABLES[name].empty() for name in ("stacks", "functions")}}, trace.meta)
    ran = trace.words("looks", "state", SAMPLE_STATES) == _RAN
    stacks, functions = (trace.tables[name].num_rows for name in ("stacks", "functions"))
    # the first and the last look of each row; what ran is seen in a second copy of functions and stacks
    first, last = trace.numbers("looks", "start_ns"), trace.numbers("looks", "end_ns")
    stack = trace.numbers("looks", "stack") + np.where(ran, stacks, 0)
    time = np.concatenate([first, last])
    order = np.lexsort((np.arange(len(time)), time))
    columns = {
        "due_ns": time,
        "delay_ns": np.zeros(len(time), np.int64),
        "thread": np.tile(trace.numbers("looks", "task"), 2),
        "stack": np.tile(stack, 2),
        "cpu_ns": np.full(len(time), -1, np.int64),
        "state": np.tile(trace.words("looks", "state", SAMPLE_STATES), 2),
    }
    samples = [
        arrays.words(columns[column.name][order], column.words)
        if column.words
        else arrays.numbers(columns[column.name][order], column.type)
        for column in TABLES["samples"].columns
    ]
    tree = {}
    for column in TABLES["stacks"].columns:
        own = trace.numbers("stacks", column.name).astype(np.int64)
        more = {"parent": np.where(own < 0, -1, own + stacks), "function": own + functions}.get(column.name, own)
        tree[column.name] = arrays.numbers(np.concatenate([own, more]), column.type)
    calls = infer_calls(
        Trace(
            {
                **trace.tables,
                "samples": pa.Table.from_arrays(samples, schema=TABLES["samples"].arrow),
                "functions": pa.concat_tables([trace.tables["functions"]] * 2),
                "stacks": pa.table(tree, schema=TABLES["stacks"].arrow),
                "logs": TABLES["logs"].empty(),
            },
            {**trace.meta, "interval_ns": LOOK_NS},
        )
    )
    return dataclasses.replace(calls, function=calls.function % max(functions, 1))
