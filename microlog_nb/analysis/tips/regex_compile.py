"""Regular expressions compiled again and again."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in the compiler of `re`, in a loop or in many calls; patterns that are still cached cost nothing and do not count."""
    compiler = evidence.named("re._compiler") | evidence.named("re._parser")
    for place in evidence.places.of(compiler, entered=True):
        if place.looped:
            yield evidence.tip(
                "regex-compile",
                place,
                title="Compile the patterns once",
                advice="Call re.compile in front of the loop and use the compiled pattern. Many words to find are one pattern: "
                "'|'.join(map(re.escape, words)).",
                evidence=f"Compiling regular expressions, again and again, took {evidence.cost(place)}.",
                sure=0.85,
                chips=["re.compile"],
            )
