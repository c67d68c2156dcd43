"""GIVEN threads that are started, WHEN it is listened to, THEN each is told of once, and starts as without."""

from __future__ import annotations

import threading

import pytest

from microlog_nb.capture.interceptors.thread_starts import ThreadStarts
from tests.capture.interceptors.recording_sink import listening


def test_each_thread_is_told_of_once():
    ran: list[str] = []
    with listening(ThreadStarts()) as sink:
        for name in ("a", "b"):
            thread = threading.Thread(target=ran.append, args=(name,), name=name)
            thread.start()
            thread.join()
    assert ran == ["a", "b"]
    assert [thread.name for thread in sink.threads] == ["a", "b"]


def test_a_thread_that_may_not_start_twice_says_so():
    with listening(ThreadStarts()):
        thread = threading.Thread(target=len, args=("",))
        thread.start()
        thread.join()
        with pytest.raises(RuntimeError, match="threads can only be started once"):
            thread.start()


def test_a_fault_of_the_sink_is_counted_and_the_thread_runs(monkeypatch):
    ran: list[int] = []
    with listening(ThreadStarts(), faults=True) as sink:
        monkeypatch.setattr(sink, "thread_started", lambda thread: 1 / 0)
        thread = threading.Thread(target=ran.append, args=(1,))
        thread.start()
        thread.join()
    assert ran == [1]
    assert [place for place, _ in sink.faults] == ["noting a thread that starts"]
