"""Copies of large data, made again and again."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip
from microlog_nb.analysis.tips.places import Place

_COPYING = ("np.copy", "numpy.copy", "np.array", "numpy.array", ".copy", ".astype", "copy.deepcopy", "deepcopy")


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in copying in a loop: pandas' and `copy`'s functions are seen, NumPy's are part of their line."""
    copying = evidence.named("pandas", r"NDFrame\.copy|(DataFrame|Series)\.copy") | evidence.named("copy")
    for place in [
        *evidence.places.of(copying, direct=True),
        *filter(lambda line: _copies(evidence, line), evidence.places.own_lines),
    ]:
        if place.looped:
            yield evidence.tip(
                "copies",
                place,
                title="Copy less often",
                advice="Copy once in front of the loop, work in place (out=, +=) or on a view (a slice), and convert types once. "
                "deepcopy is slow: make new objects from the parts that change.",
                evidence=f"Copying data, again and again, took {evidence.cost(place)}.",
                sure=0.7,
                chips=["copies in a loop"],
            )


def _copies(evidence: Evidence, place: Place) -> bool:
    return evidence.code(place).call(place.line, *_COPYING) is not None
