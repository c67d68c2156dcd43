"""Keeps the source text of the user's own code, so that a recording can be read where that code is not."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterable, Mapping

import pyarrow as pa

from microlog_nb.model.builder import table as build
from microlog_nb.model.trace import Trace

MAX_CHARACTERS = 1_000_000
"""A longer file is left out."""
MAX_TOTAL = 5_000_000
"""So many characters are kept of all files together; the shortest come first."""


def table(trace: Trace, files: Mapping[str, str]) -> pa.Table:
    """The sources of the files that functions of this trace come from.

    A file that has been changed since it was loaded, as far as the functions seen tell, is left out: its lines would be told the
    times of others.

    Args:
        trace: whose functions count.
        files: name in the recording -> name that the interpreter knows, of the user's own files and of cells.
    """
    seen: dict[str, list[tuple[str, str, int]]] = {}
    columns = (trace.texts("functions", name) for name in ("file", "module", "name", "line"))
    for file, module, name, line in zip(*columns, strict=True):
        if file in files:
            seen.setdefault(file, []).append((module, name, int(line)))
    texts = {file: _text(files[file], {module for module, _, _ in rows}, rows) for file, rows in seen.items()}
    kept, total = {}, 0
    for file in sorted(texts, key=lambda file: (len(texts[file]), file)):
        total += len(texts[file])
        if 0 < len(texts[file]) <= MAX_CHARACTERS and total <= MAX_TOTAL:
            kept[file] = texts[file]
    return build("sources", sorted(kept.items()))


def _text(file: str, modules: Iterable[str], functions: Iterable[tuple[str, str, int]]) -> str:
    """The text that these functions were compiled from, or ""."""
    namespaces = (vars(sys.modules[module]) for module in sorted(modules) if module in sys.modules)
    # for a file that is on no disk the module's loader is asked
    lines = linecache.getlines(file, next(namespaces, None))
    if not _fits(lines, functions):
        linecache.checkcache(file)
        lines = linecache.getlines(file)
    return "".join(lines) if _fits(lines, functions) else ""


def _fits(lines: list[str], functions: Iterable[tuple[str, str, int]]) -> bool:
    """Whether every function begins in the line where it is said to: with its name, or with a decorator."""
    for _, name, line in functions:
        own = name.rpartition(".")[2]
        if own.startswith("<") or line < 1:
            continue
        text = lines[line - 1].lstrip() if line <= len(lines) else ""
        if own not in text and not text.startswith("@"):
            return False
    return True
