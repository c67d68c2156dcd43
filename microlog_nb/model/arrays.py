"""Arrow arrays made from their buffers, and read from them.

`pa.array` and `to_numpy` import pandas: half a second in the middle of somebody's recording, and an error while Python
shuts down.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from microlog_nb.errors import MicrologError


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values of a schema's type."""
    if pa.types.is_dictionary(kind):
        number = {word: place for place, word in enumerate(dict.fromkeys(values))}
        return words(np.array([number[word] for word in values], np.int32), list(number))
    if pa.types.is_string(kind):
        return texts(values)
    return numbers(np.array(values), kind)


def numbers(values: np.ndarray[Any, Any], kind: pa.DataType) -> pa.Array:
    """A numpy array as numbers or truth values of this type."""
    if pa.types.is_boolean(kind):
        data = np.packbits(values.astype(bool), bitorder="little")
    else:
        data = np.ascontiguousarray(values, kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(data)])


def values(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """A column of numbers or truth values, none of them missing, as a numpy array."""
    return np.concatenate([_values(chunk) for chunk in column.chunks] or [np.empty(0, column.type.to_pandas_dtype())])


def _values(chunk: pa.Array) -> np.ndarray[Any, Any]:
    data, end = chunk.buffers()[1], chunk.offset + len(chunk)
    if data is None:
        return np.empty(0, chunk.type.to_pandas_dtype())
    if pa.types.is_boolean(chunk.type):
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[chunk.offset : end].astype(bool)
    kind = np.dtype(chunk.type.to_pandas_dtype())
    # of damaged data the buffer may end anywhere
    return np.frombuffer(data, kind, count=min(end, data.size // kind.itemsize))[chunk.offset :]


def words(numbers_of: np.ndarray[Any, Any], known: Sequence[str]) -> pa.Array:
    """Words by their numbers among the known ones, as a dictionary column."""
    indices = numbers(numbers_of, pa.int32())
    return pa.DictionaryArray.from_arrays(indices, texts(known))


def spelt(column: pa.DictionaryArray) -> pa.Array:
    """Words of a dictionary column as texts, without Arrow's functions: they give the interpreter's lock away."""
    known = [word.encode() for word in column.dictionary.to_pylist()]
    index = _values(column.indices)
    length = np.array([len(word) for word in known], np.int64)[index]
    ends = np.append(0, np.cumsum(length)).astype(np.int32)
    data = b"".join([known[place] for place in index.tolist()])
    return pa.Array.from_buffers(pa.string(), len(index), [None, pa.py_buffer(ends), pa.py_buffer(data)])


def texts(values: Sequence[str]) -> pa.Array:
    r"""Texts; Python's may hold halves of surrogate pairs, which UTF-8 cannot: they become `\udc80` in letters."""
    encoded = [text.encode("utf-8", "backslashreplace") for text in values]
    ends = np.cumsum([0, *map(len, encoded)])
    if ends[-1] > np.iinfo(np.int32).max:
        raise MicrologError(f"a batch of {len(values)} texts has {ends[-1]} bytes: at most 2 GB fit")
    buffers = [None, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)
