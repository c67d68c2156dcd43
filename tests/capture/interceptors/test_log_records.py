"""GIVEN logging that is listened to, WHEN a program logs, THEN each record is one entry and handlers do as they did."""

from __future__ import annotations

import io
import logging
import queue
import sys
import traceback
from contextlib import nullcontext, redirect_stderr
from logging.handlers import QueueHandler, QueueListener

import pytest

from microlog_nb.capture.interceptors.log_records import LogRecords
from microlog_nb.capture.interceptors.streams import Streams
from tests.capture.interceptors.recording_sink import listening

pytestmark = pytest.mark.usefixtures("program_logging")


def test_record_is_one_entry_and_not_also_stderr_text(stderr):
    logging.basicConfig(format="%(name)s|%(message)s")
    with listening(Streams(), LogRecords()) as sink:
        logging.getLogger("a.b").warning("x is %d", 3)
        line = sys._getframe().f_lineno - 1
    (entry,) = sink.entries
    assert (entry.level, entry.source, entry.logger, entry.message) == ("warning", "logging", "a.b", "x is 3")
    assert (entry.function, entry.line) == ("test_record_is_one_entry_and_not_also_stderr_text", line)
    assert stderr.getvalue() == "a.b|x is 3\n"


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (5, "debug"),
        (10, "debug"),
        (20, "info"),
        (25, "info"),
        (30, "warning"),
        (40, "error"),
        (50, "critical"),
        (99, "critical"),
    ],
)
def test_numbers_are_levels(number, level):
    logging.basicConfig(level=1, stream=io.StringIO())
    with listening(LogRecords()) as sink:
        logging.log(number, "x")
    assert [(entry.level, entry.logger) for entry in sink.entries] == [(level, "root")]


def test_record_below_the_level_is_no_entry():
    with listening(LogRecords()) as sink:
        logging.getLogger("quiet").info("x")
    assert sink.entries == []


def test_last_resort_shows_a_warning_once(stderr):
    with listening(Streams(), LogRecords()) as sink:
        logging.getLogger("a").warning("x")
    assert stderr.getvalue() == "x\n"
    assert sink.messages == ["x"]


def test_basic_config_after_installing_works(stderr):
    with listening(Streams(), LogRecords()) as sink:
        logging.basicConfig(format="%(levelname)s")
        logging.error("x")
    assert stderr.getvalue() == "ERROR\n"
    assert sink.messages == ["x"]


def test_exception_and_stack_come_with_the_entry():
    with listening(LogRecords()) as sink, redirect_stderr(io.StringIO()):
        try:
            raise ValueError("inside")
        except ValueError:
            logging.getLogger("a").exception("failed", stack_info=True)
        logging.getLogger("a").error("none", exc_info=(None, None, None))
    first, second = sink.entries
    assert first.exception.startswith("Traceback (most recent call last):")
    assert "ValueError: inside\nStack (most recent call last):" in first.exception
    assert second.exception == ""


def _say_broken():
    logging.getLogger("a").warning("broken %d %d", *["x"])


def test_broken_format_behaves_as_without_and_is_an_entry_still():
    logging.basicConfig(format="%(message)s")
    said = []
    for context in (nullcontext(), listening(Streams(), LogRecords())):
        logging.root.handlers[0].setStream(stream := io.StringIO())
        with redirect_stderr(stream), context as sink:
            _say_broken()
        said.append(stream.getvalue())
    without, with_us = said
    assert "TypeError" in without
    assert _around_the_handler(with_us) == _around_the_handler(without)
    assert sink.messages == ["broken %d %d"]


def _around_the_handler(text):
    """Without the traceback's frames: between handler and formatter there are none of ours."""
    return text.partition("Call stack:")[2]


def test_text_of_an_argument_is_made_as_often_as_without():
    made = []

    class Counted:
        def __str__(self):
            made.append(1)
            return "counted"

    logging.basicConfig(stream=io.StringIO())
    with listening(LogRecords()) as sink:
        logging.warning("%s", Counted())
    assert len(made) == 1
    assert sink.messages == ["counted"]


def test_argument_that_logs_and_prints_in_its_str_makes_entries_without_end(stdout):
    class Loud:
        def __str__(self):
            logging.warning("inner")
            print("inner print")
            return "loud"

    stream = io.StringIO()
    logging.basicConfig(stream=stream, format="%(message)s")
    with listening(Streams(), LogRecords()) as sink:
        logging.warning("%s", Loud())
    assert sink.messages == ["inner", "loud"]
    assert stream.getvalue() == "inner\nloud\n"
    assert stdout.getvalue() == "inner print\n"


def test_message_is_made_where_no_handler_formats_it():
    class Keeping(logging.Handler):
        def emit(self, record):
            pass

    logging.root.addHandler(Keeping())
    with listening(LogRecords()) as sink:
        logging.warning("a %s", "b")
    assert sink.messages == ["a b"]


def test_exception_of_a_handler_goes_its_way_and_the_entry_stays():
    class Failing(logging.Handler):
        def emit(self, record):
            raise KeyError("handler")

    logging.root.addHandler(Failing())
    with listening(LogRecords()) as sink, pytest.raises(KeyError) as raised:
        logging.warning("x")
    assert sink.messages == ["x"]
    assert "interceptors" not in "".join(traceback.format_tb(raised.tb)).replace(__file__, "")


def test_prints_after_a_record_are_entries_again(stdout):
    logging.basicConfig(stream=io.StringIO())
    with listening(Streams(), LogRecords()) as sink:
        logging.warning("x")
        print("y")
    assert sink.messages == ["x", "y"]


def test_uninstalling_puts_the_very_function_back():
    before = logging.Logger.callHandlers
    handlers = logging.root.handlers[:]
    with listening(LogRecords()):
        assert logging.Logger.callHandlers is not before
        assert logging.root.handlers == handlers
    assert logging.Logger.callHandlers is before


def test_patch_on_top_of_ours_stays_and_ours_passes_through(monkeypatch):
    monkeypatch.setattr(logging.Logger, "callHandlers", logging.Logger.callHandlers)
    stream = io.StringIO()
    logging.basicConfig(stream=stream, format="%(message)s")
    with listening(LogRecords()) as sink:
        ours = logging.Logger.callHandlers

        def theirs(logger, record):
            ours(logger, record)

        logging.Logger.callHandlers = theirs
    logging.warning("late")
    assert logging.Logger.callHandlers is theirs
    assert stream.getvalue() == "late\n"
    assert sink.entries == []


def test_what_the_kernel_logs_of_itself_is_no_entry(stderr):
    with listening(LogRecords()) as sink:
        exec("import logging\nlogging.getLogger('IPKernelApp').warning('x')", {"__name__": "ipykernel.kernelbase"})
    assert sink.entries == []
    assert stderr.getvalue() == "x\n"


def test_record_that_another_thread_shows_is_one_entry(stderr):
    records = queue.SimpleQueue()
    listener = QueueListener(records, logging.StreamHandler(stderr))
    logging.root.addHandler(QueueHandler(records))
    with listening(Streams(), LogRecords()) as sink:
        listener.start()
        logging.warning("x %d", 1)
        listener.stop()
    assert stderr.getvalue() == "x 1\n"
    assert [(entry.source, entry.message) for entry in sink.entries] == [("logging", "x 1")]
