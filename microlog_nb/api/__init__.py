"""What users hold: puts the parts together."""

from __future__ import annotations

from microlog_nb.api.explaining import Explanation, configure
from microlog_nb.api.profiling import profile, start, stop
from microlog_nb.api.recording import Recording, last, load
from microlog_nb.api.saying import counter, debug, error, info, span, warn, warning

__all__ = [
    "Explanation",
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
