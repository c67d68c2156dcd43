"""Whatever a program does while it is recorded, it does the same as alone: what it prints, what it raises, how it exits."""

from __future__ import annotations

import pytest

from tests.capture.native.processes import alone_and_recorded

THREADS = """
import sys, threading
def worker(number):
    if number % 3 == 0: sys.exit()
    deeper(number % 7)
def deeper(depth): return depth and deeper(depth - 1)
with record():
    for number in range(800):
        thread = threading.Thread(target=worker, args=(number,), daemon=number % 2 == 0)
        thread.start()
        if number % 5: thread.join()
    for thread in threading.enumerate():
        if thread is not threading.current_thread(): thread.join()
print(threading.active_count())
"""

EXEC = """
import gc
total = 0
with record():
    for number in range(1500):
        names = {}
        exec(f"def f_{number}(n):\\n    return n and f_{number}(n - 1) or {number}\\nf_{number}(5)", names)
        total += names[f"f_{number}"](3)
        if number % 100 == 0: gc.collect()
print(total)
"""

RECURSION = """
import sys, threading
def down(): return down()
def by_c(): return sorted([1], key=lambda _: by_c())
def generated():
    yield from generated()
class Mirror:
    def __repr__(self): return repr([self])
with record():
    for _ in range(20):
        for dive in (down, by_c, lambda: next(generated()), lambda: repr(Mirror())):
            try: dive()
            except RecursionError as error: print(type(error).__name__)
    sys.setrecursionlimit(12_000)
    def to(depth): return depth and 1 + to(depth - 1)
    print(to(10_000))
down()
"""

COROUTINES = """
import asyncio
def numbers():
    try:
        while True: yield len("number")
    finally: print("closed")
async def twice():
    for item in range(2):
        await asyncio.sleep(0)
        yield item
async def work(number):
    total = 0
    async for item in twice(): total += item
    try: await asyncio.wait_for(asyncio.Event().wait(), 0.0001)
    except asyncio.TimeoutError: return total + number
async def main():
    found = await asyncio.gather(*(work(number) for number in range(200)))
    task = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    task.cancel()
    return sum(found)
with record():
    print(asyncio.run(main()))
    for _ in range(20):
        some = numbers()
        for _ in range(200): next(some)
        del some
"""

GREENLETS = """
import threading
import greenlet
def hop(count):
    for number in range(count):
        sorted([2, 1], key=lambda _: greenlet.getcurrent().parent.switch(number))
    return "done"
def failing():
    greenlet.getcurrent().parent.switch()
    raise KeyError("from a greenlet")
def rounds():
    for _ in range(100):
        one = greenlet.greenlet(hop)
        answers = [one.switch(20)]
        while not one.dead: answers.append(one.switch())
        left = greenlet.greenlet(hop)
        left.switch(5)
        bad = greenlet.greenlet(failing)
        bad.switch()
        try: bad.switch()
        except KeyError as error: answers.append(str(error))
    print(len(answers), answers[-1])
with record():
    rounds()
    thread = threading.Thread(target=rounds)
    thread.start()
    thread.join()
"""

INTERRUPT = """
import _thread
def work():
    while True: len("work")
with record():
    for _ in range(100):
        try:
            _thread.interrupt_main()
            work()
        except KeyboardInterrupt: pass
    print("interrupted")
    _thread.interrupt_main()
    work()
"""

FORKS = """
import os, threading
def work(): return sum(range(2000))
ends = []
with record():
    thread = threading.Thread(target=lambda: [work() for _ in range(2000)])
    thread.start()
    for number in range(40):
        child = os.fork()
        if child == 0:
            work()
            os._exit(number)
        ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    thread.join()
print(ends)
"""

PROCESSES = """
import multiprocessing, sys
def square(number): return number * number
def stumble(number): raise ValueError(number)
if __name__ == "__main__":
    with record():
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            print(sum(pool.map(square, range(100))))
            try: pool.apply(stumble, (3,))
            except ValueError as error: print(repr(error))
        process = context.Process(target=sys.exit, args=(7,))
        process.start()
        process.join()
        print(process.exitcode)
"""

SUBINTERPRETERS = """
import threading
try: import _interpreters as interpreters
except ImportError: import _xxsubinterpreters as interpreters
def rounds():
    for number in range(5):
        one = interpreters.create()
        interpreters.run_string(one, f"x = sum(range(20_000 + {number}))")
        interpreters.destroy(one)
with record():
    rounds()
    left = interpreters.create()
    interpreters.run_string(left, "def f(): return f()")
    thread = threading.Thread(target=rounds)
    thread.start()
    thread.join()
interpreters.destroy(left)
print("done")
"""

FAULTHANDLER = """
import faulthandler, gc, threading
faulthandler.enable()
with record():
    for number in range(200):
        faulthandler.disable()
        faulthandler.enable()
        threads = [threading.Thread(target=len, args=("",)) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
    faulthandler.disable()
print(faulthandler.is_enabled())
"""

PROGRAMS = {
    "threads": THREADS,
    "exec": EXEC,
    "recursion": RECURSION,
    "coroutines": COROUTINES,
    "greenlets": GREENLETS,
    "interrupt": INTERRUPT,
    "forks": FORKS,
    "subinterpreters": SUBINTERPRETERS,
    "faulthandler": FAULTHANDLER,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_the_same_as_alone(name: str) -> None:
    alone, recorded = alone_and_recorded(PROGRAMS[name])
    assert alone.stdout
    assert recorded == alone


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_do_the_same_as_alone(method: str) -> None:
    alone, recorded = alone_and_recorded(PROCESSES, method)
    assert alone.stdout == "328350\nValueError(3)\n7\n"
    assert recorded == alone


ENDS = {
    "end": "",
    "exit": "sys.exit(6)",
    "text": "sys.exit('a word')",
    "exception": "1 / 0",
    "at once": "os._exit(5)",
    "by signal": "os.kill(os.getpid(), signal.SIGTERM)",
    "interrupted": "raise KeyboardInterrupt",
    "in a thread": "threading.Thread(target=lambda: [sum(range(1000)) for _ in range(300)]).start()",
    "at exit": "atexit.register(lambda: [work(3) for _ in range(100)])",
    "finaliser": "import builtins\nclass Last:\n    def __del__(self): work(3)\nbuiltins.last = [Last() for _ in range(100)]",
}
END_RUNNING = """
import atexit, os, signal, sys, threading
def work(depth): return depth and work(depth - 1)
def for_ever():
    while True: work(20)
running = record()
running.__enter__()
threading.Thread(target=for_ever, daemon=True).start()
for _ in range(1000): work(20)
print("now", flush=True)
"""


@pytest.mark.parametrize("end", ENDS)
def test_a_program_that_ends_while_it_is_recorded_ends_as_alone(end: str) -> None:
    alone, recorded = alone_and_recorded(END_RUNNING + ENDS[end])
    assert alone.stdout == "now\n"
    assert recorded == alone
