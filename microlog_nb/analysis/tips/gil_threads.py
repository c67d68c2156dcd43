"""Threads that compute in Python: one runs, the others wait for the interpreter's lock."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_CONTENDED = 0.3
"""Share of a function's time that its threads waited for the lock; below, the threads do help."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """The user's functions whose threads waited for the lock, where the sampler can tell."""
    nodes = np.flatnonzero(evidence.tree.user >= 0)
    function = evidence.tree.function[evidence.tree.user[nodes]]
    size = len(evidence.names)
    fought = np.bincount(function, weights=evidence.tree.contended_ns[nodes], minlength=size)
    for row in np.flatnonzero(fought > 0).tolist():
        contended = float(fought[row])
        if not evidence.matters(contended):
            continue
        for place in evidence.places.of(np.arange(size) == row):
            if contended < MIN_CONTENDED * place.ns:
                continue
            yield evidence.tip(
                "gil-threads",
                place,
                title="Use processes for work in Python",
                advice="Threads help while they wait or run C code that frees the lock. For code in Python use "
                "ProcessPoolExecutor; or let NumPy do the work in large steps.",
                evidence=f"Threads in {evidence.names[row]} waited {words.duration(contended)} for Python's lock, "
                f"{words.percent(contended / place.ns)} of their time.",
                sure=0.5,
                saving=contended / place.ns,
                chips=[f"{words.duration(contended)} waiting for the lock"],
            )
