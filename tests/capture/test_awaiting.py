"""Which code can be suspended with the task that it runs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from microlog_nb.capture.awaiting import suspendable_task


def plainly(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that does not wait to its end, as IPython does with cells that have no `await`."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


async def asks() -> Any:
    return suspendable_task()


async def asks_below_a_call() -> Any:
    return (lambda: suspendable_task())()  # a plain frame on top, as that of `profile`


@asynccontextmanager
async def around() -> AsyncIterator[Any]:
    yield suspendable_task()


def test_without_a_loop_there_is_none() -> None:
    assert suspendable_task() is None


def test_a_coroutine_is_suspended_with_its_task() -> None:
    async def main() -> None:
        task = asyncio.current_task()
        assert suspendable_task() is task
        assert await asks() is task
        assert await asks_below_a_call() is task
        async with around() as found:
            assert found is task
        own = asyncio.ensure_future(asks())
        assert await own is own

    asyncio.run(main())


def test_what_a_plain_call_runs_inside_a_task_is_not() -> None:
    async def main() -> None:
        assert plainly(asks()) is None
        assert plainly(asks_below_a_call()) is None

    asyncio.run(main())


def test_what_the_loop_calls_back_is_not() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        called = loop.create_future()
        loop.call_soon(lambda: called.set_result(suspendable_task()))
        assert await called is None

    asyncio.run(main())
