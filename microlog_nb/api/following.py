"""Views that were shown while their recording runs: they grow with it, and have all of it at its end."""

from __future__ import annotations

import _thread
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from microlog_nb.capture.watching import MOST_SHARE

if TYPE_CHECKING:
    from microlog_nb.api.running import Run
    from microlog_nb.capture.growth import Growth
    from microlog_nb.tables import Tables
    from microlog_nb.widget.widget import Timeline

_PIECES = 0.006
"""Of the time, for what is told piece by piece; the rest is for whole pictures."""


class Followers:
    """The views of one running recording; it keeps none of them alive.

    A few times a second they are told how far the recording is and what it has grown by, which the page adds to what it shows;
    a whole new picture, with all that is known of it, they get as often as `watching.py` allows.

    Args:
        run: the running part of the recording.
        tables: makes those of what has been recorded so far.
        answers: gives the explanations so far; see `payload.encode`.
    """

    def __init__(
        self, run: Run, tables: Callable[[], Tables], answers: Callable[[], Sequence[Mapping[str, Any]]]
    ) -> None:
        self._run = run
        self._tables = tables
        self._answers = answers
        self._views: weakref.WeakSet[Timeline] = weakref.WeakSet()
        self._growth: Growth | None = None
        self._updating = _thread.allocate_lock()
        self._ended = False
        run.watch(self.tell, share=_PIECES)
        run.watch(self.look, share=MOST_SHARE - _PIECES)

    def add(self, view: Timeline) -> None:
        """From now on the view grows."""
        self._views.add(view)

    def tell(self) -> bool:
        """Tells every view how far the recording is, and what is new; like `look` in the recorder's own thread."""
        with self._updating:
            views = self._shown()
            if not views:
                self._growth = None
            else:
                from microlog_nb.widget import growth

                self._growth = self._growth or self._run.growth()
                piece, numbers = growth.encode(self._growth.read())
                progress = self._run.progress()
                for view in views:
                    view.requests.push("progress", progress)
                    view.requests.push("growth", piece, [numbers])
            return not self._ended

    def look(self) -> bool:
        """Brings every view up to date, in the recorder's own thread; whether it wants to be called again."""
        with self._updating:
            self._update(self._tables, running=True)
            return not self._ended

    def end(self, tables: Tables) -> None:
        """The recording is over: every view gets all of it; what goes wrong is told and does not stop the program."""
        with self._updating:
            try:
                self._update(lambda: tables, running=False)
            except Exception as error:  # noqa: BLE001  # whatever a frontend's comm raises
                sys.stderr.write(f"microlog: the timeline lacks the end: {type(error).__name__}: {error}\n")
            finally:
                self._ended = True

    def _shown(self) -> list[Timeline]:
        return [] if self._ended else [view for view in list(self._views) if view.comm is not None]  # not closed

    def _update(self, tables: Callable[[], Tables], *, running: bool) -> None:
        views = self._shown()
        if views:
            latest, answers = tables(), self._answers()
            for view in views:
                view.update(latest, answers, running=running)
