from __future__ import annotations

from collections.abc import Iterator

import pytest

from microlog_nb.explain import settings

VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "MICROLOG_LLM",
    "MICROLOG_LLM_MODEL",
    "MICROLOG_LLM_BASE_URL",
    "HTTP_PROXY",
    "http_proxy",
)


@pytest.fixture(autouse=True)
def _unconnected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No model is set, whatever the machine has."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "_chosen", {})
    return
