"""Markdown of logs: what its author meant is shown, and nothing that he had in mind against the reader happens."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.widget.markdown import MAX_LENGTH, render
from tests.pictures import hostile_texts

ALLOWED = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"}  # fmt: skip


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_safe(html: str) -> None:
    html.encode("utf-8")
    for tag, attributes in Elements(html).found:
        assert tag in ALLOWED
        if tag == "a":
            assert attributes.keys() <= {"href", "title", "rel", "target"}
            assert (attributes["rel"], attributes["target"]) == ("noopener noreferrer", "_blank")
            assert (attributes.get("href") or "http://x").lower().startswith(("http://", "https://"))
        else:
            assert attributes.keys() <= {"align"}


# ------------------------------------------------------------------------------------------- what is meant


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain words, 12 of them.", "<p>plain words, 12 of them.</p>"),
        ("## Loaded\n*12,000* rows", "<h2>Loaded</h2>\n<p><em>12,000</em> rows</p>"),
        ("**bold** `x < 1`", "<p><strong>bold</strong> <code>x &lt; 1</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("```python\nx = '<b>'\n```", "<pre><code>x = '&lt;b&gt;'\n</code></pre>"),
        ("    code", "<pre><code>code\n</code></pre>"),
        ("a & b &lt; c", "<p>a &amp; b &lt; c</p>"),
        ("", ""),
    ],
)
def test_the_usual_markdown(text: str, html: str) -> None:
    assert render(text).strip() == html


def test_a_table_keeps_its_alignment() -> None:
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert "<th>a</th>" in html
    assert '<td align="right">2</td>' in html


def test_a_link_opens_elsewhere_and_tells_nobody() -> None:
    assert render("[docs](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">docs</a></p>'
    )


def test_html_is_shown_as_text() -> None:
    assert render("<b>not bold</b>") == "<p>&lt;b&gt;not bold&lt;/b&gt;</p>"
    assert render("Vector<int> x") == "<p>Vector&lt;int&gt; x</p>"


def test_plain_text_takes_the_short_way_to_the_same_result() -> None:
    for text in ("loaded 12 rows", 'it\'s "done"', "50 % (half) at 12:30, ok!", "naïve – ☃"):
        assert render(text) == render(text + "\n")


# --------------------------------------------------------------------------------------------- hostile text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src='//evil.example'></iframe>",
        "<style>*{background:url(//evil.example)}</style>",
        "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<p style='position:fixed;inset:0'>",
        "<!-- --><!--><img src=x onerror=alert(1)>-->",
        "<details open ontoggle=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x][r]\n\n[r]: https://evil.example/pixel.png",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](\x01javascript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.example)",
        "[x](/relative)",
        "[x](file:///etc/passwd)",
        "[x](https:evil)",
        "[x](http://x/\"onmouseover='alert(1))",
        '[x](http://x "title\\" onmouseover=alert(1)")',
        "[x][r]\n\n[r]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "<http://x\"onclick='alert(1)'>",
        "<mailto:a@b.example>",
        "`<script>`",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "```{.evil onclick=alert(1)}\nx\n```",
        '``` { #id .class style="x" }\nx\n```',
        "# x {: onclick=alert(1) }",
        "\x02wzxhzdk:0\x03",
        "\x02klzzwxh:0000\x03 [a](http://b)",
        "a\x00b",
        "\udc80\ud800",
        '|<script>|x|\n|:--"onclick=x:|--|\n|<img src=x>|y|',
    ],
)
def test_attacks_fall_flat(text: str) -> None:
    html = render(text)
    assert_safe(html)
    assert not [tag for tag, _ in Elements(html).found if tag == "img"]
    assert_safe(render(f"- {text}\n\n> {text}"))


@given(hostile_texts)
def test_any_text_is_safe(text: str) -> None:
    assert_safe(render(text))


@given(st.text("[]()<>*_`&!#-+>|=~: \t\n\\\"'1.ax\u202e\x02\x03{}", max_size=200))
def test_any_soup_of_marks_is_safe(text: str) -> None:
    assert_safe(render(text))


def test_characters_that_turn_text_around_are_spelt_out() -> None:
    assert render("user\u202etxt.exe") == "<p>userU+202Etxt.exe</p>"
    assert render("שלום\u200f") == "<p>שלום\u200f</p>"


def test_long_text_is_cut_and_says_so() -> None:
    html = render("x" * (MAX_LENGTH + 5))
    assert html.endswith("<p><em>… 5 more characters</em></p>")
    assert "more characters" in render("x\n" * 1000)


@pytest.mark.parametrize(
    "text",
    [
        *(
            mark * 100_000
            for mark in ("[", "![", "*", "_", "`", "<", "&", ">", "> ", "- ", "* ", "(", "|", "#", "\n", " ", "\t")
        ),
        *(
            line * 20_000
            for line in ("a\n=\n", "a\n---\n", "```\n", "~~~\n", "1. x\n", "|a|b|\n|-|-|\n", "[a]: b\n", "> a\nb\n")
        ),
        "\n".join(">" * depth for depth in range(300)),
        "\n".join(" " * depth + "- x" for depth in range(300)),
        "\n".join("    " * depth + "x" for depth in range(300)),
        "- " * 300 + "x",
        "[a](" + "(" * 50_000,
        "*a **b " * 30_000,
        ("[" * 240 + "*" * 240 + "_" * 240 + "`" * 240 + "(" * 240 + "&" * 240 + "!" * 240 + "<" * 240),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    html = render(text)
    # usual entries take a thousandth of this; what is bounded here is growth with the square of the length
    assert time.process_time() - start < 2
    assert_safe(html)
