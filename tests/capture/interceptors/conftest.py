"""Streams of the test's own: pytest's capture is not what is tested."""

from __future__ import annotations

import io
import sys
from collections.abc import Generator
from contextlib import ExitStack, redirect_stderr, redirect_stdout

import pytest


@pytest.fixture
def stdout() -> io.StringIO:
    """What `sys.stdout` is while the test runs."""
    return io.StringIO()


@pytest.fixture
def stderr() -> io.StringIO:
    """What `sys.stderr` is while the test runs."""
    return io.StringIO()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Puts them in place only now: between setting up and running a test pytest puts streams of its own there."""
    streams = pyfuncitem.funcargs
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(streams.get("stdout", sys.stdout)))
        stack.enter_context(redirect_stderr(streams.get("stderr", sys.stderr)))
        return (yield)
