"""Packages keep their colours."""

from __future__ import annotations

from microlog_nb.widget import palette


def package(name: str, kind: str = "library") -> dict[str, str]:
    return {"name": name, "kind": kind}


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
    slots = palette.slots([package(name) for name in names])
    assert sorted(slots) == [0, 1, 2, 3, 4, 5, 6, 8, 10, 11]
    assert slots[0] == palette.slots([package(names[0])])[0]


def test_more_packages_than_slots_share() -> None:
    slots = palette.slots([package(f"package{number}") for number in range(30)])
    assert len(slots) == 30
    assert set(slots) <= set(range(12))


def test_the_hash_is_fnv_1a() -> None:
    # published test vectors
    assert palette.fnv1a("") == 0x811C9DC5
    assert palette.fnv1a("a") == 0xE40C292C
    assert palette.fnv1a("foobar") == 0xBF9CF968


def test_mixing() -> None:
    assert palette.mixed("#ff0000", 0.5, "#000000") == "#800000"
