"""What a thread waits for, as far as its stack and the user's line tell."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np

from microlog_nb.analysis.anomalies.scene import Scene

UNKNOWN = ""
_FOLDER = re.compile(r".*[/\\]")

_MODULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("subprocess", ("subprocess", "multiprocessing", "asyncio.subprocess")),
    ("queue", ("queue", "asyncio.queues")),
    ("socket", (
        "socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "httpcore", "aiohttp", "ftplib", "smtplib",
        "socketserver", "xmlrpc", "botocore", "psycopg2", "psycopg", "pymysql", "redis", "pymongo", "paramiko",
    )),
    ("thread", ("concurrent", "joblib")),
    ("lock", ("threading", "filelock", "asyncio.locks")),
    ("await", ("asyncio", "selectors", "tornado", "trio", "anyio", "uvloop")),
    ("file", ("pathlib", "io", "_pyio", "shutil", "tempfile", "zipfile", "tarfile", "gzip", "bz2", "lzma", "codecs", "fsspec")),
)  # fmt: skip
"""The outermost library module below the user's frame that is named here says what is waited for."""
_FUNCTIONS = {
    ("threading", "Thread.join"): "thread",
    ("threading", "Thread._wait_for_tstate_lock"): "thread",
    ("asyncio.tasks", "sleep"): "sleep",
    ("asyncio.locks", "Lock.acquire"): "lock",
}
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        ("sleep", r"\bsleep\s*\("),
        ("input", r"\b(input|getpass)\s*\("),
        (
            "subprocess",
            r"\b(subprocess|Popen|os\.(system|popen|waitpid|wait))\b|\.(communicate|wait_for_exit)\s*\(|^\s*!",
        ),
        (
            "socket",
            r"\.(recv|recv_into|recvfrom|accept|connect|sendall|urlopen)\s*\(|\burlopen\s*\(|\brequests\.\w+\s*\(",
        ),
        ("queue", r"(queue|\bq|_q)\.(get|put|join)\s*\("),
        ("thread", r"(thread|worker|\bt|process|pool)s?(\[\w+\])?\.join\s*\(|\.result\s*\("),
        ("lock", r"\.(acquire|wait|wait_for)\s*\(|\bwith\s+[\w.]*(lock|mutex|semaphore|condition)\w*\b"),
        (
            "file",
            r"\bopen\s*\(|\.(read|readline|readlines|write|flush|read_text|read_bytes|write_text|write_bytes)\s*\(|\bfsync\b",
        ),
        ("await", r"\bawait\b|\basync\s+(for|with)\b"),
    )
)
"""Where no library frame tells, the call is in C, and the text of the user's line names it."""

WORDS = {
    "sleep": "in a sleep",
    "input": "for an input",
    "subprocess": "for another process",
    "socket": "for the network",
    "queue": "for a queue",
    "thread": "for another thread to finish",
    "lock": "for a lock",
    "file": "for a file",
    "await": "in an await",
}


class Causes:
    """Reads stacks of one recording; each stack once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._parent = scene.trace.numbers("stacks", "parent")
        self._function = scene.trace.numbers("stacks", "function")
        self._line = scene.trace.numbers("stacks", "line")
        self._modules = scene.trace.texts("functions", "module")
        self._files = scene.trace.texts("functions", "file")
        self._plain_names = scene.trace.texts("functions", "name")
        self._known: dict[int, str] = {}

    def of(self, stack: int) -> str:
        """One of the keys of `WORDS`, or "" where nothing tells."""
        if stack not in self._known:
            self._known[stack] = self._read(stack)
        return self._known[stack]

    def line(self, stack: int) -> str:
        """The user's line on a stack as `In [7]:12`, or ""."""
        at = self._user(stack)[0]
        if at < 0 or not self._line[at]:
            return ""
        file = self._files[self._function[at]]
        return f"{_FOLDER.sub('', file)}:{self._line[at]}"

    def _user(self, stack: int) -> tuple[int, list[int]]:
        """The innermost node of the user's, and what it calls, the outermost first."""
        inside: list[int] = []
        while stack >= 0 and not self._scene.own[self._function[stack]]:
            inside.append(stack)
            stack = int(self._parent[stack])
        return stack, inside[::-1]

    def _read(self, stack: int) -> str:
        user, inside = self._user(stack)
        for node in inside:
            function = int(self._function[node])
            module = self._modules[function]
            if found := _FUNCTIONS.get((module, self._plain_names[function])):
                return found
        for node in inside:
            module = self._modules[int(self._function[node])]
            for what, names in _MODULES:
                if any(module == name or module.startswith(f"{name}.") for name in names):
                    return what
        text = self._text(user) if user >= 0 else ""
        return next((what for what, pattern in _LINES if pattern.search(text)), UNKNOWN)

    def _text(self, node: int) -> str:
        lines = self._sources.get(self._files[int(self._function[node])], [])
        number = int(self._line[node])
        return lines[number - 1] if 0 < number <= len(lines) else ""

    @cached_property
    def _sources(self) -> dict[str, list[str]]:
        texts = zip(self._scene.trace.texts("sources", "file"), self._scene.trace.texts("sources", "text"), strict=True)
        return {file: text.splitlines() for file, text in texts}


def heaviest(stacks: np.ndarray, weights: np.ndarray) -> int:
    """The stack with the most weight, -1 without any."""
    if not len(stacks):
        return -1
    nodes, place = np.unique(stacks, return_inverse=True)
    return int(nodes[np.argmax(np.bincount(place, weights=weights))])
