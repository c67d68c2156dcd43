"""A frame that grows in a loop: every step copies all that is there."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in `concat` in a loop of the user's, and in setting rows that are not there yet."""
    concat = evidence.places.of(evidence.named("pandas", r"concat|DataFrame\.append"), direct=True)
    enlarge = evidence.places.of(evidence.named("pandas", r"_iLocIndexer\._setitem_with_indexer_missing"))
    for places, what in ((concat, "concat"), (enlarge, "Setting a row that is not there yet")):
        for place in places:
            if place.looped_here:
                yield evidence.tip(
                    "growing-frame",
                    place,
                    title="Collect the parts, join them once",
                    advice="Append rows or frames to a list in the loop, and build the frame once behind it: "
                    "pd.DataFrame(rows) or pd.concat(parts).",
                    evidence=f"{what}, in a loop, took {evidence.cost(place)}: each step copies the whole frame.",
                    sure=0.85,
                    chips=["in a loop"],
                )
