"""Keeps the source text of the user's own code, so that a recording can be read where that code is not."""

from __future__ import annotations

import linecache
from collections.abc import Mapping

import pyarrow as pa

from microlog_nb.model.builder import table as build
from microlog_nb.model.trace import Trace

MAX_CHARACTERS = 1_000_000
"""A longer file is left out."""


def table(trace: Trace, files: Mapping[str, str]) -> pa.Table:
    """The sources of the files that functions of this trace come from.

    Args:
        trace: whose functions count.
        files: name in the recording -> name that the interpreter knows.
    """
    wanted = sorted(set(trace.texts("functions", "file")) & files.keys())
    texts = ((file, "".join(linecache.getlines(files[file]))) for file in wanted)
    return build("sources", [(file, text) for file, text in texts if 0 < len(text) <= MAX_CHARACTERS])
