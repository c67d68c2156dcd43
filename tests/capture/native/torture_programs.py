"""Programs that know which of their functions may call which, and from which lines.

Each is a function to run again and again, and its edges: (caller, callee) by qualified name. A caller stands at a line on
which the callee is named; `NAMED` has those that are called by another name, or from anywhere ("").
"""

from __future__ import annotations

import functools
import gc
import re
import threading
import time
from collections.abc import Callable, Iterator

try:
    import greenlet
except ImportError:
    greenlet = None  # the other programs need nothing that is to be installed

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
def inner_{n}():
    return sum(range(200))
def outer_{n}(): return inner_{n}() + inner_{n}()
outer_{n}()
"""
CHURN_LINES = {"<module>": {0, 1, 2, 4, 5}, "outer": {4}, "inner": {2, 3}}
churned = 100_000  # names of one length: their memory is used again by those of the next
lived: dict[int, tuple[int, int]] = {}
"""When the code of each number ran, on the clock of `time.perf_counter_ns`."""


def churn() -> None:
    for _ in range(5):
        churn_once()


def churn_once() -> None:
    global churned
    churned += 1
    code = compile(CHURN.format(n=churned), f"churn_{churned}", "exec")
    begin = time.perf_counter_ns()
    exec(code, {})
    lived[churned] = begin, time.perf_counter_ns()


CHURN_EDGES = {("churn", "churn_once"), ("churn_once", "<module>"), ("<module>", "outer"), ("outer", "inner")}


# -- greenlets: stacks that are put aside and taken up again, C stacks included


def relay_race(rounds: int) -> None:
    first = greenlet.greenlet(run_first)
    second = greenlet.greenlet(run_second)
    for _ in range(rounds):
        first.switch(second)
        second.switch(first)


def run_first(other: greenlet.greenlet) -> None:
    while True:
        sorted((3, 1, 2), key=switch_back)
        advance(other)


def switch_back(item: int) -> int:
    greenlet.getcurrent().parent.switch()
    return double(item)


def run_second(other: greenlet.greenlet) -> None:
    while True:
        advance(other)
        greenlet.getcurrent().parent.switch()


def advance(other: greenlet.greenlet) -> int:
    return leaf(1) + leaf(2)


def greenlets() -> None:
    relay_race(20)


GREENLETS = {
    ("greenlets", "relay_race"),
    ("run_first", "switch_back"),
    ("switch_back", "double"),
    ("run_first", "advance"),
    ("run_second", "advance"),
    ("advance", "leaf"),
}
GREENLET_ROOTS = {"run_first", "run_second"}


NAMED = {
    "<module>": "exec(",
    "<listcomp>": "for _ in range",
    "<genexpr>": "sum(",
    "__init__": "()",
    "order": "key=order",
    "__del__": "",
}

PROGRAMS: dict[str, tuple[Callable[[], None], set[tuple[str, str]]]] = {
    "call_tree": (call_tree, CALL_TREE),
    "generators": (generators, GENERATORS),
    "exceptions": (exceptions, EXCEPTIONS),
    "classes": (classes, CLASSES),
    "callbacks": (callbacks, CALLBACKS),
    "garbage": (garbage, GARBAGE),
    "recursion": (recursion, RECURSION),
    "threads": (threads, THREADS),
    "churn": (churn, CHURN_EDGES),
    "greenlets": (greenlets, GREENLETS),
}
