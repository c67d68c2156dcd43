"""GIVEN warnings that are listened to, WHEN one is shown, THEN it is one entry; what is not shown is none."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator

import pytest

from microlog_nb.capture.interceptors.log_records import LogRecords
from microlog_nb.capture.interceptors.shown_warnings import ShownWarnings
from microlog_nb.capture.interceptors.streams import Streams
from tests.capture.interceptors.recording_sink import listening


@pytest.fixture(autouse=True)
def warnings_are_shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a program of its own: pytest records them all."""
    with warnings.catch_warnings():
        monkeypatch.setattr(warnings, "_showwarnmsg_impl", _show)
        warnings.simplefilter("always")
        yield
        monkeypatch.undo()


def _show(message):
    text = warnings.formatwarning(message.message, message.category, message.filename, message.lineno, message.line)
    sys.stderr.write(text)


def test_shown_warning_is_one_entry_and_not_also_stderr_text(stderr):
    with listening(Streams(), LogRecords(), ShownWarnings()) as sink:
        warnings.warn("x", RuntimeWarning, stacklevel=1)
        print("after", file=sys.stderr)
    assert [(entry.source, entry.level, entry.message) for entry in sink.entries] == [
        ("warning", "warning", "RuntimeWarning: x"),
        ("stderr", "warning", "after"),
    ]
    assert sink.entries[0].function == "test_shown_warning_is_one_entry_and_not_also_stderr_text"
    assert "RuntimeWarning: x" in stderr.getvalue()


def test_recorded_warnings_are_no_entries():
    with listening(ShownWarnings()) as sink, warnings.catch_warnings(record=True) as caught:
        warnings.warn("x", stacklevel=1)
    assert len(caught) == 1
    assert sink.entries == []


def test_ignored_warnings_are_no_entries(stderr):
    with listening(ShownWarnings()) as sink, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("x", stacklevel=1)
    assert sink.entries == []
    assert stderr.getvalue() == ""


def test_warning_that_is_an_error_is_raised():
    with listening(ShownWarnings()) as sink, warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="x"):
            warnings.warn("x", stacklevel=1)
    assert sink.entries == []


def test_warning_shown_once_is_one_entry(stderr):
    with listening(ShownWarnings()) as sink, warnings.catch_warnings():
        warnings.simplefilter("once")
        for _ in range(3):
            warnings.warn("only once", stacklevel=1)
    assert sink.messages == ["UserWarning: only once"]


def test_warning_captured_by_logging_is_one_entry(stderr):
    handler = logging.StreamHandler(stderr)
    logger = logging.getLogger("py.warnings")
    logger.addHandler(handler)
    with listening(Streams(), LogRecords(), ShownWarnings()) as sink:
        logging.captureWarnings(True)
        try:
            warnings.warn("x", stacklevel=1)
        finally:
            logging.captureWarnings(False)
            logger.removeHandler(handler)
    assert [(entry.source, entry.message) for entry in sink.entries] == [("warning", "UserWarning: x")]
    assert stderr.getvalue().count("UserWarning: x") == 1


def test_own_showwarning_is_called_as_without(stdout):
    shown = []

    def own(message, category, filename, lineno, file=None, line=None):
        shown.append((str(message), category, lineno))
        print("own", message)

    with listening(Streams(), ShownWarnings()) as sink, warnings.catch_warnings():
        warnings.showwarning = own
        warnings.warn("x", stacklevel=1)
    assert shown == [("x", UserWarning, shown[0][2])]
    assert stdout.getvalue() == "own x\n"
    assert sink.messages == ["UserWarning: x"]


def test_showwarning_that_fails_fails_as_without():
    def own(*_, **__):
        raise KeyError("own")

    with listening(ShownWarnings()) as sink, warnings.catch_warnings():
        warnings.showwarning = own
        with pytest.raises(KeyError):
            warnings.warn("x", stacklevel=1)
    assert sink.messages == ["UserWarning: x"]


def test_installed_inside_catch_warnings_and_uninstalled_outside():
    before, shower = warnings._showwarnmsg, warnings.showwarning
    interceptor = ShownWarnings()
    with warnings.catch_warnings(record=True):
        interceptor.install(listening_sink := _Quiet())
    interceptor.uninstall()
    assert listening_sink.faults == 0
    assert warnings._showwarnmsg is before
    assert warnings.showwarning is shower


class _Quiet:
    faults = 0

    def fault(self, place, error):
        self.faults += 1
