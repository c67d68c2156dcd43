"""The ways in which programs say things and lose time, each listened to by a file of its own."""

from __future__ import annotations

from microlog_nb.capture.sink import Interceptor

__all__ = ["Interceptor", "all_interceptors"]


def all_interceptors(*, logs: bool) -> list[Interceptor]:
    """Fresh interceptors, in the order in which they are to be installed.

    Args:
        logs: whether to listen to what the program says: print, stderr, logging, warnings, exceptions of threads.
    """
    from microlog_nb.capture.interceptors.gc_pauses import GcPauses
    from microlog_nb.capture.interceptors.imports import Imports
    from microlog_nb.capture.interceptors.loop_starts import LoopStarts
    from microlog_nb.capture.interceptors.thread_starts import ThreadStarts

    interceptors: list[Interceptor] = [GcPauses(), Imports(), LoopStarts(), ThreadStarts()]
    if logs:
        from microlog_nb.capture.interceptors.exceptions import ThreadExceptions
        from microlog_nb.capture.interceptors.log_records import LogRecords
        from microlog_nb.capture.interceptors.shown_warnings import ShownWarnings
        from microlog_nb.capture.interceptors.streams import Streams

        interceptors += [Streams(), LogRecords(), ShownWarnings(), ThreadExceptions()]
    return interceptors
