"""The report of a recording: one HTML page, written by Python or asked for by a view."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from microlog_nb.api.checks import is_number
from microlog_nb.errors import MicrologError

if TYPE_CHECKING:
    from microlog_nb.api.recording import Recording


def page(recording: Recording) -> bytes:
    """The interactive timeline as one HTML page that needs neither network nor kernel."""
    from microlog_nb.widget import bundle

    return _page(recording, script=bundle.script("standalone.js"), style=bundle.script("widget.css")).encode()


def packed_page(recording: Recording) -> str:
    """The same page with its code deflated: half as long, for the output of a cell."""
    from microlog_nb.widget import bundle

    return _page(recording, script=bundle.script("packed.js"), packed=bundle.packed(*bundle.REPORT))


def _page(recording: Recording, **app: Any) -> str:
    from microlog_nb.formats import html
    from microlog_nb.widget import payload

    answers = recording._explaining().rows()  # noqa: SLF001  # of the same package
    view = payload.encode(recording._tables, answers=answers)  # noqa: SLF001  # as above
    return html.dump(payload.deflate(view), title=f"{recording.name} - microlog", **app)


def handler(recording: Recording) -> Callable[[Any], tuple[None, list[bytes]]]:
    """Answers the request "report" with the page of the recording, or of its part from `start` to `end`, in nanoseconds."""

    def answer(body: Any) -> tuple[None, list[bytes]]:
        asked = body if isinstance(body, dict) else {}
        if not asked:
            return None, [page(recording)]
        start: Any = asked.get("start")
        end: Any = asked.get("end")
        if not (is_number(start) and is_number(end)):
            raise MicrologError(f"a report needs a start and an end in nanoseconds, not {start!r} and {end!r}")
        return None, [page(recording.between(start / 1e9, end / 1e9))]

    return answer
