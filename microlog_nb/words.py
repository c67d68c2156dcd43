"""Numbers as people read them: three significant digits and a unit, counts whole, percent without decimals."""

from __future__ import annotations

import math

_NARROW_SPACE = "\u202f"


def duration(nanoseconds: float) -> str:
    """A length of time: "48.2 s", "412 ms", "312 us", "0 s"; from 10 000 s "2 h 46 min"."""
    if nanoseconds == 0:
        return "0 s"
    seconds = nanoseconds / 1e9
    if abs(seconds) >= 10_000:
        minutes = int(abs(seconds) // 60)
        return f"{'−' if seconds < 0 else ''}{minutes // 60} h {minutes % 60} min"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if round(abs(seconds) / size, 2) >= 1:
            return f"{_three(seconds / size)} {unit}"
    return f"{_three(nanoseconds)} ns"


def size(number: float) -> str:
    """Bytes: "1.74 GB", "612 MB", "3.12 KB", "0 B"; 1 KB is 1000 B."""
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if abs(number) >= step:
            return f"{_three(number / step)} {unit}"
    return f"{number:.0f} B"


def count(number: int) -> str:
    """A whole number, with a narrow space from 1 000; from one million "1.20 M"."""
    if abs(number) >= 1_000_000:
        return f"{_three(number / 1e6)} M"
    return f"{number:,}".replace(",", _NARROW_SPACE)


def percent(share: float) -> str:
    """A share of 1: "62%"; below one per cent one decimal."""
    value = share * 100
    return f"{value:.1f}%" if 0 < abs(value) < 1 else f"{value:.0f}%"


def plural(number: int, word: str) -> str:
    """A count and its noun: "1 call", "2 calls"."""
    return f"{count(number)} {word}{'' if number == 1 else 's'}"


def _three(value: float) -> str:
    """Three significant digits, never an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(float(f"{value:.2e}")))))
    return f"{value:.{digits}f}".replace("-", "−")
