"""Asks a server that speaks the chat completions protocol, in a stream, and says in one line what went wrong.

The `openai` package does the talking. Servers differ: one that knows no tools or no streaming is asked again without.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from microlog_nb.errors import MicrologError
from microlog_nb.explain.settings import HOW_TO_CONNECT, LLM

if TYPE_CHECKING:
    import openai

Message = dict[str, Any]


class AskingFailedError(MicrologError):
    """The server gave no answer, or not all of it; the message says what to do."""


@dataclass
class Reply:
    """What a server said to one request.

    Attributes:
        text: its words.
        calls: the tools that it asks for: id, name and arguments (JSON as text).
        model: the name that the server gives itself.
        cut: whether it ended for lack of room.
    """

    text: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    model: str = ""
    cut: bool = False


class Client:
    """One connection; what it learnt of the server (no tools, no streaming) holds for its life.

    Args:
        llm: where, which model, which key.
    """

    def __init__(self, llm: LLM) -> None:
        if llm.missing:
            raise AskingFailedError(llm.missing)
        self._llm = llm
        self._tools = True
        self._streams = True
        self._client: openai.OpenAI | None = None
        self._closed = False
        self._connections: list[socket.socket] = []

    def close(self) -> None:
        """Ends the connection, and a running request of another thread with it."""
        self._closed = True
        for connection in self._connections:
            # a socket that is merely closed goes on blocking the thread that reads from it
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        if self._client is not None:
            self._client.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def ask(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], on_text: Callable[[str], None]
    ) -> Reply:
        """One request and its answer; `on_text` gets the words as they come.

        Raises:
            AskingFailedError: in one line, what happened and what to do.
        """
        import httpx
        import openai

        if self._client is None:
            self._client = openai.OpenAI(
                base_url=self._llm.base_url or None,
                api_key=self._llm.api_key or "none",
                timeout=self._llm.timeout,
                max_retries=0,
                http_client=openai.DefaultHttpxClient(event_hooks={"request": [self._trace]}),
            )
        while True:
            reply = Reply()
            try:
                self._receive(reply, messages, tools, on_text)
            except (openai.OpenAIError, httpx.HTTPError, json.JSONDecodeError) as error:
                if self._closed:
                    return reply
                if not reply.text and self._learnt(error):
                    continue
                raise AskingFailedError(_in_words(error, self._llm, bool(reply.text))) from error
            if reply.text or reply.calls or self._closed:
                return reply
            if not self._streams:
                raise AskingFailedError(
                    f"{self._llm.server} answered without any text: ask again, or choose another model than {self._llm.model}."
                )
            self._streams = False  # a server that knows no streaming sends what a stream's reader takes for nothing

    def _trace(self, request: Any) -> None:
        """Learns of the request's socket: https://www.encode.io/httpcore/extensions/#trace."""
        request.extensions["trace"] = self._connected

    def _connected(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._connections.append(info["return_value"].get_extra_info("socket"))
            if self._closed:
                self.close()

    def _receive(
        self,
        reply: Reply,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        on_text: Callable[[str], None],
    ) -> None:
        assert self._client is not None
        request: dict[str, Any] = {"model": self._llm.model, "messages": list(messages)}
        if tools and self._tools:
            request["tools"] = list(tools)
        if not self._streams:
            completion: Any = self._client.chat.completions.create(**request)
            if isinstance(completion, str):  # what is no JSON comes as it is
                if completion.startswith("data:"):
                    return
                raise AskingFailedError(_unreadable(self._llm, "no JSON"))
            for choice in completion.choices[:1]:
                _add(reply, [choice.message], choice.finish_reason, on_text)
            return
        finished = False
        for chunk in self._client.chat.completions.create(**request, stream=True):
            if self._closed:
                return
            reply.model = chunk.model or reply.model
            for choice in (chunk.choices or [])[:1]:
                _add(reply, [choice.delta], choice.finish_reason, on_text)
                finished = finished or choice.finish_reason is not None
        if reply.text and not finished:
            raise AskingFailedError(
                f"The answer of {self._llm.server} broke off: what came is kept. Ask again for a whole one."
            )

    def _learnt(self, error: Exception) -> bool:
        """Whether the server only refused something that it can be asked without."""
        import openai

        if not isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError, openai.NotFoundError)):
            return False
        said = str(error).lower()
        if self._tools and ("tool" in said or "function" in said):
            self._tools = False
            return True
        if self._streams and "stream" in said:
            self._streams = False
            return True
        return False


