"""A real kernel of its own, and everything it says about a cell."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

import microlog_nb

_WAIT = 60
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_VARYING = {
    "In[n]": re.compile(r"\bIn ?\[\d+\]"),
    "<cell>": re.compile(r"(\S*ipykernel_\d+\S)?\b\d{6,}\.py"),
    "<time>": re.compile(r"\b\d[\d.e+-]* [nµμm]?s\b"),
    "<address>": re.compile(r"0x[0-9a-f]{6,}"),
}
_WIDGET = "application/vnd.jupyter.widget-view+json"

Message = tuple[str, Any]


@dataclass
class Ran:
    """What a kernel said about one cell.

    Attributes:
        messages: everything the cell put out, in order, neighbouring pieces of one stream joined; what differs from run
            to run (counts, the cell's file, times, addresses) is replaced by a word.
        shown: where among the messages a timeline came.
        pictured: where the picture came that takes its place without a kernel.
        count: the cell's execution count.
        reply: the kernel's answer to the request.
    """

    messages: list[Message] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    count: int = 0
    reply: dict[str, Any] = field(default_factory=dict)

    def stream(self, name: str) -> str:
        """All text of one stream."""
        return "".join(text for kind, text in self.messages if kind == name)

    @property
    def stdout(self) -> str:
        return self.stream("stdout")

    @property
    def stderr(self) -> str:
        return self.stream("stderr")

    @property
    def result(self) -> str | None:
        """The text after `Out[n]:`."""
        found = [content for kind, content in self.messages if kind == "execute_result"]
        assert len(found) <= 1
        return found[0].get("text/plain") if found else None

    @property
    def error(self) -> tuple[str, str, str] | None:
        """Name, value and traceback of the error."""
        found = [content for kind, content in self.messages if kind == "error"]
        assert len(found) <= 1
        return found[0] if found else None

    def add(self, kind: str, content: Any) -> None:
        """One more message."""
        before = self.messages[-1] if self.messages and len(self.messages) not in self.shown else None
        if before is not None and kind in {"stdout", "stderr"} and before[0] == kind:
            self.messages[-1] = (kind, before[1] + content)
        else:
            self.messages.append((kind, content))

    @property
    def settled(self) -> list[Message]:
        """The messages with stdout before stderr where the two follow each other: a kernel sends each when it likes."""
        settled: list[Message] = []
        for kind, content in self.messages:
            said: list[Message] = []
            while settled and settled[-1][0] in {"stdout", "stderr"} and kind in {"stdout", "stderr"}:
                said.insert(0, settled.pop())
            if not said:
                settled.append((kind, content))
                continue
            for name in ("stdout", "stderr"):
                text = "".join(part for stream, part in [*said, (kind, content)] if stream == name)
                settled += [(name, text)] if text else []
        return settled


class Kernel:
    """A running kernel; `run` runs a cell and waits for its end."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager = manager
        self._client = client
        self._strays = ""  # what earlier cells printed after their end

    def run(
        self,
        cell: str,
        *,
        silent: bool = False,
        store_history: bool = True,
        allow_stdin: bool = False,
        when: tuple[str, Callable[[Kernel], None]] | None = None,
        when_shown: Callable[[Kernel], None] | None = None,
    ) -> Ran:
        """Runs a cell as a notebook would.

        Args:
            cell: the cell as typed.
            silent: as in the protocol.
            store_history: as in the protocol.
            allow_stdin: as in the protocol.
            when: a text, and what to do once the cell has printed it.
            when_shown: what to do once a timeline is shown.
        """
        request = self._client.execute(
            cell, silent=silent, store_history=store_history, allow_stdin=allow_stdin, stop_on_error=False
        )
        ran = Ran()
        while True:
            message = self._client.get_iopub_msg(timeout=_WAIT)
            kind, content = message["header"]["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                self._strays += content["text"] if kind == "stream" else ""
                continue
            if kind == "status" and content["execution_state"] == "idle":
                break
            self._note(ran, kind, content)
            if when is not None and when[0] in ran.stdout:
                when[1](self)
                when = None
            if when_shown is not None and ran.shown:
                when_shown(self)
                when_shown = None
        while True:
            reply = self._client.get_shell_msg(timeout=_WAIT)
            if reply["parent_header"].get("msg_id") == request:
                ran.reply = reply["content"]
                return ran

    def interrupt(self) -> None:
        """As the stop button. A kernel whose cell awaits sees it at its next event, so it gets one."""
        self._manager.interrupt_kernel()
        self._client.kernel_info()

    def until_printed(self, text: str) -> None:
        """Waits until the kernel prints a text that belongs to a cell that is over."""
        while text not in self._strays:
            message = self._client.get_iopub_msg(timeout=_WAIT)
            if message["header"]["msg_type"] == "stream":
                self._strays += message["content"]["text"]

    def is_complete(self, cell: str) -> str:
        """What a console would be told after the user typed this."""
        request = self._client.is_complete(cell)
        while True:
            reply = self._client.get_shell_msg(timeout=_WAIT)
            if reply["parent_header"].get("msg_id") == request:
                return str(reply["content"]["status"])

    def complete(self, text: str) -> list[str]:
        """What the tab key would offer at the end of a text."""
        request = self._client.complete(text)
        while True:
            reply = self._client.get_shell_msg(timeout=_WAIT)
            if reply["parent_header"].get("msg_id") == request:
                return list(reply["content"]["matches"])

    @staticmethod
    def _note(ran: Ran, kind: str, content: dict[str, Any]) -> None:
        if kind == "execute_input":
            ran.count = content["execution_count"]
        elif kind == "stream":
            ran.add(content["name"], _steady(content["text"]))
        elif kind == "error":
            traceback = _steady("\n".join(content["traceback"]))
            ran.add(kind, (content["ename"], _steady(content["evalue"]), traceback))
        elif kind == "display_data" and _WIDGET in content["data"]:
            ran.shown.append(len(ran.messages))
        elif kind == "display_data" and "microlog" in content["data"].get("text/html", ""):
            ran.pictured.append(len(ran.messages))
        elif kind in {"execute_result", "display_data", "update_display_data", "clear_output"}:
            ran.add(kind, content.get("data", content))


def _steady(text: str) -> str:
    text = _COLOURS.sub("", text)
    for word, varying in _VARYING.items():
        text = varying.sub(word, text)
    return text


@contextmanager
def start_kernel(folder: Path) -> Iterator[Kernel]:
    """A kernel of this interpreter; what it writes goes into a folder."""
    manager = KernelManager(connection_file=str(folder / "connection.json"))
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=command, display_name="Python", language="python")
    home = {name: str(folder / name.lower()) for name in ("MICROLOG_HOME", "IPYTHONDIR", "MPLCONFIGDIR")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MICROLOG_")}
    path = os.pathsep.join([str(Path(microlog_nb.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    manager.start_kernel(env={**environment, **home, "PYTHONPATH": path}, cwd=str(folder))
    client = manager.blocking_client()
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=_WAIT)
        kernel = Kernel(manager, client)
        ran = kernel.run("import microlog_nb\n%load_ext microlog_nb")
        assert ran.reply["status"] == "ok", ran
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy()
