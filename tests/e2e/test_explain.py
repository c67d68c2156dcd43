"""Explain in JupyterLab: what is sent, the answer as it streams, its links into the timeline, and what is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.jupyter import JupyterServer, NotebookPage
from tests.e2e.timeline import Timeline
from tests.explain.server import ChatServer, asks_for, fails, holds_after, says, serving

LOAD = "%load_ext microlog_nb"
CELL = """
%%microlog --name small
import time
import microlog_nb as microlog

def slow():
    microlog.info("password = hunter2222")
    time.sleep(0.3)

def work():
    slow()

work()
""".strip()
KEY = "test-key-of-the-page"
ANSWER = "## Where it went\n\nIt waits in [call:2], says [log:0], and has no [call:999].\n\n"


class Explain:
    """The Explain view of the only timeline of a page."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.page = notebook.page
        self.root = Timeline(self.page).root
        self.send = self.root.get_by_role("button", name=re.compile("^Send"))
        self.stop = self.root.get_by_role("button", name="Stop")
        self.question = self.root.get_by_role("textbox", name="Question")
        self.sent = self.root.locator(".microlog-explain-will .microlog-explain-sent")
        self.turns = self.root.locator(".microlog-explain-turn")

    def open(self) -> None:
        """Opens the tab and waits for what would be sent."""
        self.root.get_by_role("tab", name="Explain").click()
        expect(self.root.locator(".microlog-explain-will[aria-busy=false]")).to_be_attached()

    def connect(self, url: str) -> None:
        """Names a server in the form."""
        form = self.root.locator(".microlog-explain-connect")
        form.get_by_label("Base URL").fill(url)
        form.get_by_label("Model").fill("tiny")
        form.get_by_label("API key").fill(KEY)
        form.get_by_role("button", name="Connect").click()
        expect(self.send).to_be_enabled()


@pytest.fixture
def notebook(lab: JupyterServer, page: Page, picture: Path) -> NotebookPage:
    """A recorded notebook, whose kernel knows no model."""
    name = f"{picture.stem}.ipynb"
    unset = "import os\nfor name in [*os.environ]:\n    if name.startswith(('OPENAI_', 'MICROLOG_LLM')): del os.environ[name]\n"
    lab.write(name, unset + LOAD, CELL)
    opened = NotebookPage(lab, page, name)
    opened.open()
    opened.run(0)
    opened.run(1)
    Timeline(page).wait()
    return opened


def sent_to(server: ChatServer) -> str:
    """The messages of the last request, as the view shows them."""
    messages = server.requests[-1]["messages"]
    return "\n\n".join(f"--- {message['role']} ---\n{message['content']}" for message in messages)


def test_answer_of_a_model_streams_links_stops_follows_and_is_kept(notebook: NotebookPage, artefacts: Path) -> None:
    explain = Explain(notebook)
    with serving(
        asks_for(("calls_of_function", '{"function": "slow"}')),
        holds_after(ANSWER, "The rest is"),
        holds_after("Because it"),
        says("Because it sleeps in ", "[line:In [2]:7]."),
        fails(500, "no room"),
    ) as server:
        explain.open()
        explain.connect(server.url)

        # what is shown is what is sent, without secrets, and nothing before
        shown = explain.sent.inner_text()
        assert "«secret value»" in shown
        assert "hunter2222" not in shown
        assert server.requests == []
        explain.send.click()
        server.reached.wait()
        expect(explain.turns.last).to_contain_text("The rest is")
        first = server.requests[0]["messages"]
        sent = "\n\n".join(f"--- {message['role']} ---\n{message['content']}" for message in first)
        assert shown.split() == sent.split()
        assert KEY.encode() not in b"".join(server.raw)
        expect(explain.root.locator(".microlog-caret")).to_be_visible()
        expect(explain.turns.last.get_by_role("heading", name="Where it went")).to_be_visible()
        expect(explain.turns.last).to_contain_text("The model looked up 1 more thing")
        explain.page.screenshot(path=artefacts / "explain-streaming.png")

        # a link moves the timeline, and the answer goes on meanwhile
        expect(explain.turns.last).to_contain_text("call:999 (not in this recording)")
        explain.turns.last.locator("[data-cites='call:2']").click()
        expect(explain.root.get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")
        expect(explain.root.locator(".microlog-path b")).to_have_text("slow")
        server.let_go.set()
        explain.root.get_by_role("tab", name="Explain").click()
        expect(explain.turns.last).to_contain_text("The rest is end")
        expect(explain.turns.last).to_contain_text("tiny-1")

        # stop
        server.let_go.clear()
        server.reached.clear()
        explain.question.fill("Why?")
        explain.question.press("Enter")
        server.reached.wait()
        expect(explain.turns.last).to_contain_text("Because it")
        explain.stop.click()
        expect(explain.turns.last).to_contain_text("Stopped")
        expect(explain.send).to_be_visible()
        server.let_go.set()

        # a question that follows keeps the thread
        explain.turns.last.get_by_role("button", name="Try again").click()
        expect(explain.turns.last).to_contain_text("Because it sleeps in")
        assert [message["role"] for message in server.requests[-1]["messages"]] == [
            "system",
            "user",
            "assistant",
            "user",
        ]
        assert server.requests[-1]["messages"][-1]["content"] == "Why?"

        # what fails says so, and the answers before stay
        explain.question.fill("And now?")
        explain.question.press("Enter")
        expect(explain.turns.last).to_contain_text("no room")
        expect(explain.turns).to_have_count(4)
        count = len(server.requests)

        # kept answers are there at once
        notebook.save()
        notebook.reload()
        Timeline(explain.page).wait()
        explain.open()
        expect(explain.turns.first).to_contain_text("Where it went")
        expect(explain.root.get_by_role("button", name=re.compile("^Why"))).to_be_visible()
        assert len(server.requests) == count


def test_without_a_model_rules_explain_and_a_form_connects_one(notebook: NotebookPage) -> None:
    explain = Explain(notebook)
    explain.open()
    expect(explain.turns).to_contain_text("Nothing was sent.")
    expect(explain.turns).to_contain_text("ran for")
    expect(explain.question).to_be_disabled()
    expect(explain.root.get_by_label("API key")).to_have_attribute("type", "password")
    link = explain.turns.locator(".microlog-chip").first
    expect(link).to_be_visible()
    link.click()
    expect(explain.root.get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")
