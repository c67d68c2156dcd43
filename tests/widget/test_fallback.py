"""What readers without a kernel see passes the sanitiser of notebooks that are not trusted."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import given, settings

from microlog_nb.model.trace import Trace
from microlog_nb.tables import Tables
from microlog_nb.widget import fallback
from tests.pictures import META, trace_from_picture, traces
from tests.widget.views import RUN, many_calls, tables

# what JupyterLab 4 and Notebook 7 leave of a page: of these elements and attributes, the text and `data:` images
KEPT = {
    "div": {"class", "style"},
    "img": {"alt", "src", "style"},
    "details": set(),
    "summary": set(),
    "ul": set(),
    "li": set(),
}


class Kept(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_style = tag == "style"
        if not self.in_style:
            assert dict(attrs).keys() <= KEPT[tag]
            self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if not self.in_style:
            self.text += data + "\n"


def picture_of(page: Kept) -> str:
    (source,) = [attributes["src"] or "" for tag, attributes in page.elements if tag == "img"]
    prefix = "data:image/svg+xml;base64,"
    assert source.startswith(prefix)
    return base64.b64decode(source.removeprefix(prefix)).decode()


def test_the_live_view_finds_it_by_the_recordings_id() -> None:
    assert Kept(fallback.html(tables())).elements[0] == (
        "div",
        {"class": f"microlog-static microlog-static-{META['id']}"},
    )


def test_the_picture_and_the_facts_are_there() -> None:
    page = Kept(fallback.html(tables()))
    ET.fromstring(picture_of(page))
    for text in (
        "load: 24.0 ms, 7 calls, 4 logs",
        "33 samples @ 1000 Hz",
        "67% CPU",
        "300 MB peak",
        "12.0 ms in get (parsers.py), 1 call",
        "error: lost",
    ):
        assert text in page.text


@given(traces())
@settings(max_examples=40, deadline=None)
def test_any_text_stays_text(trace: Trace) -> None:
    page = Kept(fallback.html(Tables(trace)))
    assert [tag for tag, _ in page.elements][:5] == ["div", "img", "details", "summary", "ul"]
    assert "<script" not in fallback.html(Tables(trace))


def test_many_errors_are_counted() -> None:
    logs = [{"at": 1, "level": "error", "message": "<b>" + "x" * 10_000} for _ in range(20)]
    text = fallback.html(tables(trace_from_picture("main: a a", logs=logs)))
    assert "15 more errors" in text
    assert "<b>" not in text


def test_it_stays_within_what_a_cell_may_add_to_a_notebook() -> None:
    assert len(fallback.html(many_calls(300_000))) < 100_000


def test_the_style_touches_nothing_but_the_line_of_the_missing_widget() -> None:
    (style,) = re.findall("<style>(.*?)</style>", fallback.html(tables()))
    assert style.count("{") == 1
    assert style.endswith(".jp-OutputArea-output:not(:has(*)) { display: none }")


def test_notes_of_the_recording_are_told() -> None:
    noted = Trace(RUN.tables, {**RUN.meta, "notes": ["The process ended early."]})
    assert "The process ended early." in Kept(fallback.html(tables(noted))).text
