"""The text of one log entry while it grows, and what a reader of the screen sees of it."""

from __future__ import annotations

LONGEST = 1_000_000
"""Characters kept of one entry; of more, the entry says how many were left out."""

_MANY_PARTS = 1000


class Said:
    """Pieces of text in the order written."""

    __slots__ = ("_size", "left_out", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._size = 0
        self.left_out = 0

    def add(self, text: str) -> None:
        """One more piece; from `LONGEST` on only its length is kept."""
        self._size += len(text)
        if self._size > LONGEST:
            keep = max(len(text) - (self._size - LONGEST), 0)
            self.left_out += len(text) - keep
            self._size = LONGEST
            text = text[:keep]
        self.parts.append(text)

    def compact(self) -> None:
        """Bounds what a line in many pieces needs: of a progress bar only what is still to be seen."""
        last = self.parts[-1]
        if "\r" in last:
            shown, cursor, tail = "".join(self.parts).rpartition("\r")
            self.parts = [as_seen(shown), cursor, tail]
            self._size = sum(map(len, self.parts))
        elif len(self.parts) > _MANY_PARTS:
            self.parts = ["".join(self.parts)]

    def split(self, at: int) -> Said:
        """Takes the pieces from this one on away."""
        rest = Said()
        for part in self.parts[at:]:
            rest.add(part)
        del self.parts[at:]
        return rest

    def text(self) -> str:
        """The message: what is seen, without the newline at its end."""
        text = "".join(self.parts)
        if "\r" in text:
            text = as_seen(text)
        text = text.removesuffix("\n")
        return f"{text}… ({self.left_out:,} more characters left out)" if self.left_out else text


def as_seen(text: str) -> str:
    """What a screen shows of a text: a carriage return goes back to the start of the line, and what follows covers it."""
    return "\n".join(_covered(line) for line in text.replace("\r\n", "\n").split("\n"))


def _covered(line: str) -> str:
    shown = ""
    for written in line.split("\r"):
        shown = written + shown[len(written) :]
    return shown
