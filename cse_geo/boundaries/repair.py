"""Whole, valid polygons with one row per code: what was mended is said, and no area is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from cse_geo.boundaries.notes import Code, listed, note, refuse
from cse_geo.boundaries.plane import Plane, plane_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Notes = list[dict[str, object]]

_REASON = re.compile(r"^(.*)\[(\S+) (\S+)\]$")


def repair(areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Notes]:
    """Return `areas` (code, name, geometry; EPSG:4326) whole, one row per code, and what was done.

    Raises
    ------
    InputRefusedError
        Where a row has no code, a code stands for two names, or a shape has collapsed to a line.
    """
    _check_codes(areas)
    shapes, notes = _whole(areas)
    mended = areas.assign(geometry=gpd.GeoSeries(shapes, index=areas.index, crs=4326))
    merged, more = _one_row_per_code(mended)
    return merged, notes + more


def polygon_parts(shapes: Shapes) -> Shapes:
    """Return the polygon parts of each shape as one polygon or multipolygon (empty where it has none)."""
    out = np.array(shapes, dtype=object)
    for at in np.flatnonzero(shapely.get_type_id(out) == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(out[at])
        wanted = parts[np.isin(shapely.get_type_id(parts), (3, 6))]
        out[at] = shapely.union_all(wanted) if len(wanted) else shapely.Polygon()
    return out


def _check_codes(areas: gpd.GeoDataFrame) -> None:
    blank = areas["code"].isna() | (areas["code"] == "")
    if blank.any():
        rows = listed([str(n + 1) for n in np.flatnonzero(blank)])
        words = f"{int(blank.sum())} of {len(areas)} areas have no code (feature {rows}): give each one."
        refuse(Code.NO_CODE, words, row=int(np.flatnonzero(blank)[0]) + 1, column="code")


def _whole(areas: gpd.GeoDataFrame) -> tuple[Shapes, Notes]:
    shapes = np.array(areas.geometry.to_numpy(), dtype=object)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes[absent] = shapely.Polygon()
    notes = _absent(areas, absent)
    bad = ~shapely.is_valid(shapes)
    if bad.any():
        reasons = shapely.is_valid_reason(shapes[bad])
        plane = plane_of(shapes[bad])
        before = _areas_km2(shapes[bad], plane)
        shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
        shapes = polygon_parts(shapes)
        after = _areas_km2(shapes[bad], plane)
        labels = _labels(areas, bad)
        _check_collapsed(labels, after)
        for label, reason, was, now in zip(labels, reasons, before, after, strict=True):
            notes.append(note(Code.INVALID, _mended(label, str(reason), float(was), float(now))))
    return polygon_parts(shapes), notes


def _absent(areas: gpd.GeoDataFrame, absent: NDArray[np.bool_]) -> Notes:
    if not absent.any():
        return []
    who = listed(_labels(areas, absent))
    words = (
        f"{int(absent.sum())} of {len(areas)} areas have no shape ({who}): kept in the list, not on the map."
    )
    return [note(Code.NO_SHAPE, words)]


def _labels(areas: gpd.GeoDataFrame, which: NDArray[np.bool_]) -> list[str]:
    rows = areas.loc[which]
    return [
        name if name == code else f"{name} {code}"
        for name, code in zip(rows["name"], rows["code"], strict=True)
    ]


def _areas_km2(shapes: Shapes, plane: Plane) -> NDArray[np.float64]:
    return np.asarray(shapely.area(plane.flat(shapes)), np.float64) / 1e6


def _where(reason: str) -> str:
    """Return GEOS's reason with its place as latitude, longitude: "Self-intersection at 51.1033, -0.7593"."""
    found = _REASON.match(reason)
    if not found:
        return reason
    what, x, y = found.groups()
    return f"{what} at {float(y):.4f}, {float(x):.4f}"


def _mended(label: str, reason: str, before: float, after: float) -> str:
    change = after - before
    return (
        f"{label} was not a valid polygon ({_where(reason)}); it was repaired, and its area changed by "
        f"{change:+.4f} km2, to {after:.4f} km2."
    )


def _check_collapsed(labels: list[str], after: NDArray[np.float64]) -> None:
    gone = [label for label, area in zip(labels, after, strict=True) if area <= 0]
    if gone:
        words = (
            f"{len(gone)} areas have collapsed to lines ({listed(gone)}): the coordinates were rounded or "
            "simplified too far. Download a finer version."
        )
        refuse(Code.COLLAPSED, words)


def _one_row_per_code(areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Notes]:
    repeated = areas["code"].duplicated(keep=False)
    if not repeated.any():
        return areas.reset_index(drop=True), []
    names = areas.loc[repeated].groupby("code")["name"].nunique()
    clash = [str(code) for code in names.index[names > 1]]
    if clash:
        words = (
            f"{len(clash)} codes stand for more than one name ({listed(clash)}): mend the file, or name "
            "another column with --code."
        )
        refuse(Code.DUPLICATE_CODE, words, column="code")
    shapes = areas.groupby("code", sort=False)["geometry"].agg(lambda g: shapely.union_all(g.to_numpy()))
    merged = areas.drop_duplicates("code").reset_index(drop=True)
    geometry = gpd.GeoSeries(merged["code"].map(shapes), crs=4326)
    words = (
        f"{int(repeated.sum())} rows share {len(names)} codes and names: the parts of each were merged, "
        f"{len(areas)} rows became {len(merged)} areas."
    )
    return merged.assign(geometry=geometry), [note(Code.MERGED, words)]
