"""A slow call stands out among its peers; noise does not."""

from __future__ import annotations

from microlog_nb.tables import Tables
from tests.pictures import trace_from_picture


def _steps(*lengths: int) -> str:
    return "main: " + " ".join(f"a a.step*{length}" for length in lengths)


def test_a_call_that_took_much_longer_than_its_peers_is_slow() -> None:
    tables = Tables(trace_from_picture(_steps(40, 42, 41, 160, 40, 39)))
    found = tables.anomalies
    assert found["function"].tolist() == ["step"]
    assert found["kind"].tolist() == ["slow call"]
    assert found["reason"].tolist() == [
        "160 ms against a median of 40.0 ms in 6 calls from the same place: 4 × its usual time."
    ]
    assert tables.calls["anomaly"].sum() == 1
    assert 0 < found["score"][0] <= 0.12


def test_noise_is_no_anomaly() -> None:
    assert not len(Tables(trace_from_picture(_steps(40, 44, 47, 36, 51, 39, 42, 45))).anomalies)


def test_four_calls_are_too_few_to_judge() -> None:
    assert not len(Tables(trace_from_picture(_steps(40, 40, 200, 40))).anomalies)


def test_short_calls_are_never_slow() -> None:
    assert not len(Tables(trace_from_picture(_steps(2, 2, 2, 2, 12, 2))).anomalies)


def test_the_child_that_explains_the_excess_is_named() -> None:
    steps = " ".join(f"a a.fold*3 a.fold.fit*{length} a.fold*3" for length in (40, 41, 40, 200, 42, 40))
    assert Tables(trace_from_picture(f"main: {steps}")).anomalies["function"].tolist() == ["fit"]
