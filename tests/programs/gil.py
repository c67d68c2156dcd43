"""C code that holds the interpreter's lock, so that no sample can be taken while it runs."""

from __future__ import annotations

import json
import random
import re

from tests.programs.truth import Truth, spin


def run(truth: Truth) -> None:
    """About two seconds."""
    source = random.Random(3)
    numbers = [source.random() for _ in range(120_000)]
    rows = [{"id": number, "name": f"row {number}", "values": [number, number / 3]} for number in range(12_000)]
    text = "ab " * 60_000

    @truth.timed
    def sort(count: int) -> None:
        sorted(numbers[:count])

    @truth.timed
    def encode() -> str:
        return json.dumps(rows)

    @truth.timed
    def decode(document: str) -> None:
        json.loads(document)

    @truth.timed
    def match() -> None:
        re.findall(r"(?:a|b)+\s(?=a)", text)

    @truth.timed
    def add() -> None:
        sum(range(1_500_000))

    @truth.timed
    def mixed() -> None:
        spin(6)
        sort(60_000)
        spin(6)
        add()

    for _ in range(3):
        sort(120_000)
        decode(encode())
        match()
        add()
        mixed()
