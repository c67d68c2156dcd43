"""Small programs that know the truth about themselves, and how well a recording tells it.

A program is a module with `run(truth)`: it lets `truth` time the functions it calls and says what it says through
`truth.said`. `PROGRAMS` lists them; `record` runs one under `microlog.profile()`, `score` compares.
"""

from __future__ import annotations

from tests.programs import gil, logs, nested, repeated, threads
from tests.programs.score import Score, record, score
from tests.programs.truth import Truth

PROGRAMS = {module.__name__.rpartition(".")[2]: module.run for module in (nested, repeated, gil, threads, logs)}

__all__ = ["PROGRAMS", "Score", "Truth", "record", "score"]
