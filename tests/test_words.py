"""Numbers are written as the product's pages say."""

from __future__ import annotations

import pytest

from microlog_nb import words


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 s"),
        (95, "95.0 ns"),
        (312_000, "312 us"),
        (999_999, "1.00 ms"),
        (58_000_000, "58.0 ms"),
        (412_000_000, "412 ms"),
        (5_900_000_000, "5.90 s"),
        (48_200_000_000, "48.2 s"),
        (9_999e9, "9999 s"),
        (10_000e9, "2 h 46 min"),
    ],
)
def test_durations(ns: float, text: str) -> None:
    assert words.duration(ns) == text


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (3120, "3.12 KB"), (612e6, "612 MB"), (1.74e9, "1.74 GB")])
def test_sizes(size: float, text: str) -> None:
    assert words.size(size) == text


def test_counts_and_shares() -> None:
    assert words.count(9224) == "9\u202f224"
    assert words.count(1_200_000) == "1.20 M"
    assert words.percent(0.62) == "62%"
    assert words.percent(0.007) == "0.7%"
    assert words.plural(1, "call") == "1 call"
