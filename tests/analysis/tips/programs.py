"""Runs small programs under the real sampler and says which tips their recordings give."""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
from collections.abc import Callable
from typing import Any

import microlog_nb as microlog
from microlog_nb.analysis.calls import infer_calls
from microlog_nb.analysis.lines import sample_ns
from microlog_nb.analysis.tips import find_tips
from microlog_nb.analysis.tips.base import Tip
from microlog_nb.model.trace import Trace


def record(program: Callable[[], Any]) -> Trace:
    """The trace of a program; a coroutine function runs in a loop of its own, as a cell's task does in the kernel's.

    Collections look at the program's objects only: those of the tests are many, and their pauses would be its own.
    """
    gc.collect()
    gc.freeze()
    try:
        trace = _record(program)
        # seen only with a test that fails: what a machine did to the recording
        meta = trace.meta
        seen = int(sample_ns(trace).sum())
        print(
            {**{key: meta.get(key) for key in ("sampler", "samples", "late", "duration_ns", "notes")}, "seen_ns": seen}
        )
        return trace
    finally:
        gc.unfreeze()


def _record(program: Callable[[], Any]) -> Trace:

    def run() -> microlog.Recording:
        with microlog.profile(interval=0.0005) as recording:
            program()
        return recording

    async def run_task() -> microlog.Recording:
        with microlog.profile(interval=0.0005) as recording:
            await program()
        return recording

    if not inspect.iscoroutinefunction(program):
        return run()._tables.trace
    # a thread of its own, so that no frame of the tests is below the loop's
    recordings: list[microlog.Recording] = []

    async def keep() -> None:
        recordings.append(await run_task())

    thread = threading.Thread(target=asyncio.run, args=(keep(),))
    thread.start()
    thread.join()
    return recordings[0]._tables.trace


def tips_of(trace: Trace) -> dict[str, Tip]:
    """By their rules; a rule that speaks twice fails."""
    tips = find_tips(trace, infer_calls(trace))
    by_rule = {tip.tip: tip for tip in tips}
    assert len(by_rule) == len(tips), [tip.evidence for tip in tips]
    return by_rule


def tips(program: Callable[[], Any]) -> dict[str, Tip]:
    """Of a program that runs now."""
    return tips_of(record(program))


def line_of(program: Callable[[], Any], text: str) -> int:
    """The line of a program that holds this text."""
    lines, first = inspect.getsourcelines(program)
    return next(first + number for number, line in enumerate(lines) if text in line)
