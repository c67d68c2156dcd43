"""The timeline of a cell that is still running, in the cell's output.

    cell runs   print  print ............ print  print      ends
    output      a  b  [live timeline]     c  d   [timeline as ever, which goes on where the user is]
                       '- shows nothing any more, from the end on

It appears after two seconds, or at once where that was asked for. It never parts a line: a progress bar that is drawn by
going back to the line's start would be left half above it.
"""

from __future__ import annotations

import _thread
import importlib
from typing import TYPE_CHECKING

from microlog_nb.api import views
from microlog_nb.widget import cell_output, display

if TYPE_CHECKING:
    from microlog_nb.api.recording import Recording
    from microlog_nb.widget.cell_output import CellOutput
    from microlog_nb.widget.widget import Timeline

AFTER_NS = 2_000_000_000
"""How long a cell runs before its timeline is shown."""


_NEEDED = (
    "microlog_nb.api.explaining",
    "microlog_nb.api.following",
    "microlog_nb.capture.sources",
    "microlog_nb.explain.answers",
    "microlog_nb.widget.fallback",
    "numpy.ma",
    "zmq.utils.garbage",
)
"""What making and sending a view loads on its way."""


def output_of_this_cell() -> CellOutput | None:
    """Where the timeline of the cell that begins can be shown while it runs; None if nobody sees it.

    What showing it needs is loaded here, before the recording begins, rather than while the program is being measured.
    """
    output = cell_output.of_this_cell()
    if output is not None:
        for module in _NEEDED:
            importlib.import_module(module)
        from microlog_nb.widget.widget import shared_code

        shared_code()
    return output


class Live:
    """The timeline of one cell, from when it is shown to the end.

    Args:
        recording: of the cell; it has just begun.
        output: of the cell.
        at_once: whether it is shown now.
    """

    def __init__(self, recording: Recording, output: CellOutput, *, at_once: bool) -> None:
        self._recording = recording
        self._output = output
        self._view: Timeline | None = None
        self._showing = _thread.allocate_lock()
        self._ended = False
        if at_once and output.is_free():
            self._show()
            recording._begin_now()  # noqa: SLF001  # of the same package; showing it is no part of the cell
        else:
            recording._call_later(self._look, AFTER_NS)  # noqa: SLF001  # as above

    def end(self, *, static: bool = False) -> None:
        """Shows the timeline of the recording, which has ended, below everything that the cell put out.

        Args:
            static: as for `Recording.display`.
        """
        with self._showing:
            self._ended = True
        view = self._view
        if view is None or view.comm is None or static:
            self._recording.display(static=static)
        else:
            display.display(self._recording._tables, lambda: view)  # noqa: SLF001  # as above
        if view is not None:
            self._output.withdraw()

    def _look(self) -> bool:
        """Shows it if it can be shown now, in the recorder's own thread; whether to try again."""
        with self._showing:
            if self._ended or not self._output.is_free() or self._recording._in_a_line():  # noqa: SLF001  # as above
                return not self._ended
            self._show()
            return False

    def _show(self) -> None:
        self._view = views.maker(self._recording)()
        self._output.show(self._view)
