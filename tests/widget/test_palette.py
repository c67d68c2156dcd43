"""Packages keep their colours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from microlog_nb.widget import palette


def package(name: str, kind: str = "library", self_ns: int = 0) -> dict[str, Any]:
    return {"name": name, "kind": kind, "self": self_ns}


def test_the_notebook_and_the_users_own_files_have_their_slots() -> None:
    assert palette.slots([package("In [7]", "notebook"), package("In [9]", "notebook"), package("etl", "user")]) == [
        7,
        7,
        9,
    ]


def test_a_package_has_its_slot_whatever_stands_beside_it() -> None:
    (alone,) = palette.slots([package("pandas")])
    assert palette.slots([package("etl", "user"), package("pandas"), package("numpy")])[1] == alone


def test_on_a_clash_the_smaller_one_moves() -> None:
    names = [f"package{number}" for number in range(10)]
    slots = palette.slots([package(name, self_ns=number) for number, name in enumerate(names)])
    assert sorted(slots) == [0, 1, 2, 3, 4, 5, 6, 8, 10, 11]
    assert slots[9] == palette.slots([package(names[9])])[0]


def test_more_packages_than_slots_share() -> None:
    slots = palette.slots([package(f"package{number}") for number in range(30)])
    assert len(slots) == 30
    assert set(slots) <= set(range(12))


PALETTE_TS = Path(__file__).parents[2] / "js" / "src" / "theme" / "palette.ts"


def test_the_colours_are_those_of_the_live_view() -> None:
    pairs = re.findall(r'\["(#\w{6})", "(#\w{6})"\]', PALETTE_TS.read_text())
    assert list(zip(palette.LIGHT, palette.DARK, strict=True)) == pairs


def test_packages_have_the_slots_of_the_live_view() -> None:
    # from assignSlots of js/src/theme/palette.ts, one package at a time
    expected = {"pandas": 3, "numpy": 1, "sklearn": 6, "json": 5, "asyncio": 4, "torch": 10, "строка": 1, "pyarrow": 11}
    assert {name: palette.slots([package(name)])[0] for name in expected} == expected


def test_mixing() -> None:
    assert palette.mixed("#ff0000", 0.5, "#000000") == "#800000"
