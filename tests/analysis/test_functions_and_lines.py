"""What functions and lines cost adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.analysis.functions import group_quantiles
from microlog_nb.tables import Tables
from tests.pictures import trace_from_picture


def test_recursion_counts_once_in_the_total() -> None:
    tables = Tables(trace_from_picture("main: a a.b a.b.a a"))
    row = tables.functions.set_index("function").loc["a"]
    assert (row["calls"], row["total_time"], row["self_time"]) == (2, pytest.approx(0.004), pytest.approx(0.003))


def test_functions_know_mean_median_and_longest_call() -> None:
    tables = Tables(trace_from_picture("main: a.b a a.b*2 a a.b*6"))
    row = tables.functions.set_index("function").loc["b"]
    assert (row["calls"], row["mean"], row["median"], row["max"]) == (
        3,
        pytest.approx(0.003),
        pytest.approx(0.002),
        pytest.approx(0.006),
    )


def test_lines_get_the_time_of_the_samples_that_saw_them() -> None:
    tables = Tables(trace_from_picture("main: a:1.b:5 a:1.b:5 a:1.b:6 a:2"))
    lines = tables.lines.set_index(["function", "line"])
    assert lines.loc[("a", 1), "total_time"] == pytest.approx(0.0025, abs=0.0006)
    assert lines.loc[("a", 1), "self_time"] == 0
    assert lines.loc[("b", 5), "samples"] == 2
    assert lines.loc[("a", 2), "self_time"] == pytest.approx(0.001)


def test_a_busy_machine_that_takes_samples_away_does_not_make_a_line_look_faster() -> None:
    full = Tables(trace_from_picture("main: a:1 a:1 a:1 a:1 a:1 a:1 - - - a:1 a:1")).lines
    thin = Tables(trace_from_picture("main: a:1 . . a:1 . a:1 - - - a:1 a:1")).lines
    assert thin["samples"].tolist() == [5]
    assert thin["self_time"].tolist() == full["self_time"].tolist()


def test_a_line_of_a_recursive_function_counts_once_a_sample() -> None:
    tables = Tables(trace_from_picture("main: a:3.a:3.a:3 a:3.a:3.a:3"))
    assert tables.lines["samples"].tolist() == [2]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 1.0])
@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1000)), max_size=60))
def test_quantiles_of_groups_are_those_of_numpy(share: float, pairs: list[tuple[int, int]]) -> None:
    group = np.array([group for group, _ in pairs], np.int64)
    values = np.array([value for _, value in pairs], np.int64)
    (found,) = group_quantiles(group, values, 5, (share,))
    for number in range(5):
        inside = values[group == number]
        assert found[number] == pytest.approx(np.quantile(inside, share)) if len(inside) else np.isnan(found[number])
