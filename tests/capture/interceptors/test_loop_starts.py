"""GIVEN event loops that run, WHEN it is listened to, THEN it is told which one a thread runs, and when none any more."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from microlog_nb.capture.interceptors.loop_starts import LoopStarts
from tests.capture.interceptors.recording_sink import listening


async def running() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_a_loop_is_told_of_when_it_starts_and_when_it_ends() -> None:
    with listening(LoopStarts()) as sink:
        loop = asyncio.run(running())
    assert sink.loops[0] is loop
    assert sink.loops[-1] is None


def test_the_function_is_the_very_one_as_before() -> None:
    before = asyncio.events._set_running_loop
    with listening(LoopStarts()):
        assert asyncio.events._set_running_loop is not before
    assert asyncio.events._set_running_loop is before


def test_a_fault_of_the_sink_is_counted_and_the_loop_runs(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    with listening(LoopStarts(), faults=True) as sink:
        monkeypatch.setattr(sink, "loop_runs", lambda loop: 1 / 0)
        assert asyncio.run(running()) is not None
    assert {place for place, _ in sink.faults} == {"noting a loop that runs"}


_LATER = """
import sys
from microlog_nb.capture.interceptors.loop_starts import LoopStarts

class Sink:
    loops = 0
    def loop_runs(self, loop):
        self.loops += loop is not None

assert "asyncio" not in sys.modules
sink, listener, finders = Sink(), LoopStarts(), list(sys.meta_path)
listener.install(sink)
import asyncio
asyncio.run(asyncio.sleep(0))
listener.uninstall()
before = sink.loops
assert before
assert sys.meta_path == finders
asyncio.run(asyncio.sleep(0))
assert sink.loops == before, sink.loops
"""


def test_asyncio_may_be_imported_later() -> None:
    subprocess.run([sys.executable, "-c", _LATER], check=True, timeout=60)
