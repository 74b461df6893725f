"""What each hotspot touches: areas, shares of records, children and ground, and the distance to a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.boundaries.index import SNAP_M, areas_of_points
from cse_geo.boundaries.lines import distances_m, shared_lines
from cse_geo.boundaries.plane import Plane, plane_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

NEAR_LINE_M = 1000.0

# Less shared ground than this (square metres) is rounding along a line, not a touch.
_TOUCH_M2 = 1.0

_POINT_COLUMNS = ("hotspot", "lat", "lon", "subject", "agency")


def touch(
    hotspots: gpd.GeoDataFrame,
    points: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    near_line_m: float = NEAR_LINE_M,
    snap_m: float = SNAP_M,
    lines: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return the areas of every layer that each hotspot touches. The hotspots themselves do not change.

    An area is touched where it holds ground of the hotspot or any of its located records. Shares of records
    sum to 1 over a layer whose areas cover all of them without overlap; less where some lie in no area, more
    where areas overlap. A child with records in two areas counts in both.

    Parameters
    ----------
    hotspots
        HOTSPOTS frame (EPSG:4326); only `hotspot` and `geometry` are read.
    points
        One row per located record in a hotspot: hotspot, lat, lon (WGS84), subject (per-run child number,
        -1 = no key), agency.
    areas
        AREAS frame of one or more layers.
    near_line_m
        A hotspot within this many metres of a line between two areas is `near_line`.
    snap_m
        Records this near to an area and in none count in it (generalised coasts).
    lines
        What `shared_lines` returns for each of the layers, together, where it is already known: for an app that
        asks again and again. Found here otherwise.

    Returns
    -------
    DataFrame
        HOTSPOT_AREAS; a hotspot that touches no area of a layer (at sea) has no row for it. Areas and
        distances are measured in EPSG:27700 around the United Kingdom. `distance_to_line_m` is infinite in
        a layer without a shared line.

    Raises
    ------
    ValueError
        If `points` lacks a column.
    """
    lacking = [c for c in _POINT_COLUMNS if c not in points]
    if lacking:
        message = f"`points` lacks {', '.join(lacking)}."
        raise ValueError(message)
    schema.check(areas, schema.AREAS)
    known = points[points["hotspot"].isin(hotspots["hotspot"])].reset_index(drop=True)
    tables = [
        _touch_layer(hotspots, known, rows, near_line_m=near_line_m, snap_m=snap_m, lines=lines)
        for _, rows in areas.groupby("layer", sort=True)
    ]
    if not tables or hotspots.empty:
        return schema.empty(schema.HOTSPOT_AREAS)
    out = pd.concat(tables, ignore_index=True)
    order = {label: at for at, label in enumerate(hotspots["hotspot"])}
    out = out.assign(_at=out["hotspot"].map(order)).sort_values(
        ["_at", "layer", "share_records", "share_area", "code"], ascending=[True, True, False, False, True]
    )
    return schema.check(
        schema.conform(out.reset_index(drop=True), schema.HOTSPOT_AREAS), schema.HOTSPOT_AREAS
    )


def ground_shares(outlines: Shapes, areas: gpd.GeoDataFrame, *, plane: Plane | None = None) -> pd.DataFrame:
    """Return outline (position), area (position) and share_area for every area an outline has ground in.

    Outlines wholly inside an area are known by a prepared test; only the few on a line are cut.
    """
    shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    plane = plane or plane_of(shapes)
    flat, ground = _valid(plane.flat(outlines)), _valid(plane.flat(shapes))
    tree = shapely.STRtree(flat)
    shapely.prepare(ground)
    area, outline = tree.query(ground, predicate="intersects")
    whole = shapely.contains_properly(ground[area], flat[outline])
    size = shapely.area(flat)
    shared = np.where(whole, size[outline], 0.0)
    cut = np.flatnonzero(~whole)
    shared[cut] = shapely.area(
        shapely.intersection(_clipped(ground[area[cut]], flat[outline[cut]]), flat[outline[cut]])
    )
    share = shared / np.where(size[outline] > 0, size[outline], 1.0)
    found = pd.DataFrame({"outline": outline, "area": area, "share_area": share})
    return found[shared > _TOUCH_M2].sort_values(["outline", "area"], ignore_index=True)


