"""Begin and end: `profile`, `start`, `stop`."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ContextDecorator
from types import TracebackType
from typing import Any, Literal, TypeVar, overload

from microlog_nb.api.checks import check_options
from microlog_nb.api.recording import Recording
from microlog_nb.api.running import Run
from microlog_nb.errors import MicrologError
from microlog_nb.widget import marimo

_F = TypeVar("_F", bound=Callable[..., Any])

_started: list[Recording] = []


class Profile(ContextDecorator):
    """What `profile` returns: `with profile(...) as rec:` or `@profile(...)`."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._running: list[Recording] = []

    def __enter__(self) -> Recording:
        recording = start(**self._options)
        _started.remove(recording)
        self._running.append(recording)
        return recording

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        recording = self._running.pop()
        try:
            recording.stop(exception)
        except MicrologError as error:
            if exception is None:
                raise
            _notice(str(error))
        if _wants_display(self._options["display"]):
            recording.display()
        return False

    def __call__(self, function: _F) -> _F:
        """Decorates a function, or a coroutine function: every call of it is a recording."""
        if not callable(function):
            raise MicrologError(f"profile() decorates functions, not {function!r}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise MicrologError(
                f"profile() cannot decorate the generator {function.__name__}: use `with profile()` inside it"
            )
        options = {**self._options, "name": self._options["name"] or function.__qualname__}

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with Profile(options):
                    return await function(*args, **kwargs)

            return awaited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            with Profile(options):
                return function(*args, **kwargs)

        return called  # type: ignore[return-value]


@overload
def profile(name: _F) -> _F: ...
@overload
def profile(
    name: str | None = None,
    *,
    interval: float | str | None = None,
    sampler: str | None = None,
    logs: bool = True,
    sources: bool | None = None,
    metrics_interval: float | str | None = None,
    display: bool | None = None,
    save: str | os.PathLike[str] | None = None,
) -> Profile: ...
def profile(name: Any = None, **options: Any) -> Any:
    """Records what a block or a function does.

        with profile("etl") as rec:      @profile("etl")      @profile
            run()                        def run(): ...       def run(): ...

    Args:
        name: what to call the recording; default is the function's name, or "recording".
        options: the following, by their names.
        interval: seconds between samples, 50 µs to 1 s, or text as "0.5ms"; default 0.001.
        sampler: "native" (in C, sees what C code holding Python's lock does), "thread" (runs anywhere), or "auto": the
            first of them that can run here; why it is not the native one is in the recording's notes.
        logs: whether prints, log records, warnings and exceptions are recorded.
        sources: whether the text of cells and of your own files is kept, so that lines can be shown elsewhere; None keeps it
            unless MICROLOG_SOURCES is 0.
        metrics_interval: seconds between readings of CPU and memory, 10 ms to 60 s; default 0.1.
        display: whether the timeline is shown at the end; None shows it in a notebook only.
        save: file to save the recording to at the end, as "etl.microlog".

    Raises:
        MicrologError: a value of the wrong type or outside its range, or a folder that does not exist.
    """
    defaults = {
        "interval": None,
        "sampler": None,
        "logs": True,
        "sources": None,
        "metrics_interval": None,
        "display": None,
        "save": None,
    }
    unknown = options.keys() - defaults.keys()
    if unknown:
        raise MicrologError(f"profile() has no option {min(unknown)!r}: allowed are {', '.join(defaults)}")
    if callable(name):
        return Profile({"name": None, **defaults, **options})(name)
    chosen = {"name": name, **defaults, **options}
    check_options(**chosen)
    return Profile(chosen)


def start(
    name: str | None = None,
    *,
    interval: float | str | None = None,
    sampler: str | None = None,
    logs: bool = True,
    sources: bool | None = None,
    metrics_interval: float | str | None = None,
    display: bool | None = None,
    save: str | os.PathLike[str] | None = None,
    cell: str = "",
) -> Recording:
    """Begins a recording where `with` does not fit; `stop()` ends it.

    Args:
        name: as for `profile`, like all the others.
        interval: seconds between samples.
        sampler: "native" (in C, sees what C code holding Python's lock does), "thread" (runs anywhere), or "auto": the
            first of them that can run here; why it is not the native one is in the recording's notes.
        logs: whether what the program says is recorded.
        sources: whether the source text is kept.
        metrics_interval: seconds between readings of the process.
        display: whether the timeline is shown by `with profile()`; has no effect here.
        save: file to save the recording to at the end.
        cell: label of the notebook cell that is recorded, or "".
    """
    settings, target = check_options(
        name,
        interval=interval,
        sampler=sampler,
        logs=logs,
        sources=sources,
        metrics_interval=metrics_interval,
        display=display,
        save=save,
    )
    recording = Recording(run=Run(name or cell or "recording", cell, settings, target))
    if not cell:  # a cell's recording ends with the cell, not by a `stop()` in it
        _started.append(recording)
    return recording


def stop() -> Recording:
    """Ends the recording that was started last with `start()` and returns it.

    Raises:
        MicrologError: none is running.
    """
    while _started:
        recording = _started.pop()
        if recording.running:
            return recording.stop()
    raise MicrologError("no recording is running: microlog.start() begins one")


def _wants_display(display: bool | None) -> bool:
    """By default the timeline is shown where somebody can see it: in a notebook."""
    if display is not None:
        return display
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    return (shell is not None and getattr(shell, "kernel", None) is not None) or marimo.is_running()


def _notice(message: str) -> None:
    """One line on stderr."""
    print("microlog:", " ".join(message.split()), file=sys.stderr)  # noqa: T201  # the notice itself
