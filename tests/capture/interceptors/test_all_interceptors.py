"""GIVEN the list of interceptors, WHEN all listen at once, THEN each thing is said once and all is put back."""

from __future__ import annotations

import ast
import sys
import warnings
from pathlib import Path

from microlog_nb.capture import interceptors
from tests.capture.interceptors.recording_sink import listening


def test_without_logs_nothing_said_is_listened_to():
    names = {type(one).__name__ for one in interceptors.all_interceptors(logs=False)}
    assert names == {"GcPauses", "Imports", "LoopStarts", "ThreadStarts"}


def test_all_listen_together_and_each_thing_is_one_entry(stdout, stderr):
    import logging

    with listening(*interceptors.all_interceptors(logs=True)) as sink:
        print("a", 1)
        logging.getLogger("apart").error("b")
        print("c", file=sys.stderr)
    assert [(entry.source, entry.message) for entry in sink.entries] == [
        ("print", "a 1"),
        ("logging", "b"),
        ("stderr", "c"),
    ]


def test_listening_twice_at_once_says_all_twice_and_is_undone_in_any_order(stdout):
    first, second = interceptors.all_interceptors(logs=True), interceptors.all_interceptors(logs=True)
    with listening(*first) as sink_1, listening(*second) as sink_2:
        print("a", 1)
    assert sink_1.messages == sink_2.messages == ["a 1"]
    assert "write" not in vars(stdout)


def test_nothing_heavy_is_imported():
    allowed = set(sys.stdlib_module_names) | {"microlog_nb"}
    for path in Path(interceptors.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.partition(".")[0] for alias in node.names} <= allowed, path
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] in allowed, path


def test_warnings_module_has_what_is_listened_to():
    assert callable(warnings._showwarnmsg)
