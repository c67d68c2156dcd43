"""Stacks begin at the user's code and hold nothing of ours."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import namedtuple
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

import pytest

from microlog_nb.capture import code, labels
from microlog_nb.capture.stacks import NO_STACK, Stacks
from microlog_nb.model.builder import Builder


def caller(module: str, file: str) -> Callable[..., object]:
    """A function of that module which calls its first argument with the others."""
    names: dict[str, Any] = {"__name__": module}
    exec(compile("def call(f, *args):\n    return f(*args)\n", file, "exec"), names)  # the test's own text
    call: Callable[..., object] = names["call"]
    return call


user = caller("analysis", "/home/me/analysis.py")
kernel = caller("ipykernel.kernelapp", "/venv/site-packages/ipykernel/kernelapp.py")
library = caller("pandas.io", "/venv/site-packages/pandas/io.py")
microlog = caller("microlog_nb.api.profiling", "/venv/site-packages/microlog_nb/api/profiling.py")


class Book:
    """Stacks of one builder, readable."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.stacks = Stacks(self.builder)

    def row(self, node: int) -> tuple[int, ...]:
        """The row of a node: parent, function, line, instruction, loop."""
        return tuple(self.builder.stacks[5 * node : 5 * node + 5])

    def modules(self, node: int) -> list[str]:
        """Modules from the root to the top."""
        found = []
        while node >= 0:
            parent, function, *_ = self.row(node)
            found.insert(0, self.builder.rows["functions"][function][0])
            node = parent
        return found


def through(*callers: Callable[..., object]) -> FrameType:
    """The frame of the innermost of these callers, each called by the one before it, in a thread of their own."""
    frames: list[FrameType] = []
    thread = threading.Thread(target=callers[0], args=(*callers[1:], lambda: frames.append(sys._getframe(1))))
    thread.start()
    thread.join()
    return frames[0]


def test_the_kernel_below_the_users_code_is_left_out() -> None:
    book = Book()
    modules = book.modules(book.stacks.of_frame(through(kernel, kernel, user, library)))
    assert modules == ["analysis", "pandas.io"]


def test_a_thread_of_the_kernel_alone_has_no_stack() -> None:
    book = Book()
    assert book.stacks.of_frame(through(kernel)) == NO_STACK


def test_library_code_that_the_kernel_calls_for_itself_has_no_stack() -> None:
    book = Book()
    assert book.stacks.of_frame(through(kernel, library)) == NO_STACK


def test_the_methods_that_named_tuples_write_are_library_code() -> None:
    """One that microlog makes must not look like a lambda of the user's."""
    book = Book()
    pair = namedtuple("pair", "left right")  # noqa: PYI024 - its own namespace is what it is about
    of_microlog: list[int] = []
    of_user: list[int] = []

    def note(found: list[int]) -> Callable[[FrameType, str, Any], None]:
        def of_call(frame: FrameType, event: str, _: Any) -> None:
            if event == "call" and frame.f_code is pair.__new__.__code__:
                found.append(book.stacks.of_frame(frame))

        return of_call

    def make(call: Callable[..., object], found: list[int]) -> None:
        sys.setprofile(note(found))
        try:
            call(pair, 1, 2)
        finally:
            sys.setprofile(None)

    for call, found in ((microlog, of_microlog), (user, of_user)):
        thread = threading.Thread(target=kernel, args=(make, call, found))
        thread.start()
        thread.join()
    assert [book.modules(node)[-1] for node in of_microlog] == [__name__]
    assert [book.modules(node)[-2:] for node in of_user] == [["analysis", "namedtuple_pair"]]


def test_the_start_of_a_thread_is_left_out() -> None:
    book = Book()
    assert book.modules(book.stacks.of_frame(through(user))) == ["analysis"]


def test_library_code_that_a_thread_runs_is_kept() -> None:
    book = Book()
    assert book.modules(book.stacks.of_frame(through(library))) == ["pandas.io"]


def test_an_event_loop_of_the_users_own_is_kept() -> None:
    book = Book()

    async def main() -> int:
        return book.stacks.of_frame(sys._getframe())

    modules = book.modules(asyncio.run(main()))
    assert "asyncio.runners" in modules
    assert modules[-1] == __name__


