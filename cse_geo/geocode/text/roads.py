"""Road networks as streets with extents: points along the lines of each name, and of each road number.

A street's extent, and where two streets meet, are told by what lies on them: doors, or these points. A point has no
number and is never an answer by itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from cse_geo.errors import InputRefusedError
from cse_geo.geocode.release import Release, release_of
from cse_geo.geocode.text.registers import finished
from cse_geo.mapfiles import open_road_links
from cse_geo.projection import to_bng, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROAD_NUMBER = re.compile(r"[ABM]\d{1,4}(?:\(M\))?")
# Points between the ends of a line and where it meets others are kept this far apart, metres.
_SPACING_M = 50.0
_WHOLE_M = 0.1  # two lines meet where their points are the same to this


class Line(NamedTuple):
    """A piece of road: its names ("Mill Lane", "A610") and its points, EPSG:27700."""

    names: tuple[str, ...]
    xy: np.ndarray[tuple[int, int], np.dtype[np.float64]]


def read_roads(
    path: str | Path, *, within: tuple[float, float, float, float] | None = None
) -> tuple[pd.DataFrame, Release]:
    """Read OS Open Roads (GeoPackage, layer `road_link`): named streets and numbered roads with their extents.

    The file names no towns: each point is given the settlement around it when the index is built
    (`nearest.in_settlements`).

    Parameters
    ----------
    path
        GeoPackage.
    within
        Box (west, south, east, north; EPSG:27700) of the roads wanted; None = all.

    Returns
    -------
    tuple
        `PLACE_TEXTS` frame of points along the roads, and its release.

    Raises
    ------
    InputRefusedError
        If the file is something else.
    """
    links = open_road_links(Path(path), within)
    columns = [c for c in ("name_1", "name_2", "road_classification_number", "road_number") if c in links]
    if not columns:
        message = (
            f"{Path(path).name} has no column name_1 or road_classification_number: OS Open Roads has both."
        )
        raise InputRefusedError(message)
    parts, source = shapely.get_parts(shapely.force_2d(links.geometry.to_numpy()), return_index=True)
    texts = links[columns].astype("object").where(links[columns].notna(), "").to_numpy(dtype=object)
    lines = [
        Line(names_of(texts[at]), shapely.get_coordinates(part))
        for part, at in zip(parts, source.tolist(), strict=True)
    ]
    frame = points_along(lines)
    release = release_of("roads", path, rows=len(frame))
    named = len({name for line in lines for name in line.names})
    return frame, replace(release, notes=(f"{named:,} street names and road numbers",))


def names_of(texts: Iterable[object]) -> tuple[str, ...]:
    """Return the distinct names of a piece of road; several in one text stand apart by semicolons."""
    parts = (part.strip() for text in texts for part in str(text).split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))


def points_along(lines: Sequence[Line]) -> pd.DataFrame:
    """Return points along lines as `PLACE_TEXTS`: ends, meetings with other lines, and one every 50 m."""
    meets = _meetings(lines)
    names, spots = [], []
    for line in lines:
        kept = _thinned(line.xy, meets)
        for name in line.names:
            names += [name] * len(kept)
            spots.append(kept)
    xy = np.concatenate(spots) if spots else np.empty((0, 2))
    frame = pd.DataFrame({"street": names, "x": xy[:, 0].round(1), "y": xy[:, 1].round(1)}).drop_duplicates()
    lon, lat = to_wgs84(frame["x"].to_numpy(np.float64), frame["y"].to_numpy(np.float64))
    return finished(frame.assign(kind="address", basis="street", lat=lat, lon=lon)[np.isfinite(lat)])


def line_of(names: tuple[str, ...], points: Sequence[tuple[float, float]]) -> Line:
    """Return a line from (lon, lat) points, WGS84; points that the British grid does not hold are left out."""
    lonlat = np.array(points, np.float64).reshape(-1, 2)
    x, y = to_bng(lonlat[:, 0], lonlat[:, 1])
    inside = np.isfinite(x)
    return Line(names, np.column_stack((x[inside], y[inside])))


def _meetings(lines: Sequence[Line]) -> set[tuple[int, int]]:
    """Return the places that more than one line goes through."""
    places = [np.unique(np.rint(line.xy / _WHOLE_M).astype(np.int64), axis=0) for line in lines]
    if not places:
        return set()
    distinct, count = np.unique(np.concatenate(places), axis=0, return_counts=True)
    return {(int(x), int(y)) for x, y in distinct[count > 1]}


def _thinned(
    xy: np.ndarray[tuple[int, int], np.dtype[np.float64]], meets: set[tuple[int, int]]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    keys = np.rint(xy / _WHOLE_M).astype(np.int64).tolist()
    kept: list[int] = []
    for at, (x, y) in enumerate(keys):
        needed = at in (0, len(keys) - 1) or (x, y) in meets
        if needed or np.hypot(*(xy[at] - xy[kept[-1]])) >= _SPACING_M:
            kept.append(at)
    return xy[kept]
