"""What a page may ask of Python, and what Python tells it: the other side of `js/src/host/channel.ts`.

page    {id, kind, body}  ->                     Python
        <-  {id, body} or {id, error}            its answer, buffers beside it
        <-  {kind, body}                         what Python says by itself

Messages come on the thread that the kernel chooses: on its main thread, after the cell that is running, or on that of a
subshell (JupyterLab 4.4 and later with ipykernel 7), while it is running. A handler must do on either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from microlog_nb.errors import MicrologError

Handler = Callable[[Any], Any]
"""Takes the body of a request; returns that of the answer, or a tuple of it and a sequence of bytes-like buffers."""


class Push(Protocol):
    """Tells the page something by itself; may be called from any thread."""

    def __call__(self, kind: str, body: Any, buffers: Sequence[bytes] = ()) -> None:
        """Sends a JSON value, and bytes beside it."""


Handlers = Callable[[Push], Mapping[str, Handler]]
"""Makes the handlers of one view, which may keep what tells this view something: to stream an answer, say."""


def no_handlers(_push: Push) -> Mapping[str, Handler]:
    """Of a view that may ask nothing."""
    return {}


class Requests:
    """Answers the messages of one view.

    Args:
        handlers: makes the handlers by the kind of request. "ping" is answered in any case.
        send: sends a message and its buffers to the page.
    """

    def __init__(self, handlers: Handlers, send: Callable[[Any, list[Any]], None]) -> None:
        self._send = send
        self._handlers: dict[str, Handler] = {"ping": lambda _: None, **handlers(self.push)}
        self._reported: set[tuple[str, type[BaseException]]] = set()

    def push(self, kind: str, body: Any, buffers: Sequence[bytes] = ()) -> None:
        """Tells the page something by itself."""
        self._send({"kind": kind, "body": body}, list(buffers))

    def receive(self, content: Any) -> None:
        """Answers one message; what is no request is ignored."""
        if not isinstance(content, dict) or not isinstance(content.get("id"), str):
            return
        answer, buffers = self._answer(content.get("kind"), content.get("body"))
        self._send({"id": content["id"], **answer}, list(buffers))

    def _answer(self, kind: Any, body: Any) -> tuple[dict[str, Any], Sequence[Any]]:
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return {"error": f"This version of microlog_nb does not know the request {kind!r}."}, ()
        try:
            result = handler(body)
        except MicrologError as error:
            return {"error": " ".join(str(error).split())}, ()
        except Exception as error:  # noqa: BLE001  # the page waits for an answer; the fault is told here
            self._report(kind, error)
            return {"error": f"microlog_nb failed at {kind!r}: {type(error).__name__}: {error}"}, ()
        if isinstance(result, tuple):
            body, buffers = result
            return {"body": body}, buffers
        return {"body": result}, ()

    def _report(self, kind: str, error: Exception) -> None:
        """A fault is logged once, with its traceback; a page that asks again and again does not fill the log."""
        if (kind, type(error)) not in self._reported:
            self._reported.add((kind, type(error)))
            logging.getLogger("microlog_nb").error("the request %r failed", kind, exc_info=error)
