"""Point files for an analyst's first look: coordinates streamed in, in bounded memory, with counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from cse_geo.errors import InputRefusedError
from cse_geo.intake.codes import FileCode, problem, refuse
from cse_geo.intake.pointblocks import Block, PointColumns, blocks, dates, hashes, numbers
from cse_geo.intake.pointfiles import PointLimits, Sources
from cse_geo.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_POLICE_UK = frozenset({"crime_id", "month", "reported_by", "falls_within", "longitude", "latitude"})
_NAMED = ("reported_by", "falls_within")


@dataclass(frozen=True)
class PointCounts:
    """What was read and what was left out; nothing is dropped without being counted here."""

    files: int = 0
    rows: int = 0
    unlocated: int = 0  # blank, 0/0 or 99.99...: the publisher gives no place
    impossible: int = 0  # no number, or a number that is no degree
    undated: int = 0  # located rows without a date that can be read
    empty_ids: int = 0  # rows without a Crime ID
    repeated_ids: int = 0  # rows whose Crime ID occurred before
    skipped_files: int = 0  # files of a police.uk folder or zip that hold no street-level points


@dataclass(frozen=True)
class Points:
    """Located points and what they came from.

    Attributes
    ----------
    frame : one row per located point: lat, lon (float64, WGS84 degrees) and, where the files have them,
        date (datetime), subject (int64, per-run number, -1 = none), weight (float64), reported_by and
        falls_within (category)
    counts : rows read, unlocated, impossible, undated, identifiers empty and repeated
    is_police_uk : every file has police.uk's columns: its points were moved to anchor points on purpose
    """

    frame: pd.DataFrame
    counts: PointCounts
    is_police_uk: bool


@dataclass
class _Sink:
    """Arrays collected block by block."""

    parts: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    names: dict[str, dict[str, int]] = field(default_factory=dict)
    counts: PointCounts = field(default_factory=PointCounts)

    def add(self, name: str, values: NDArray[Any]) -> None:
        """Keep one block of a column."""
        self.parts.setdefault(name, []).append(values)

    def count(self, **more: int) -> None:
        """Add to the counts."""
        old = self.counts
        self.counts = replace(old, **{name: getattr(old, name) + n for name, n in more.items()})


def recognise_police_uk(columns: Iterable[str]) -> bool:
    """Tell whether these are the columns of a police.uk street-level file."""
    return {fold(name) for name in columns} >= _POLICE_UK


def read_points(
    paths: Path | Sequence[Path], *, columns: PointColumns | None = None, limits: PointLimits | None = None
) -> Points:
    """Return the located points of CSV and Parquet files, folders of them, and zip files of CSV.

    Memory holds one block of a file and the numbers kept (16 to 50 bytes a row), whatever the files' size.

    Parameters
    ----------
    paths
        A file, a folder or a zip, or several of them. In a folder or zip that has police.uk's street files
        only those are read; the others are counted.
    columns
        The file's names for latitude, longitude, date, subject and weight where they are unusual.
    limits
        Caps for blocks and zip files.

    Raises
    ------
    InputRefusedError
        If a file is no table, has no coordinates, or holds mostly numbers that are not degrees.
    UsageError
        If a named column or a path does not exist.
    """
    caps = limits or PointLimits()
    sources = Sources([paths] if isinstance(paths, Path) else list(paths), caps)
    sink = _Sink()
    police_uk: list[bool] = []
    for source in sources:
        with source as (name, stream):
            header: list[str] = []
            for block in blocks(name, stream, columns or PointColumns(), block_bytes=caps.block_bytes):
                header = block.header
                _take(block, sink)
        police_uk.append(recognise_police_uk(header))
        sink.count(files=1)
    sink.count(skipped_files=sources.skipped)
    _check(sink.counts)
    return Points(_frame_of(sink), _with_repeats(sink), is_police_uk=all(police_uk))


def _take(block: Block, sink: _Sink) -> None:
    """Add the located rows of a block, and count the others."""
    columns = block.columns
    lat, lat_wrong = numbers(columns["lat"])
    lon, lon_wrong = numbers(columns["lon"])
    nowhere, impossible = _judge(lat, lon, lat_wrong | lon_wrong)
    keep = ~(nowhere | impossible)
    sink.count(rows=len(lat), unlocated=int(nowhere.sum()), impossible=int(impossible.sum()))
    sink.add("lat", lat[keep])
    sink.add("lon", lon[keep])
    if "weight" in columns:
        sink.add("weight", numbers(columns["weight"])[0][keep])
    if "date" in columns:
        when = dates(columns["date"])[keep]
        sink.count(undated=int(np.isnat(when).sum()))
        sink.add("date", when)
    if "subject" in columns:
        sink.add("subject", hashes(columns["subject"])[keep])
    if "crime_id" in columns:
        ids = hashes(columns["crime_id"])
        sink.count(empty_ids=int((ids == 0).sum()))
        sink.add("crime_id", ids[ids != 0])  # of all rows: a repeat may be unlocated
    for name in _NAMED:
        if name in columns:
            sink.add(name, _codes(columns[name], sink.names.setdefault(name, {}))[keep])


def _judge(lat: NDArray[np.float64], lon: NDArray[np.float64], wrong: Mask) -> tuple[Mask, Mask]:
    """Return which rows have no place, and which have one that cannot be."""
    blank = np.isnan(lat) | np.isnan(lon)
    zero = (lat == 0) & (lon == 0)
    marked = (lat >= 99) & (lat < 100)  # 99.999999 and its kin
    nowhere = (blank | zero | marked) & ~wrong
    impossible = wrong | (~nowhere & ~((np.abs(lat) <= 90) & (np.abs(lon) <= 180)))
    return nowhere, impossible


def _codes(values: Any, names: dict[str, int]) -> NDArray[np.int32]:  # noqa: ANN401 - Arrow has no types
    coded = values.cast("string").dictionary_encode()
    local = [names.setdefault(name, len(names)) for name in coded.dictionary.to_pylist()]
    place = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return np.array([*local, -1], np.int32)[place]


def _check(counts: PointCounts) -> None:
    if not counts.rows:
        refuse(problem(FileCode.NO_ROWS))
    if counts.impossible > 0.5 * (counts.rows - counts.unlocated):
        message = (
            f"{counts.impossible:,} of {counts.rows:,} rows hold numbers that are not degrees. Eastings and "
            "northings must be converted first, or other columns named with --lat and --lon."
        )
        raise InputRefusedError(message)


def _with_repeats(sink: _Sink) -> PointCounts:
    if "crime_id" not in sink.parts:
        return sink.counts
    ids = np.concatenate(sink.parts["crime_id"])
    return replace(sink.counts, repeated_ids=len(ids) - len(np.unique(ids)))


def _frame_of(sink: _Sink) -> pd.DataFrame:
    whole = sum(map(len, sink.parts["lat"]))
    out: dict[str, Any] = {}
    for name in ("lat", "lon", "date", "weight", "subject", *_NAMED):
        if name not in sink.parts:
            continue
        out[name] = np.concatenate(sink.parts.pop(name))
        if len(out[name]) != whole:
            message = f"Some of the files have a column for {name} and others do not. Read them apart."
            raise InputRefusedError(message)
    if "subject" in out:
        out["subject"] = _numbered(out["subject"])
    for name in _NAMED:
        if name in out:
            out[name] = pd.Categorical.from_codes(out[name], categories=list(sink.names[name]))
    return pd.DataFrame(out, copy=False)  # the arrays are its own: no second copy of a million rows


def _numbered(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return per-run numbers of the subjects in order of first row; -1 = none."""
    place, _ = pd.factorize(np.where(values == 0, np.uint64(0), values))
    empty = values == 0
    if empty.any():
        gone = place[np.argmax(empty)]
        place = np.where(place > gone, place - 1, place)
    return np.where(empty, -1, place).astype(np.int64)
