"""What the pages that show a recording may ask of Python: the requests by their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from microlog_nb.api.recording import Recording
    from microlog_nb.widget.requests import Handler, Handlers, Push


def handlers(recording: Recording) -> Handlers:
    """Makes the handlers of one view of a recording, given what tells this view something."""

    def made(push: Push) -> Mapping[str, Handler]:
        return {**recording._explaining().handlers(push)}  # noqa: SLF001  # of the same package

    return made
