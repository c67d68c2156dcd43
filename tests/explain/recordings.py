"""Recordings to explain."""

from __future__ import annotations

from typing import Any

from microlog_nb.api.recording import Recording
from microlog_nb.tables import Tables
from tests.pictures import trace_from_picture

SOURCE = """\
import time
def load(path):
    return read(path)
def fit(table):
    for row in table:
        step(row)
table = load("x.csv")
model = fit(table)
"""

PICTURE = """
    main:    <module>:7.load:3*40    <module>:8.fit:6.step:1*20    <module>:8.fit:6.step:2~*120    <module>:8.fit:5*20
    worker:  -*40                    poll:4~*160
"""


def recording(picture: str = PICTURE, **more: Any) -> Recording:
    """A notebook cell that loads and then mostly waits; an error is logged in the wait."""
    given: dict[str, Any] = {
        "sources": {"In [1]": SOURCE},
        "functions": {"load": {"line": 2}, "fit": {"line": 4}},
        "logs": [
            {"at": 10, "message": "loading", "stack": "<module>:7.load:3"},
            {
                "at": 100,
                "message": "no answer",
                "level": "error",
                "source": "logging",
                "stack": "<module>:8.fit:6.step:2",
                "exception": "Traceback (most recent call last):\nTimeoutError: no answer",
            },
        ],
        "metrics": {"cpu": [90.0] * 60 + [4.0] * 140, "memory": [1e8 + 1e6 * tick for tick in range(200)]},
        **more,
    }
    return Recording(Tables(trace_from_picture(picture, **given)))
