"""microlog: a continuous profiler and logger for notebooks.

%load_ext microlog_nb          then begin any cell with %%microlog

import microlog_nb as microlog
with microlog.profile("etl") as rec:
run()
rec.calls
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from microlog_nb.api import (
    Explanation,
    Recording,
    configure,
    counter,
    debug,
    error,
    info,
    last,
    load,
    profile,
    span,
    start,
    stop,
    warn,
    warning,
)
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"

__all__ = [
    "Explanation",
    "MicrologError",
    "Recording",
    "configure",
    "counter",
    "debug",
    "error",
    "info",
    "last",
    "load",
    "profile",
    "span",
    "start",
    "stop",
    "warn",
    "warning",
]


def load_ipython_extension(shell: InteractiveShell) -> Any:
    """`%load_ext microlog_nb`: from now on cells may begin with `%%microlog`."""
    from microlog_nb import magic

    return magic.load_ipython_extension(shell)


def unload_ipython_extension(shell: InteractiveShell) -> Any:
    """`%unload_ext microlog_nb`: takes everything back."""
    from microlog_nb import magic

    return magic.unload_ipython_extension(shell)
