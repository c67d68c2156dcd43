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

_NOTEBOOK = 7
_USER = 9
_LIBRARY = [slot for slot in range(len(LIGHT)) if slot not in (_NOTEBOOK, _USER)]

_SEED = 27_315_371
"""As in `js/src/theme/palette.ts`: with it the packages that notebooks use most differ from each other."""


def slots(packages: Sequence[Mapping[str, Any]]) -> list[int]:
    """A slot of the palette for each package, the same that the live view chooses.

    Code of the notebook and of the user's own files has a fixed slot. Any other package takes one by a hash of its name; on a
    clash the one with more self time stays, and the other moves to the next free slot. When none is free they share.

    Args:
        packages: rows with `name`, `kind` and `self`.
    """
    result = [_NOTEBOOK if package["kind"] == "notebook" else _USER for package in packages]
    libraries = [number for number, package in enumerate(packages) if package["kind"] == "library"]
    taken: set[int] = set()
    for number in sorted(libraries, key=lambda number: (-packages[number]["self"], packages[number]["name"])):
        wanted = _hash(packages[number]["name"]) % len(_LIBRARY)
        order = _LIBRARY[wanted:] + _LIBRARY[:wanted]
        slot = next((slot for slot in order if slot not in taken), order[0])
        taken.add(slot)
        result[number] = slot
    return result


def _hash(text: str) -> int:
    """32-bit FNV-1a (Fowler, Noll and Vo) with another start, its high bits folded into the low ones."""
    value = _SEED
    for byte in text.encode("utf-8", "replace"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    value = (value ^ (value >> 15)) * 0x2C1B3C6D & 0xFFFFFFFF
    return value ^ (value >> 13)


def mixed(color: str, share: float, other: str) -> str:
    """`share` of a colour mixed into another one, as #rrggbb."""
    pairs = zip(_rgb(color), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
