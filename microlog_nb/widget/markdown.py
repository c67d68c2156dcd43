"""Markdown of log entries as HTML that is safe to put into a page, whoever wrote it.

Log text is hostile until proven otherwise. The parser passes no HTML of the author's, the sanitiser (nh3) keeps a few
harmless elements and plain links only, and both work on a bounded amount of text of bounded nesting.
"""

from __future__ import annotations

import functools
import html
import re
import threading

import nh3
from markdown import Markdown

MAX_LENGTH = 10_000
"""Longer text is cut here, with a sentence that says so."""
MAX_NESTING = 8
"""Quotes and indented blocks deeper than this are shown at this depth."""
MAX_LINES = 300
"""More lines are cut, too."""
MAX_MARKS = 250
"""Text with more of one sort of bracket or emphasis marks is shown as it is: parsing them takes time with their square."""

_TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "a"}  # fmt: skip
_SIDES = {"left", "center", "right"}
_LINK = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

# characters that turn the direction of the text around them; marks of right-to-left scripts (U+200E, U+200F) are fine
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PLAIN = re.compile(r"(?![ \t]|[-+]|\d+[.)])[^\\`*_\[\]#<>&|~=\n\t\x00-\x1f]+")
_MARKS = re.compile(r"[\[\]()<>*_`&!]")

_parsing = threading.Lock()


def render(text: str) -> str:
    """Sanitised HTML of a Markdown text.

    Headings, emphasis, lists, quotes, code, fenced code, tables and links to http and https addresses are rendered. HTML in
    the text is shown as text; images become links. Never raises, whatever the text.
    """
    kept = "".join(text[:MAX_LENGTH].splitlines(keepends=True)[:MAX_LINES])
    rest = len(text) - len(kept)
    return _render(kept) + (f"<p><em>… {rest} more characters</em></p>" if rest else "")


@functools.lru_cache(maxsize=2048)
def _render(text: str) -> str:
    text = _TURNING.sub(lambda match: f"U+{ord(match[0]):04X}", text.encode("utf-8", "backslashreplace").decode())
    if _PLAIN.fullmatch(text):
        return f"<p>{text.strip()}</p>"
    if _costly(text):
        return f"<pre>{html.escape(_without_controls(text))}</pre>"
    try:
        with _parsing:
            parsed = _parser().reset().convert(_flattened(text))
    except RecursionError:
        return f"<pre>{html.escape(_without_controls(text))}</pre>"
    return _sanitized(parsed)


def _costly(text: str) -> bool:
    counts: dict[str, int] = {}
    for mark in _MARKS.findall(text):
        counts[mark] = counts.get(mark, 0) + 1
    return max(counts.values(), default=0) > MAX_MARKS


def _without_controls(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text)


def _flattened(text: str) -> str:
    """The text with quotes and indentation no deeper than `MAX_NESTING`: the parser recurses at each."""
    return "\n".join(_flat_line(line) for line in text.splitlines())


def _flat_line(line: str) -> str:
    match = re.match(r"[ \t>]*", line)
    lead = match[0].expandtabs(4) if match else ""
    quotes = lead.count(">")
    if quotes > MAX_NESTING:
        lead = "> " * MAX_NESTING
    body = line[len(match[0]) :] if match else line
    # a list in a list in a list on one line: "- - - x"
    marks = re.match(rf"((?:[-+*]|\d+\.)[ \t]+){{{MAX_NESTING},}}", body)
    if marks:
        body = "- " * MAX_NESTING + body[marks.end() :]
    return lead[: 4 * MAX_NESTING] + body


@functools.cache
def _parser() -> Markdown:
    parser = Markdown(
        extensions=["fenced_code", "tables", "sane_lists"],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
    parser.preprocessors.deregister("html_block")
    for pattern in ("html", "image_link", "image_reference", "short_image_ref"):
        parser.inlinePatterns.deregister(pattern)
    return parser


def _sanitized(text: str) -> str:
    return nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href", "title"}},
        attribute_filter=_filter,
        tag_attribute_values={"th": {"align": _SIDES}, "td": {"align": _SIDES}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if _LINK.match(value) else None
    return value
