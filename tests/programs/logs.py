"""Everything that can be said, from calls long and short and from a thread; each message is unique."""

from __future__ import annotations

import logging
import sys
import threading
import warnings

import microlog_nb as microlog
from tests.programs.truth import Truth, spin

logger = logging.getLogger("tests.programs.logs")


def run(truth: Truth) -> None:
    """About half a second."""

    @truth.timed
    def long(number: int) -> None:
        spin(7)
        print(truth.says(long, f"print from long {number}"))
        spin(5)
        logger.warning(truth.says(long, f"logging from long {number}"))
        spin(3)

    @truth.timed
    def short(number: int) -> None:
        print(truth.says(short, f"print from short {number}"), file=sys.stderr)

    @truth.timed
    def marked(number: int) -> None:
        microlog.info(truth.says(marked, f"**microlog** from marked {number}"))
        spin(6)
        microlog.error(truth.says(marked, f"error from marked {number}"))

    @truth.timed
    def warned(number: int) -> None:
        spin(4)
        warnings.warn(truth.says(warned, f"warning from warned {number}"), stacklevel=1)
        spin(4)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        for number in range(6):
            long(number)
            short(number)
            marked(number)
            warned(number)
        thread = threading.Thread(target=long, args=(100,), name="speaker")
        thread.start()
        thread.join()
