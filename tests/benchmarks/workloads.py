"""Programs of different character for measuring overhead: each does the same work at every run, a tenth to a quarter of a second.

Their sizes are chosen so that none of them is mostly waiting: overhead would hide there.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd


def call_heavy() -> None:
    """Very many very short Python calls."""

    def fibonacci(number: int) -> int:
        return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)

    fibonacci(30)


def objects() -> None:
    """Makes and drops many objects, so that garbage is collected."""

    @dataclass
    class Node:
        name: str
        children: list[Node]

    for _ in range(6):
        nodes: list[Node] = []
        for number in range(20_000):
            nodes.append(Node(f"node {number}", nodes[-2:]))


def loop() -> None:
    """One function that computes in plain Python."""
    total = 0
    for number in range(3_000_000):
        total += number * number % 7


def parse_json() -> None:
    """C code that holds the lock and makes objects."""
    document = json.dumps([{"id": number, "values": [number] * 4, "name": f"row {number}"} for number in range(20_000)])
    for _ in range(3):
        json.loads(document)


def regex() -> None:
    """C code that holds the lock and computes."""
    text = "the quick brown fox, number 42; " * 50_000
    re.findall(r"(\w+)\s+(?=\w+,)|\d{2}", text)
    re.sub(r"[aeiou](?=[a-z]*,)", "_", text)


def deep() -> None:
    """A stack of 200 frames, at the end of which the work is done: the dearest stacks to walk."""

    def descend(level: int) -> int:
        if level:
            return descend(level - 1) + 1
        return sum(number % 3 for number in range(5_000_000))

    descend(200)


def table() -> None:
    """A typical piece of analysis with pandas."""
    source = np.random.default_rng(1)
    rows = 300_000
    trips = pd.DataFrame(
        {"zone": source.integers(0, 50, rows), "fare": source.random(rows), "day": source.integers(0, 365, rows)}
    )
    for _ in range(3):
        by_zone = trips.groupby(["zone", "day"])["fare"].agg(["mean", "max"]).reset_index()
        trips.merge(by_zone, on=["zone", "day"]).sort_values("fare")


def threads() -> None:
    """Four threads that compute."""

    def work(seed: int) -> None:
        numbers = list(range(30_000))
        random.Random(seed).shuffle(numbers)
        for _ in range(4):
            sorted(numbers, key=lambda number: -number)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


WORKLOADS: dict[str, Callable[[], None]] = {
    workload.__name__: workload for workload in (call_heavy, objects, loop, parse_json, regex, deep, table, threads)
}
