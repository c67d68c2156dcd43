"""A coroutine that blocks its thread: no other task runs meanwhile."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from microlog_nb.analysis.tips.base import Evidence, Tip

_BLOCKING = (
    "time.sleep",
    "subprocess.run",
    "subprocess.check_output",
    "requests.get",
    "requests.post",
    "urlopen",
    ".urlopen",
)


def find(evidence: Evidence) -> Iterator[Tip]:
    """Lines of an `async def`, or of a cell with a top-level await, that call what waits without giving way."""
    for place in evidence.places.waiting():
        code = evidence.code(place)
        call = code.call(place.line, *_BLOCKING)
        coroutine = isinstance(code.scope(place.line), ast.AsyncFunctionDef)
        if call is not None and coroutine and not any(isinstance(part, ast.Await) for part in code.parts(place.line)):
            name = ast.unparse(call.func)
            yield evidence.tip(
                "blocking-async",
                place,
                title="Do not block the event loop",
                advice="Use what can be awaited: asyncio.sleep, httpx.AsyncClient, asyncio.create_subprocess_exec; or "
                f"await asyncio.to_thread({name}, ...).",
                evidence=f"{name} in a coroutine blocked all other tasks for {evidence.cost(place)}.",
                sure=float(np.clip(place.waiting_ns / place.ns, 0, 0.8)),
                chips=[name],
            )
