"""Names as they are shown: nothing in them is hidden, and none turns the direction of the text beside it.

Names come from programs that may be anybody's: functions can be renamed at will, modules and threads are called what they want to
be called. What the page draws on a canvas has no way to fence such a text in, so it is made plain before it travels.
"""

import re
from collections.abc import Iterable
from typing import Any

_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
"""As in `js/src/logic/visible.ts`, with tab and line feed, which no name has, and halves of surrogate pairs."""


def visible(text: str) -> str:
    """The text with every character written out that would not be seen: as in Python, or by code point."""
    return _HIDDEN.sub(lambda found: _named(ord(found[0])), text)


def visible_in(rows: Iterable[dict[str, Any]], *fields: str) -> list[dict[str, Any]]:
    """The same rows with these fields made visible."""
    return [{**row, **{field: visible(row[field]) for field in fields}} for row in rows]


def _named(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"U+{code:04X}"
