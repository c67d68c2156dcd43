"""Three threads at a time: two that compute and get in each other's way, one that mostly waits."""

from __future__ import annotations

import threading
import time

from tests.programs.truth import Truth, spin


def run(truth: Truth) -> None:
    """About one second."""

    @truth.timed
    def compute(milliseconds: float) -> None:
        spin(milliseconds)

    @truth.timed
    def wait(milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    @truth.timed
    def job(milliseconds: float) -> None:
        compute(milliseconds)
        wait(milliseconds)
        compute(milliseconds / 2)

    def work(lengths: tuple[float, ...]) -> None:
        for milliseconds in lengths:
            job(milliseconds)
            spin(4)

    def listen() -> None:
        for milliseconds in (60.0, 90.0, 120.0):
            wait(milliseconds)
            compute(7)

    workers = [
        threading.Thread(target=work, args=((20.0, 35.0, 50.0, 15.0),), name="worker 1"),
        threading.Thread(target=work, args=((45.0, 25.0, 30.0, 40.0),), name="worker 2"),
        threading.Thread(target=listen, name="listener"),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
