"""The statistics of a recording as a block of text."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from microlog_nb import words
from microlog_nb.analysis import names
from microlog_nb.tables import Tables

HEAVIEST = 3
"""So many functions are named."""
LEAST_WAITING = 0.02
"""Less waiting, as a share of the time seen, is not worth a line."""


def statistics(tables: Tables, *, saved: Path | None = None, report: Path | None = None) -> str:
    """Log size, report, duration, samples and rate, overhead, calls and logs, heaviest functions, waiting, anomalies, top tip.

    Args:
        tables: of the recording.
        saved: the `.microlog` file, if there is one.
        report: the HTML report, if there is one.
    """
    meta = tables.trace.meta
    seconds = meta["duration_ns"] / 1e9
    rate = meta["ticks"] / seconds if seconds else 0.0
    levels = tables.trace.texts("logs", "level")
    grave = [
        words.plural(count, word)
        for word, count in (
            ("error", levels.count("error") + levels.count("critical")),
            ("warning", levels.count("warning")),
        )
        if count
    ]
    logs = words.count(len(levels)) + (f" ({', '.join(grave)})" if grave else "")
    overhead = words.percent(meta["own_cpu_ns"] / meta["duration_ns"]) if seconds else "unknown"
    lines = {
        "name": meta["name"],
        "log size": f"{words.size(saved.stat().st_size)} ({saved})" if saved and saved.exists() else "not saved",
        "report": str(report) if report else "none",
        "duration": words.duration(meta["duration_ns"]),
        "samples": f"{words.count(meta['samples'])} at {rate:.0f} Hz, {meta['sampler']} sampler",
        "overhead": f"{overhead} of one core",
        "calls": words.count(len(tables.call_data)),
        "logs": logs,
        "heaviest": _heaviest(tables),
        "waiting": _waiting(tables),
        "anomalies": _anomalies(tables),
        "tip": _tip(tables),
    }
    return "\n".join(
        ["Microlog Statistics", *(f"  {label:<10} {text}" for label, text in lines.items() if text), *meta["notes"]]
    )


def _heaviest(tables: Tables) -> str:
    """The functions with most time in their own code, and how much of all seen time that is."""
    own = tables.function_data.self_ns
    every = max(int(own.sum()), 1)
    titles = names.function_names(tables.trace)
    order = [row for row in np.argsort(-own, kind="stable")[:HEAVIEST].tolist() if own[row] > 0]
    return ", ".join(f"{titles[row]} {words.duration(own[row])} ({words.percent(own[row] / every)})" for row in order)


def _waiting(tables: Tables) -> str:
    """How much of the seen time threads waited, and for Python's lock as far as known; "" if they did not."""
    calls = tables.call_data
    roots = calls.parent < 0
    seen = float(calls.duration_ns[roots].sum())
    waited, contended = np.nansum(calls.waiting_ns[roots]), np.nansum(calls.contended_ns[roots])
    if waited + contended < seen * LEAST_WAITING:
        return ""
    lock = f", {words.duration(contended)} for Python's lock" if contended >= seen * LEAST_WAITING else ""
    return f"{words.duration(waited + contended)} of {words.duration(seen)} of the threads' time{lock}"


def _anomalies(tables: Tables) -> str:
    """How many there are, and what the gravest says."""
    found = tables.anomaly_data
    if not len(found):
        return "0"
    worst = int(np.argmax(found.score))
    return f"{words.count(len(found))}; {found.kind[worst]}: {found.reason[worst]}"


def _tip(tables: Tables) -> str:
    """The tip that could save most; "" if there is none."""
    if not tables.tip_data:
        return ""
    tip = tables.tip_data[0]
    return f"{tip.title}: {tip.evidence}"
