"""What the recorder asks of a sampler."""

from __future__ import annotations

from typing import Protocol


class Sampler(Protocol):
    """Looks at the stacks of all threads on a schedule, from `start` to `stop`, and writes samples to a builder.

    Attributes:
        name: as in the settings and in `meta`.
        interval_ns: time between samples; may be changed while it runs.
        ticks: times it has looked.
        missed: times that were due while it could not look.
        cpu_ns: CPU time of its own thread so far.
        error: why it ended before it was stopped, or "".
    """

    name: str
    interval_ns: int
    ticks: int
    missed: int
    cpu_ns: int
    error: str

    def start(self) -> None:
        """Begins."""

    def observe(self) -> None:
        """Looks now, on the calling thread: an exact edge."""

    def stop(self) -> None:
        """Ends; when it returns the sampler writes nothing more."""

    def abandon(self) -> None:
        """In a forked child, where its thread does not exist: restores what `start` changed."""
