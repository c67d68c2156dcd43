"""Requests of a page and their answers."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from microlog_nb.errors import MicrologError
from microlog_nb.widget.requests import Requests


def answered(handlers: Any, *messages: Any) -> list[tuple[Any, list[Any]]]:
    sent: list[tuple[Any, list[Any]]] = []
    requests = Requests(lambda _push: handlers, lambda content, buffers: sent.append((content, buffers)))
    for message in messages:
        requests.receive(message)
    return sent


def test_an_answer_bears_the_id_of_its_request() -> None:
    sent = answered({"double": lambda body: body * 2}, {"id": "7", "kind": "double", "body": 21})
    assert sent == [({"id": "7", "body": 42}, [])]


def test_bytes_travel_beside_the_answer() -> None:
    sent = answered({"window": lambda _: ({"count": 1}, [b"abc"])}, {"id": "7", "kind": "window"})
    assert sent == [({"id": "7", "body": {"count": 1}}, [b"abc"])]


def test_anybody_may_ask_whether_somebody_is_there() -> None:
    assert answered({}, {"id": "1", "kind": "ping", "body": {}}) == [({"id": "1", "body": None}, [])]


def test_an_error_of_ours_is_answered_by_its_line() -> None:
    def refuse(_body: Any) -> None:
        raise MicrologError("there is no call 7:\nallowed is 0 to 3")

    sent = answered({"show": refuse}, {"id": "7", "kind": "show"})
    assert sent == [({"id": "7", "error": "there is no call 7: allowed is 0 to 3"}, [])]


def test_a_fault_is_answered_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    request = {"id": "7", "kind": "show"}
    with caplog.at_level(logging.ERROR):
        sent = answered({"show": lambda _: 1 // 0}, request, request)
    assert [content["error"] for content, _ in sent] == [
        "microlog_nb failed at 'show': ZeroDivisionError: integer division or modulo by zero"
    ] * 2
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize("kind", ["later", None, ["ping"]])
def test_an_unknown_request_gets_a_sentence(kind: Any) -> None:
    [(content, _)] = answered({}, {"id": "7", "kind": kind})
    assert "does not know the request" in content["error"]


@pytest.mark.parametrize("message", [None, "ping", [], {}, {"kind": "ping"}, {"id": 7, "kind": "ping"}])
def test_what_is_no_request_is_ignored(message: Any) -> None:
    assert answered({}, message) == []


def test_handlers_can_tell_the_page_something_by_themselves() -> None:
    sent: list[tuple[Any, list[Any]]] = []

    def made(push: Any) -> dict[str, Any]:
        return {"explain": lambda _: push("explain.text", {"text": "It waited."}, [b"x"])}

    Requests(made, lambda content, buffers: sent.append((content, buffers))).receive({"id": "7", "kind": "explain"})
    assert sent == [({"kind": "explain.text", "body": {"text": "It waited."}}, [b"x"]), ({"id": "7", "body": None}, [])]
