"""The extension in a shell of this process, with made-up recordings: what it starts, ends, tells and takes back."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from microlog_nb import api, magic
from microlog_nb.capture import labels
from microlog_nb.errors import MicrologError


class Recorded:
    """Stands for `api.Recording`: remembers what was asked of it."""

    def __init__(self, name: str | None, options: dict[str, Any]) -> None:
        self.name = name
        self.options = options
        self.asked: list[Any] = []
        self.fails: set[str] = set()

    def stop(self, exception: BaseException | None = None) -> Recorded:
        return self._do("stop", exception)

    def display(self, *, static: bool = False) -> None:
        self._do("display", *["static"] * static)

    def to_html(self, path: str) -> None:
        self._do("to_html", path)

    def _do(self, what: str, *arguments: Any) -> Recorded:
        if what in self.fails:
            raise MicrologError(f"cannot {what}\nat all")
        self.asked.append((what, *arguments))
        return self


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # a shell puts its own in the place
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    yield shell
    magic.unload_ipython_extension(shell)
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)
    shell.restore_sys_module_state()


@pytest.fixture
def recorded(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """The recordings that the loaded extension started."""
    started: list[Recorded] = []

    def start(name: str | None = None, **options: Any) -> Recorded:
        started.append(Recorded(name, options))
        return started[-1]

    monkeypatch.setattr(api, "start", start)
    magic.load_ipython_extension(shell)
    return started


def test_a_cell_is_recorded_from_before_it_to_after_it(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    shell.user_ns["recorded"] = recorded
    shell.run_cell(
        "%%microlog --name x --interval 2ms --html x.html\nduring = list(recorded[0].asked)", store_history=True
    )
    assert shell.user_ns["during"] == []
    [recording] = recorded
    assert recording.name == "x"
    assert recording.options["interval"] == "2ms"
    assert recording.options["cell"] == "In [1]"
    assert recording.asked == [("stop", None), ("to_html", "x.html"), ("display",)]


def test_a_static_cell_is_shown_as_a_page(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    shell.run_cell("%%microlog --static\n1", store_history=True)
    assert recorded[0].asked == [("stop", None), ("display", "static")]


def test_the_exception_that_ended_the_cell_goes_into_its_recording(
    shell: InteractiveShell, recorded: list[Recorded], capsys: pytest.CaptureFixture[str]
) -> None:
    for body in ("1/0", "raise KeyboardInterrupt", "raise SystemExit", "x = = 2", "await no_such_name"):
        with pytest.warns(UserWarning, match="To exit") if "Exit" in body else pytest.MonkeyPatch.context():
            result = shell.run_cell(f"%%microlog\n{body}")
        error = result.error_before_exec or result.error_in_exec
        assert error is not None
        assert recorded[-1].asked == [("stop", error), ("display",)]
    capsys.readouterr()


def test_the_label_is_the_number_of_the_cell(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    for number in (1, 2):
        shell.run_cell(f"%%microlog\ndef made(): pass\nx = {number}", store_history=True)
        assert recorded[-1].options["cell"] == f"In [{number}]"
        assert labels.label(shell.user_ns["made"].__code__.co_filename) == f"In [{number}]"
    shell.run_cell("%%microlog\ndef made(): pass\nx = 'other'", store_history=False)
    assert recorded[-1].options["cell"] == "In [3]"
    assert labels.label(shell.user_ns["made"].__code__.co_filename) == "In [3]"
    assert labels.source(shell.user_ns["made"].__code__.co_filename).startswith("#%%microlog\ndef made")
    assert labels.label(__file__) is None


def test_a_fault_at_the_start_is_one_line_and_the_cell_runs(
    shell: InteractiveShell,
    recorded: list[Recorded],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def start(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of\nthreads")

    monkeypatch.setattr(api, "start", start)
    assert shell.run_cell("%%microlog\nx = 42").success
    assert shell.user_ns["x"] == 42
    assert capsys.readouterr() == ("", "microlog: the cell runs unrecorded: RuntimeError: out of threads\n")


@pytest.mark.parametrize("what", ["stop", "to_html", "display"])
def test_a_fault_at_the_end_is_one_line_and_the_rest_is_done(
    shell: InteractiveShell, recorded: list[Recorded], capsys: pytest.CaptureFixture[str], what: str
) -> None:
    shell.user_ns["recorded"] = recorded
    assert shell.run_cell(f"%%microlog --html x.html\nrecorded[0].fails.add({what!r})").success
    assert {name for name, *_ in recorded[0].asked} == {"stop", "to_html", "display"} - {what}
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("microlog: the ")
    assert said.err.endswith(f": cannot {what} at all\n")


def test_what_ipython_makes_up_for_a_cell_that_failed_outside_its_code_ends_it(
    shell: InteractiveShell, recorded: list[Recorded]
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise MemoryError

    shell.run_ast_nodes = fails  # called within the cell, and not expected to raise
    shell.showtraceback = lambda *_, **__: None
    result = shell.run_cell("%%microlog\nx = 1")
    assert isinstance(result.error_in_exec, MemoryError)
    assert recorded[0].asked == [("stop", result.error_in_exec), ("display",)]
    del shell.run_ast_nodes
    shell.run_cell("%%microlog\nx = 2")
    assert len(recorded) == 2


def test_only_the_outermost_cell_is_recorded(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    shell.user_ns["shell"] = shell
    shell.run_cell("%%microlog\nshell.run_cell('%%microlog\\nx = 1')\nshell.run_cell('  ')\nshell.run_cell('y = = 1');")
    assert len(recorded) == 1
    shell.run_cell("shell.run_cell('%%microlog\\nx = 1')")
    assert len(recorded) == 2


def test_the_magic_called_as_a_function_records_its_cell(
    shell: InteractiveShell, recorded: list[Recorded], capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell_magic("microlog", "--name called", "x = 42\n")
    assert shell.user_ns["x"] == 42
    assert recorded[0].name == "called"
    shell.run_cell(">>> %%microlog\n>>> y = 43\n")
    assert shell.user_ns["y"] == 43
    assert len(recorded) == 2
    capsys.readouterr()


def test_silent_cells_are_not_recorded(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    shell.run_cell("%%microlog\nx = 1", silent=True)
    assert recorded == []


def _belongings(shell: InteractiveShell) -> Any:
    return (
        list(shell.input_transformers_cleanup),
        {event: list(callbacks) for event, callbacks in shell.events.callbacks.items()},
        {kind: dict(magics) for kind, magics in shell.magics_manager.magics.items()},
        labels._resolvers,
    )


def test_unloading_restores_what_was_there(shell: InteractiveShell) -> None:
    before = _belongings(shell)
    magic.load_ipython_extension(shell)
    magic.load_ipython_extension(shell)
    assert _belongings(shell) != before
    magic.unload_ipython_extension(shell)
    magic.unload_ipython_extension(shell)
    assert _belongings(shell) == before


def test_unloading_restores_magics_of_the_same_name_and_leaves_later_ones(shell: InteractiveShell) -> None:
    shell.register_magic_function(lambda line, cell: "before", "cell", "microlog")
    before = _belongings(shell)
    magic.load_ipython_extension(shell)
    magic.unload_ipython_extension(shell)
    assert _belongings(shell) == before
    magic.load_ipython_extension(shell)
    later = lambda line: "later"  # noqa: E731
    shell.register_magic_function(later, "line", "microlog")
    magic.unload_ipython_extension(shell)
    assert shell.find_line_magic("microlog") is later


def test_unloading_in_a_recorded_cell_ends_its_recording(shell: InteractiveShell, recorded: list[Recorded]) -> None:
    shell.user_ns.update(magic=magic, shell=shell)
    shell.run_cell("%%microlog\nmagic.unload_ipython_extension(shell)")
    assert recorded[0].asked == [("stop", None)]
    magic.load_ipython_extension(shell)
    shell.run_cell("%%microlog\nx = 1")
    assert recorded[1].asked == [("stop", None), ("display",)]
