"""A program that crashes while it is recorded dies as it would alone, and faulthandler tells the same of it."""

from __future__ import annotations

import os
import re
import signal

import pytest

from tests.capture.native.processes import End, alone_and_recorded

PROGRAM = """
import ctypes, faulthandler, mmap, os, resource, signal, sys, threading
when, how = sys.argv[1:]
_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most if when == "core" else 0, most))
with open("/proc/self/coredump_filter", "w") as file: file.write("0")  # a small one will do
def work(depth): return depth and work(depth - 1)
def in_a_thread(crash):
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
def past_the_end():
    with open("short", "w+b") as file:
        file.write(b"x" * 8192)
        file.flush()
        pages = mmap.mmap(file.fileno(), 8192)
        file.truncate(0)
        file.flush()
        return pages[4096]
crash = {
    "null": lambda: ctypes.string_at(0),
    "thread": lambda: in_a_thread(lambda: ctypes.string_at(0)),
    "sent": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "bus": past_the_end,
    "abort": os.abort,
    "overflow": faulthandler._stack_overflow,
    "division": faulthandler._sigfpe,
}[how]
if when == "before": faulthandler.enable()
running = record()
running.__enter__()
if when == "after": faulthandler.enable()
for _ in range(1000): work(20)
if when == "ended":
    faulthandler.enable()
    running.__exit__(None, None, None)
crash()
for _ in range(1_000_000): work(20)
print("it went on")
"""
HOW = {
    "null": signal.SIGSEGV,
    "thread": signal.SIGSEGV,
    "sent": signal.SIGSEGV,
    "bus": signal.SIGBUS,
    "abort": signal.SIGABRT,
    "overflow": signal.SIGSEGV,
    "division": signal.SIGFPE,
}


def told(end: End) -> list[str]:
    """What faulthandler said of the program: the fault, and its own threads."""
    return re.findall(
        r"Fatal Python error: .*|File \"FOLDER/program.py\", line \d+ in (?:crash|<.*>|past_the_end)", end.stderr
    )


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("when", ["never", "before", "after", "ended"])
def test_a_crash_ends_a_recorded_program_as_it_does_alone(when: str, how: str) -> None:
    alone, recorded = alone_and_recorded(PROGRAM, when, how)
    assert os.WTERMSIG(alone.status) == HOW[how]
    assert recorded.status == alone.status
    assert told(recorded) == told(alone)
    assert alone.stdout == recorded.stdout == ""
    assert (when == "never") == (recorded.stderr == "")


def test_a_crash_leaves_a_core_dump_where_it_would_alone() -> None:
    alone, recorded = alone_and_recorded(PROGRAM, "core", "null")
    assert os.WTERMSIG(alone.status) == signal.SIGSEGV
    assert os.WCOREDUMP(recorded.status) == os.WCOREDUMP(alone.status)
