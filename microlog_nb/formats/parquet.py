"""One table of a trace as a Parquet file in memory, with the encodings that make it small.

Any Parquet reader opens it. Columns are those of the schema, but times (see `_SHORT`) that are all whole microseconds are
microseconds under the name `..._us`: the low bytes of nanoseconds look like noise to a compressor.
"""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from microlog_nb.formats.files import shown
from microlog_nb.model import arrays
from microlog_nb.model.schema import TABLES, Column

_SHORT = {
    ("samples", "delay_ns"): pa.int32(),
    ("samples", "cpu_ns"): pa.int32(),
    ("spans", "start_ns"): pa.int64(),
    ("spans", "duration_ns"): pa.int32(),
    ("metrics", "time_ns"): pa.int64(),
}
"""Their type in the file."""
_LEVEL = 15

_FREE_BYTES = 256_000_000
_BYTES_PER_BYTE = 400
"""What a file may take in memory. Real recordings stay below 30 times their size; an idle one comes near 100."""


class DamagedError(Exception):
    """Bytes that are not the table they should be; the message goes into the reader's."""


def dump(name: str, table: pa.Table) -> bytes:
    """The table `name` as Parquet."""
    stored = _shortened(name, table)
    target = io.BytesIO()
    encodings = {field.name: _encoding(field) for field in stored.schema}
    pq.write_table(
        stored,
        target,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=[column for column, encoding in encodings.items() if not encoding] or False,
        column_encoding={column: encoding for column, encoding in encodings.items() if encoding} or None,
        write_statistics=False,
        store_schema=False,
    )
    return target.getvalue()


def load(name: str, data: bytes) -> pa.Table:
    """The table from its bytes.

    Raises:
        DamagedError: not Parquet, damaged, other columns than the schema's, or far larger in memory than in the file.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = file.schema_arrow.names
        expected = pa.schema([_stored_field(name, column, names) for column in TABLES[name].columns])
        if not file.schema_arrow.equals(pa.schema([_plain(field) for field in expected])):
            raise DamagedError(f"its columns are not {', '.join(expected.names)}")
        _check_size(file.metadata, expected, len(data))
        words = [field.name for field in expected if pa.types.is_dictionary(field.type)]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=words)
        return _lengthened(name, file.read(use_threads=False))
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError) as error:
        raise DamagedError(f"it is not readable as Parquet ({shown(error, 100)})") from error


def _check_size(metadata: pq.FileMetaData, schema: pa.Schema, size: int) -> None:
    """Sizes that the file declares, before any memory is taken for them."""
    width = sum(4 if pa.types.is_dictionary(kind) else 8 for kind in schema.types)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    declared = sum(group.column(place).total_uncompressed_size for group in groups for place in range(len(schema)))
    if min([metadata.num_rows, *(group.num_rows for group in groups)]) < 0 or (
        sum(group.num_rows for group in groups) != metadata.num_rows
    ):
        raise DamagedError("its numbers of rows contradict each other")
    needed = max(declared, metadata.num_rows * width)
    if needed > _FREE_BYTES + _BYTES_PER_BYTE * size:
        raise DamagedError(f"it would take {needed} bytes of memory, which is too much for a file of {size}")


def _encoding(field: pa.Field) -> str:
    """The encoding of a column, "" for a dictionary; chosen by measuring.

    Ids and short times differ in their low bytes, times by nearly constant steps; texts and readings are best left to zstd.
    """
    if field.name == "thread" or pa.types.is_dictionary(field.type):
        return ""
    if pa.types.is_int32(field.type):
        return "BYTE_STREAM_SPLIT"
    return "DELTA_BINARY_PACKED" if pa.types.is_int64(field.type) else "PLAIN"


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field


def _short_name(column: Column) -> str:
    return column.name.removesuffix("_ns") + "_us"


def _stored_field(name: str, column: Column, present: list[str]) -> pa.Field:
    if (name, column.name) in _SHORT and _short_name(column) in present:
        return pa.field(_short_name(column), _SHORT[name, column.name], nullable=False)
    return pa.field(column.name, column.type, nullable=False)


def _shortened(name: str, table: pa.Table) -> pa.Table:
    for place, column in enumerate(TABLES[name].columns):
        if (name, column.name) not in _SHORT:
            continue
        values = arrays.values(table.column(column.name))
        micros = values // 1000  # -1, unknown, stays -1
        kind = _SHORT[name, column.name]
        if np.all((micros * 1000 == values) | (values == -1)) and micros.max(initial=0) < 2 ** (kind.bit_width - 1):
            field = pa.field(_short_name(column), kind, nullable=False)
            table = table.set_column(place, field, arrays.numbers(micros, kind))
    return table


def _lengthened(name: str, table: pa.Table) -> pa.Table:
    for place, field in enumerate(TABLES[name].arrow):
        if table.schema.field(place).name != field.name:
            micros = arrays.values(table.column(place)).astype(np.int64)
            table = table.set_column(
                place, field, arrays.numbers(np.where(micros < 0, micros, micros * 1000), pa.int64())
            )
    return table.cast(TABLES[name].arrow)
