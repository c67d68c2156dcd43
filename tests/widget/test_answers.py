"""Explanations as the page gets them: HTML without harm, and the places that they cite."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from microlog_nb.api import views
from microlog_nb.api.recording import Recording
from microlog_nb.explain import settings
from microlog_nb.explain.answers import Answer
from microlog_nb.widget import payload
from microlog_nb.widget.requests import Requests
from tests.explain.recordings import recording
from tests.explain.server import holds_after, says, serving
from tests.widget.views import decode

MS = 1_000_000


@pytest.fixture(autouse=True)
def _unconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "MICROLOG_LLM", "MICROLOG_LLM_MODEL", "MICROLOG_LLM_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "_chosen", {})


class Page:
    """What a page asks, and what it hears."""

    def __init__(self, rec: Recording) -> None:
        self.heard: list[dict[str, Any]] = []
        self.ended = threading.Event()
        self.awaited = ""
        self.came = threading.Event()
        self._requests = Requests(views.handlers(rec), self._hear)
        self._answer: dict[str, Any] = {}

    def _hear(self, content: dict[str, Any], _buffers: list[Any]) -> None:
        if "id" in content:
            self._answer = content
        else:
            self.heard.append(content["body"])
            if self.awaited and self.awaited in content["body"]["html"]:
                self.came.set()
            if content["body"]["state"] != "running":
                self.came.set()
                self.ended.set()

    def ask(self, kind: str, **body: Any) -> Any:
        self._requests.receive({"id": "1", "kind": kind, "body": body})
        assert "error" not in self._answer, self._answer
        return self._answer["body"]


def _answer(text: str) -> Answer:
    return Answer("i", "why", "", "the whole recording", text, "tiny", "http://x/v1", "2026-03-14T09:41:00+01:00", "f")


def _row(text: str) -> dict[str, Any]:
    rec = recording()
    explainer = rec._explaining()
    explainer.answers.keep(_answer(text))
    [row] = explainer.rows()
    return row


def test_what_is_cited_comes_with_its_place() -> None:
    calls = recording().calls
    fit = calls.index[calls.function == "fit"][0]
    row = _row(f"See [call:{fit}] and [log:1].")
    start, duration = calls.start[fit], calls.duration[fit]
    place = row["places"][f"call:{fit}"]
    assert (place["start"], place["duration"]) == pytest.approx((start * 1e9, duration * 1e9))
    assert row["places"]["log:1"] == {"start": 100 * MS, "duration": 0, "function": -1}


def test_a_line_is_the_longest_call_of_the_function_that_it_is_in() -> None:
    rec = recording()
    row = _row("Line [line:In [1]:5] loops; [line:In [1]:6] steps.")
    fit = rec.calls[rec.calls.function == "fit"]
    longest = fit.sort_values("duration").iloc[-1]
    for name in ("line:In [1]:5", "line:In [1]:6"):
        assert row["places"][name]["start"] == pytest.approx(longest.start * 1e9)


def test_what_the_recording_has_not_has_no_place() -> None:
    assert _row("See [call:999], [line:elsewhere.py:1].")["places"] == {}


def test_names_of_files_are_no_markdown() -> None:
    assert "[line:__init__.py:3]" in _row("In [line:__init__.py:3] and [line:__init__.py:4].")["html"]


def test_nothing_of_an_answer_acts() -> None:
    html = _row("<script>alert(1)</script> [x](javascript:alert(1)) [line:<img src=x>:3] \ue0000\ue000")["html"]
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_kept_answers_travel_with_the_view() -> None:
    rec = recording()
    rec._explaining().answers.keep(_answer("Because."))
    view = decode(payload.encode(rec._tables, answers=rec._explaining().rows()))
    assert [(row["question"], row["html"]) for row in view.answers] == [("why", "<p>Because.</p>")]


def test_a_page_sees_what_is_sent_hears_the_answer_and_finds_it_kept() -> None:
    with serving(says("It ", "waits in [call:1].")) as server:
        rec = recording()
        page = Page(rec)
        page.ask("explain.connect", model="tiny", base_url=server.url)
        page.ask("explain.connect", api_key="k")
        shown = page.ask("explain.preview")
        assert (shown["model"], shown["missing"], shown["kept"]) == ("tiny", "", None)
        run = page.ask("explain.ask")["run"]
        page.ended.wait()
        [request] = server.requests
        assert request["model"] == "tiny"
        sent = "\n\n".join(f"--- {message['role']} ---\n{message['content']}" for message in request["messages"])
        assert sent == shown["text"]
    last = page.heard[-1]
    assert (last["run"], last["state"]) == (run, "done")
    assert "call:1" in last["places"]
    kept = page.ask("explain.preview")["kept"]
    assert kept == last["answer"]
    assert "It waits in [call:1]." in kept["html"]


def test_a_stream_that_pauses_holds_nothing_back_and_stops_when_told_to() -> None:
    with serving(holds_after("One. ", "Two. ", "Three.")) as server:
        page = Page(recording())
        page.ask("explain.connect", model="tiny", base_url=server.url)
        page.awaited = "Three."
        run = page.ask("explain.ask")["run"]
        page.came.wait()
        page.ask("explain.stop", run=run)
        page.ended.wait()
    assert [body["state"] for body in page.heard if body["state"] != "running"] == ["stopped"]
    assert "Three." in page.heard[-1]["html"]
    assert page.ask("explain.preview")["kept"] is None
