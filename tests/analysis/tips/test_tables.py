"""Tips about frames and arrays: what triggers each, and what is near it but must not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from tests.analysis.tips.programs import line_of, tips

FRAME = pd.DataFrame({"a": np.arange(6_000), "b": np.arange(6_000) * 1.5})


def test_rows_one_by_one() -> None:
    def program() -> None:
        total = 0.0
        for _, row in pd.concat([FRAME] * 3).iterrows():
            total += row["a"] * row["b"]

    found = tips(program)
    assert "row-iteration" in found
    tip = found["row-iteration"]
    assert tip.line == line_of(program, "iterrows")
    assert tip.evidence.startswith("iterrows took ")
    assert tip.saving_ns > 0


def test_columns_zipped_are_no_row_iteration() -> None:
    def program() -> None:
        total = 0.0
        for _ in range(120):
            for a, b in zip(FRAME["a"].tolist(), FRAME["b"].tolist(), strict=True):
                total += a * b

    assert "row-iteration" not in tips(program)


def test_apply_by_rows() -> None:
    def program() -> None:
        FRAME.loc[FRAME.index.repeat(12)].apply(lambda row: row["a"] + row["b"], axis=1)

    assert tips(program).keys() == {"row-apply"}


def test_apply_by_columns_is_fine() -> None:
    def program() -> None:
        for _ in range(200):
            FRAME.apply(lambda column: column.sort_values().sum())

    assert "row-apply" not in tips(program)


def test_apply_for_every_group() -> None:
    def program() -> None:
        FRAME.groupby("a").apply(lambda group: group["b"].max() - group["b"].min())

    assert "group-apply" in tips(program)


def test_built_in_aggregations_are_fine() -> None:
    def program() -> None:
        groups = FRAME.assign(key=FRAME["a"] % 1500).groupby("key")
        for _ in range(150):
            groups["b"].agg(["max", "min"])

    assert "group-apply" not in tips(program)


def test_a_frame_that_grows_by_concat() -> None:
    def program() -> None:
        grown = FRAME.iloc[:0]
        for _ in range(3_000):
            grown = pd.concat([grown, FRAME.iloc[:10]])

    found = tips(program)
    assert "growing-frame" in found
    assert found["growing-frame"].line == line_of(program, "pd.concat")


def test_a_frame_that_grows_by_rows() -> None:
    def program() -> None:
        grown = pd.DataFrame({"a": [1], "b": [2.0]})
        for number in range(600):
            grown.loc[len(grown)] = [number, 1.0]

    assert tips(program).keys() == {"growing-frame"}


def test_one_concat_behind_the_loop_is_fine() -> None:
    def program() -> None:
        parts = []
        for number in range(1000):
            parts.append(FRAME.iloc[number : number + 100])
        pd.concat(parts * 5)

    assert "growing-frame" not in tips(program)


def test_an_array_that_grows() -> None:
    def program() -> None:
        grown = np.zeros(0)
        for number in range(50_000):
            grown = np.append(grown, number)

    assert tips(program).keys() == {"growing-array"}


def test_an_array_that_grows_by_concatenate() -> None:
    def program() -> None:
        grown = np.zeros(0)
        for _ in range(2_400):
            grown = np.concatenate([grown, np.zeros(500)])

    assert "growing-array" in tips(program)


def test_an_array_that_is_filled_is_fine() -> None:
    def program() -> None:
        filled = np.empty(1_000_000)
        for number in range(0, 1_000_000, 1000):
            filled[number : number + 1000] = np.sort(np.arange(20_000))[:1000]

    assert "growing-array" not in tips(program)


def test_object_columns() -> None:
    values = pd.Series([1, 2.5, None] * 100_000, dtype=object)

    def program() -> None:
        for _ in range(50):
            values.eq(2)

    assert tips(program).keys() == {"object-columns"}


def test_numeric_columns_are_fine() -> None:
    values = pd.Series([1, 2.5, None] * 100_000, dtype=float)

    def program() -> None:
        for _ in range(300):
            values.eq(2)

    assert not tips(program)


def test_single_values_of_a_frame_in_a_loop() -> None:
    def program() -> None:
        total = 0.0
        for number in range(6_000):
            total += FRAME.loc[number, "a"]
            total += FRAME.iloc[number]["b"]

    assert tips(program).keys() == {"scalar-access"}


def test_values_taken_out_before_the_loop_are_fine() -> None:
    def program() -> None:
        total = 0
        values = FRAME["a"].tolist()
        for _ in range(300):
            for value in values:
                total += value

    assert not tips(program)


def test_one_file_read_in_a_loop(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    pd.concat([FRAME] * 60).to_csv(path)

    def program() -> None:
        for column in ("a", "b", "a", "b", "a", "b", "a", "b"):
            pd.read_csv(path)[column].sum()

    found = tips(program)
    assert found.keys() == {"repeated-reads"}
    assert "path was read at least" in found["repeated-reads"].evidence


def test_different_files_read_in_a_loop_are_fine(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.csv" for number in range(8)]
    for path in paths:
        pd.concat([FRAME] * 30).to_csv(path)

    def program() -> None:
        for file in paths:
            pd.read_csv(file)

    assert not tips(program)


def test_a_loop_over_the_values_of_an_array() -> None:
    def program() -> None:
        values = np.arange(4_000_000)
        total = 0
        for number in range(len(values)):
            total += values[number]

    found = tips(program)
    assert found.keys() == {"array-loops"}
    assert found["array-loops"].title == "Compute with the whole array values"


def test_a_loop_over_a_list_is_fine() -> None:
    def program() -> None:
        values = np.arange(1_500_000).tolist()
        total = 0
        for number in range(len(values)):
            total += values[number]

    assert not tips(program)


def test_vectorize() -> None:
    def program() -> None:
        np.vectorize(lambda value: value + 1)(np.arange(3_000_000))

    assert tips(program).keys() == {"numpy-vectorize"}


def test_arithmetic_on_arrays_is_fine() -> None:
    def program() -> None:
        values = np.arange(800_000)
        for _ in range(150):
            np.where(values > 3, values + 1, 0)

    assert not tips(program)


def test_dates_one_by_one() -> None:
    def program() -> None:
        for _ in range(40_000):
            datetime.strptime("2026-03-14", "%Y-%m-%d")  # noqa: DTZ007

    assert tips(program).keys() == {"date-parsing"}


def test_dates_one_by_one_in_apply_are_one_tip() -> None:
    texts = pd.Series(["2026-03-14", "2026-03-15"] * 2_000)

    def program() -> None:
        texts.apply(pd.to_datetime)

    assert tips(program).keys() == {"date-parsing"}


def test_a_column_of_dates_at_once_is_fine() -> None:
    texts = pd.Series(["2026-03-14", "2026-03-15"] * 200_000)

    def program() -> None:
        pd.to_datetime(texts, format="%Y-%m-%d")

    assert not tips(program)


def test_frames_copied_in_a_loop() -> None:
    large = pd.DataFrame(np.zeros((400_000, 4)))

    def program() -> None:
        for number in range(240):
            changed = large.copy()
            changed.index.name = number

    assert tips(program).keys() == {"copies"}


def test_arrays_copied_in_a_loop() -> None:
    large = np.zeros(2_000_000)

    def program() -> None:
        for number in range(200):
            changed = large.copy()
            changed[0] = number

    assert tips(program).keys() == {"copies"}


def test_work_in_place_is_fine() -> None:
    large = np.zeros(2_000_000)

    def program() -> None:
        for number in range(100):
            np.add(large, number, out=large)

    assert not tips(program)
