"""Takes out what must not leave: keys, tokens, passwords, addresses, home folders, and what looks secret.

A secret becomes a label, `«aws key»`: the reader sees that something was there and of which kind, never what. Rules go from the
certain to the suspected: formats that their issuers document, then values whose name says that they are secret, then
text of high entropy.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from microlog_nb.errors import MicrologError

_Replace = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True)
class Redacted:
    """A text without its secrets.

    Attributes:
        text: what may be sent.
        counts: how many were taken out, by kind.
    """

    text: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many were taken out."""
        return sum(self.counts.values())


# Formats as their issuers document them; most are also in GitHub's list of secret scanning patterns.
_FORMATS: tuple[tuple[str, str], ...] = (
    ("private key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)"),
    ("json web token", r"\beyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]*"),
    ("aws key", r"\b(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}\b"),
    ("github token", r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})"),
    ("gitlab token", r"\bgl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent)-[\w-]{16,}"),
    ("slack token", r"\bx(?:ox[abeoprs]|app)-[\w-]{10,}"),
    ("slack webhook", r"https://hooks\.slack\.com/[\w/+-]+"),
    ("discord webhook", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[\w/-]+"),
    ("anthropic key", r"\bsk-ant-[\w-]{16,}"),
    ("openai key", r"\bsk-(?:proj-|svcacct-|admin-)?[\w-]{20,}"),
    ("stripe key", r"\b(?:[srp]k_(?:live|test)|whsec)_\w{10,}"),
    ("google key", r"\bAIza[\w-]{30,}"),
    ("google token", r"\b(?:ya29\.[\w.-]{16,}|GOCSPX-[\w-]{16,}|1//0[\w-]{24,})"),
    ("hugging face token", r"\bhf_[A-Za-z0-9]{20,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{20,}"),
    ("pypi token", r"\bpypi-[\w-]{30,}"),
    ("sendgrid key", r"\bSG\.[\w-]{12,80}\.[\w-]{12,80}"),
    ("mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    ("twilio id", r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    ("telegram token", r"\b\d{8,10}:AA[\w-]{30,}"),
    ("digitalocean token", r"\bdo[opr]_v1_[0-9a-f]{32,}"),
    ("databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    ("square token", r"\b(?:EAAA|sq0(?:atp|csp)-)[\w-]{20,}"),
    ("vault token", r"\bhv[sbr]\.[\w-]{20,}"),
    ("linear key", r"\blin_(?:api|oauth)_\w{20,}"),
    ("notion token", r"\b(?:secret|ntn)_[A-Za-z0-9]{40,}"),
    ("replicate token", r"\br8_[A-Za-z0-9]{20,}"),
    ("groq key", r"\bgsk_[A-Za-z0-9]{20,}"),
    ("age key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
)  # fmt: skip

_TELLING_NAME = (  # words that people name secrets with
    r"pass(?:word|wd|phrase|code)?|pwd|secrets?|token|credentials?|auth(?:orization)?|"
    r"api[-_ ]?key|access[-_ ]?key|account[-_ ]?key|private[-_ ]?key|secret[-_ ]?key|shared[-_ ]?access[-_ ]?\w*|"
    r"client[-_ ]?secret|session(?:[-_ ]?id)?|cookie|csrf\w*|jwt|signature|sig|salt|pin|otp|apikey|bearer"
)
_NOT_SECRET = {"none", "null", "true", "false", "str", "bytes", "int", "self", "os", "getpass", "input", "not", "is", "in", "and", "or", "if"}  # fmt: skip

_URL_LOGIN = re.compile(
    r"(?P<scheme>\b[a-zA-Z][\w+.-]{0,30}://)(?P<login>[^\s/@:'\"]{0,200}:[^\s@'\"]{1,200}|[^\s/@:'\"]{1,200})@(?=[\w\[])"
)
_BEARER = re.compile(r"\b(?P<how>bearer|basic|token|digest)\s+(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE)
_NAMED = re.compile(
    # from the telling word on, which begins a word or a Part of one: db_password, dbPassword, but not author
    rf"(?P<name>(?:(?<![A-Za-z])|(?<=[a-z])(?=(?-i:[A-Z])))(?:{_TELLING_NAME})s?"
    r"(?:[_-]\w{1,30}|(?-i:[A-Z][a-z]{0,30})){0,3}(?![A-Za-z])[\"']?\]?)(?P<sep>\s{0,20}(?:=>|:=|[=:])\s{0,20})"
    r"(?P<value>[bBrRfFuU]{0,2}(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|[^\s,;&'\"(){}\[\]«»]+)",
    re.IGNORECASE,
)
_OPTION = re.compile(rf"(?P<name>--?(?:{_TELLING_NAME}))(?P<sep>\s+)(?P<value>[^\s-][^\s]*)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.!#$%&*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_HOME = re.compile(
    r"(?P<root>/home/|/Users/|/root(?=/|\b)|[A-Za-z]:(?:\\\\?|/)(?:Users|Documents and Settings)(?:\\\\?|/))(?P<user>[^/\\\s\"':,;)»]*)"
)
_RANDOM = re.compile(r"(?<![\w«/.])[A-Za-z0-9+/_=-]{20,}(?![\w»])")
_HEX = re.compile(r"[0-9a-fA-F]+")
_MIN_ENTROPY = 3.7
"""Bits a character; English words stay under 3.5 at this length, base64 of random bytes is above 4."""
_MIN_HEX = 32


class Redactor:
    """Takes secrets out of texts; the same text always gives the same result.

    Args:
        patterns: the user's own regular expressions; what they match becomes `«custom»`.

    Raises:
        MicrologError: a pattern is no text or no regular expression, or matches the empty text.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        own = [("custom", _compiled(pattern)) for pattern in patterns]
        formats = [(kind, re.compile(pattern)) for kind, pattern in _FORMATS]
        self._rules: list[tuple[str, re.Pattern[str], _Replace | None]] = [
            *((kind, pattern, None) for kind, pattern in own),
            *((kind, pattern, None) for kind, pattern in formats),
            ("login", _URL_LOGIN, lambda match: f"{match['scheme']}«login»@"),
            ("token", _BEARER, _bearer),
            ("secret value", _NAMED, _named),
            ("secret value", _OPTION, _named),
            ("e-mail", _EMAIL, None),
            ("home folder", _HOME, lambda _: "~"),
            ("random text", _RANDOM, _random),
        ]

    def __call__(self, text: str) -> Redacted:
        """The text without its secrets."""
        counts: Counter[str] = Counter()
        for kind, pattern, replace in self._rules:
            text = pattern.sub(_counting(kind, replace, counts), text)
        return Redacted(text, counts)

    def all(self, texts: Iterable[str]) -> tuple[list[str], Counter[str]]:
        """Several texts, and what was taken out of all of them."""
        results = [self(text) for text in texts]
        return [result.text for result in results], sum((result.counts for result in results), Counter[str]())


def _compiled(pattern: object) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        raise MicrologError(f"a redaction pattern must be a regular expression as text, not {pattern!r}")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise MicrologError(f"redaction pattern {pattern!r} is no regular expression: {error}") from error
    if compiled.search(""):
        raise MicrologError(f"redaction pattern {pattern!r} matches the empty text: it must match at least a character")
    return compiled


def _counting(kind: str, replace: _Replace | None, counts: Counter[str]) -> Callable[[re.Match[str]], str]:
    def instead(match: re.Match[str]) -> str:
        new = f"«{kind}»" if replace is None else replace(match)
        if new is None or new == match[0]:
            return match[0]
        counts[kind] += 1
        return new

    return instead


def _bearer(match: re.Match[str]) -> str | None:
    return f"{match['how']} «token»" if re.search(r"[\d=/+._~-]", match["value"]) else None


def _named(match: re.Match[str]) -> str | None:
    """A literal beside a telling name; code that only mentions such a name stays as it is."""
    value = match["value"]
    quoted = re.fullmatch(r"[bBrRfFuU]{0,2}([\"'])(.*)\1", value, re.DOTALL)
    inner = quoted[2] if quoted else value
    if len(inner) < 3 or inner.lower() in _NOT_SECRET or inner.startswith("«"):
        return None
    if not quoted and "=" in match["sep"] and _is_code(match, inner):
        return None
    if (
        re.fullmatch(r"[\d.]+(?:ms|s|us|%)?", inner)
        and re.search(r"token|session|pass", match["name"], re.IGNORECASE)
        and len(inner) < 6
    ):
        return None  # `tokens: 512`, `passes = 3`
    return f"{match['name']}{match['sep']}«secret value»"


def _is_code(match: re.Match[str], value: str) -> bool:
    """`token = make_token(...)`, `password = settings.password`: a name of the program, not a value."""
    if match.string[match.end() : match.end() + 1] in ("(", "["):
        return True
    if not re.fullmatch(r"[A-Za-z_][\w.]*", value):
        return False
    return "." in value or "_" in value or (value.isalpha() and value.islower() and " " in match["sep"])


def _random(match: re.Match[str]) -> str | None:
    text = match[0].strip("=-_/+")
    if _HEX.fullmatch(text):
        return "«random text»" if len(text) >= _MIN_HEX and _entropy(text.lower()) > 3 else None
    digits = sum(character.isdigit() for character in text)
    upper, lower = text != text.lower(), text != text.upper()
    if not (digits and upper and lower) or "__" in text or text.count("/") > len(text) / 8:
        return None
    return "«random text»" if _entropy(text) >= _MIN_ENTROPY else None


def _entropy(text: str) -> float:
    """Shannon's entropy in bits a character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())
