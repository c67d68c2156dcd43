"""Downloads one after the other, each waiting for the one before."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_WAITING = 0.5
"""Threads help where the time is waiting; from half of it on."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Waiting in HTTP requests that are sent in a loop."""
    clients = (
        evidence.named("requests", r"request|get|post|put|Session\.(request|get|post|put)")
        | evidence.named("httpx", r"request|get|post|put|Client\.(request|get|post|put|send)")
        | evidence.named("urllib.request", r"urlopen|urlretrieve")
        | evidence.named("http.client", r"HTTPConnection\.getresponse")
    )
    for place in evidence.places.of(clients, direct=True):
        if place.looped_here and place.calls >= 2 and place.waiting_ns >= MIN_WAITING * place.ns:
            yield evidence.tip(
                "sequential-requests",
                place,
                title="Send the requests beside one another",
                advice="Use ThreadPoolExecutor(8).map(fetch, urls), or httpx.AsyncClient with asyncio.gather: the waits "
                "overlap. Mind the server's limits.",
                evidence=f"Requests one after the other took {evidence.cost(place)}; "
                f"{words.percent(place.waiting_ns / place.ns)} of that was waiting.",
                sure=0.7,
                saving=(1 - 1 / min(place.calls, 8)) * place.waiting_ns / place.ns,
                chips=[
                    f"at least {words.plural(place.calls, 'request')}",
                    f"{words.duration(place.waiting_ns)} waiting",
                ],
            )
