"""Programs whose every possible caller and callee is known, sampled as fast as can be: any other edge was never there.

    python torture.py PROGRAM SAMPLES      prints {"samples": ..., "impossible": ..., "examples": [...], ...} as JSON

It uses the extension alone, so that it runs on an interpreter that has nothing else installed; `SAMPLER` in the environment
is its path.
"""

from __future__ import annotations

import faulthandler
import functools
import gc
import importlib.util
import json
import os
import re
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

INTERVAL_NS = 100_000
NONE = 0xFFFFFFFF


# -- call tree: of two, three and four calls, so that a frame's memory is used by many functions in turn


def leaf(n: int) -> int:
    return n + 1


def twig(n: int) -> int:
    return leaf(n) + leaf(n)


def branch(n: int) -> int:
    return twig(n) + leaf(n) + twig(n)


def trunk(n: int) -> int:
    return branch(n) + twig(n) + branch(n)


def call_tree() -> None:
    for n in range(200):
        trunk(n)


CALL_TREE = {
    ("call_tree", "trunk"),
    ("trunk", "branch"),
    ("trunk", "twig"),
    ("branch", "twig"),
    ("branch", "leaf"),
    ("twig", "leaf"),
}


# -- generators: their frames are no part of the stack they run on


def source(n: int) -> Iterator[int]:
    for item in range(n):
        yield double(item)


def double(item: int) -> int:
    return item * 2


def relay(n: int) -> Iterator[int]:
    yield from source(n)


def paired(n: int) -> Iterator[tuple[int, int]]:
    yield from zip(relay(n), source(n), strict=True)


def generators() -> None:
    for _ in range(20):
        sum(a + b for a, b in paired(30))


GENERATORS = {
    ("generators", "generators.<locals>.<genexpr>"),
    ("generators.<locals>.<genexpr>", "paired"),
    ("paired", "relay"),
    ("paired", "source"),
    ("relay", "source"),
    ("source", "double"),
}


# -- exceptions: frames end in the middle


def fail(depth: int) -> None:
    if depth:
        fail_deeper(depth - 1)
    raise ValueError(depth)


def fail_deeper(depth: int) -> None:
    try:
        fail(depth)
    finally:
        clean(depth)


def clean(depth: int) -> int:
    return depth * 2


def exceptions() -> None:
    for _ in range(40):
        try:
            fail(10)
        except ValueError as error:
            clean(len(error.args))


EXCEPTIONS = {
    ("exceptions", "fail"),
    ("exceptions", "clean"),
    ("fail", "fail_deeper"),
    ("fail_deeper", "fail"),
    ("fail_deeper", "clean"),
}


# -- classes made at run time


def make() -> type:
    class Made:
        size = compute(3)

        def __init__(self) -> None:
            self.value = compute(4)

        def method(self) -> int:
            return compute(self.value)

    return Made


def compute(n: int) -> int:
    return n * n


def classes() -> None:
    for _ in range(30):
        make()().method()


CLASSES = {
    ("classes", "make"),
    ("make", "make.<locals>.Made"),
    ("make.<locals>.Made", "compute"),
    ("classes", "make.<locals>.Made.__init__"),
    ("classes", "make.<locals>.Made.method"),
    ("make.<locals>.Made.__init__", "compute"),
    ("make.<locals>.Made.method", "compute"),
}


# -- C functions that call back


def order(item: int) -> int:
    return key_of(item)


def key_of(item: int) -> int:
    return -item


def join(a: int, b: int) -> int:
    return a ^ b


def shout(match: re.Match[str]) -> str:
    return upper(match.group())


def upper(text: str) -> str:
    return text.upper()


WORD = re.compile(r"\w+")
TEXT = "the quick brown fox " * 10


def callbacks() -> None:
    for _ in range(10):
        items = sorted(range(40), key=order)
        functools.reduce(join, items)
        WORD.sub(shout, TEXT)
        list(map(key_of, items))


CALLBACKS = {
    ("callbacks", "order"),
    ("order", "key_of"),
    ("callbacks", "join"),
    ("callbacks", "shout"),
    ("shout", "upper"),
    ("callbacks", "key_of"),
}


# -- garbage: finalisers run wherever the collector does


class Ring:
    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        finalise(1)


def finalise(n: int) -> int:
    return n + 1


def litter(n: int) -> None:
    for _ in range(n):
        Ring()


def garbage() -> None:
    litter(100)
    gc.collect()


GARBAGE = {
    ("garbage", "litter"),
    ("litter", "Ring.__init__"),
    ("garbage", "Ring.__del__"),
    ("litter", "Ring.__del__"),
    ("Ring.__init__", "Ring.__del__"),
    ("Ring.__del__", "finalise"),
    ("finalise", "Ring.__del__"),  # the collector may run at any moment
    ("main", "Ring.__del__"),
    ("Ring.__del__", "Ring.__del__"),
}


