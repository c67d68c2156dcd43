"""The sampler leaves nothing behind, and where it cannot go on the recording does."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from microlog_nb.capture.samplers import native
from tests.capture.native.processes import run


def held() -> list[str]:
    """Files and threads of this process."""
    return [entry.name for kind in ("fd", "task") for entry in Path("/proc/self", kind).iterdir()]


def memory_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


def start_and_stop(sampler: Any, times: int) -> None:
    for number in range(times):
        sampler.start(0, 50_000)
        if number % 3 == 0:
            sampler.drain()
        if number % 5 == 0:
            sampler.pause()
            sampler.resume()
        sampler.stop()


def test_ten_thousand_starts_and_stops_leave_nothing() -> None:
    sampler: Any = native.load()
    handlers = [signal.getsignal(number) for number in (signal.SIGSEGV, signal.SIGBUS)]
    start_and_stop(sampler, 500)
    before, pages = held(), memory_pages()
    start_and_stop(sampler, 10_000)
    assert held() == before
    assert memory_pages() - pages < 10_000 * 100 / os.sysconf("SC_PAGESIZE")  # less than 100 bytes each
    assert [signal.getsignal(number) for number in (signal.SIGSEGV, signal.SIGBUS)] == handlers
    with pytest.raises(sampler.SamplerError, match="not running"):
        sampler.drain()


NO_THREAD_OF_OURS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    static int made;
    size_t size = 0;
    if (attributes)
        pthread_attr_getstacksize(attributes, &size);
    if (size == 256 * 1024 && made++ >= atoi(getenv("ALLOWED")))  /* the native sampler's */
        return EAGAIN;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, run, argument);
}
"""
WORK = """
import os, sys, time
import microlog_nb as microlog
from microlog_nb.capture import recorder
def work(depth): return depth and work(depth - 1)
def work_until(condition):
    while not condition(): work(20)
"""


@pytest.fixture(scope="module")
def no_thread(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What refuses the native sampler's thread, and no other."""
    folder = tmp_path_factory.mktemp("threads")
    folder.joinpath("refuse.c").write_text(NO_THREAD_OF_OURS)
    subprocess.run(["cc", "-shared", "-fPIC", "refuse.c", "-o", "refuse.so", "-ldl"], cwd=folder, check=True)
    return f"{os.environ.get('LD_PRELOAD', '')} {folder / 'refuse.so'}"


def test_without_a_thread_for_it_the_recording_is_the_other_samplers(no_thread: str) -> None:
    program = f"""{WORK}
with microlog.profile(display=False) as rec:
    work_until(lambda: recorder.current().sampler.ticks > 20)
print(rec.meta["sampler"], *rec.meta["notes"], "work" in set(rec.calls["function"]))
try: microlog.start(sampler="native")
except microlog.MicrologError as error: print(error)
"""
    end = run(program, environment={"LD_PRELOAD": no_thread, "ALLOWED": "0"})
    assert end.stdout.splitlines() == [
        "thread recorded by the thread sampler: the native sampler cannot run here: its thread could not be started True",
        "sampler 'native' cannot run here: its thread could not be started; choose 'auto' or 'thread'",
    ]


def test_without_a_thread_for_it_after_a_fork_the_other_sampler_goes_on(no_thread: str) -> None:
    program = f"""{WORK}
with microlog.profile(display=False) as rec:
    work_until(lambda: recorder.current().sampler.ticks > 20)
    child = os.fork()
    if child == 0: os._exit(0)
    os.waitpid(child, 0)
    work_until(lambda: recorder.current().sampler.name == "thread")
    work_until(lambda: recorder.current().sampler.ticks > 20)
print(rec.meta["sampler"], *rec.meta["notes"])
"""
    end = run(program, environment={"LD_PRELOAD": no_thread, "ALLOWED": "1"})
    assert end.stdout.startswith("thread recorded by the thread sampler from ")
    assert end.stdout.endswith(
        " s on: the native sampler did not go on after a fork: its thread could not be started\n"
    )


def test_where_no_thread_can_be_started_it_is_said_and_nothing_is_changed() -> None:
    program = f"""{WORK}
import resource, signal
with microlog.profile(display=False): pass  # loads what another user may not read
if os.getuid() == 0: os.setuid(50_000 + os.getpid())  # for root there is no limit
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
before = sys.getswitchinterval(), sys.stdout, signal.getsignal(signal.SIGSEGV)
for sampler in microlog.config.SAMPLERS:
    try: microlog.start(sampler=sampler)
    except microlog.MicrologError as error: print(error)
print(before == (sys.getswitchinterval(), sys.stdout, signal.getsignal(signal.SIGSEGV)), recorder.current())
"""
    end = run(program)
    refused = "nothing can be recorded: the system allows this process no more threads"
    assert (end.stderr, end.stdout.splitlines()) == (
        "",
        [
            refused,
            "sampler 'native' cannot run here: its thread could not be started; choose 'auto' or 'thread'",
            refused,
            "True None",
        ],
    )


def test_one_that_can_read_no_thread_any_more_is_replaced() -> None:
    """The list of threads is spoilt until a thread is added to it, which mends it: that of the other sampler."""
    program = f"""{WORK}
import ctypes
ctypes.pythonapi.PyThreadState_Get.restype = ctypes.c_void_p
with microlog.profile(display=False, interval=50e-6) as rec:
    work_until(lambda: recorder.current().sampler.ticks > 20)
    link = ctypes.c_void_p.from_address(ctypes.pythonapi.PyThreadState_Get())
    before = link.value
    link.value = 0xDEAD8
    work_until(lambda: recorder.current().sampler.error)
    link.value = before
    work_until(lambda: recorder.current().sampler.name == "thread")
    work_until(lambda: recorder.current().sampler.ticks > 20)
print(rec.meta["sampler"], *rec.meta["notes"], "work" in set(rec.calls["function"]))
"""
    end = run(program)
    assert end.stderr == ""
    assert end.stdout.startswith("thread recorded by the thread sampler from ")
    assert end.stdout.endswith(" s on: the native sampler could no longer read the program's stacks True\n")
