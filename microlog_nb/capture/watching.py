"""Whoever follows a running recording is called now and then, and may take a share of the time at most."""

from __future__ import annotations

import time
from collections.abc import Callable

LEAST_NS = 300_000_000
"""Between two looks at least."""
MOST_SHARE = 0.01
"""Of the time, for all looks of all followers."""


class Watch:
    """One follower.

    Args:
        look: called in the recorder's own thread; whether it wants to be called again.
        due_ns: when it is called first, on the recorder's clock.
        share: of the time, for its looks: the longer one takes, the later the next one comes.
        spent_ns: CPU time of the calling thread.
    """

    def __init__(
        self,
        look: Callable[[], bool],
        due_ns: int,
        share: float = MOST_SHARE,
        *,
        spent_ns: Callable[[], int] = time.thread_time_ns,
    ) -> None:
        self._look = look
        self._share = share
        self._spent_ns = spent_ns
        self.due_ns = due_ns

    def tell(self, now_ns: Callable[[], int]) -> bool:
        """Calls if it is time; whether this is to go on."""
        if now_ns() < self.due_ns:
            return True
        before = self._spent_ns()
        goes_on = self._look()
        self.due_ns = now_ns() + max(LEAST_NS, round((self._spent_ns() - before) / self._share))
        return goes_on
