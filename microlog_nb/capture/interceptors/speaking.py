"""Who is speaking on this thread, so that a thing said is one entry and not also the text by which it is shown.

logging.warning("x")          an entry of `LogRecords`
  handler: stderr.write("x")  the same thing again: `Streams` keeps still
"""

from __future__ import annotations

import threading


class _Speaking(threading.local):
    """How many others are showing something on this thread that they have noted themselves.

    Attributes:
        streams: above 0, what is written to a stream is already an entry.
        records: above 0, what is logged is already an entry.
    """

    streams: int = 0
    records: int = 0


speaking = _Speaking()
