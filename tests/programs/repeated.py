"""The same function called again and again, from different lines: neighbours that must not become one call."""

from __future__ import annotations

from tests.programs.truth import Truth, spin


def run(truth: Truth) -> None:
    """About one second."""

    @truth.timed
    def step(milliseconds: float) -> None:
        spin(milliseconds)

    @truth.timed
    def other(milliseconds: float) -> None:
        spin(milliseconds)

    @truth.timed
    def straight() -> None:
        step(8.4)
        step(5.2)
        step(13.9)
        step(21.3)
        step(6.1)

    @truth.timed
    def one_line() -> None:
        step(9.7), step(12.2), step(7.7)

    @truth.timed
    def alternating() -> None:
        for milliseconds in (5.5, 8.1, 14.3, 30.9):
            step(milliseconds)
            other(milliseconds)

    for _ in range(3):
        straight()
        spin(1)
        one_line()
        spin(1)
    alternating()
