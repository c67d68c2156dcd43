"""Explanations of a recording: asked for in Python or by a press of the button, made in a thread of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from microlog_nb import words
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.explain.answers import Answer, Answers
    from microlog_nb.explain.citations import Places
    from microlog_nb.explain.conversation import Question
    from microlog_nb.tables import Tables
    from microlog_nb.widget.requests import Handler, Push

_PUSH_SECONDS = 0.08


def configure(
    *,
    model: str | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    tokens: int | None = None,
    timeout: float | None = None,
    redact: Sequence[str] | None = None,
) -> None:
    """Says which language model explains recordings, for this process; what is left out stays as it is.

    Args:
        model: its name at the server.
        base_url: of a server that speaks the chat completions protocol, as "http://localhost:11434/v1"; default is OpenAI's.
        api_key: stays in this process.
        tokens: the most that the facts may take, 500 to 200 000.
        timeout: seconds without an answer, 1 to 3600.
        redact: regular expressions of what else must not be sent.

    Raises:
        MicrologError: a value that is not allowed.
    """
    from microlog_nb.explain import settings

    said = {
        "model": model,
        "base_url": base_url,
        "api_key": api_key,
        "tokens": tokens,
        "timeout": timeout,
        "redact": redact,
    }
    settings.configure(**{name: value for name, value in said.items() if value is not None})


class Explanation:
    """An answer that is being written, or is there: `print(rec.explain())`, or the last value of a cell.

    Args:
        question: what is asked.
        answers: those of the recording.
        offline: whether it is written by rules and nothing is sent.
        again: whether a kept answer is asked for anew.
        changed: called, in the thread that writes it, whenever there is more of it, and at its end.
    """

    def __init__(
        self,
        question: Question,
        answers: Answers,
        *,
        offline: bool = False,
        again: bool = False,
        changed: Callable[[Explanation], None] | None = None,
    ) -> None:
        from microlog_nb.explain.conversation import Conversation

        self._question = question
        self._answers = answers
        self._changed = changed
        self._offline = offline
        self._again = again
        self._conversation = Conversation(question, answers, on_text=lambda _: self._tell(), on_look=self._look)
        self._done = threading.Event()
        self._answer: Answer | None = None
        self._error: MicrologError | None = None
        self.looked: list[tuple[str, str]] = []
        """What the model asked for besides what was sent at first, and what it was given: tool and text."""
        self._thread = threading.Thread(target=self._run, name="microlog-explain", daemon=True)
        self._thread.start()

    # -- what is known --------------------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._done.is_set()

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._conversation.stopped

    @property
    def partial(self) -> str:
        """What has come so far, as Markdown; never waits."""
        return self._answer.text if self._answer is not None else self._conversation.text

    @property
    def error(self) -> MicrologError | None:
        """What went wrong, if it has."""
        return self._error

    @property
    def answer(self) -> Answer | None:
        """The answer with model, time and hash of the facts; None before its end, or if there is none."""
        return self._answer

    @property
    def text(self) -> str:
        """The answer as Markdown, its citations in words; waits for it.

        Raises:
            MicrologError: in one line, what went wrong and what to do; `partial` has what came before.
        """
        from microlog_nb.explain.citations import readable

        self.wait()
        if self._error is not None:
            raise self._error
        return readable(self.partial)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for its end, at most so many seconds; whether it has ended."""
        return self._done.wait(timeout)

    def stop(self) -> None:
        """Ends it; what has come stays in `partial`, and is not kept."""
        self._conversation.stop()

    def ask(self, question: str) -> Explanation:
        """A further question in the same thread.

        Raises:
            MicrologError: there is no answer yet that it could follow.
        """
        from dataclasses import replace

        self.wait()
        if self._answer is None or not self._answer.model:
            raise MicrologError(
                "there is no answer of a model that a question could follow: rec.explain() asks for one"
            )
        return Explanation(replace(self._question, words=_words(question), after=self._answer.id), self._answers)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        state = "failed" if self._error else "done" if self.done else "being written"
        return f"<Explanation of {self._question.focus.title}: {state}, {words.count(len(self.partial))} characters>"

    def _ipython_display_(self) -> None:
        """Shows it at once and goes on writing into the same output: the cell does not wait."""
        from IPython.display import display

        shown = display({"text/markdown": self._shown()}, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython's has no types
        self._changed = _Rarely(lambda _: shown.update({"text/markdown": self._shown()}, raw=True))
        self._tell()

    def _shown(self) -> str:
        from microlog_nb.explain.citations import readable

        text = readable(self.partial)
        if self._error is not None:
            return f"{text}\n\n**{self._error}**".strip()
        if self.stopped:
            return f"{text}\n\n*(stopped)*".strip()
        return text or "*asking …*"

    # -- inside -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._answer = self._written()
        except MicrologError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001  # the one who waits is told
            self._error = MicrologError(f"the explanation failed: {type(error).__name__}: {error}")
        finally:
            self._done.set()
            self._tell()

    def _written(self) -> Answer | None:
        from microlog_nb.explain.conversation import by_rules, name_of

        if self._offline:
            return by_rules(self._question)
        if not self._again:
            kept = self._answers.find(name_of(self._question, self._question.facts()))
            if kept is not None:
                return kept
        return self._conversation.run()

    def _look(self, name: str, text: str) -> None:
        self.looked.append((name, text))
        self._tell()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed(self)


class Explainer:
    """What a recording needs to be explained: its tables and the answers that were given.

    Args:
        tables: gives those of the recording as it is now.
        answers: those that are kept with it.
    """

    def __init__(self, tables: Callable[[], Tables], answers: Answers) -> None:
        self._tables = tables
        self._places: tuple[Tables, Places] | None = None
        self.answers = answers

    def question(
        self,
        text: object = "",
        *,
        focus: object = None,
        after: str = "",
        without: Sequence[str] = (),
        **values: Any,
    ) -> Question:
        """Checks what the user said.

        Raises:
            MicrologError: text that is none, a focus that is not in the recording, a section or a setting that does not exist.
        """
        from microlog_nb.explain.conversation import Question
        from microlog_nb.explain.facts import section_names
        from microlog_nb.explain.focus import focus_of
        from microlog_nb.explain.settings import settings

        names = section_names()
        if isinstance(without, str) or any(name not in names for name in without):
            raise MicrologError(f"without={without!r} is not understood: allowed is a list of {', '.join(names)}")
        if after and self.answers.find(after) is None:
            raise MicrologError("the answer that this question follows is not kept any more: ask it by itself")
        tables = self._tables()
        return Question(tables, focus_of(focus, tables), _words(text), after, tuple(without), settings(**values))

    def explain(self, question: Question, *, offline: bool = False, again: bool = False) -> Explanation:
        """Begins an answer: a kept one, that of a model, or, where none is connected, one by rules."""
        return Explanation(question, self.answers, offline=offline or bool(question.llm.missing), again=again)

    def rows(self) -> list[dict[str, Any]]:
        """The kept answers, as a page shows them."""
        answers = list(self.answers)
        tables = self._tables() if answers else None
        return [self.row(answer, tables) for answer in answers if tables is not None]

    def row(self, answer: Answer, tables: Tables) -> dict[str, Any]:
        """An answer as a page shows it: the interface `AnswerRow` of `types.ts`."""
        from dataclasses import asdict

        values = {name: value for name, value in asdict(answer).items() if name != "text"}
        return {**values, **self.shown(answer.text, tables)}

    def shown(self, text: str, tables: Tables) -> dict[str, Any]:
        """Markdown as sanitised HTML, and the places that it cites."""
        from dataclasses import asdict
        from html import escape

        from microlog_nb.explain.citations import put_back, set_aside
        from microlog_nb.widget import markdown

        bare, citations = set_aside(text)
        return {
            "html": put_back(markdown.render(bare), [escape(citation) for citation in citations]),
            "places": {name: asdict(place) for name, place in self._places_of(tables).cited(text).items()},
        }

    def _places_of(self, tables: Tables) -> Places:
        from microlog_nb.explain.citations import Places

        if self._places is None or self._places[0] is not tables:
            self._places = (tables, Places(tables))
        return self._places[1]

    def handlers(self, push: Push) -> Mapping[str, Handler]:
        """What a page may ask for; see the functions."""
        view = _View(self, push)
        return {
            "explain.preview": view.preview,
            "explain.ask": view.ask,
            "explain.stop": view.stop,
            "explain.connect": view.connect,
        }


class _View:
    """The requests of one page, whose bodies are untrusted, and the answers that stream into it."""

    def __init__(self, explainer: Explainer, push: Push) -> None:
        self._explainer = explainer
        self._push = push
        self._running: dict[str, Explanation] = {}

    def preview(self, body: Any) -> Any:
        """What would be sent, word for word, and to whom; the kept answer, if there is one."""
        from microlog_nb.explain.conversation import name_of
        from microlog_nb.explain.facts import section_names, tokens_of

        question = self._asked(body)
        facts = question.facts()
        prompt = question.prompt(facts, self._explainer.answers)
        kept = self._explainer.answers.find(name_of(question, facts))
        return {
            "model": question.llm.model,
            "server": question.llm.server,
            "missing": question.llm.missing,
            "off": question.llm.off,
            "about": question.focus.title,
            "text": prompt.text,
            "tokens": prompt.tokens,
            "redacted": dict(prompt.redacted),
            "sections": [
                {"name": section.name, "title": section.title, "tokens": tokens_of(section.text)}
                for section in facts.sections
            ],
            "without": [name for name in section_names() if name in question.without],
            "kept": self._explainer.row(kept, question.tables) if kept else None,
            "answers": self._explainer.rows(),
        }

    def ask(self, body: Any) -> Any:
        """Begins an answer, which comes as messages "explain"; gives its name."""
        question = self._asked(body)
        name = f"e{time.monotonic_ns():x}"
        offline = bool(_of(body, "offline", bool, default=False)) or bool(question.llm.missing)
        tell = _Rarely(lambda running: self._tell(name, question.tables, running))
        self._running[name] = Explanation(
            question,
            self._explainer.answers,
            offline=offline,
            again=_of(body, "again", bool, default=False),
            changed=tell,
        )
        return {"run": name}

    def stop(self, body: Any) -> Any:
        """Ends an answer; it says so itself."""
        running = self._running.get(_of(body, "run", str, default=""))
        if running is not None:
            running.stop()

    def connect(self, body: Any) -> Any:
        """Settings of a model, for this process; what is not given stays, and the key is never sent back."""
        from microlog_nb.explain.settings import configure

        given = body if isinstance(body, dict) else {}
        names = [name for name in ("model", "base_url", "api_key") if name in given]
        configure(**{name: _of(given, name, str, default="") or None for name in names})

    def _asked(self, body: Any) -> Question:
        focus = _of(body, "focus", dict, default={}) or None
        if focus is not None and isinstance(focus.get("range"), list):
            focus = {"range": tuple(focus["range"])}
        return self._explainer.question(
            _of(body, "question", str, default=""),
            focus=focus,
            after=_of(body, "after", str, default=""),
            without=_of(body, "without", list, default=[]),
        )

    def _tell(self, name: str, tables: Tables, running: Explanation) -> None:
        state = "running"
        if running.done:
            self._running.pop(name, None)
            state = "failed" if running.error else "stopped" if running.answer is None else "done"
        self._push(
            "explain",
            {
                "run": name,
                "state": state,
                **self._explainer.shown(running.partial, tables),
                "error": str(running.error or ""),
                "looked": [{"tool": tool, "text": text} for tool, text in running.looked],
                "answer": self._explainer.row(running.answer, tables) if running.answer else None,
            },
        )


def _of(body: Any, name: str, kind: type, *, default: Any) -> Any:
    value = body.get(name, default) if isinstance(body, dict) else default
    return value if isinstance(value, kind) else default


class _Rarely:
    """Tells at most some twelve times a second, always of the latest, and at once and last of the end."""

    def __init__(self, tell: Callable[[Explanation], None]) -> None:
        self._tell = tell
        self._lock = threading.RLock()
        self._last = float("-inf")
        self._later: threading.Timer | None = None
        self._ended = False

    def __call__(self, running: Explanation) -> None:
        with self._lock:
            wait = self._last + _PUSH_SECONDS - time.monotonic()
            if running.done or wait <= 0:
                self._now(running)
            elif self._later is None:
                # a stream may pause here: what has come is not held back until it goes on
                self._later = threading.Timer(wait, self._now, (running,))
                self._later.daemon = True
                self._later.start()

    def _now(self, running: Explanation) -> None:
        with self._lock:
            if self._later is not None:
                self._later.cancel()
                self._later = None
            if self._ended:
                return
            self._ended = running.done
            self._last = time.monotonic()
            self._tell(running)


def _words(text: object) -> str:
    if not isinstance(text, str):
        raise MicrologError(f"a question must be text, not {text!r}")
    return text.strip()
