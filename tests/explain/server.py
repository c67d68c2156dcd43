"""A server on the loopback address that speaks chat completions, remembers what it was sent, and can be told to fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler"], None]


class ChatServer(ThreadingHTTPServer):
    """Answers each request with the next of `replies`, the last one again and again."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.let_go = threading.Event()
        """Replies that hold back wait for it."""
        self.reached = threading.Event()
        """A reply that holds back has begun."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        server.raw.append(raw)
        server.requests.append({"path": self.path, **json.loads(raw)})
        server.headers.append({name.lower(): value for name, value in self.headers.items()})
        reply = server.replies[0] if len(server.replies) == 1 else server.replies.pop(0)
        reply(self)

    def log_message(self, *args: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError):  # the client went away: that is what some tests do
            self.close_connection = True

    def json(self, body: Any, status: int = 200, **headers: str) -> None:
        self.whole(json.dumps(body).encode(), "application/json", status, **headers)

    def whole(self, body: bytes, kind: str, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, data: str) -> None:
        text = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
        self.wfile.flush()

    def piece(self, finish: str | None = None, **delta: Any) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event(json.dumps({"id": "x", "object": "chat.completion.chunk", "model": "tiny-1", "choices": [choice]}))

    def end(self) -> None:
        self.event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


def says(*pieces: str, finish: str = "stop") -> Reply:
    """A stream of these pieces."""

    def reply(to: Handler) -> None:
        to.begin()
        to.piece(role="assistant", content="")
        for text in pieces:
            to.piece(content=text)
        to.piece(finish=finish)
        to.end()

    return reply


def asks_for(*tools: tuple[str, str]) -> Reply:
    """A stream that asks for tools, their arguments in two pieces."""

    def reply(to: Handler) -> None:
        to.begin()
        for place, (name, arguments) in enumerate(tools):
            half = len(arguments) // 2
            call = {
                "index": place,
                "id": f"c{place}",
                "type": "function",
                "function": {"name": name, "arguments": arguments[:half]},
            }
            to.piece(tool_calls=[call])
            to.piece(tool_calls=[{"index": place, "function": {"arguments": arguments[half:]}}])
        to.piece(finish="tool_calls")
        to.end()

    return reply


def fails(status: int, message: str, code: str = "", **headers: str) -> Reply:
    return lambda to: to.json({"error": {"message": message, "type": "error", "code": code or None}}, status, **headers)


def breaks_after(*pieces: str) -> Reply:
    """A stream whose connection is cut in the middle."""

    def reply(to: Handler) -> None:
        to.begin()
        for text in pieces:
            to.piece(content=text)
        to.close_connection = True
        to.connection.close()

    return reply


def stops_after(*pieces: str) -> Reply:
    """A stream that ends as if it were whole, but without a reason to finish."""

    def reply(to: Handler) -> None:
        to.begin()
        for text in pieces:
            to.piece(content=text)
        to.wfile.write(b"0\r\n\r\n")

    return reply


def holds_after(*pieces: str) -> Reply:
    """A stream that says something and then nothing more until it is let go."""

    def reply(to: Handler) -> None:
        to.begin()
        for text in pieces:
            to.piece(content=text)
        to.server.reached.set()
        to.server.let_go.wait()
        to.piece(content=" end", finish="stop")
        to.end()

    return reply


def plain(text: str) -> Reply:
    """A whole answer, whether or not a stream was asked for."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return lambda to: to.json(
        {"id": "x", "object": "chat.completion", "created": 0, "model": "tiny-1", "choices": [choice]}
    )


@contextmanager
def serving(*replies: Reply) -> Iterator[ChatServer]:
    server = ChatServer(*replies)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
