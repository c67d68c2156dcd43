"""A progress bar that costs as much as the work."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in tqdm itself, without what it runs over."""
    bars = evidence.named("tqdm") | evidence.named("rich.progress") | evidence.named("alive_progress")
    for place in evidence.places.of(bars, own=True):
        yield evidence.tip(
            "progress-bars",
            place,
            title="Let the progress bar step less often",
            advice="Wrap the outer loop, or update by hundreds: bar.update(100). Inner loops need no bar of their own.",
            evidence=f"The progress bar itself took {evidence.cost(place)}.",
            sure=0.8,
            chips=["without the loop's own work"],
        )
