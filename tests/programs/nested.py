"""Calls in calls: four levels, lengths from 2 to 100 ms, some work and some waiting, and a recursion."""

from __future__ import annotations

import time

from tests.programs.truth import Truth, spin


def run(truth: Truth) -> None:
    """About one second."""

    @truth.timed
    def leaf(milliseconds: float) -> None:
        spin(milliseconds)

    @truth.timed
    def wait(milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    @truth.timed
    def branch(milliseconds: float) -> None:
        spin(3)
        leaf(milliseconds)
        wait(milliseconds / 2)
        spin(3)

    @truth.timed
    def tree(milliseconds: float) -> None:
        branch(milliseconds)
        spin(2)
        branch(milliseconds * 1.5)

    @truth.timed
    def climb(level: int) -> None:
        spin(6)
        if level:
            climb(level - 1)
        spin(4)

    for milliseconds in (2.0, 5.3, 11.7, 23.1):
        tree(milliseconds)
        spin(1)
    climb(6)