def _touch_layer(
    hotspots: gpd.GeoDataFrame,
    points: pd.DataFrame,
    rows: gpd.GeoDataFrame,
    *,
    near_line_m: float,
    snap_m: float,
    lines: gpd.GeoDataFrame | None,
) -> pd.DataFrame:
    rows = rows.sort_values("code", ignore_index=True)
    outlines = np.asarray(hotspots.geometry.to_numpy(), dtype=object)
    plane = plane_of(rows.geometry.to_numpy())
    labels, codes = hotspots["hotspot"].to_numpy(), rows["code"].to_numpy()
    ground = ground_shares(outlines, rows, plane=plane)
    table = pd.DataFrame(
        {
            "hotspot": pd.Series(labels[ground["outline"]], dtype="str"),
            "code": pd.Series(codes[ground["area"]], dtype="str"),
            "share_area": ground["share_area"].to_numpy(),
        }
    ).merge(_record_shares(points, rows, snap_m=snap_m), on=["hotspot", "code"], how="outer")
    keyed = points.loc[points["subject"] >= 0, "hotspot"].unique()
    known = shared_lines(rows) if lines is None else lines[lines["layer"] == rows["layer"].iloc[0]]
    distance = distances_m(known, outlines, plane=plane)
    table["distance_to_line_m"] = table["hotspot"].map(dict(zip(labels, distance, strict=True)))
    no_child_here = table["share_children"].isna() & table["hotspot"].isin(keyed)
    return table.assign(
        layer=rows["layer"].iloc[0],
        name=table["code"].map(dict(zip(codes, rows["name"], strict=True))),
        share_records=table["share_records"].fillna(0.0),
        share_area=table["share_area"].fillna(0.0),
        share_children=table["share_children"].mask(no_child_here, 0.0),
        straddles=table.groupby("hotspot")["code"].transform("size") > 1,
        near_line=table["distance_to_line_m"] <= near_line_m,
    )


def _record_shares(points: pd.DataFrame, rows: gpd.GeoDataFrame, *, snap_m: float) -> pd.DataFrame:
    """Return hotspot, code, share_records, share_children for every area that holds a record."""
    pairs = areas_of_points(rows, points["lat"], points["lon"], snap_m=snap_m).pairs
    placed = points.iloc[pairs["point"]].reset_index(drop=True)
    placed = placed.assign(code=pairs["code"].to_numpy())
    with_key = placed[placed["subject"] >= 0]
    by = ["hotspot", "code"]
    records = placed.groupby(by).size() / _per_hotspot(points.groupby("hotspot").size(), placed, by)
    children = with_key.groupby(by)["subject"].nunique() / _per_hotspot(
        points[points["subject"] >= 0].groupby("hotspot")["subject"].nunique(), with_key, by
    )
    out = pd.DataFrame({"share_records": records, "share_children": children})
    return out.reset_index().astype({"hotspot": "str", "code": "str"})


def _per_hotspot(totals: pd.Series, placed: pd.DataFrame, by: list[str]) -> pd.Series:
    groups = placed.groupby(by).size().index
    return pd.Series(totals.reindex(groups.get_level_values(0)).to_numpy(np.float64), index=groups)


def _valid(flat: Shapes) -> Shapes:
    bad = ~shapely.is_valid(flat)
    if bad.any():
        flat[bad] = shapely.make_valid(flat[bad], method="structure", keep_collapsed=False)
    return flat


def _clipped(ground: Shapes, outlines: Shapes) -> Shapes:
    """Return each area cut to the box of its outline: exact, and far fewer vertices to intersect."""
    if not len(outlines):
        return ground
    west, south, east, north = shapely.bounds(outlines).T
    return np.array(
        [
            shapely.clip_by_rect(g, w - 1, s - 1, e + 1, n + 1)
            for g, w, s, e, n in zip(ground, west, south, east, north, strict=True)
        ],
        dtype=object,
    )
