"""These tests need the sampler in C; where it is not built they say so, unless MICROLOG_REQUIRE_NATIVE asks for it."""

from __future__ import annotations

import os

import pytest

from microlog_nb.capture.samplers.base import SamplerUnavailable
from microlog_nb.capture.samplers.native import load


@pytest.fixture(autouse=True)
def built() -> None:
    """Skips where it is not built."""
    try:
        load()
    except SamplerUnavailable as reason:
        if os.environ.get("MICROLOG_REQUIRE_NATIVE", "") not in ("", "0"):
            raise
        pytest.skip(str(reason))
