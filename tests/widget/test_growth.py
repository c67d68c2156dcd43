"""The pieces that a running recording grows by are what it has in the end."""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
import pytest

import microlog_nb as microlog
from microlog_nb.capture import recorder
from microlog_nb.capture.growth import Growth
from microlog_nb.model.trace import Trace
from microlog_nb.widget import growth
from microlog_nb.widget.payload import METRIC_KEYS
from tests.capture.looked_at import spin


class Pieces:
    """Reads what the page reads."""

    def __init__(self) -> None:
        """Of a recording that has begun."""
        running = recorder.current()
        assert running is not None
        self.growth = Growth(running, running.windows[-1])
        self.bodies: list[dict[str, Any]] = []
        self.samples: list[tuple[int, str, tuple[tuple[str, int], ...], int]] = []

    def take(self) -> None:
        """The next one."""
        body, data = growth.encode(self.growth.read())
        numbers = np.frombuffer(data, "<i4")
        assert len(numbers) == 5 * (body["samples"] + body["nodes"])
        time, thread, node, cpu, _ = numbers[: 5 * body["samples"]].reshape(5, -1).tolist()
        caller, function, line, *_ = numbers[5 * body["samples"] :].reshape(5, -1).tolist()

        def stack(at: int) -> tuple[tuple[str, int], ...]:
            if at < 0:
                return ()
            assert caller[at] < at
            return (*stack(caller[at]), (body["functions"][function[at]]["name"], line[at]))

        self.bodies.append(body)
        self.samples += [
            (body["from"] // 1000 + row[0], body["threads"][row[1]]["name"], stack(row[2]), row[3])
            for row in zip(time, thread, node, cpu, strict=True)
        ]

    def every(self, name: str) -> list[dict[str, Any]]:
        """Rows of all pieces."""
        return [row for body in self.bodies for row in body[name]]


def samples_of(trace: Trace) -> list[tuple[int, str, tuple[tuple[str, int], ...], int]]:
    """What `Pieces` has of them."""
    names, threads = trace.texts("functions", "name"), trace.texts("threads", "name")
    parent, function, line = (trace.numbers("stacks", name).tolist() for name in ("parent", "function", "line"))

    def stack(at: int) -> tuple[tuple[str, int], ...]:
        return () if at < 0 else (*stack(parent[at]), (names[function[at]], line[at]))

    columns = (trace.numbers("samples", name).tolist() for name in ("thread", "stack", "cpu_ns"))
    return [
        (taken // 1000, threads[thread], stack(node), cpu)
        for taken, thread, node, cpu in zip(trace.taken_ns.tolist(), *columns, strict=True)
    ]


@pytest.mark.parametrize("sampler", ["auto", "thread"])
def test_pieces_are_what_came_after_the_last_look(sampler: Any) -> None:
    with microlog.profile("grows", sampler=sampler) as rec:
        spin(30)
        print("seen")
        assert len(rec.logs) == 1  # a look at the facts
        pieces = Pieces()
        pieces.take()
        spin(60)
        print("printed")
        pieces.take()
        pieces.take()
        spin(30)
        logging.getLogger("shop").error("out of \ud800 stock")
        pieces.take()
    trace = rec._tables.trace  # samples are not public
    start, end = pieces.bodies[0]["from"] // 1000, pieces.bodies[-1]["to"] // 1000
    seen = {one for one in pieces.samples if one[0] > start}
    expected = {one for one in samples_of(trace) if start < one[0] <= end}
    assert len(expected) > 10
    assert sorted(seen ^ expected) == []
    assert [body["from"] for body in pieces.bodies[1:]] == [body["to"] // 1000 * 1000 for body in pieces.bodies[:-1]]
    said = [(row["message"], row["level"], row["source"]) for row in pieces.every("logs")]
    assert said[-2:] == [("printed", "info", "print"), ("out of \\ud800 stock", "error", "logging")]
    assert "seen" not in [row[0] for row in said]
    assert any(row.get("cpu") is not None for row in pieces.every("metrics"))


def test_a_recording_without_logs_tells_only_its_own() -> None:
    with microlog.profile("quiet", logs=False):
        pieces = Pieces()
        print("printed")
        microlog.info("told")
        pieces.take()
    assert [row["message"] for row in pieces.every("logs")] == ["told"]


def test_a_counter_of_the_programs_is_no_reading_of_the_process() -> None:
    with microlog.profile("counts") as rec:
        pieces = Pieces()
        spin(150)
        microlog.counter("time", math.nan)
        microlog.counter("loss", 0.5)
        pieces.take()
    rows = pieces.every("metrics")
    assert rows
    assert {name for row in rows for name in row} <= {"time", *METRIC_KEYS.values()}
    assert all(math.isfinite(value) for row in rows for value in row.values())
    assert len(rec.counters) == 2
