"""The profilers to compare: each a context manager that records what runs inside it."""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pyinstrument
import viztracer

import microlog_nb as microlog

Profiler = Callable[[], AbstractContextManager[object]]


def microlog_at(interval: float, sampler: str) -> Profiler:
    """Everything on, at an interval in seconds."""
    return lambda: microlog.profile(interval=interval, sampler=sampler, display=False)


@contextmanager
def with_pyinstrument() -> Iterator[None]:
    """Its default: a sample every millisecond, of this thread alone."""
    profiler = pyinstrument.Profiler()
    profiler.start()
    try:
        yield
    finally:
        profiler.stop()


@contextmanager
def with_viztracer() -> Iterator[None]:
    """Its default: every call of every function."""
    tracer = viztracer.VizTracer(verbose=0)
    tracer.start()
    try:
        yield
    finally:
        tracer.stop()
        tracer.clear()


@contextmanager
def with_cprofile() -> Iterator[None]:
    """Its default: every call of every function, summed up."""
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        yield
    finally:
        profiler.disable()


PROFILERS: dict[str, Profiler] = {
    "native 1 kHz": microlog_at(0.001, "native"),
    "native 10 kHz": microlog_at(0.0001, "native"),
    "thread 1 kHz": microlog_at(0.001, "thread"),
}
PEERS: dict[str, Profiler] = {
    "pyinstrument": with_pyinstrument,
    "viztracer": with_viztracer,
    "cProfile": with_cprofile,
}
