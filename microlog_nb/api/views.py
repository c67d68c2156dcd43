"""The views that show a recording: how they are made, and what their pages may ask of Python, by the kinds of requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from microlog_nb.api import locating, reporting, windows

if TYPE_CHECKING:
    from microlog_nb.api.recording import Recording
    from microlog_nb.widget.requests import Handler, Handlers, Push
    from microlog_nb.widget.widget import Timeline


def handlers(recording: Recording) -> Handlers:
    """Makes the handlers of one view of a recording, given what tells this view something."""

    def made(push: Push) -> Mapping[str, Handler]:
        return {
            **recording._explaining().handlers(push),  # noqa: SLF001  # of the same package
            "report": reporting.handler(recording),
            "window": windows.handler(recording),
            "locate": locating.answer,
            "view": lambda _: (None, [_all(recording)]),
            "stop": lambda _: _end(recording),
        }

    return made


def _all(recording: Recording) -> bytes:
    """All of a recording that travels to a page at once."""
    from microlog_nb.widget import payload

    answers = recording._explaining().rows()  # noqa: SLF001  # of the same package
    return payload.deflate(payload.encode(recording._tables, answers=answers))  # noqa: SLF001  # as above


def maker(recording: Recording) -> Callable[[], Timeline]:
    """Makes live views of a recording; what is selected is the same on all of them."""

    def made() -> Timeline:
        from microlog_nb.widget.widget import Timeline

        answers = recording._explaining().rows()  # noqa: SLF001  # of the same package
        running = recording.running
        timeline = Timeline(recording._tables, handlers(recording), answers, running=running)  # noqa: SLF001  # as above
        recording._selected.share(timeline)  # noqa: SLF001  # as above
        if running:
            recording._follow(timeline)  # noqa: SLF001  # as above
        return timeline

    return made


def _end(recording: Recording) -> None:
    recording.stop()
