"""Single values of a frame read or written in a loop with `loc`, `iloc`, `at`, `df[...]`."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip

_INDEXERS = (
    r"_(Location|ScalarAccess|At|iAt|Loc|iLoc)Indexer\.__(get|set)item__|"
    r"(DataFrame|Series)\.__(get|set)item__|(DataFrame|Series)\._(get|set)_value|NDFrame\.__getattr__"
)


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in the indexing of pandas in a loop of the user's."""
    for place in evidence.places.of(evidence.named("pandas", _INDEXERS), own=True, direct=True):
        if place.looped_here:
            yield evidence.tip(
                "scalar-access",
                place,
                title="Take values out of pandas before the loop",
                advice="Work on whole columns; where a loop is needed, run it over column.tolist() or column.to_numpy() and "
                "assign the result once.",
                evidence=f"Reading or setting values of a frame one by one took {evidence.cost(place)}.",
                sure=0.75,
                chips=["indexing in a loop"],
            )