def _add(reply: Reply, parts: Iterable[Any], finish: str | None, on_text: Callable[[str], None]) -> None:
    for part in parts:
        if part is None:
            continue
        if part.content:
            reply.text += part.content
            on_text(part.content)
        for place, call in enumerate(part.tool_calls or []):
            index = getattr(call, "index", None)
            at = place if index is None else index
            if not 0 <= at <= len(reply.calls):
                continue
            if at == len(reply.calls):
                reply.calls.append({"id": "", "name": "", "arguments": ""})
            known = reply.calls[at]
            known["id"] += call.id or ""
            if call.function is not None:
                known["name"] += call.function.name or ""
                known["arguments"] += call.function.arguments or ""
    reply.cut = reply.cut or finish == "length"


def _in_words(error: Exception, llm: LLM, begun: bool) -> str:
    """What happened, in one line, with what to do; never the key."""
    import httpx
    import openai

    said = next(_said(error), "")
    server, model = llm.server, llm.model
    if isinstance(error, openai.AuthenticationError):
        return f"{server} refuses the key: check OPENAI_API_KEY, or {HOW_TO_CONNECT}."
    if isinstance(error, openai.PermissionDeniedError):
        return f"{server} does not allow this with this key{said}: use another key or model."
    if isinstance(error, openai.NotFoundError):
        return f"{server} knows no model {model!r}{said}: name another with MICROLOG_LLM_MODEL, or check the base URL."
    if isinstance(error, openai.RateLimitError):
        wait = error.response.headers.get("retry-after", "")
        return f"{server} takes no more requests now{said}: ask again {f'in {wait} s' if wait.isdigit() else 'later'}, or check the account's quota."
    if isinstance(error, (openai.BadRequestError, openai.APIStatusError)) and _too_long(error):
        return (
            f"The facts are too long for {model}{said}: ask with fewer, as rec.explain(tokens=2000), or select a range."
        )
    if isinstance(error, (openai.APITimeoutError, httpx.TimeoutException)):
        kept = " What came is kept." if begun else ""
        return f"{server} did not answer within {llm.timeout:g} s.{kept} Ask again, or raise microlog.configure(timeout=...)."
    if begun and isinstance(error, (openai.APIConnectionError, httpx.HTTPError, openai.APIError)):
        return f"The answer of {server} broke off: what came is kept. Ask again for a whole one."
    if isinstance(error, (openai.APIConnectionError, httpx.HTTPError)):
        return f"{server} cannot be reached: is the server running, and the base URL right?"
    if isinstance(error, openai.APIStatusError):
        return f"{server} answered with error {error.status_code}{said}: ask again later."
    return _unreadable(llm, type(error).__name__)


def _unreadable(llm: LLM, why: str) -> str:
    return f"{llm.server} gave no answer that can be read ({why}): is it a chat completions server?"


def _too_long(error: openai.APIStatusError) -> bool:
    said = f"{error.code} {error}".lower()
    return error.status_code == 413 or "context_length" in said or "context length" in said or "too long" in said


def _said(error: Exception) -> Iterator[str]:
    """What the server says itself, short, on one line."""
    body = getattr(error, "body", None)
    if isinstance(body, Mapping):
        message = body.get("message")
        if isinstance(message, str) and message.strip():
            text = " ".join(message.split())
            yield f" ({text[:160]})".rstrip(".")
