"""Rows of whole numbers in little memory: those of a running recording, of which there are more every millisecond.

    rows, 8 bytes a number  ->  columns, times as steps  ->  planes: all first bytes, all second bytes, ...  ->  zstd

Most planes are all zero, and the others change slowly: a sample takes some 5 to 10 bytes instead of 48.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

Rows = np.ndarray[Any, np.dtype[np.int64]]

_BYTES = 8


def pack(rows: Rows) -> bytes:
    """Rows, the first column of which is a time."""
    columns = rows.T.copy()
    columns[0, 1:] -= rows[:-1, 0]
    planes = columns.view(np.uint8).reshape(len(columns), -1, _BYTES).transpose(0, 2, 1)
    packed: bytes = pa.compress(np.ascontiguousarray(planes), codec="zstd", asbytes=True)
    return packed


def unpack(packed: bytes, shape: tuple[int, int]) -> Rows:
    """The rows again; `shape` is that of what was packed."""
    count, width = shape
    data = pa.decompress(packed, decompressed_size=count * width * _BYTES, codec="zstd")
    planes = np.frombuffer(data, np.uint8).reshape(width, _BYTES, count).transpose(0, 2, 1)
    columns = np.ascontiguousarray(planes).view(np.int64).reshape(width, count)
    columns[0] = np.cumsum(columns[0])
    return np.ascontiguousarray(columns.T)
