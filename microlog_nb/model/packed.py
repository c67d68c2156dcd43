"""Rows of whole numbers in little memory: those of a running recording, of which there are more every millisecond.

    rows, 8 bytes a number  ->  columns, times as steps  ->  planes: all first bytes, all second bytes, ...  ->  zstd

Most planes are all zero, and the others change slowly: a sample takes some 5 to 10 bytes instead of 48.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

Rows = np.ndarray[Any, np.dtype[np.int64]]

_BYTES = 8


class Packed(NamedTuple):
    """Rows in packed form, and the shape of what was packed."""

    data: bytes
    rows: int
    columns: int


def pack(rows: Rows) -> Packed:
    """Rows, the first column of which is a time."""
    count, width = rows.shape
    steps = rows.copy()
    steps[1:, 0] -= rows[:-1, 0]
    planes = np.ascontiguousarray(steps.view(np.uint8).reshape(count, -1).T)
    return Packed(pa.compress(planes, codec="zstd", asbytes=True), count, width)


def unpack(packed: Packed) -> Rows:
    """The rows again.

    Raises:
        ValueError: it is damaged.
    """
    count, width = packed.rows, packed.columns
    try:
        data = pa.decompress(packed.data, decompressed_size=count * width * _BYTES, codec="zstd")
    except (pa.ArrowException, OSError) as error:
        raise ValueError(str(error)) from error
    rows = np.ascontiguousarray(np.frombuffer(data, np.uint8).reshape(-1, count).T).view(np.int64).reshape(count, width)
    rows[:, 0] = np.cumsum(rows[:, 0])
    return rows
