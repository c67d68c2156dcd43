"""Calls: intervals inferred from samples, one function entered and left, with its caller.

    samples   a-b  a-b  a-c  a      each a stack; '-' reads "calls"
    calls     aaaaaaaaaaaaaaaaa
              bbbbbbbbb ccc

(implementation follows below)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calls:
    """Columns of all calls; a row's number is the call's id, ordered by start, then depth, then thread.

    Attributes:
        thread: row of the trace's threads.
        depth: 0 at the root.
        function: row of the trace's functions.
        parent: the caller's id, -1 at the root.
        caller_line: line it was called from, 0 at the root.
        start_ns: when it was entered.
        end_ns: when it was left.
        self_ns: time in its own code.
        cpu_ns: CPU time of its thread inside it; NaN where unknown.
        samples: number of observations behind it.
        sample_call: for every sample of the trace the innermost call it saw, -1 if none.
        log_call: for every log entry of the trace the call that said it, -1 if unknown.
    """

    thread: Ints
    depth: Ints
    function: Ints
    parent: Ints
    caller_line: Ints
    start_ns: Ints
    end_ns: Ints
    self_ns: Ints
    cpu_ns: Floats
    samples: Ints
    sample_call: Ints
    log_call: Ints

    def __len__(self) -> int:
        return len(self.start_ns)

    @property
    def duration_ns(self) -> Ints:
        """Total time: in its own code and in what it called."""
        return self.end_ns - self.start_ns
