"""JSON of large data: slow to write and to read, and nothing else runs meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

_WRITE = r"dumps?|JSONEncoder\..*|_make_iterencode\..*"
_READ = r"loads?|JSONDecoder\..*"


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in the standard library's `json`."""
    for place in evidence.places.of(evidence.named("json", f"{_WRITE}|{_READ}"), direct=True):
        slow = evidence.named("json", r"_make_iterencode\..*|dump")[evidence.tree.function] & place.covered
        in_python = float(evidence.tree.self_ns[slow].sum())
        how = "json.dumps without indent, which unlike json.dump runs in C; " if in_python > place.ns / 2 else ""
        yield evidence.tip(
            "large-json",
            place,
            title="Write or read less JSON",
            advice=f"Use {how}orjson for the same data several times faster, or Parquet for tables.",
            evidence=f"JSON took {evidence.cost(place)}.",
            sure=0.6,
            saving=0.8,
            chips=[f"json {words.duration(place.ns)}"],
        )
