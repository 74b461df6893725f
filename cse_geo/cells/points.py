"""Bare points (open data) to H3 cells, one by one or counted in chunks of bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.cells.assign import check_resolution
from cse_geo.cells.duplicates import subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Chunk = tuple[ArrayLike, ArrayLike, ArrayLike | None]

_EARLIEST, _LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def assign_points(
    lat: ArrayLike,
    lon: ArrayLike,
    *,
    resolution: int,
    subject: pd.Series | None = None,
    date: ArrayLike | None = None,
    max_res: int = 10,
) -> pd.DataFrame:
    """Put bare points (WGS84 degrees) on the lattice as CELL_RECORDS; points with no place are left out.

    Each point is a record and an event of its own. `max_res` is the finest resolution that the source's
    own precision allows (police.uk snaps its points: 8).

    Raises
    ------
    UsageError
        If the resolution is not one of 7 to 10, or finer than `max_res`.
    """
    check_resolution(resolution, max_res)
    cells = lattice.cells_of(lat, lon, resolution)
    at = np.flatnonzero(cells)
    subjects = np.full(len(cells), -1, np.int64) if subject is None else subjects_of(subject)
    when = pd.to_datetime(pd.Series(np.asarray(date)[at])) if date is not None else pd.NaT
    frame = pd.DataFrame({"record": at, "cell": cells[at], "weight": 1.0, "subject": subjects[at]})
    return schema.conform(
        frame.assign(event=at, agency="points", event_start=when),
        schema.CELL_RECORDS,
    )


def count_points(chunks: Iterable[Chunk], *, resolution: int, max_res: int = 10) -> pd.DataFrame:
    """Count bare points per cell (spec CELLS) from chunks of (lat, lon, date or None), in bounded memory.

    For points without a child key: each is one event. Memory is one chunk and one row per cell.

    Raises
    ------
    UsageError
        If the resolution is not one of 7 to 10, or finer than `max_res`.
    """
    check_resolution(resolution, max_res)
    parts = [_count_chunk(chunk, resolution) for chunk in chunks]
    if not parts:
        return schema.empty(schema.CELLS)
    ways = {"n": "sum", "first_date": "min", "last_date": "max"}
    out = pd.concat(parts, ignore_index=True).groupby("cell").agg(ways).reset_index()
    n = out["n"]
    out = out.assign(n_records=n, n_children=0, n_no_key=n, n_events=n, n_agencies=1, capped=n)
    return schema.conform(out, schema.CELLS)


def _count_chunk(chunk: Chunk, resolution: int) -> pd.DataFrame:
    lat, lon, date = chunk
    cells, number = lattice.numbered(lat, lon, resolution)
    placed = number >= 0
    n = np.bincount(number[placed], minlength=len(cells))
    first, last = _ends(number, placed, date, len(cells))
    return pd.DataFrame({"cell": cells, "n": n, "first_date": first, "last_date": last})


def _ends(
    number: NDArray[np.int64], placed: NDArray[np.bool_], date: ArrayLike | None, n: int
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return the first and last date of each cell, NaT where it has none."""
    none = np.datetime64("NaT", "us")
    if date is None:
        return np.full(n, none), np.full(n, none)
    when = np.asarray(date, "datetime64[us]")
    dated = placed & ~np.isnat(when)
    at, day = number[dated], when[dated].view(np.int64)
    first, last = np.full(n, _LATEST), np.full(n, _EARLIEST)
    np.minimum.at(first, at, day)
    np.maximum.at(last, at, day)
    some = last > _EARLIEST
    return tuple(np.where(some, ends.view("datetime64[us]"), none) for ends in (first, last))  # type: ignore[return-value]
