"""GIVEN exceptions that nobody catches, WHEN they are told of, THEN all is said and nothing of them is kept."""

from __future__ import annotations

import gc
import threading
import traceback
import weakref

import pytest

from microlog_nb.capture.interceptors.exceptions import ThreadExceptions, report
from microlog_nb.capture.interceptors.streams import Streams
from tests.capture.interceptors.recording_sink import RecordingSink, listening

_PARTS = ("__context__", "__cause__", "__traceback__", "__suppress_context__")


@pytest.fixture(autouse=True)
def hook_of_the_interpreter(monkeypatch):
    """pytest puts a hook of its own."""
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)


def _run(target):
    thread = threading.Thread(target=target, name="worker")
    thread.start()
    thread.join()


def _fail():
    raise ValueError("text")


def test_exception_that_ends_a_thread_is_one_entry_and_printed_as_before(stderr):
    with listening(Streams(), ThreadExceptions()) as sink:
        _run(_fail)
    (entry,) = sink.entries
    assert (entry.level, entry.source, entry.message) == ("error", "exception", "ValueError: text")
    assert (entry.function, entry.thread) == ("_fail", "worker")
    assert entry.exception.startswith("Traceback (most recent call last):")
    assert "in _fail" in entry.exception
    assert stderr.getvalue().startswith("Exception in thread worker:\nTraceback")
    assert stderr.getvalue().endswith("ValueError: text\n")


def test_hook_that_was_there_is_called_and_may_fail(stderr, monkeypatch):
    def own(args):
        raise KeyError("hook")

    monkeypatch.setattr(threading, "excepthook", own)
    with listening(ThreadExceptions()) as sink, pytest.raises(KeyError):
        threading.excepthook(threading.ExceptHookArgs((ValueError, ValueError("x"), None, None)))
    assert sink.messages == ["ValueError: x"]
    assert threading.excepthook is own


def test_thread_that_exits_is_no_entry(stderr):
    def leave():
        raise SystemExit(3)

    with listening(ThreadExceptions()) as sink:
        _run(leave)
    assert sink.entries == []


def test_uninstalling_leaves_a_hook_on_top_of_ours(stderr):
    with listening(ThreadExceptions()) as sink:
        ours = threading.excepthook

        def theirs(args):
            ours(args)

        threading.excepthook = theirs
    assert threading.excepthook is theirs
    _run(_fail)
    assert "ValueError: text" in stderr.getvalue()
    assert sink.entries == []


def _raised(exception):
    try:
        raise exception
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    ("exception", "messages"),
    [
        (ValueError("text"), ["ValueError: text"]),
        (KeyboardInterrupt(), ["KeyboardInterrupt"]),
        (SystemExit(2), ["SystemExit: 2"]),
        (SystemExit("why"), ["SystemExit: why"]),
        (SystemExit(), []),
        (SystemExit(0), []),
        (GeneratorExit(), []),
        (ExceptionGroup("several", [ValueError("a"), KeyError("b")]), ["ExceptionGroup: several (2 sub-exceptions)"]),
    ],
)
def test_report_tells_of_what_is_an_error(exception, messages):
    sink = RecordingSink()
    report(sink, _raised(exception))
    assert sink.messages == messages


def test_report_has_the_traceback_as_the_interpreter_prints_it():
    sink, error = RecordingSink(), None
    try:
        try:
            _fail()
        except ValueError as cause:
            raise KeyError("outer") from cause
    except KeyError as caught:
        error = caught
    report(sink, error)
    assert sink.entries[0].exception + "\n" == "".join(traceback.format_exception(error))


def test_report_changes_and_keeps_nothing_of_the_exception():
    class Witness:
        pass

    def fail():
        witness = Witness()
        seen.append(weakref.ref(witness))
        raise ValueError

    seen = []
    caught = None
    try:
        fail()
    except ValueError as error:
        caught = error
    before = [getattr(caught, name) for name in _PARTS]
    try:
        raise KeyError
    except KeyError:
        report(RecordingSink(), caught)
    assert [getattr(caught, name) for name in _PARTS] == before
    gc.disable()
    try:
        del caught, before
        assert seen[0]() is None
    finally:
        gc.enable()


def test_exception_whose_text_fails_is_told_of_still():
    class BadError(Exception):
        def __str__(self):
            raise RuntimeError

    sink = RecordingSink()
    report(sink, _raised(BadError()))
    assert sink.entries[0].message.endswith("BadError: <exception str() failed>")
