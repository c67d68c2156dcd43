"""The report: one HTML page that holds the app, its style and the recording, and that needs neither network nor server."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import zlib

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="microlog_nb">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<div id="microlog"></div>
<noscript>This page draws its timeline with JavaScript, which is switched off. It loads nothing from the network.</noscript>
<script type="application/octet-stream;base64" id="microlog-view">{view}</script>
{packed}<script type="module">
{script}
</script>
</body>
</html>
"""

_PACKED = """\
<script type="application/octet-stream;base64" id="microlog-code">{}</script>
"""

_RAW = b"MLVIEW"


def dump(view: bytes, *, title: str, script: str, style: str = "", packed: bytes = b"") -> str:
    """The page as text, to be written as UTF-8.

    A content security policy forbids it every connection, and every script but this very one: text of the recording
    that slipped into the page could not run, nor tell anybody.

    Args:
        view: the view's bytes, deflated or not.
        title: of the page; any text.
        script: the app; it finds the bytes in the element `microlog-view` (base64 of deflated bytes) and draws into the
            element `microlog`.
        style: the app's style.
        packed: the app, deflated; then `script` finds it in the element `microlog-code` (base64) and runs it by way of a
            blob, as the policy allows then.
    """
    if view.startswith(_RAW):
        view = zlib.compress(view)
    # the parser makes one newline of each kind: the hash is of what it sees
    code = f"\n{_newlines(_safe_script(script))}\n"
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'{' blob:' * bool(packed)}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        title=html.escape(_utf8(title)),
        style=_safe_style(style),
        view=base64.b64encode(view).decode(),
        packed=_PACKED.format(base64.b64encode(packed).decode()) if packed else "",
        script=code[1:-1],
    )


def _safe_script(script: str) -> str:
    r"""Keeps the parser inside the element; `\x3C` is `<` in every kind of JavaScript literal that can hold these."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3C", _utf8(script), flags=re.IGNORECASE)


def _safe_style(style: str) -> str:
    return re.sub(r"</(?=style)", r"<\\/", _utf8(style), flags=re.IGNORECASE)


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf8(text: str) -> str:
    """Halves of surrogate pairs have no UTF-8: they are spelt out. NUL ends up as a replacement character in any page."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
