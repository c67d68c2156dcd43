"""Time spent asleep, and polling."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from microlog_nb.analysis.tips.base import Evidence, Tip

MIN_WAITING = 0.8
"""A line that sleeps does nothing else; less means that the line does more than that."""


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines that say `sleep` and wait."""
    for place in evidence.places.waiting():
        code = evidence.code(place)
        if code.call(place.line, "time.sleep", "sleep", "asyncio.sleep") is None:
            continue
        if place.waiting_ns < MIN_WAITING * place.ns:
            continue
        polls = isinstance(code.loop(place.line), ast.While)
        yield evidence.tip(
            "sleeping",
            place,
            title="Wait for the event, not for a time" if polls else "Shorten or remove the sleep",
            advice=(
                "Polling notices a change half a pause late: wait with an Event, a Condition, a Queue, Future.result() or "
                "Popen.wait(timeout)."
                if polls
                else "If it is there to be polite to a server, sleep only after an error, or for the time that is left of the "
                "interval; if it waits for something, wait for that itself."
            ),
            evidence=f"{'Polling' if polls else 'Sleeping'} took {evidence.cost(place)}.",
            sure=0.6 if polls else 0.5,
            chips=["sleep in while" if polls else "sleep"],
        )
