"""Samples come out of their packed form as they went in, and take less memory there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from microlog_nb.model.packed import pack, unpack

NUMBERS = st.integers(-(2**63), 2**63 - 1)
ROWS = arrays.arrays(np.int64, st.tuples(st.integers(1, 40), st.integers(1, 7)), elements=NUMBERS)


@given(ROWS)
def test_what_was_packed_comes_out_again(rows) -> None:  # type: ignore[no-untyped-def]
    assert unpack(pack(rows)).tolist() == rows.tolist()


def test_a_second_of_samples_takes_less_than_16_bytes_each() -> None:
    source = np.random.default_rng(3)
    count = 1000
    columns = [
        np.arange(count) * 1_000_000,
        source.integers(0, 90, count) * 1000,
        np.zeros(count, np.int64),
        source.integers(0, 50, count).repeat(4)[:count],
        source.integers(900, 1100, count) * 1000,
        np.ones(count, np.int64),
    ]
    assert len(pack(np.stack(columns, axis=1)).data) < 16 * count
