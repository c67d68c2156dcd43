"""Notebooks that are not Jupyter's: VS Code, Colab and marimo give a widget its model and an element; some let it ask for another model.

A page of the test's own stands for them. It imports the module from the model as they do and keeps to the contract of
https://anywidget.dev/en/afm/, under what each of them forbids.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

import microlog_nb as microlog
from microlog_nb.api import views
from microlog_nb.widget import marimo
from microlog_nb.widget.requests import Requests
from tests.e2e.timeline import Timeline

ADDRESS = "http://host.test/"


@dataclass(frozen=True)
class Host:
    """What a notebook allows a widget, and how it dresses its page."""

    policy: str
    shadow: bool = False
    manager: bool = True
    """Whether a model finds other ones."""
    style: str = ""


HOSTS = {
    # the policy of its web view, without what it allows for old libraries
    "vscode": Host(
        "default-src 'none'; script-src blob:; style-src 'unsafe-inline'; img-src https: data:; connect-src https:",
        style="html { --vscode-editor-background: #1f1f1f; --vscode-editor-foreground: #cccccc }",
    ),
    # a frame without an origin of its own, so without storage
    "colab": Host("sandbox allow-scripts allow-downloads; script-src blob:"),
    # outputs in shadow roots
    "marimo": Host(
        "script-src blob:", shadow=True, manager=False, style="#place { background: #181c1a; color: #eeeeee }"
    ),
}

RENDER = """
async ({ traits, binary, code, shadow }) => {
    const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    for (const name of binary) traits[name] = new DataView(bytes(traits[name]).buffer);
    const listeners = [];
    const emit = (event, ...values) => {
        for (const [name, listener] of [...listeners]) if (name === event) listener(...values);
    };
    const shared = { get: (name) => code[name] };
    const model = Object.freeze({
        ...(code && { widget_manager: { get_model: async (id) => (traits._code === `IPY_MODEL_${id}` ? shared : undefined) } }),
        get: (name) => traits[name],
        set(name, value) {
            traits[name] = value;
            emit(`change:${name}`);
        },
        save_changes() {},
        on: (event, listener) => void listeners.push([event, listener]),
        off(event, listener) {
            const place = listeners.findIndex(([name, each]) => name === event && each === listener);
            if (place >= 0) listeners.splice(place, 1);
        },
        send: (content) => void ask(content).then((answers) => {
            for (const answer of answers) emit("msg:custom", answer, []);
        }),
    });
    const place = document.getElementById("place");
    const home = shadow ? place.attachShadow({ mode: "open" }) : place;
    const el = document.createElement("div");
    home.append(el);
    const before = Object.getOwnPropertyNames(window);
    const url = URL.createObjectURL(new Blob([traits._esm], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    URL.revokeObjectURL(url);
    const end = await widget().render({ model, el });
    window.hosted = {
        el,
        end,
        listeners,
        leaked: () => Object.getOwnPropertyNames(window).filter((name) => !before.includes(name) && name !== "hosted"),
    };
}
"""


@pytest.fixture(scope="module")
def recording() -> microlog.Recording:
    """A small program that ran."""

    def slow() -> None:
        microlog.info("## Half way")
        time.sleep(0.3)

    def quick() -> None:
        time.sleep(0.05)

    with microlog.profile("hosted", display=False) as recording:
        quick()
        slow()
        print("done")
    return recording


def _host(
    page: Page, recording: microlog.Recording, host: Host, answer: Callable[[Any], list[Any]] | None = None
) -> Timeline:
    """Shows a recording as a host does; what the page asks is answered by Python unless something else is given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marimo, "is_running", lambda: not host.manager)
        widget = views.maker(recording)()
    sent: list[Any] = []
    requests = Requests(views.handlers(recording), lambda content, _buffers: sent.append(content))

    def ask(content: Any) -> list[Any]:
        sent.clear()
        requests.receive(content)
        return list(sent)

    def serve(route: Route) -> None:
        route.fulfill(
            body=f"<!doctype html><style>{host.style}</style><div id=place></div>",
            content_type="text/html",
            headers={
                "Content-Security-Policy": host.policy
                + "; style-src 'unsafe-inline'" * ("style-src" not in host.policy)
            },
        )

    page.route(f"{ADDRESS}**", serve)
    page.expose_function("ask", answer or ask)
    page.goto(ADDRESS)
    state = widget.get_state()
    binary = [name for name, value in state.items() if isinstance(value, bytes)]
    plain = {
        name: value for name, value in state.items() if name not in binary and not name.startswith(("_model", "_view"))
    }
    traits = {**plain, **{name: base64.b64encode(state[name]).decode() for name in binary}}
    traits.pop("layout", None)
    code = widget._code and widget._code.get_state(["first", "more"])
    page.evaluate(RENDER, {"traits": traits, "binary": binary, "code": code, "shadow": host.shadow})
    timeline = Timeline(page)
    timeline.wait()
    return timeline


@pytest.mark.parametrize("name", HOSTS)
def test_every_view_works_with_the_model_and_the_element_alone(
    page: Page, recording: microlog.Recording, name: str
) -> None:
    timeline = _host(page, recording, HOSTS[name])
    timeline.focus()
    page.keyboard.press("/")
    page.keyboard.type("slow")
    expect(timeline.root.locator(".microlog-search-count")).to_contain_text(" of ")
    page.keyboard.press("Escape")
    timeline.show_all()
    timeline.click_marker("Half way")
    expect(timeline.card.get_by_role("heading", name="Half way")).to_be_visible()
    for tab in timeline.root.get_by_role("tab").all():
        tab.click()
        on_timeline = "Timeline" in tab.inner_text()
        expect(timeline.root.get_by_role("group", name="Timeline", exact=True)).to_have_count(int(on_timeline))
        expect(timeline.root.locator(".microlog-error")).to_have_count(0)
    expect(timeline.root.locator(".microlog-explain-will[aria-busy=false]")).to_contain_text("slow")
    expect(timeline.root.locator(".microlog-kernel")).to_be_hidden()
    assert page.evaluate("hosted.leaked()") == []


@pytest.mark.parametrize("name", HOSTS)
def test_nothing_of_a_view_that_was_closed_is_left(page: Page, recording: microlog.Recording, name: str) -> None:
    _host(page, recording, HOSTS[name])
    page.evaluate("hosted.end()")
    assert page.evaluate("[hosted.el.childElementCount, hosted.listeners.length]") == [0, 0]


def test_the_ground_around_a_shadow_root_tells_light_from_dark(page: Page, recording: microlog.Recording) -> None:
    timeline = _host(page, recording, HOSTS["marimo"])
    expect(timeline.root).to_have_class("microlog microlog-dark")


def test_rows_keep_the_focus_in_a_shadow_root(page: Page, recording: microlog.Recording) -> None:
    timeline = _host(page, recording, HOSTS["marimo"])
    timeline.root.get_by_role("tab", name="Log").click()
    rows = timeline.root.locator(".microlog-rows")
    rows.focus()
    page.keyboard.press("End")
    expect(timeline.root.locator(".microlog-rows [aria-selected=true]")).to_contain_text("done")
    expect(rows).to_be_focused()


def test_a_host_that_does_not_answer_shows_the_saved_view(page: Page, recording: microlog.Recording) -> None:
    timeline = _host(page, recording, HOSTS["colab"], lambda _content: [])
    expect(timeline.root.locator(".microlog-kernel")).to_contain_text("no kernel: this is the saved view")
    timeline.root.get_by_role("tab", name="Log").click()
    expect(timeline.root.locator(".microlog-rows")).to_contain_text("done")
