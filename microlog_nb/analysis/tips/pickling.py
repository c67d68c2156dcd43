"""Data pickled to be sent to other processes."""

from __future__ import annotations

from collections.abc import Iterator

from microlog_nb import words
from microlog_nb.analysis.tips.base import Evidence, Tip


def find(evidence: Evidence) -> Iterator[Tip]:
    """Time in what multiprocessing uses to send and receive objects."""
    sending = evidence.named("multiprocessing.reduction", r".*[Pp]ickler.*|dump") | evidence.named(
        "multiprocessing.connection", r"_ConnectionBase\.(send|recv)|Connection\.(_send|_recv).*"
    )
    for place in evidence.places.of(sending, own=True, outside=True):
        if place.waiting_ns < place.ns / 2:  # else it waited for the other side
            yield evidence.tip(
                "pickling",
                place,
                title="Send less to the processes",
                advice="Send file names or indices and let each process load its part; give large data once with "
                "Pool(initializer=...), or share it (multiprocessing.shared_memory, np.memmap); use chunksize for many "
                "small items.",
                evidence=f"Pickling data for other processes took {evidence.cost(place)}.",
                sure=0.6,
                chips=[f"pickle {words.duration(place.ns)}"],
            )
