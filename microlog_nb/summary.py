"""The statistics of a recording as a block of text."""

from __future__ import annotations

from pathlib import Path

from microlog_nb import words
from microlog_nb.tables import Tables


def statistics(tables: Tables, *, saved: Path | None = None, report: Path | None = None) -> str:
    """Log size, report, duration, samples and rate, overhead, calls and logs, one line each.

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
        "anomalies": words.count(len(tables.anomaly_data)),
    }
    return "\n".join(
        ["Microlog Statistics", *(f"  {label:<10} {text}" for label, text in lines.items()), *meta["notes"]]
    )