# -- deep recursion of two functions that never call themselves


def even(n: int) -> bool:
    return n == 0 or odd(n - 1)


def odd(n: int) -> bool:
    return n != 0 and even(n - 1)


def recursion() -> None:
    for _ in range(20):
        even(120)
        even(7)


RECURSION = {("recursion", "even"), ("even", "odd"), ("odd", "even")}


# -- threads that come and go


def errand(n: int) -> None:
    for step in range(n):
        parcel(step)


def parcel(step: int) -> int:
    return knock(step) + 1


def knock(step: int) -> int:
    return step


def threads() -> None:
    runners = [threading.Thread(target=errand, args=(300,)) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()


THREADS = {
    ("threads", "threads.<locals>.<listcomp>"),  # 3.11 makes a frame of it
    ("Thread.run", "errand"),
    ("errand", "parcel"),
    ("parcel", "knock"),
}


# -- code objects that are made, run once and dropped, at addresses that are used again

CHURN = """
def inner_{n}(): return sum(range(20))
def outer_{n}(): return inner_{n}() + inner_{n}()
outer_{n}()
"""
churned = 0


def churn() -> None:
    global churned
    for _ in range(5):
        churned += 1
        exec(compile(CHURN.format(n=churned), f"churn_{churned}", "exec"), {})


PROGRAMS: dict[str, tuple[Callable[[], None], set[tuple[str, str]]]] = {
    "call_tree": (call_tree, CALL_TREE),
    "generators": (generators, GENERATORS),
    "exceptions": (exceptions, EXCEPTIONS),
    "classes": (classes, CLASSES),
    "callbacks": (callbacks, CALLBACKS),
    "garbage": (garbage, GARBAGE),
    "recursion": (recursion, RECURSION),
    "threads": (threads, THREADS),
    "churn": (churn, set()),
}


def is_legal(caller: tuple[str, str] | None, callee: tuple[str, str], program: str) -> bool:
    """Whether this function (file, name) may be called by that one; by nobody, if it is None."""
    file, name = callee
    library = file != __file__ and not file.startswith("churn_")
    if caller is None:
        return (file, name) == (__file__, "<module>") or (library and name == "Thread._bootstrap")
    if (caller[1], name) in {("<module>", "main"), ("main", PROGRAMS[program][0].__name__)}:
        return True
    if library:
        # of the standard library: what makes and joins threads, and nothing else
        return program == "threads" and ("thread" in file or "weakref" in file)
    if program == "churn" and file.startswith("churn_"):
        number = file.removeprefix("churn_")
        pair = (caller[1], name)
        same = caller[0] == file
        return (
            (pair == ("churn", "<module>") and caller[0] == __file__)
            or (same and pair == ("<module>", f"outer_{number}"))
            or (same and pair == (f"outer_{number}", f"inner_{number}"))
        )
    return (caller[1], name) in PROGRAMS[program][1]


class Judge:
    """Looks at every stack once, and counts the samples that have an impossible one."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.codes: list[tuple[str, str]] = []
        self.nodes: list[tuple[int, int]] = []
        self.faults: list[str] = []  # of every node: the first impossible edge on the way to it
        self.samples = 0
        self.impossible: Counter[str] = Counter()

    def hear(self, drained: Any) -> None:
        """Takes what one drain has given."""
        _, rows, nodes, codes, _ = drained
        self.codes += [(file, name) for _, file, name, *_ in codes]
        for parent, code, _ in struct.iter_unpack("<IIi", nodes):
            self.nodes.append((parent, code))
            fault = "" if parent == NONE else self.faults[parent]
            if not fault:
                caller = None if parent == NONE else self.codes[self.nodes[parent][1]]
                callee = self.codes[code]
                if not is_legal(caller, callee, self.program):
                    fault = f"{caller} -> {callee}"
            self.faults.append(fault)
        for _, _, _, node, _ in struct.iter_unpack("<IHHII", rows):
            if node != NONE:
                self.samples += 1
                if self.faults[node]:
                    self.impossible[self.faults[node]] += 1


def load() -> Any:
    """The extension, from its file."""
    spec = importlib.util.spec_from_file_location("_sampler", os.environ["SAMPLER"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(name: str, wanted: int) -> int:
    """Runs a program until there are so many samples of it, and prints what was found."""
    sampler: Any = load()
    faulthandler.enable()
    run = PROGRAMS[name][0]
    judge = Judge(name)
    sampler.start(time.perf_counter_ns(), INTERVAL_NS)
    while judge.samples < wanted:
        until = time.monotonic() + 0.25
        while time.monotonic() < until:
            run()
        sampler.pause()  # what judges is no part of the program
        judge.hear(sampler.drain())
        sampler.resume()
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
