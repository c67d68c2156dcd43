"""A new connection for every HTTP request."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in connecting, where `requests.get` and its like, or `httpx.get`, are called in a loop."""
    one_off = evidence.named("requests.api") | evidence.named("httpx._api")
    setting_up = (
        evidence.named("requests", r"Session\.(__init__|close|__exit__)|HTTPAdapter\.(__init__|init_poolmanager)")
        | evidence.named("httpx", r"Client\.(__init__|close|__exit__)")
        | evidence.named("urllib3", r"(HTTP|HTTPS)Connection\.(connect|_new_conn)|create_connection")
        | evidence.named("httpcore", r".*connect_tcp|.*start_tls")
        | evidence.named("ssl", r"SSLSocket\.do_handshake|SSLContext\..*|create_default_context")
        | evidence.named("socket", r"create_connection|getaddrinfo")
    )
    callers = {
        (place.function, place.line): place for place in evidence.places.of(one_off, direct=True) if place.looped
    }
    for place in evidence.places.of(setting_up):
        asked = callers.get((place.function, place.line))
        if asked is not None:
            yield evidence.tip(
                "http-session",
                place,
                title="Reuse one HTTP connection",
                advice="Make a requests.Session() or httpx.Client() in front of the loop and call its get and post: connections "
                "stay open.",
                evidence=f"Requests in a loop made a new connection each time: {evidence.cost(place)}, "
                f"of {words.duration(asked.ns)} for the requests as a whole.",
                sure=0.8,
                chips=[f"at least {words.plural(asked.calls, 'request')}"],
            )
