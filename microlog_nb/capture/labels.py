"""Which code files are notebook cells, and what a notebook calls them.

A kernel compiles every cell under a file name that means nothing to its reader ("/tmp/ipykernel_123/456.py"). Whoever
runs cells registers a resolver that knows the label a reader sees ("In [7]").
"""

from __future__ import annotations

import linecache
import threading
from collections.abc import Callable

FileLabel = Callable[[str], str | None]

_resolvers: tuple[FileLabel, ...] = ()
_change = threading.Lock()


def register_file_label(resolver: FileLabel) -> None:
    """From now on `resolver(file)` is asked for the label of a code's file; it says None if the file is no cell.

    It may be called from any thread at any time. Registering it again changes nothing.
    """
    global _resolvers  # noqa: PLW0603  # replaced as a whole, so that readers need no lock
    with _change:
        if resolver not in _resolvers:
            _resolvers = (*_resolvers, resolver)


def unregister_file_label(resolver: FileLabel) -> None:
    """Forgets a resolver; one that was never registered is no error."""
    global _resolvers  # noqa: PLW0603  # as above
    with _change:
        _resolvers = tuple(known for known in _resolvers if known != resolver)


def label(file: str) -> str | None:
    """The label of the notebook cell that was compiled as `file`, or None if it is no cell."""
    for resolver in _resolvers:
        if (known := resolver(file)) is not None:
            return known
    return None


def source(file: str) -> str:
    """The source text of the cell that was compiled as `file`, as the kernel keeps it for tracebacks; "" if it is gone."""
    return "".join(linecache.getlines(file))
