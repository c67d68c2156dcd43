"""A recording tells the truth about programs that know it.

How exactly is measured by `make bench`; here the thresholds are so loose that a busy machine keeps them.
"""

from __future__ import annotations

import pytest

from tests.programs import PROGRAMS, record, score


@pytest.mark.parametrize("name", PROGRAMS)
def test_most_calls_are_found_with_the_right_extent(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    truth, recording = record(PROGRAMS[name])
    result = score(truth, recording)
    assert result.calls > 0
    assert result.share_found >= 0.7, result.missed


def test_every_entry_is_attributed_to_the_call_that_wrote_it(capsys: pytest.CaptureFixture[str]) -> None:
    truth, recording = record(PROGRAMS["logs"])
    result = score(truth, recording)
    assert result.logs == len(truth.said) > 0
    assert not result.unattributed
