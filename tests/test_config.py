"""What is wrong with a setting is said in one line that names what is allowed."""

from __future__ import annotations

import pytest

from microlog_nb.config import Settings, home
from microlog_nb.errors import MicrologError


@pytest.mark.parametrize(
    ("given", "ns"),
    [
        (0.001, 1_000_000),
        ("0.5ms", 500_000),
        ("50us", 50_000),
        ("1 s", 1_000_000_000),
        (1, 1_000_000_000),
        ("2e-3", 2_000_000),
    ],
)
def test_an_interval_is_seconds_or_text_with_a_unit(given: float | str, ns: int) -> None:
    assert Settings.create(interval=given, environment={}).interval_ns == ns


@pytest.mark.parametrize("given", [0, -1, 1.01, "2s", "10us", 49e-6])
def test_an_interval_out_of_range_is_refused(given: float | str) -> None:
    with pytest.raises(MicrologError, match=r"interval .* is out of range: allowed are 50 µs to 1 s"):
        Settings.create(interval=given, environment={})


@pytest.mark.parametrize("given", ["fast", "", "1h", "nan", float("nan"), float("inf"), True, [1]])
def test_what_is_no_duration_is_refused(given: object) -> None:
    with pytest.raises(MicrologError, match="is not a duration: allowed are 50 µs to 1 s"):
        Settings.create(interval=given, environment={})  # type: ignore[arg-type]


def test_a_sampler_that_does_not_exist_is_refused() -> None:
    with pytest.raises(MicrologError, match="sampler 'psychic' does not exist: choose 'auto', 'native' or 'thread'"):
        Settings.create(sampler="psychic", environment={})


def test_defaults_come_from_the_environment() -> None:
    environment = {"MICROLOG_INTERVAL": "2ms", "MICROLOG_METRICS_INTERVAL": "1s", "MICROLOG_SAMPLER": "thread"}
    settings = Settings.create(environment=environment)
    assert (settings.interval_ns, settings.metrics_interval_ns, settings.sampler) == (
        2_000_000,
        1_000_000_000,
        "thread",
    )


def test_the_home_can_be_chosen() -> None:
    assert str(home({"MICROLOG_HOME": "/some/where"})) == "/some/where"
