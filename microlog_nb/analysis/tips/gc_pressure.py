"""Garbage collections that take the time: very many objects are made and kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Collections measured; the tip is for the line during which most of their time passed."""
    trace = evidence.trace
    gc = np.flatnonzero(np.array(trace.texts("spans", "kind"), object) == "gc")
    spent = trace.numbers("spans", "duration_ns")[gc].astype(np.float64)
    total = float(spent.sum())
    if not evidence.matters(total):
        return
    stack = trace.numbers("spans", "stack").astype(np.int64)[gc]
    user = np.where(stack >= 0, np.append(evidence.tree.user, -1)[stack], -1)
    known = user >= 0
    function, line = -1, 0
    if known.any():
        keys, number = np.unique(
            evidence.tree.function[user[known]] << 32 | evidence.tree.line[user[known]], return_inverse=True
        )
        most = int(keys[np.argmax(np.bincount(number, weights=spent[known]))])
        function, line = most >> 32, most & 0xFFFFFFFF
    where = f", most of it at {evidence.where(function, line)}" if function >= 0 else ""
    yield Tip(
        tip="gc-pressure",
        title="Make fewer objects, or collect less often",
        advice="Use arrays, frames or __slots__ in place of many small objects; or call gc.freeze() after loading, and "
        "gc.disable() around the part that builds them.",
        saving_ns=total,
        share=evidence.share(total),
        function=function,
        line=line,
        call=-1,
        evidence=f"{words.plural(len(gc), 'garbage collection')} took {words.duration(total)}, "
        f"{words.percent(evidence.share(total))} of the recording{where}.",
        score=0.7 * total / 1e9,
        chips=(f"gc {words.duration(total)}", words.plural(len(gc), "collection")),
    )
