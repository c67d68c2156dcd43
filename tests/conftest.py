"""What holds for every test: its own home for recordings, and nothing left behind."""

from __future__ import annotations

import asyncio
import builtins
import gc
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A slow machine is no failure, and CI tries the same examples every time: new ones are for people to find.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Running recordings are kept in a folder of this test; the user's settings do not count."""
    for name in ("MICROLOG_INTERVAL", "MICROLOG_METRICS_INTERVAL", "MICROLOG_SAMPLER"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("MICROLOG_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """After every test the very objects that were there are there again, and no thread runs that did not before."""
    before, threads = _patchable(), set(sys._current_frames())
    yield
    after = _patchable()
    changed = [name for name, value in before.items() if after[name] is not value and after[name] != value]
    assert not changed, f"left behind by the test: {', '.join(changed)}"
    assert _ended(threads), f"still running: {[thread.name for thread in threading.enumerate()]}"


def _ended(threads: set[int], attempts: int = 500) -> bool:
    """Waits until no thread runs but the given ones: a thread that was told to end may be at its last breath."""
    pause = threading.Event()
    for _ in range(attempts):
        if set(sys._current_frames()) <= threads:
            return True
        pause.wait(0.01)
    return False


def _own(things: list[Any]) -> list[Any]:
    """Without what the test tools themselves register."""
    tools = ("_pytest", "hypothesis")
    return [thing for thing in things if not (getattr(thing, "__module__", None) or "").startswith(tools)]


def _patchable() -> dict[str, Any]:
    """Everything that interceptors and samplers may touch."""
    return {
        "sys.stdout": sys.stdout,
        "sys.stderr": sys.stderr,
        "builtins.print": builtins.print,
        "builtins.__import__": builtins.__import__,
        "logging.Logger.callHandlers": logging.Logger.callHandlers,
        "logging.root.handlers": _own(logging.root.handlers),
        "logging.lastResort": logging.lastResort,
        "warnings.showwarning": warnings.showwarning,
        "warnings._showwarnmsg_impl": getattr(warnings, "_showwarnmsg_impl", None),
        "sys.excepthook": sys.excepthook,
        "threading.excepthook": threading.excepthook,
        "threading._start_new_thread": getattr(threading, "_start_new_thread", None),
        "threading._start_joinable_thread": getattr(threading, "_start_joinable_thread", None),
        "sys.unraisablehook": sys.unraisablehook,
        "asyncio.events._set_running_loop": asyncio.events._set_running_loop,
        "sys.meta_path": _own(sys.meta_path),
        "sys.getprofile()": sys.getprofile(),
        "sys.gettrace()": sys.gettrace(),
        "sys.getswitchinterval()": sys.getswitchinterval(),
        "gc.callbacks": _own(gc.callbacks),
    }
