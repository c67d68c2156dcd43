"""Streams of the test's own: pytest's capture is not what is tested."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

import pytest


@pytest.fixture
def stdout() -> io.StringIO:
    """What `sys.stdout` is while the test runs."""
    return io.StringIO()


@pytest.fixture
def stderr() -> io.StringIO:
    """What `sys.stderr` is while the test runs."""
    return io.StringIO()


@pytest.fixture
def program_logging() -> None:
    """While the test runs logging is as in a program of its own: without the handlers of the test tools."""


@contextmanager
def _program_logging() -> Iterator[None]:
    root, known = logging.root, set(logging.Logger.manager.loggerDict)
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name in set(logging.Logger.manager.loggerDict) - known:
            del logging.Logger.manager.loggerDict[name]


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Puts them in place only now: between setting up and running a test pytest puts streams of its own there."""
    streams = pyfuncitem.funcargs
    with ExitStack() as stack:
        if "program_logging" in pyfuncitem.fixturenames:
            stack.enter_context(_program_logging())
        stack.enter_context(redirect_stdout(streams.get("stdout", sys.stdout)))
        stack.enter_context(redirect_stderr(streams.get("stderr", sys.stderr)))
        return (yield)
