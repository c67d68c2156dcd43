"""Tips: what to do about what takes the time. One rule a file, each a `find(evidence)` that yields tips.

A rule says something only if this recording shows it: a share of its time, a place, calls. The specific rules come first, and
one that speaks of a time that another has explained already is silent: one cause has one tip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from microlog_nb.analysis.calls import Calls
from microlog_nb.analysis.tips import (
    array_loops,
    blocking_async,
    copies,
    date_parsing,
    deep_recursion,
    gc_pressure,
    gil_threads,
    group_apply,
    growing_array,
    growing_frame,
    http_session,
    idle_cores,
    imports,
    large_json,
    list_membership,
    numpy_vectorize,
    object_columns,
    pickling,
    printing,
    progress_bars,
    regex_compile,
    repeated_calls,
    repeated_reads,
    row_apply,
    row_iteration,
    row_sql,
    scalar_access,
    sequential_awaits,
    sequential_requests,
    sleeping,
    string_building,
    subprocesses,
    tree_recursion,
)
from microlog_nb.analysis.tips.base import Evidence
from microlog_nb.analysis.tips.base import Tip as Tip
from microlog_nb.model.trace import Trace

EXPLAINED = 0.5
"""A tip is left out if so much of its time belongs to tips of rules before it."""

_MODULES = (
    # one kind of call, at one line
    imports,
    regex_compile,
    date_parsing,
    growing_frame,
    growing_array,
    row_iteration,
    repeated_reads,
    numpy_vectorize,
    object_columns,
    pickling,
    http_session,
    progress_bars,
    copies,
    large_json,
    row_sql,
    string_building,
    list_membership,
    subprocesses,
    printing,
    # how calls are arranged
    blocking_async,
    sequential_requests,
    sequential_awaits,
    sleeping,
    scalar_access,
    row_apply,
    group_apply,
    array_loops,
    tree_recursion,
    deep_recursion,
    repeated_calls,
    # the run as a whole
    gc_pressure,
    gil_threads,
    idle_cores,
)

RULES: tuple[Callable[[Evidence], Iterator[Tip]], ...] = tuple(module.find for module in _MODULES)


def find_tips(trace: Trace, calls: Calls) -> list[Tip]:
    """All tips of a recording, the one that could save most first; of what one rule says of one line the weightiest."""
    evidence = Evidence(trace, calls)
    explained = np.zeros(len(evidence.tree), bool)
    tips: list[Tip] = []
    told: dict[tuple[str, int, int], int] = {}
    for rule in RULES:
        for tip in rule(evidence):
            if tip.covered is not None:
                time = float(evidence.tree.self_ns[tip.covered].sum())
                if float(evidence.tree.self_ns[tip.covered & explained].sum()) > EXPLAINED * time:
                    continue
                explained |= tip.covered
            known = told.setdefault((tip.tip, tip.function, tip.line), len(tips)) if tip.function >= 0 else len(tips)
            if known == len(tips):
                tips.append(tip)
            elif tip.score > tips[known].score:
                tips[known] = tip
    return sorted(tips, key=lambda tip: -tip.score)
