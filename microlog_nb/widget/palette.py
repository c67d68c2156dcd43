"""Colours of packages: the same package has the same colour in every recording, in the picture and in the live view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LIGHT = (
    "#eebb99", "#e0c38f", "#cbcc93", "#b1d3a3", "#9ad7ba", "#8cd7d3",
    "#8ed4e8", "#9fcdf6", "#b7c5f9", "#cebdf2", "#e2b7e1", "#f0b4ca",
)  # fmt: skip
"""OKLCH lightness 0.83, chroma 0.075, twelve hues; the arc around red is left free for errors."""
DARK = (
    "#855737", "#795f2c", "#676730", "#4e6d42", "#347158", "#1f716e",
    "#246e80", "#3d678c", "#55608f", "#6a5988", "#7a547a", "#855065",
)  # fmt: skip
"""The same hues at lightness 0.50, chroma 0.076."""

_SLOTS = len(LIGHT)
_NOTEBOOK = 7
_USER = 9


def slots(packages: Sequence[Mapping[str, Any]]) -> list[int]:
    """A slot of the palette for each package.

    Code of the notebook and of the user's own files has a fixed slot. Any other package takes one by a hash of its name; on a
    clash the one with more self time stays, and the other moves to the next free slot. When none is free they share.

    Args:
        packages: rows with `name` and `kind`, the one with most self time first.
    """
    taken = {_NOTEBOOK, _USER}
    result = []
    for package in packages:
        if package["kind"] != "library":
            result.append(_NOTEBOOK if package["kind"] == "notebook" else _USER)
            continue
        wanted = fnv1a(package["name"]) % _SLOTS
        free = [slot for step in range(_SLOTS) if (slot := (wanted + step) % _SLOTS) not in taken]
        slot = free[0] if free else wanted
        taken.add(slot)
        result.append(slot)
    return result


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash of a text's UTF-8 bytes (Fowler, Noll and Vo)."""
    number = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogatepass"):
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return number


def mixed(color: str, share: float, other: str) -> str:
    """`share` of a colour mixed into another one, as #rrggbb."""
    pairs = zip(_rgb(color), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
