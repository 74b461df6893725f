"""One open file of points to blocks of the wanted columns, as arrays; a block at a time in memory."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Exact names only (but for case and punctuation); anything else must be named by the analyst.
_NAMES = {
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "long", "lng", "longitude", "x"),
    "date": ("date", "month", "event_start", "event_date", "occurred", "date_single", "datetime"),
    "subject": ("subject", "child_key", "subject_key"),
    "weight": ("weight",),
    "crime_id": ("crime_id",),
    "reported_by": ("reported_by",),
    "falls_within": ("falls_within",),
}
_DELIMITERS = ",;\t|"
_NULLS = ["", "NA", "NULL", "NaN", "nan", "None"]
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$"
_ZONE = r"([T ]\d\d:\d\d.*?)(?:Z|[+-]\d\d:?\d\d)$"
_NOT_A_TABLE = (
    "A file of points is not a regular table: CSV in UTF-8 with one heading row and no line breaks inside "
    "cells, or Parquet. Export it again."
)
_BATCH_ROWS = 500_000


@dataclass(frozen=True)
class PointColumns:
    """The file's names of the columns to read; empty = look for the usual names."""

    lat: str = ""
    lon: str = ""
    date: str = ""
    subject: str = ""
    weight: str = ""


@dataclass(frozen=True)
class Block:
    """Some rows of a file: each wanted column as an Arrow array."""

    header: list[str]
    columns: dict[str, Any]


def blocks(name: str, stream: IO[bytes], asked: PointColumns, *, block_bytes: int) -> Iterator[Block]:
    """Yield the wanted columns of a CSV or Parquet file, block by block.

    Raises
    ------
    InputRefusedError
        If the file is no regular table, or has no columns of coordinates.
    UsageError
        If a column that was asked for is not in the file.
    """
    try:
        if name.lower().endswith(".parquet"):
            yield from _parquet_blocks(stream, asked)
        else:
            yield from _csv_blocks(stream, asked, block_bytes)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error):
        raise InputRefusedError(_NOT_A_TABLE) from None  # Arrow's own words quote cells


def numbers(values: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # noqa: ANN401 - Arrow has no types
    """Return floats (NaN where there is none) and which cells hold something that is no number."""
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        return _floats(values.cast(pa.float64(), safe=False)), np.zeros(len(values), np.bool_)
    try:  # nearly every file: all numbers, nothing to trim
        return _floats(values.cast(pa.string()).cast(pa.float64())), np.zeros(len(values), np.bool_)
    except pa.ArrowInvalid:
        text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    text = pc.if_else(pc.equal(text, ""), None, text)
    try:  # all numbers, no pattern needed
        return _floats(text.cast(pa.float64())), np.zeros(len(text), np.bool_)
    except pa.ArrowInvalid:
        good = pc.fill_null(pc.match_substring_regex(text, _NUMBER), fill_value=False)
        wrong = pc.and_(pc.is_valid(text), pc.invert(good))
        return _floats(pc.if_else(good, text, None).cast(pa.float64())), wrong.to_numpy(zero_copy_only=False)


def dates(values: Any) -> NDArray[np.datetime64]:  # noqa: ANN401
    """Return timestamps of ISO dates, times and months ("2018-10"); NaT where there is none."""
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        return values.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False)
    if not pa.types.is_string(values.type) and not pa.types.is_large_string(values.type):
        return np.full(len(values), "NaT", "datetime64[us]")
    coded = values.dictionary_encode()
    distinct = pd.Series(coded.dictionary.to_pandas(), dtype="str").str.strip()
    distinct = distinct.str.replace(_ZONE, r"\1", regex=True)
    read = pd.to_datetime(distinct, format="ISO8601", errors="coerce").astype("datetime64[us]").to_numpy()
    read = np.append(read, np.datetime64("NaT", "us"))
    return read[pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)]


def hashes(values: Any) -> NDArray[np.uint64]:  # noqa: ANN401
    """Return a 64-bit hash of each text, 0 where there is none: tells equal from unequal and nothing else."""
    text = values.cast(pa.string())
    out = pd.util.hash_array(text.to_numpy(zero_copy_only=False), categorize=False)
    empty = pc.fill_null(pc.equal(text, ""), fill_value=True).to_numpy(zero_copy_only=False)
    return np.where(empty, np.uint64(0), np.maximum(out, np.uint64(1)))


def _floats(values: Any) -> NDArray[np.float64]:  # noqa: ANN401
    return pc.fill_null(values, float("nan")).to_numpy(zero_copy_only=False)


def _chosen(header: list[str], asked: PointColumns) -> dict[str, str]:
    """Return what to read: our name -> the file's name."""
    folded = {fold(name): name for name in reversed(header)}
    found = {}
    for ours, usual in _NAMES.items():
        match = next((folded[name] for name in usual if name in folded), None)
        if match is not None:
            found[ours] = match
    for option in fields(asked):
        wanted = getattr(asked, option.name)
        if wanted and fold(wanted) not in folded:
            message = f"The file has no column of the name given for `{option.name}`."
            raise UsageError(message)
        found |= {option.name: folded[fold(wanted)]} if wanted else {}
    if "lat" not in found or "lon" not in found:
        message = "The file has no columns of latitude and longitude. Name them with --lat and --lon."
        raise InputRefusedError(message)
    return found


def _csv_blocks(stream: IO[bytes], asked: PointColumns, block_bytes: int) -> Iterator[Block]:
    head = stream.readline(1_000_000).decode("utf-8-sig")
    delimiter = max(_DELIMITERS, key=head.count)
    header = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    found = _chosen(header, asked)
    if len(set(header)) < len(header):
        raise InputRefusedError(_NOT_A_TABLE)
    if not stream.peek(1):  # type: ignore[attr-defined] # both kinds of stream we open have it
        yield Block(header, {ours: pa.array([], pa.string()) for ours in found})
        return
    reader = pa.csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        read_options=pa.csv.ReadOptions(block_size=block_bytes, column_names=header),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(dict.fromkeys(found.values())),
            column_types=dict.fromkeys(found.values(), pa.string()),  # text first: no type is guessed
            null_values=_NULLS,
            strings_can_be_null=True,
        ),
    )
    with reader:
        for batch in reader:
            yield Block(header, {ours: batch.column(theirs) for ours, theirs in found.items()})


def _parquet_blocks(stream: IO[bytes], asked: PointColumns) -> Iterator[Block]:
    file = pa.parquet.ParquetFile(stream)
    header = list(file.schema_arrow.names)
    found = _chosen(header, asked)
    wanted = list(dict.fromkeys(found.values()))
    for batch in file.iter_batches(columns=wanted, batch_size=_BATCH_ROWS):
        yield Block(header, {ours: batch.column(theirs) for ours, theirs in found.items()})
