"""The report is one page that keeps to itself, whatever text it is made of."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.formats import html

VIEW = b"MLVIEW03" + bytes(range(256))


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        found = zip(self.elements, self.texts, strict=True)
        return [(attributes, text) for (name, attributes), text in found if name == tag]


def page(**changes: str) -> Page:
    return Page(html.dump(VIEW, **{"title": "run", "script": "let x = 1;", "style": ".microlog {}", **changes}))


def test_the_page_holds_the_view_deflated_in_base64() -> None:
    for view in (VIEW, zlib.compress(VIEW)):
        text = html.dump(view, title="", script="", style="")
        (attributes, data), _ = Page(text).all("script")
        assert attributes == {"type": "application/octet-stream;base64", "id": "microlog-view"}
        assert zlib.decompress(base64.b64decode(data)) == VIEW


def test_the_page_is_complete() -> None:
    shown = page(title="My run")
    assert shown.all("html")[0][0] == {"lang": "en"}
    assert shown.all("title")[0][1].strip() == "My run"
    assert [attributes for attributes, _ in shown.all("div")] == [{"id": "microlog"}]
    assert "JavaScript" in shown.all("noscript")[0][1]
    metas = {attributes.get("name"): attributes.get("content") for attributes, _ in shown.all("meta")}
    assert metas["viewport"] == "width=device-width, initial-scale=1"
    assert metas["color-scheme"] == "light dark"


def test_nothing_is_loaded_from_anywhere() -> None:
    shown = page()
    assert not [name for name, _ in shown.elements if name in {"link", "img", "iframe", "base", "object", "embed"}]
    assert not [attributes for _, attributes in shown.elements if {"src", "href"} & attributes.keys()]


def policy(shown: Page) -> dict[str, str]:
    metas = {attributes.get("http-equiv"): attributes.get("content") for attributes, _ in shown.all("meta")}
    content = metas["Content-Security-Policy"] or ""
    return dict(part.strip().split(" ", 1) for part in content.split(";"))


def test_the_policy_allows_this_script_and_no_connection() -> None:
    for script in ("let x = 1;", "a\r\nb\rc\n", "'</script>'", "\u2028 é"):
        shown = page(script=script)
        rules = policy(shown)
        assert rules["default-src"] == "'none'"
        assert "connect-src" not in rules
        code = shown.all("script")[1][1]
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert rules["script-src"] == f"'sha256-{digest}'"


def test_a_packed_app_is_in_the_page_and_may_run_from_a_blob() -> None:
    shown = Page(html.dump(VIEW, title="run", script="let x = 1;", packed=b"packed"))
    (attributes, data) = shown.all("script")[1]
    assert attributes["id"] == "microlog-code"
    assert base64.b64decode(data) == b"packed"
    assert policy(shown)["script-src"].endswith("' blob:")


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "</SCRIPT >",
            "</style><script>alert(1)</script>",
            "</title><img src=x onerror=alert(1)>",
            "\udc80",
            "a\0b",
            "{view} {0} {",
            "`<!-- ${1}`",
        ]
    ),
)


@given(title=HOSTILE, script=HOSTILE, style=HOSTILE)
def test_no_text_breaks_out_of_its_place(title: str, script: str, style: str) -> None:
    text = html.dump(VIEW, title=title, script=script, style=style)
    text.encode("utf-8")
    names = [name for name, _ in Page(text).elements]
    assert names == [
        "html", "head", "meta", "meta", "meta", "meta", "meta", "title", "style", "body", "div", "noscript", "script", "script",
    ]  # fmt: skip
    assert len(re.findall("<!--", text)) == len(re.findall("<!--", style))


def test_escaping_keeps_the_meaning_of_javascript_literals() -> None:
    code = page(script="x = '</script>'; y = /<!--/u; z = `<script>`").all("script")[1][1].strip()
    assert code == r"x = '\x3C/script>'; y = /\x3C!--/u; z = `\x3Cscript>`"
