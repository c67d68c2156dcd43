"""Looking at the frames of all threads never hangs."""

from __future__ import annotations

import gc
import subprocess
import sys
from types import FrameType

from microlog_nb.capture.frames import chain, other_frames

PROGRAM = """
import gc, threading, time
from microlog_nb.capture.frames import other_frames
gc.set_threshold(1)  # a collection at every allocation, as far as the interpreter allows
def drop():
    box = [threading.local()]
    box.append(box)  # only a collection frees it
stop = threading.Event()
threads = [threading.Thread(target=stop.wait) for _ in range(5)]
for thread in threads: thread.start()
for _ in range(3000):
    drop()
    other_frames()
stop.set()
print("alive", gc.isenabled())
"""


def test_a_collection_while_the_frames_are_read_does_not_hang() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "alive True\n"


def test_a_program_that_has_disabled_the_collector_keeps_it_disabled() -> None:
    gc.disable()
    try:
        other_frames()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_chain_has_every_caller_with_its_instruction_and_leaves_the_collector_as_it_was() -> None:
    def descend(levels: int) -> None:
        if levels:
            descend(levels - 1)
            return
        frame: FrameType | None = sys._getframe()
        expected = []
        while frame is not None:
            expected.append(frame)
            frame = frame.f_back
        frames, instructions = chain(sys._getframe())
        assert frames == expected
        assert instructions[1:] == [one.f_lasti for one in expected][1:]
        assert gc.isenabled()

    descend(100)
