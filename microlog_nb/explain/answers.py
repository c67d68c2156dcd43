"""Answers that were given: kept with the recording, so that the same question needs no model again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MAX_KEPT = 200
_LONGEST = 200_000


@dataclass(frozen=True)
class Answer:
    """One question and what was said to it.

    Attributes:
        id: names the question: of the facts, its words, and the answer that it follows.
        question: the user's words, or "" for the first, general one.
        after: id of the answer that it follows, or "".
        about: what it is about, in words.
        text: Markdown with citations as `[call:12]`.
        model: who said it; "" for the explanation by rules.
        server: where.
        time: when, ISO 8601 with offset.
        facts: hash of the facts that it was said of.
        redacted: how many secrets were taken out of what was sent.
        dropped: citations that named nothing.
        cut: whether the model ended for lack of room.
    """

    id: str
    question: str
    after: str
    about: str
    text: str
    model: str
    server: str
    time: str
    facts: str
    redacted: int = 0
    dropped: int = 0
    cut: bool = False


def question_id(facts: str, question: str, after: str) -> str:
    """Names a question: equal questions about equal facts have equal names."""
    return hashlib.sha256(json.dumps([facts, question.strip(), after]).encode()).hexdigest()[:16]


class Answers:
    """Those of one recording, the oldest first; an answer with the same id takes the place of the one before."""

    def __init__(self, kept: Iterable[Answer] = ()) -> None:
        self._kept: dict[str, Answer] = {answer.id: answer for answer in kept}

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Any:
        return iter(list(self._kept.values()))

    def find(self, name: str) -> Answer | None:
        """The answer to a question."""
        return self._kept.get(name)

    def keep(self, answer: Answer) -> None:
        """Adds one; of more than `MAX_KEPT` the oldest goes."""
        self._kept.pop(answer.id, None)
        self._kept[answer.id] = answer
        while len(self._kept) > MAX_KEPT:
            del self._kept[next(iter(self._kept))]

    def thread(self, last: str) -> list[Answer]:
        """An answer and those that it follows, the first one first."""
        chain: list[Answer] = []
        answer = self._kept.get(last)
        while answer is not None and answer not in chain:
            chain.append(answer)
            answer = self._kept.get(answer.after)
        return chain[::-1]

    def to_json(self) -> list[dict[str, Any]]:
        """As JSON values."""
        return [asdict(answer) for answer in self._kept.values()]

    @classmethod
    def from_json(cls, values: object) -> Answers:
        """From JSON values of a file; what is no answer is left out."""
        rows = values if isinstance(values, list) else []
        return cls([Answer(**row) for row in rows[:MAX_KEPT] if _is_answer(row)])


_TYPES = {field.name: {"str": str, "int": int, "bool": bool}[str(field.type)] for field in fields(Answer)}


def _is_answer(row: object) -> bool:
    return (
        isinstance(row, Mapping)
        and row.keys() == _TYPES.keys()
        and all(type(row[name]) is of for name, of in _TYPES.items())
        and all(len(value) <= _LONGEST for value in row.values() if isinstance(value, str))
    )
