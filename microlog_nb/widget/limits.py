"""How much of a recording a view has at most: the recording has the rest, and a kernel gives it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_ENDLESS = 2**62


@dataclass(frozen=True)
class Limits:
    """Numbers of rows; what is left out is what says least.

    Attributes:
        calls: bars; neighbours that are short are joined.
        functions: with most time in themselves; those that a bar or an anomaly is of are there beside them.
        logs: entries, the gravest and latest.
        letters: of one entry's message, of its rendered Markdown and of its traceback.
        spans: the longest.
        gaps: the longest.
        readings: of CPU and memory, evenly spread.
        anomalies: those with the highest score.
        peers: of an anomaly.
        lines: those with most time in themselves.
        line_runs: stretches of time with the same lines; more are added up in steps of time.
        sources: characters of source text.
    """

    calls: int = 300_000
    functions: int = _ENDLESS
    logs: int = _ENDLESS
    letters: int = _ENDLESS
    spans: int = _ENDLESS
    gaps: int = _ENDLESS
    readings: int = _ENDLESS
    anomalies: int = _ENDLESS
    peers: int = 60
    lines: int = _ENDLESS
    line_runs: int = 20_000
    sources: int = 200_000

    def times(self, share: float) -> Limits:
        """The same, smaller."""
        return replace(self, **{each.name: max(int(getattr(self, each.name) * share), 1) for each in fields(self)})


ALL = Limits()
"""All that travels to a page at once."""

SAVED = Limits(
    calls=4000,
    functions=150,
    logs=600,
    letters=2000,
    spans=300,
    gaps=300,
    readings=600,
    anomalies=60,
    peers=20,
    lines=300,
    line_runs=1000,
    sources=30_000,
)
"""Where a notebook's file begins; what does not fit then is a share of it."""


def largest(weights: npt.NDArray[np.generic], most: int) -> Ints:
    """Rows with the largest weights, in their order; all of them if they are not too many."""
    if len(weights) <= most:
        return np.arange(len(weights))
    return np.sort(np.argsort(-weights.astype(float), kind="stable")[:most])


def spread(count: int, most: int) -> Ints:
    """Rows evenly spread over all, the first and the last among them; all of them if they are not too many."""
    return np.arange(count) if count <= most else np.unique(np.linspace(0, count - 1, max(most, 2)).astype(np.int64))


def renumbered(kept: Ints, count: int) -> Ints:
    """For each of so many rows its number among those kept, else -1; one more at the end, so that -1 stays -1."""
    numbers = np.full(count + 1, -1, np.int64)
    numbers[kept] = np.arange(len(kept))
    return numbers


def shortened(text: str, most: int) -> str:
    """At most so many characters, and a sign where some are left out."""
    return text if len(text) <= most else f"{text[:most]} …"
