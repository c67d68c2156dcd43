"""Secrets never leave: each kind in the places where people have them, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microlog_nb import MicrologError, configure
from microlog_nb.explain.redact import Redactor
from tests.explain.recordings import recording
from tests.explain.server import asks_for, says, serving

A = "Zx9Kq2Lm4Np6Rs8Tv1Wy3Bc5Df7Gh0JkMn"
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "private key": "-----BEGIN RSA " + f"PRIVATE KEY-----\n{A}\n{A}\n-----END RSA PRIVATE KEY-----",
    "json web token": "ey" + f"JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.{A}",
    "aws key": "AKIA" + "IOSFODNN7EXAMPLE",
    "github token": "ghp_" + A,
    "github fine-grained": "github_pat_" + A,
    "gitlab token": "glpat-" + A[:20],
    "slack token": "xoxb-" + "123456789012-" + A[:24],
    "slack webhook": "https://hooks.slack.com/services/" + "T00000000/B00000000/" + A[:24],
    "discord webhook": "https://discord.com/api/webhooks/" + "123456789/" + A,
    "anthropic key": "sk-ant-" + "api03-" + A,
    "openai key": "sk-proj-" + A,
    "stripe key": "sk_live_" + A[:24],
    "google key": "AIza" + A + "Q",
    "google token": "ya29." + A,
    "hugging face token": "hf_" + A,
    "npm token": "npm_" + A,
    "pypi token": "pypi-" + A + A,
    "sendgrid key": "SG." + A[:22] + "." + A,
    "mailgun key": "key-" + HEX[:32],
    "twilio id": "SK" + HEX[:32],
    "telegram token": "123456789:AA" + A,
    "digitalocean token": "dop_v1_" + HEX,
    "databricks token": "dapi" + HEX[:32],
    "shopify token": "shpat_" + HEX[:32],
    "vault token": "hvs." + A,
    "notion token": "secret_" + A + A[:10],
    "replicate token": "r8_" + A,
    "bearer": "Authorization: Bearer " + A[:20],
    "basic": "authorization: Basic " + "dXNlcjpwYXNzd29yZDE=",
    "password": "password = 'correct horse battery'",
    "password in json": '{"db_password": "hunter2!x"}',
    "password in yaml": "  passwd: s3cr3tValue",
    "environment": "export API_KEY=" + A[:16],
    "option": "--password hunter2!x",
    "query": "https://x.org/get?user=1&access_token=" + A[:18],
    "connection string": "Server=db;Uid=sa;Pwd=Tr0ub4dor;",
    "account key": "AccountName=x;AccountKey=" + A + "==",
    "url login": "postgresql://admin:Tr0ub4dor@db.local:5432/sales",
    "redis login": "redis://:Tr0ub4dor9@localhost:6379/0",
    "e-mail": "jane.doe+test@example.co.uk",
    "linux home": "/home/janedoe/project/data.csv",
    "mac home": "/Users/janedoe/project",
    "windows home": "C:\\Users\\janedoe\\project",
    "random base64": "uY7dQx0rT3mWz8LbVnKs5PfEa2HjGc9R",
    "random hex": HEX,
}  # fmt: skip

# What must be gone of each: the part that is the secret.
KEPT_OUT = {
    "bearer": A[:20], "basic": "dXNlcjpwYXNzd29yZDE", "password": "correct horse", "password in json": "hunter2!x",
    "password in yaml": "s3cr3tValue", "environment": A[:16], "option": "hunter2!x", "query": A[:18],
    "connection string": "Tr0ub4dor", "account key": A, "url login": "Tr0ub4dor", "redis login": "Tr0ub4dor9",
    "linux home": "janedoe", "mac home": "janedoe", "windows home": "janedoe", "private key": A,
    "slack webhook": A[:24], "discord webhook": A,
}  # fmt: skip


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("around", ["{}", "before {} after", "x = '{}'", 'log("{}")', "[{}]", "<{}>", "id\t{}\nnext"])
def test_a_secret_is_gone_wherever_it_stands(kind: str, around: str) -> None:
    result = Redactor()(around.format(SECRETS[kind]))
    assert KEPT_OUT.get(kind, SECRETS[kind]) not in result.text
    assert result.total >= 1
    assert "«" in result.text or "~" in result.text


def test_planted_secrets_never_reach_the_server() -> None:
    """In log entries, sources, names of functions and files, the question, and what tools give."""
    planted = list(SECRETS.values())
    logs = [
        {"at": 1 + place, "message": text, "exception": text, "level": "error"} for place, text in enumerate(planted)
    ]
    source = "import time\n" + "\n".join(f"# {text}" for text in planted)
    rec = recording(
        logs=logs, sources={"In [1]": source}, functions={"step": {"file": "/home/janedoe/x.py", "kind": "user"}}
    )
    look = asks_for(("logs_of_range", '{"start": 0, "end": 0.2}'), ("source_of_function", '{"function": "<module>"}'))
    with serving(look, says("ok"), says("more")) as server:
        first = rec.explain(" and ".join(planted), model="m", base_url=server.url, tokens=50_000)
        assert first.text == "ok"
        assert first.ask(planted[3]).text == "more"
    sent = b"\n".join(server.raw).decode().replace("\\n", "\n").replace("\\\\", "\\").replace('\\"', '"')
    for kind, secret in SECRETS.items():
        assert KEPT_OUT.get(kind, secret) not in sent, kind
    assert first.answer is not None
    assert first.answer.redacted > len(planted)


@pytest.mark.parametrize(
    "text",
    [
        "def fit(self, table, tokens=512, max_tokens=4096):",
        "passes = 3",
        "token = tokenizer.next_token",
        "password = getpass.getpass()",
        "key = row['key']",
        "for key, value in items.items(): total[key] += value",
        "sklearn.ensemble.HistGradientBoostingRegressor.fit",
        "site-packages/pandas/core/internals/managers.py:1234",
        "[call:12] fit_fold (pipeline.py:58) at 24.0 s: 5.90 s, CPU 62%",
        "https://example.org/a/long/path/with-many-parts/and_some_more/index.html",
        "UserWarning: column_name_with_a_very_long_identifier_2024 is deprecated",
        "2026-03-14T09:41:00.000000+01:00",
        "0.123456789012345678901234567890",
        "assert response.status_code == 200, response.text",
        "import author, authority, pinned, signal",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor()(text).text == text


def test_the_users_own_patterns_come_first_and_are_counted() -> None:
    configure(redact=[r"ACME-\d+", "Jane"])
    rec = recording(logs=[{"at": 5, "message": "order ACME-7781 of Jane", "stack": ""}])
    assert "order «custom» of «custom»" in rec.to_prompt()


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["("], "is no regular expression"),
        (["x*"], "matches the empty text"),
        ([3], "must be a regular expression as text, not 3"),
        ("ACME", "must be a list of regular expressions"),
    ],
)
def test_a_wrong_pattern_is_refused(patterns: object, message: str) -> None:
    with pytest.raises(MicrologError, match=message):
        configure(redact=patterns)  # type: ignore[arg-type]


@given(st.text(max_size=300))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = Redactor()(text).text
    assert Redactor()(once).text == once


def test_much_text_takes_time_in_proportion() -> None:
    """Patterns that backtrack would not end here."""
    for text in (
        "a" * 200_000,
        "password" * 30_000,
        "x=" * 100_000,
        "eyJ" * 60_000,
        "a@" * 100_000,
        "/home/" * 40_000,
        "-----BEGIN PRIVATE KEY-----" * 2_000,
    ):
        Redactor()(text)
