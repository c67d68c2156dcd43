"""One question from its facts to the answer that is kept: sends, looks up what the model asks for, checks what it cites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microlog_nb.explain import questions
from microlog_nb.explain.answers import Answer, Answers, question_id
from microlog_nb.explain.citations import Places
from microlog_nb.explain.client import AskingFailedError, Client, Message, Reply
from microlog_nb.explain.facts import Facts, facts_of
from microlog_nb.explain.focus import Focus
from microlog_nb.explain.offline import explain_offline
from microlog_nb.explain.prompt import Prompt, fenced, prompt_of
from microlog_nb.explain.redact import Redactor
from microlog_nb.explain.settings import LLM
from microlog_nb.tables import Tables

MAX_ROUNDS = 5
"""So often a model may ask for more before it must answer."""


@dataclass(frozen=True)
class Question:
    """All that an answer depends on.

    Attributes:
        tables: of the recording.
        focus: what it is about.
        words: the user's, or "".
        after: id of the answer that it follows, or "".
        without: sections of the facts that are left out.
        llm: who is asked.
    """

    tables: Tables
    focus: Focus
    words: str
    after: str
    without: tuple[str, ...]
    llm: LLM

    def facts(self) -> Facts:
        """The digest that is sent."""
        return facts_of(self.tables, self.focus, tokens=self.llm.tokens, without=self.without)

    def prompt(self, facts: Facts, answers: Answers) -> Prompt:
        """The messages that are sent, word for word."""
        return prompt_of(facts, self.words, answers.thread(self.after), Redactor(self.llm.redact))


def name_of(question: Question, facts: Facts) -> str:
    """What its answer is kept under."""
    return question_id(facts.hash, question.words, question.after)


class Conversation:
    """Asks one question; another thread may stop it.

    Args:
        question: what is asked.
        answers: those of the recording.
        on_text: gets all of the answer so far, whenever there is more of it.
        on_look: gets the name and the redacted answer of every tool that the model used: what was sent besides the prompt.
    """

    def __init__(
        self,
        question: Question,
        answers: Answers,
        on_text: Callable[[str], None] = lambda _: None,
        on_look: Callable[[str, str], None] = lambda _name, _text: None,
    ) -> None:
        self._question = question
        self._answers = answers
        self._on_text = on_text
        self._on_look = on_look
        self._client: Client | None = None
        self._stopped = False
        self.text = ""
        """What has come so far."""

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stopped

    def stop(self) -> None:
        """Ends the request; what came stays in `text`, and nothing is kept."""
        self._stopped = True
        if self._client is not None:
            self._client.close()

    def run(self) -> Answer | None:
        """The answer, kept; None if it was stopped.

        Raises:
            AskingFailedError: in one line, what happened; `text` has what came before.
        """
        facts = self._question.facts()
        prompt = self._question.prompt(facts, self._answers)
        self._client = Client(self._question.llm)
        try:
            return self._talk(self._client, facts, prompt)
        finally:
            self._client.close()

    def _talk(self, client: Client, facts: Facts, prompt: Prompt) -> Answer | None:
        redact = Redactor(self._question.llm.redact)
        messages: list[Message] = list(prompt.messages)
        redacted = prompt.redacted.total()
        for left in range(MAX_ROUNDS, -1, -1):
            reply = Reply() if self.stopped else client.ask(messages, questions.tools() if left else [], self._grow)
            if self.stopped:
                return None
            if not reply.calls:
                return self._kept(facts, reply, redacted)
            results, count = self._look(reply, redact)
            messages += results
            redacted += count
        raise AskingFailedError(
            "The model went on asking for more and gave no answer: ask again, or ask something narrower."
        )

    def _grow(self, piece: str) -> None:
        self.text += piece
        self._on_text(self.text)

    def _look(self, reply: Reply, redact: Redactor) -> tuple[Sequence[Message], int]:
        """What the model asked for, as messages without secrets."""
        asked = [
            {
                "id": call["id"] or f"call_{place}",
                "type": "function",
                "function": {"name": call["name"], "arguments": call["arguments"]},
            }
            for place, call in enumerate(reply.calls)
        ]
        messages: list[Message] = [{"role": "assistant", "content": reply.text or None, "tool_calls": asked}]
        count = 0
        for call, known in zip(reply.calls, asked, strict=True):
            result = redact(questions.answer(self._question.tables, call["name"], call["arguments"]))
            count += result.total
            self._on_look(call["name"], result.text)
            messages.append({"role": "tool", "tool_call_id": known["id"], "content": fenced("data", result.text)})
        if reply.text:
            self._grow("\n\n")
        return messages, count

    def _kept(self, facts: Facts, reply: Reply, redacted: int) -> Answer:
        question = self._question
        checked = Places(question.tables).check(self.text.strip())
        answer = Answer(
            id=name_of(question, facts),
            question=question.words,
            after=question.after,
            about=question.focus.title,
            text=checked.text,
            model=reply.model or question.llm.model,
            server=question.llm.server,
            time=_now(),
            facts=facts.hash,
            redacted=redacted,
            dropped=checked.dropped,
            cut=reply.cut,
        )
        self._answers.keep(answer)
        return answer


def by_rules(question: Question) -> Answer:
    """The explanation that needs no model; it is not kept, since it can be had again at any time."""
    facts = question.facts()
    text = explain_offline(question.tables, question.focus, facts)
    checked = Places(question.tables).check(text)
    about: Any = question.focus.title
    return Answer(
        id=name_of(question, facts),
        question=question.words,
        after="",
        about=about,
        text=checked.text,
        model="",
        server="",
        time=_now(),
        facts=facts.hash,
        dropped=checked.dropped,
    )


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
