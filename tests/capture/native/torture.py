"""Programs whose every possible caller and callee is known, sampled as fast as can be: any other edge was never there.

    python torture.py PROGRAM SAMPLES      prints {"samples": ..., "impossible": ..., "examples": [...], ...} as JSON

It uses the extension alone, so that it runs on an interpreter that has nothing else installed; `SAMPLER` in the environment
is its path.
"""

from __future__ import annotations

import faulthandler
import functools
import importlib.util
import json
import linecache
import os
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torture_programs as programs

INTERVAL_NS = 100_000
NONE = 0xFFFFFFFF
CORES = sorted(os.sched_getaffinity(0))
RUN_S = 0.25
"""How long a program runs between two verdicts."""


@dataclass(frozen=True)
class Step:
    """A frame of a stack, as the sampler has it: what runs, and at which line."""

    file: str
    name: str
    line: int

    @property
    def is_ours(self) -> bool:
        """Whether it belongs to the program, and not to the standard library."""
        return self.file == programs.__file__ or self.churned > 0

    @property
    def churned(self) -> int:
        """Number of the piece of code that was made and dropped; 0 of everything else."""
        return int(self.file.removeprefix("churn_")) if self.file.startswith("churn_") else 0

    @property
    def plain(self) -> str:
        """Its name without the number."""
        return self.name.removesuffix(f"_{self.churned}")


def fault_of(caller: Step | None, callee: Step, program: str) -> str:
    """Why this one cannot have been called by that one, or be the root of a stack; "" if it can."""
    if callee.churned and callee.line not in programs.CHURN_LINES.get(callee.plain, set()):
        return f"{callee} has no such line"
    if caller is None:
        roots = programs.GREENLET_ROOTS if program == "greenlets" else set()
        main = (callee.file, callee.name) == (__file__, "<module>")
        thread = not callee.is_ours and callee.name == "Thread._bootstrap"
        return "" if main or thread or callee.name in roots else f"nobody -> {callee}"
    edge = caller.plain, callee.plain
    if caller.file == __file__ and edge in {
        ("<module>", "main"),
        ("main", "run_for"),
        ("main", "on_other_core"),
        ("run_for", program),
    }:
        return ""
    if program == "garbage" and callee.name == "Ring.__del__":
        return ""  # the collector may run at any moment
    if not callee.is_ours:
        # of the standard library: what makes and joins threads, and nothing else
        threads = program == "threads" and ("thread" in callee.file or "weakref" in callee.file)
        return "" if threads else f"{caller} -> {callee}"
    if edge not in programs.PROGRAMS[program][1]:
        return f"{caller} -> {callee}"
    if caller.churned and caller.churned != callee.churned:
        return f"{caller} -> {callee} of another time"
    if caller.file == programs.__file__:
        last = callee.name.rpartition(".")[2]
        named = programs.NAMED.get(last, last if not callee.churned else "exec(")
        if named not in linecache.getline(caller.file, caller.line):
            return f"{caller} -> {callee} from the wrong line"
    return ""


class Judge:
    """Looks at every stack once, and counts the samples that have an impossible one."""

    def __init__(self, program: str, origin_ns: int) -> None:
        self.program = program
        self.origin_ns = origin_ns
        self.codes: list[tuple[str, str, memoryview]] = []
        self.steps: list[Step] = []  # of every node
        self.faults: list[str] = []  # the first impossible thing on the way to it
        self.samples = 0
        self.impossible: Counter[str] = Counter()

    def hear(self, drained: Any) -> None:
        """Takes what one drain has given."""
        base_us, rows, nodes, codes, *_ = drained
        self.codes += [(file, name, memoryview(lines).cast("i")) for _, file, name, *_, lines, _ in codes]
        for parent, code, instruction in struct.iter_unpack("<IIi", nodes):
            file, name, lines = self.codes[code]
            step = Step(file, name, lines[instruction // 2] if instruction >= 0 else 0)
            caller = None if parent == NONE else self.steps[parent]
            fault = "" if parent == NONE else self.faults[parent]
            self.steps.append(step)
            self.faults.append(fault or fault_of(caller, step, self.program))
        for due_us, delay_us, _, node, _ in struct.iter_unpack("<IHHII", rows):
            if node == NONE and self.program in {"threads", "greenlets"}:
                continue  # a thread that has ended, a greenlet before its first frame
            self.samples += 1
            if node == NONE:
                self.impossible["nothing runs"] += 1
                continue
            due_ns = (base_us + due_us) * 1000
            fault = self.faults[node] or self.out_of_time(self.steps[node], due_ns, due_ns + delay_us * 1000)
            if fault:
                self.impossible[fault] += 1

    def out_of_time(self, step: Step, due_ns: int, taken_ns: int) -> str:
        """Whether code that was dropped ran when its sample was due or taken, to the microsecond."""
        if not step.churned:
            return ""
        begin, end = (moment - self.origin_ns for moment in programs.lived[step.churned])
        return "" if begin - 1000 <= taken_ns and due_ns <= end + 1000 else f"{step.plain} at the wrong time"


def load() -> Any:
    """The extension, from its file."""
    spec = importlib.util.spec_from_file_location("_sampler", os.environ["SAMPLER"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def on_other_core(start: Callable[[], object]) -> None:
    """Starts the sampler's thread on another core than the program's: on one core a program stands still while it is read."""
    os.sched_setaffinity(0, CORES[-1:])
    start()
    os.sched_setaffinity(0, CORES[:1])


def run_for(program: str) -> None:
    """Runs it again and again."""
    run = programs.PROGRAMS[program][0]
    until = time.monotonic() + RUN_S
    while time.monotonic() < until:
        run()


def main(name: str, wanted: int) -> int:
    """Runs a program until there are so many samples of it, and prints what was found."""
    sampler: Any = load()
    faulthandler.enable()
    origin_ns = time.perf_counter_ns()
    judge = Judge(name, origin_ns)
    on_other_core(functools.partial(sampler.start, origin_ns, INTERVAL_NS))
    while judge.samples < wanted:
        run_for(name)
        sampler.pause()  # what judges is no part of the program
        judge.hear(sampler.drain())
        on_other_core(sampler.resume)
    ticks, missed, torn, faults, lost, cpu_ns, _ = sampler.counters()
    sampler.stop()
    result = {
        "python": sys.version.split()[0],
        "program": name,
        "samples": judge.samples,
        "impossible": judge.impossible.total(),
        "examples": judge.impossible.most_common(5),
        "ticks": ticks,
        "missed": missed,
        "torn": torn,
        "faults": faults,
        "lost": lost,
        "us_a_tick": round(cpu_ns / 1000 / max(ticks, 1), 1),
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
