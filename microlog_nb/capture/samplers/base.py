"""What the recorder asks of a sampler."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Reading(NamedTuple):
    """The process as a whole at one moment.

    Attributes:
        at_ns: when, from the recorder's start.
        cpu_ns: CPU time that it has used so far, without that of the recorder's threads.
        busy_ns: time that all cores have worked so far for all processes.
        memory: bytes in RAM.
        modules: loaded ones.
        threads: alive ones that `threading` knows.
    """

    at_ns: int
    cpu_ns: int
    busy_ns: int
    memory: int
    modules: int
    threads: int


class Sampler(Protocol):
    """Looks at the stacks of all threads on a schedule, from `start` to `stop`, and writes samples to a builder.

    Attributes:
        name: as in the settings and in `meta`.
        interval_ns: time between samples; may be changed while it runs.
        ticks: times it has looked.
        missed: times that were due while it could not look.
        torn: looks at a thread that gave no stack.
        cpu_ns: CPU time of its own thread so far.
        error: why it ended before it was stopped, or "".
        reads_process: whether it can, and does; see `read_process`.
    """

    name: str
    interval_ns: int

    @property
    def ticks(self) -> int: ...  # noqa: D102  # see above
    @property
    def missed(self) -> int: ...  # noqa: D102
    @property
    def torn(self) -> int: ...  # noqa: D102
    @property
    def cpu_ns(self) -> int: ...  # noqa: D102
    @property
    def error(self) -> str: ...  # noqa: D102
    @property
    def reads_process(self) -> bool: ...  # noqa: D102

    def start(self) -> None:
        """Begins.

        Raises:
            SamplerUnavailable: it cannot run here.
        """

    def observe(self) -> None:
        """Looks now, on the calling thread: an exact edge."""

    def look(self) -> None:
        """What only Python can see, looked at now and then by the recorder's own thread."""

    def drain(self) -> None:
        """Writes to the builder what has been collected elsewhere."""

    def read_process(self, interval_ns: int) -> None:
        """From now on the process as a whole is read at this interval, by a sampler that can."""

    def readings(self) -> list[Reading]:
        """What it has read of the process up to the last `drain`, each once, in the order of time."""

    def pause(self) -> None:
        """Right before the process forks: stands still until `resume`."""

    def resume(self) -> None:
        """Right after the process has forked, in the parent."""

    def stop(self) -> None:
        """Ends; when it returns the sampler writes nothing more."""

    def abandon(self) -> None:
        """In a forked child, where its thread does not exist: restores what `start` changed."""


class SamplerUnavailable(Exception):  # noqa: N818  # a state of things
    """A sampler cannot run here; the message says why."""
