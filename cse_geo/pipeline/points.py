"""Hotspots in any file of points, with no store at all: an analyst's first five minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import boundaries, cells, hotspots, intake, lattice, schema
from cse_geo.errors import UsageError
from cse_geo.outputs.tables import Marking, write_frame
from cse_geo.pipeline.baseline import Baseline, baseline_of
from cse_geo.pipeline.claims import with_claims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

STATEMENT = (
    "A hotspot is a statement about records: where nobody looked there are none. It says nothing about a person "
    "and accuses no business."
)
# police.uk moves every point to one of about 750,000 map points: nothing finer than resolution 8 can be true.
SNAPPED_MAX_RES = 8
# Generalised boundaries (ONS's BUC) may be out by about so much.
NEAR_LINE_M = 500.0
# About 50 MB of coordinates at a time.
_CHUNK_ROWS = 2_000_000
# What is not from a store is marked with whose data it is, and asks for no handling.
OWN_FILE = "open data or a file of your own"


@dataclass(frozen=True)
class FindRequest:
    """Which records and which cells; empty lists and missing days mean all."""

    date_from: date | None = None
    date_to: date | None = None
    resolution: int = 8
    agencies: tuple[str, ...] = ()
    place_types: tuple[str, ...] = ()
    place_roles: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)  # lat, lon, date, subject, weight -> column
    rural: bool = False  # of a store: cells of two sizes, by how well records are placed
    baseline: tuple[Path, ...] = ()  # all incidents, as points: what the records are compared with


@dataclass(frozen=True)
class FindOutcome:
    """A table to write, its marking, and what must be said of it."""

    table: pd.DataFrame
    marking: Marking
    sentences: tuple[str, ...]


def hotspots_in_points(paths: tuple[Path, ...], *, request: FindRequest) -> FindOutcome:
    """Find hotspots in files of points.

    Parameters
    ----------
    paths
        CSV or Parquet files, folders of them, or zips; police.uk downloads as published.
    request
        Days, resolution, and the file's columns where they are not plain.

    Returns
    -------
    FindOutcome
        HOTSPOTS with what would overturn each and what made it; sentences: rows read, unlocated, the test and
        its limits.
    """
    found = _find(paths, request)
    sentences = (*_read_words(found), *found_words(found.result))
    table = with_claims(found.result, hotspots.HotspotParams())
    return FindOutcome(table, _marking("Hotspots in a file of points"), sentences)


def cross_border_in_points(
    paths: tuple[Path, ...], *, request: FindRequest, layer: str, layer_file: Path | None
) -> FindOutcome:
    """Find hotspots in files of points and say which areas each touches (HOTSPOT_AREAS).

    Raises
    ------
    UsageError
        If no boundary file is given: without a store there is no layer to lay over.
    """
    if layer_file is None:
        message = "`--boundaries FILE` is needed with a file of points."
        raise UsageError(message)
    read = boundaries.read_layer(layer_file, layer=layer)
    found = _find(paths, request)
    inside = _inside(found.frame, found.result, request.resolution)
    touched = boundaries.touch(found.result.hotspots, inside, read.areas)
    sentences = (
        *_read_words(found),
        f"{layer_file.name}: {len(read.areas)} areas.",
        *read.repairs,
        *_reporting_words(found.frame, read.areas, layer),
        *found_words(found.result),
        *border_words(touched),
    )
    return FindOutcome(touched, _marking(f"Hotspots across {layer} lines"), sentences)


def write_outcome(outcome: FindOutcome, path: Path) -> None:
    """Write an outcome's table, with its marking, in the format of the file's ending."""
    write_frame(outcome.table, path, marking=outcome.marking)


def found_words(result: hotspots.HotspotResult) -> tuple[str, ...]:
    """Return how many hotspots, by which test, over how many cells, and what must stand beside them."""
    n = len(result.hotspots)
    first = f"{n:,} hotspot{'' if n == 1 else 's'} ({result.method}) over {len(result.tested):,} cells."
    return (first, *result.notes)


def border_words(touched: pd.DataFrame) -> tuple[str, ...]:
    """Return how many hotspots straddle a line, and how many lie within a kilometre of one."""
    each = touched.groupby("hotspot")[["straddles", "near_line"]].any()
    straddling, near = int(each["straddles"].sum()), int(each["near_line"].sum())
    return (f"{straddling:,} straddle a line; {near:,} lie within 1 km of one.",)


@dataclass(frozen=True)
class _FoundPoints:
    """Points of files and what was found among them."""

    frame: pd.DataFrame
    counts: intake.PointCounts
    is_police_uk: bool
    result: hotspots.HotspotResult


def _find(paths: tuple[Path, ...], request: FindRequest) -> _FoundPoints:
    if request.rural:
        message = "`--rural` goes with a store: a file of points does not say how well each is placed."
        raise UsageError(message)
    if request.agencies or request.place_types or request.place_roles:
        message = "`--agency`, `--role` and `--type` choose among the records of a store, not of a file."
        raise UsageError(message)
    read = intake.read_points(list(paths), columns=intake.PointColumns(**request.columns))
    frame = _in_period(read.frame, request)
    most = SNAPPED_MAX_RES if read.is_police_uk else 10
    result = _tested(frame, (request.resolution, most), _baseline(request))
    return _FoundPoints(frame, read.counts, read.is_police_uk, result)


def _baseline(request: FindRequest) -> Baseline | None:
    """Return the baseline of the same days, if one was given; its columns are read as those of any file of points."""
    if not request.baseline:
        return None
    read = intake.read_points(list(request.baseline), columns=intake.PointColumns())
    most = SNAPPED_MAX_RES if read.is_police_uk else 10
    frame = _in_period(read.frame, request)
    return baseline_of(frame, resolution=request.resolution, most=most, files=read.counts.files)


def _tested(
    frame: pd.DataFrame, fineness: tuple[int, int], baseline: Baseline | None
) -> hotspots.HotspotResult:
    resolution, most = fineness
    if "subject" not in frame:
        counts = cells.count_points(_chunks(frame), resolution=resolution, max_res=most)
        if baseline is None:
            return hotspots.find_counts(counts)
        against = baseline.exposure(counts["cell"].to_numpy())
        return hotspots.find_counts(counts, against, params=baseline.params)
    known = frame["subject"].where(frame["subject"] >= 0)
    on_lattice = cells.assign_points(
        frame["lat"], frame["lon"], resolution=resolution, subject=known, date=frame.get("date"), max_res=most
    )
    if baseline is None:
        return hotspots.find(on_lattice)
    against = baseline.exposure(on_lattice["cell"].to_numpy())
    return hotspots.find(on_lattice, against, params=baseline.params)


def _in_period(frame: pd.DataFrame, request: FindRequest) -> pd.DataFrame:
    if request.date_from is None and request.date_to is None:
        return frame
    if "date" not in frame:
        message = "`--from` and `--to` need a column of dates; name it with --date."
        raise UsageError(message)
    first = pd.Timestamp(request.date_from or pd.Timestamp.min)
    last = pd.Timestamp(request.date_to) + np.timedelta64(1, "D") if request.date_to else pd.Timestamp.max
    return frame[(frame["date"] >= first) & (frame["date"] < last)].reset_index(drop=True)


def _chunks(frame: pd.DataFrame) -> Iterator[tuple[Any, Any, Any]]:
    dates = frame["date"].to_numpy() if "date" in frame else None
    for start in range(0, len(frame), _CHUNK_ROWS):
        part = slice(start, start + _CHUNK_ROWS)
        when = None if dates is None else dates[part]
        yield frame["lat"].to_numpy()[part], frame["lon"].to_numpy()[part], when


def _inside(frame: pd.DataFrame, result: hotspots.HotspotResult, resolution: int) -> pd.DataFrame:
    """Return the points inside hotspots; only those near one are put on the lattice again."""
    columns = ["hotspot", "lat", "lon", "subject", "agency"]
    if result.hotspots.empty:
        return pd.DataFrame(columns=columns)
    west, south, east, north = result.hotspots.total_bounds
    near = frame[frame["lat"].between(south, north) & frame["lon"].between(west, east)]
    near = near.assign(cell=lattice.cells_of(near["lat"], near["lon"], resolution))
    joined = near.merge(result.cells, on="cell")
    subject = joined.get("subject", -1)
    return joined.assign(subject=subject, agency="points")[columns]


def _read_words(found: _FoundPoints) -> tuple[str, ...]:
    counts = found.counts
    without = f"{counts.unlocated:,} without a place and {counts.impossible:,} with an impossible one"
    files = f"{counts.files:,} file{'' if counts.files == 1 else 's'}"
    words = [f"{counts.rows:,} rows in {files}; {without} are counted, not mapped."]
    if counts.repeated_ids:
        words.append(f"{counts.repeated_ids:,} rows repeat an identifier of an earlier row.")
    if found.is_police_uk:
        words.append(
            "Open data of police.uk: every point was moved to one of a fixed list of map points before it was "
            "published, so nothing finer than resolution 8 is shown, and no point is a place of an event."
        )
    return tuple(words)


def _reporting_words(frame: pd.DataFrame, areas: pd.DataFrame, layer: str) -> tuple[str, ...]:
    """Return, for each reporting force named in the file, how many of its records lie in another area."""
    if "reported_by" not in frame or layer != "police_force":
        return ()
    names = [str(name) for name in frame["reported_by"].cat.categories]
    agencies = pd.DataFrame(
        {"agency": names, "name": names, "kind": "police", "force": [boundaries.force_code(n) for n in names]}
    )
    points = frame[["lat", "lon"]].assign(agency=frame["reported_by"].astype("str"))
    points = points[points["agency"].notna()].reset_index(drop=True)
    against = boundaries.reporting_against_located(
        points, schema.conform(agencies, schema.AGENCIES), areas, layer=layer, near_line_m=NEAR_LINE_M
    )
    return tuple(_reported_by(str(name), rows) for name, rows in against.groupby("agency", sort=True))


def _reported_by(name: str, rows: pd.DataFrame) -> str:
    by = rows.groupby("relation")[["n_records", "n_near_line"]].sum()
    elsewhere, near = (int(by[c].get("other", 0)) for c in ("n_records", "n_near_line"))
    outside, total = int(by["n_records"].get("outside", 0)), int(by["n_records"].sum())
    words = f"Reported by {name}: {total:,} located records, {elsewhere:,} of them in another force's area"
    if near:
        why = "where a generalised boundary may put a record on the wrong side: check with full-resolution boundaries"
        words += f" ({near:,} of those within {NEAR_LINE_M:.0f} m of a line, {why})"
    return f"{words} and {outside:,} in none."


def _marking(title: str) -> Marking:
    return Marking(OWN_FILE, title, STATEMENT)
