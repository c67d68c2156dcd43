"""How much of the truth a recording tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import microlog_nb as microlog
from tests.programs.truth import TrueCall, Truth


@dataclass(frozen=True)
class Score:
    """What was found of what is true.

    Attributes:
        calls: true calls that are long enough to count.
        found: those with a recorded call of the same function and thread that overlaps enough; each recorded call counts
            once.
        start_errors: seconds by which the found calls start too late (negative: too early).
        end_errors: the same for their ends.
        logs: true log entries.
        attributed: those that the recording gives to the function and the call that said them.
        missed: the calls that were not found.
        unattributed: the messages that were not attributed.
    """

    calls: int
    found: int
    start_errors: npt.NDArray[np.float64]
    end_errors: npt.NDArray[np.float64]
    logs: int
    attributed: int
    missed: tuple[TrueCall, ...]
    unattributed: tuple[str, ...]

    @property
    def share_found(self) -> float:
        """Share of the calls that were found, 1 if there are none."""
        return self.found / self.calls if self.calls else 1.0

    @property
    def share_attributed(self) -> float:
        """Share of the log entries that were attributed, 1 if there are none."""
        return self.attributed / self.logs if self.logs else 1.0

    @property
    def start_error(self) -> float:
        """Median distance of the starts, in seconds."""
        return float(np.median(np.abs(self.start_errors)))

    @property
    def end_error(self) -> float:
        """Median distance of the ends, in seconds."""
        return float(np.median(np.abs(self.end_errors)))

    def __add__(self, other: Score) -> Score:
        """The score of both programs taken together."""
        return Score(
            calls=self.calls + other.calls,
            found=self.found + other.found,
            start_errors=np.concatenate([self.start_errors, other.start_errors]),
            end_errors=np.concatenate([self.end_errors, other.end_errors]),
            logs=self.logs + other.logs,
            attributed=self.attributed + other.attributed,
            missed=self.missed + other.missed,
            unattributed=self.unattributed + other.unattributed,
        )


def record(program: Callable[[Truth], None], **options: Any) -> tuple[Truth, microlog.Recording]:
    """Runs a program while it is recorded; a span matches the recording's clock to the program's."""
    with microlog.profile(display=False, **options) as recording:
        truth = Truth()
        with microlog.span("clock"):
            pass
        program(truth)
    return truth, recording


def score(truth: Truth, recording: microlog.Recording, shortest_ns: int = 5_000_000, overlap: float = 0.8) -> Score:
    """Compares what a recording shows with what the program knows.

    Args:
        truth: what the program knows.
        recording: of the same run.
        shortest_ns: shorter calls do not count.
        overlap: intersection over union from which on a call is found.
    """
    spans = recording.spans
    clock = float(spans.loc[spans["name"] == "clock", "start"].iloc[0])
    calls = recording.calls
    expected = [call for call in truth.calls if call.end_ns - call.start_ns >= shortest_ns]
    starts, ends, missed = [], [], []
    groups = dict(iter(calls.groupby(["function", "thread"], observed=True)))
    used: set[Any] = set()
    for call in expected:
        start, end = ((moment - truth.clock_ns) / 1e9 + clock for moment in (call.start_ns, call.end_ns))
        match = _best(groups.get((call.function, call.thread)), start, end, used, overlap)
        if match is None:
            missed.append(call)
        else:
            used.add(match)
            starts.append(calls.at[match, "start"] - start)
            ends.append(calls.at[match, "start"] + calls.at[match, "duration"] - end)
    unattributed = tuple(
        message for message, function in truth.said.items() if not _attributed(recording, message, function)
    )
    return Score(
        calls=len(expected),
        found=len(starts),
        start_errors=np.array(starts, dtype=np.float64),
        end_errors=np.array(ends, dtype=np.float64),
        logs=len(truth.said),
        attributed=len(truth.said) - len(unattributed),
        missed=tuple(missed),
        unattributed=unattributed,
    )


def _best(calls: pd.DataFrame | None, start: float, end: float, used: set[Any], enough: float) -> Any:
    """The call that overlaps most with an interval, if that is enough and it was not used before."""
    if calls is None:
        return None
    first, last = calls["start"], calls["start"] + calls["duration"]
    shared = (np.minimum(last, end) - np.maximum(first, start)).clip(lower=0)
    overlap = shared / (np.maximum(last, end) - np.minimum(first, start))
    overlap = overlap[~overlap.index.isin(used)]
    return overlap.idxmax() if len(overlap) and overlap.max() >= enough else None


def _attributed(recording: microlog.Recording, message: str, function: str) -> bool:
    """Whether exactly one entry has this message, and it names this function and a call of it."""
    entries = recording.logs[recording.logs["message"].str.endswith(message)]  # a warning begins with its category
    if len(entries) != 1 or entries["function"].iloc[0] != function:
        return False
    call = entries["call"].iloc[0]
    return call in recording.calls.index and recording.calls.at[call, "function"] == function
