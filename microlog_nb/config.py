"""Settings of a recording: one frozen value, checked once, with defaults from `MICROLOG_*` environment variables."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from microlog_nb.errors import MicrologError

LOOK_NS = 10_000_000
"""It is looked so often at what asyncio tasks do: so exact is what is known of them."""
PROCESS_METRICS = ("cpu", "system_cpu", "memory", "modules", "threads", "gc_objects")
"""The metrics that the recorder reads itself; any other name is a counter of the user's."""

SAMPLERS = ("auto", "native", "thread")
MIN_INTERVAL = 50e-6
MAX_INTERVAL = 1.0
MIN_METRICS_INTERVAL = 0.01
MAX_METRICS_INTERVAL = 60.0

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_DURATION = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e-?[0-9]+)?)\s*(s|ms|us|µs)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """How to record.

    Attributes:
        interval_ns: time between samples, 50 µs to 1 s.
        metrics_interval_ns: time between readings of CPU, memory and the like, 10 ms to 60 s.
        sampler: one of `SAMPLERS`; "auto" takes the best one that this interpreter can run.
        logs: whether prints, log records, warnings and exceptions are recorded.
        sources: whether the source text of cells and of the user's own files is kept.
    """

    interval_ns: int
    metrics_interval_ns: int
    sampler: str
    logs: bool
    sources: bool

    @classmethod
    def create(
        cls,
        *,
        interval: float | str | None = None,
        metrics_interval: float | str | None = None,
        sampler: str | None = None,
        logs: bool = True,
        sources: bool | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Settings:
        """Checks what the user said; what was left out comes from the environment, else the default.

        Args:
            interval: seconds, or text with a unit as "0.5ms"; default 0.001 (`MICROLOG_INTERVAL`).
            metrics_interval: the same; default 0.1 (`MICROLOG_METRICS_INTERVAL`).
            sampler: "auto", "native" or "thread" (`MICROLOG_SAMPLER`).
            logs: whether to record what the program says.
            sources: whether to keep the user's source text; default True (`MICROLOG_SOURCES`, 1 or 0).
            environment: where the defaults are looked up.

        Raises:
            MicrologError: a value of the wrong type or outside its range.
        """
        if interval is None:
            interval = environment.get("MICROLOG_INTERVAL", 0.001)
        if metrics_interval is None:
            metrics_interval = environment.get("MICROLOG_METRICS_INTERVAL", 0.1)
        if sampler is None:
            sampler = environment.get("MICROLOG_SAMPLER", "auto")
        if sampler not in SAMPLERS:
            raise MicrologError(
                f"sampler {sampler!r} does not exist: choose {', '.join(map(repr, SAMPLERS[:-1]))} or {SAMPLERS[-1]!r}"
            )
        if sources is None:
            said = environment.get("MICROLOG_SOURCES", "1")
            if said not in ("0", "1"):
                raise MicrologError(f"MICROLOG_SOURCES must be 1 or 0, not {said!r}")
            sources = said == "1"
        for name, value in (("logs", logs), ("sources", sources)):
            if not isinstance(value, bool):
                raise MicrologError(f"{name} must be True or False, not {value!r}")
        return cls(
            interval_ns=seconds_to_ns("interval", interval, MIN_INTERVAL, MAX_INTERVAL),
            metrics_interval_ns=seconds_to_ns(
                "metrics_interval", metrics_interval, MIN_METRICS_INTERVAL, MAX_METRICS_INTERVAL
            ),
            sampler=sampler,
            logs=logs,
            sources=sources,
        )


def seconds_to_ns(name: str, value: float | str, lowest: float, highest: float) -> int:
    """A duration in seconds, or text with a unit (s, ms, us), as whole nanoseconds.

    Raises:
        MicrologError: not a duration, or outside `lowest` to `highest` seconds.
    """
    allowed = f"allowed are {_short(lowest)} to {_short(highest)}, as 0.001 or '1ms'"
    seconds = _seconds(value)
    if seconds is None:
        raise MicrologError(f"{name} {value!r} is not a duration: {allowed}")
    nanoseconds = round(seconds * 1e9)
    if not round(lowest * 1e9) <= nanoseconds <= round(highest * 1e9):
        raise MicrologError(f"{name} {value!r} is out of range: {allowed}")
    return nanoseconds


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        return float(match[1]) * _UNITS[(match[2] or "s").lower()] if match else None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _short(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds * 1e6:g} µs"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Folder where microlog keeps running recordings: `MICROLOG_HOME`, else the platform's cache folder."""
    if chosen := environment.get("MICROLOG_HOME"):
        return Path(chosen).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("microlog_nb", appauthor=False)
