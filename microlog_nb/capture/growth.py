"""What a running recording has grown by since somebody asked last, in little time: for views that grow with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from microlog_nb.capture.recorder import Recorder, Window

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grown:
    """A piece of a recording; times are nanoseconds on the recorder's clock.

    Attributes:
        origin_ns: when the recording began.
        start_ns: where the piece before ended.
        end_ns: up to where it goes.
        samples: rows as `Builder.samples` has them.
        stacks: rows as `Builder.stacks` has them, of the whole recorder.
        functions: rows of the table, of the whole recorder.
        threads: rows of the table, of the whole recorder.
        logs: rows of the table.
        metrics: rows of the table.
    """

    origin_ns: int
    start_ns: int
    end_ns: int
    samples: Rows
    stacks: Rows
    functions: Sequence[tuple[Any, ...]]
    threads: Sequence[tuple[Any, ...]]
    logs: Sequence[tuple[Any, ...]]
    metrics: Sequence[tuple[Any, ...]]


class Growth:
    """Tells what a recording has grown by since it was asked for its facts. It costs as much as there is new.

    Args:
        recorder: is running.
        window: the recording.
    """

    def __init__(self, recorder: Recorder, window: Window) -> None:
        self._recorder = recorder
        self._window = window
        self._end_ns, self._next = window.traced
        self._stacks = recorder.builder.since("stacks", 0)
        self._functions = list(recorder.builder.since("functions", 0))

    def read(self) -> Grown:
        """What is new since the last time."""
        recorder, builder = self._recorder, self._recorder.builder
        start, now = self._end_ns, recorder.now()
        recorder.collect()
        # what they refer to was appended before them
        fresh = {name: builder.since(name, at) for name, at in self._next.items()}
        self._next = {name: at + len(fresh[name]) for name, at in self._next.items()}
        taken = fresh["samples"][:, :2].sum(axis=1)
        self._end_ns = max(now, int(taken.max(initial=0)))
        stacks = builder.since("stacks", len(self._stacks))
        if len(stacks):
            self._stacks = np.concatenate([self._stacks, stacks])
        self._functions += builder.since("functions", len(self._functions))
        logs = fresh["logs"]
        if not self._window.settings.logs:
            logs = [row for row in logs if row[2] == "microlog"]
        return Grown(
            self._window.start_ns,
            start,
            self._end_ns,
            fresh["samples"],
            self._stacks,
            self._functions,
            recorder.threads.rows(),
            logs,
            fresh["metrics"],
        )
