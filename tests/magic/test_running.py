"""A recording that is displayed while it runs grows, and has everything at its end."""

from __future__ import annotations

import ast

from tests.magic.kernels import Kernel

_CELL = """
import json, struct, threading, time, zlib
import ipywidgets
from IPython.display import display
from microlog_nb.widget.widget import Timeline

def facts(view):
    view = zlib.decompress(view)
    size, = struct.unpack_from("<I", view, 8)
    return json.loads(view[16:16 + size])["facts"]

seen = []
with microlog_nb.profile("grows", display=False) as rec:
    display(rec)
    [timeline] = [made for made in ipywidgets.widget._instances.values() if isinstance(made, Timeline)]
    seen.append(facts(timeline.payload))
    timeline.observe(lambda change: seen.append(facts(change["new"])), "payload")
    while len(seen) < 3:
        sum(range(1000))
    threads = [type(thread).__name__ for thread in threading.enumerate()]
assert len(seen) > 3, "the end brings the last picture"
assert seen[-1]["duration"] == rec.meta["duration_ns"]
assert "_DummyThread" not in threads
assert rec.meta["notes"] == [], rec.meta["notes"]
print([one["running"] for one in seen[:3] + seen[-1:]], sorted(seen, key=lambda one: one["duration"]) == seen)
"""


def test_recording_that_is_displayed_in_its_block_grows_and_is_whole_at_its_end(kernel: Kernel) -> None:
    ran = kernel.run(_CELL)
    assert ran.error is None
    assert len(ran.shown) == 1
    assert ast.literal_eval(f"({ran.stdout.strip().replace('] ', '], ')})") == ([True, True, True, False], True)


_FAILS = """
import microlog_nb
from IPython.display import display
from microlog_nb.widget.widget import Timeline

def fails(*args, **options):
    raise OSError("the comm is gone")

with microlog_nb.profile("grows", display=False) as rec:
    display(rec)
    Timeline.update = fails
print(rec.running, len(rec.calls) >= 0)
"""


def test_view_that_cannot_be_told_of_the_end_does_not_stop_the_program(kernel: Kernel) -> None:
    ran = kernel.run(_FAILS)
    assert ran.error is None
    assert ran.stdout == "False True\n"
    assert ran.stderr == "microlog: the timeline lacks the end: OSError: the comm is gone\n"
