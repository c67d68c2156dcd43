"""Which model explains: said in the call, with `configure`, or by environment variables, in this order."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from microlog_nb.errors import MicrologError

DEFAULT_URL = "https://api.openai.com/v1"
DEFAULT_TOKENS = 6000
MIN_TOKENS, MAX_TOKENS = 500, 200_000
HOW_TO_CONNECT = (
    "set OPENAI_API_KEY and MICROLOG_LLM_MODEL, or MICROLOG_LLM_BASE_URL for a server of your own, "
    "or call microlog.configure(model=..., base_url=..., api_key=...)"
)


@dataclass(frozen=True)
class LLM:
    """How to reach a language model.

    Attributes:
        model: its name at the server, or "".
        base_url: of a server that speaks the chat completions protocol, or "" for OpenAI's.
        api_key: "" for a server that asks for none. Stays in this process.
        tokens: the most that the facts may take, 500 to 200 000, by a rough count.
        timeout: seconds without an answer, 1 to 3600.
        redact: the user's own regular expressions of what must not be sent.
        off: nothing may be sent.
    """

    model: str = ""
    base_url: str = ""
    api_key: str = ""
    tokens: int = DEFAULT_TOKENS
    timeout: float = 60.0
    redact: tuple[str, ...] = ()
    off: bool = False

    def __repr__(self) -> str:
        key = "set" if self.api_key else "none"
        return f"LLM(model={self.model!r}, base_url={self.server!r}, api_key={key}, tokens={self.tokens})"

    @property
    def server(self) -> str:
        """The address that is asked; a login in it is not shown."""
        parts = urlsplit(self.base_url or DEFAULT_URL)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def missing(self) -> str:
        """Why nothing can be asked, as a sentence; "" when all is there."""
        if self.off:
            return "Explaining with a language model is switched off here (MICROLOG_LLM=off)."
        if not self.api_key and not self.base_url:
            return f"No language model is connected: {HOW_TO_CONNECT}."
        if not self.model:
            return "No model is named: set MICROLOG_LLM_MODEL or call microlog.configure(model=...)."
        return ""


_chosen: dict[str, Any] = {}
_NAMES = tuple(field.name for field in fields(LLM) if field.name != "off")


def configure(**values: Any) -> None:
    """Keeps settings for this process; None takes one back to its default.

    Raises:
        MicrologError: there is no such setting, or the value is not allowed.
    """
    checked = _checked(values)
    for name, value in values.items():
        if value is None:
            _chosen.pop(name, None)
        else:
            _chosen[name] = checked[name]


def settings(environment: Mapping[str, str] = os.environ, **values: Any) -> LLM:
    """The settings of one question.

    Args:
        environment: where the defaults are looked up: `OPENAI_API_KEY`, `MICROLOG_LLM_MODEL`, `MICROLOG_LLM_BASE_URL`,
            `MICROLOG_LLM`.
        values: what was said in the call; None says nothing.

    Raises:
        MicrologError: there is no such setting, or a value is not allowed.
    """
    said = {
        "api_key": environment.get("OPENAI_API_KEY", ""),
        "model": environment.get("MICROLOG_LLM_MODEL", ""),
        "base_url": environment.get("MICROLOG_LLM_BASE_URL", "") or environment.get("OPENAI_BASE_URL", ""),
    }
    switch = environment.get("MICROLOG_LLM", "on").strip().lower()
    if switch not in ("on", "off", ""):
        raise MicrologError(f"MICROLOG_LLM is {switch!r}: allowed are on and off")
    merged = LLM(**_checked({name: value for name, value in said.items() if value}), off=switch == "off")
    return replace(merged, **_chosen, **_checked({name: value for name, value in values.items() if value is not None}))


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _NAMES:
            raise MicrologError(f"there is no setting {name!r}: allowed are {', '.join(_NAMES)}")
        if value is not None:
            checked[name] = _CHECKS[name](name, value)
    return checked


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        shown = "" if name == "api_key" else f", not {value!r}"
        raise MicrologError(f"{name} must be text{shown}")
    return value.strip()


def _url(name: str, value: object) -> str:
    text = _text(name, value).rstrip("/")
    if not re.match(r"https?://[^\s/]+", text):
        raise MicrologError(f"{name} must be an address as http://localhost:11434/v1, not {text!r}")
    return text


def _number(low: float, high: float) -> Any:
    def check(name: str, value: object) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise MicrologError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}")
        return int(value) if name == "tokens" else float(value)

    return check


def _patterns(name: str, value: object) -> tuple[str, ...]:
    from microlog_nb.explain.redact import Redactor

    if isinstance(value, str) or not isinstance(value, Sequence):
        raise MicrologError(f"{name} must be a list of regular expressions, not {value!r}")
    Redactor(tuple(value))
    return tuple(value)


_CHECKS = {
    "model": _text,
    "base_url": _url,
    "api_key": _text,
    "tokens": _number(MIN_TOKENS, MAX_TOKENS),
    "timeout": _number(1, 3600),
    "redact": _patterns,
}