def test_the_same_stack_is_the_same_node_and_another_instruction_another() -> None:
    book = Book()

    def here() -> int:
        return book.stacks.of_frame(sys._getframe())

    nodes = [here() for _ in range(3)]
    assert len(set(nodes)) == 1
    assert here() != nodes[0]


def test_the_stack_of_an_exception_ends_where_it_was_raised() -> None:
    book = Book()
    with pytest.raises(ZeroDivisionError) as caught:
        user(lambda: 1 / 0)
    modules = book.modules(book.stacks.of_traceback(caught.value.__traceback__))  # type: ignore[arg-type]
    assert modules[-3:] == [__name__, "analysis", __name__]


def test_code_made_at_run_time_is_told_apart_when_its_address_is_used_again() -> None:
    book = Book()
    names = set()
    for number in range(200):
        module = ModuleType("made")
        code = f"def f{number}(): return book.stacks.of_frame(sys._getframe())\nnode = f{number}()"
        exec(code, {"book": book, "sys": sys, "__name__": "made"}, module.__dict__)
        names.add(book.builder.rows["functions"][book.row(module.node)[1]][1])
    assert names == {f"f{number}" for number in range(200)}


def test_a_handler_that_asks_while_its_thread_is_answered_gets_a_shorter_stack_and_no_deadlock() -> None:
    book = Book()
    book.stacks._enter()
    try:
        assert book.stacks.of_frame(sys._getframe()) == NO_STACK
    finally:
        book.stacks._leave()
    assert book.stacks.reentered == 1


def test_a_suspended_task_waits_in_the_calls_that_it_runs_in() -> None:
    """Waiting and running are the same nodes up to what is awaited, so that they are one call."""
    book = Book()
    running: list[int] = []

    async def inner() -> None:
        running.append(book.stacks.of_frame(sys._getframe()))
        await asyncio.sleep(0)
        running.append(book.stacks.of_frame(sys._getframe()))

    async def outer() -> None:
        await inner()

    async def main() -> list[int]:
        task = asyncio.create_task(outer())
        await asyncio.sleep(0)
        waiting = book.stacks.of_task(task)
        await task
        return [waiting, book.stacks.of_task(task)]

    waiting, ended = asyncio.run(main())
    functions = book.builder.rows["functions"]

    def path(node: int) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        while node >= 0:
            parent, function, _, instruction, _ = book.row(node)
            found.insert(0, (functions[function][1].rpartition(".")[2], instruction))
            node = parent
        return found

    assert [name for name, _ in path(waiting)][:3] == ["outer", "inner", "sleep"]
    assert [step for step in path(running[0]) if step[0] == "outer"] == path(waiting)[:1]
    assert [step for step in path(running[1]) if step[0] == "outer"] == path(waiting)[:1]
    assert ended == NO_STACK


def test_the_statements_of_a_cell_are_one_function_with_their_own_lines() -> None:
    """IPython compiles every statement by itself: equal offsets in two of them are two places."""
    book = Book()
    names: dict[str, Any] = {"book": book, "sys": sys, "nodes": [], "__name__": "__main__"}
    labels.register_file_label(label := {"/tmp/cell.py": "In [3]"}.get)
    try:
        for line in (1, 2):
            source = "\n" * (line - 1) + "nodes.append(book.stacks.of_frame(sys._getframe()))"
            exec(compile(source, "/tmp/cell.py", "exec"), names)
    finally:
        labels.unregister_file_label(label)
    rows = [book.row(node) for node in names["nodes"]]
    functions = [book.builder.rows["functions"][row[1]] for row in rows]
    assert functions[0] is functions[1]
    assert functions[0][1:] == ("<module>", "In [3]", 1, "notebook")
    assert [row[2] for row in rows] == [1, 2]
    assert rows[0][3] != rows[1][3]


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        ("argparse", "library"),
        ("pytest", "library"),
        ("__main__", "user"),
        ("not_there", "user"),
        ("namedtuple_pair", "library"),
    ],
)
def test_code_made_at_run_time_is_of_the_kind_of_its_module(module: str, kind: str) -> None:
    """As the methods that `dataclasses` writes."""
    assert code.row(module, "__create_fn__.<locals>.__init__", "<string>", 1).kind == kind
