"""How well the areas of a layer fit together: overlaps between them, and gaps inside the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo.boundaries.edges import edges_of
from cse_geo.boundaries.notes import Code, listed, note
from cse_geo.boundaries.plane import plane_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Notes = list[dict[str, object]]

# Intersections and holes smaller than this (square metres) come from rounding of coordinates.
_SLIVER_M2 = 1.0

# Above this many vertices the check takes minutes (full-resolution coastline): it is left out, and said.
_MOST_VERTICES = 3_000_000


# An area is drawn too coarsely for points near its lines where it is under four typical edges across and
# those edges are longer than streets. Measured: the City of London in ONS's 500 m version is 2.6 edges
# across, and a quarter of its police.uk records fall outside it; by their own small-area codes, 5 %.
_EDGES_ACROSS = 4.0
_LONG_EDGE_M = 300.0
_FEW_CORNERS = 100  # a layer with fewer is drawn by hand


def fit_notes(shapes: Shapes, names: list[str]) -> Notes:
    """Return what is to be said about the drawing, overlaps and gaps of valid WGS84 polygons of one layer."""
    count = int(shapely.get_num_coordinates(shapes).sum())
    if count > _MOST_VERTICES:
        words = f"Gaps and overlaps were not measured: {count:,} vertices. Use a generalised version."
        return [note(Code.NOT_MEASURED, words)]
    flat = plane_of(shapes).flat(shapes)
    flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    return [*_coarse_notes(flat, names), *_overlap_notes(flat), *_gap_notes(flat)]


def overlaps(flat: Shapes) -> pd.DataFrame:
    """Return the pairs of polygons (in metres) that overlap: first, second (positions), area_m2."""
    tree = shapely.STRtree(flat)
    first, second = tree.query(flat)
    once = first < second
    first, second = first[once], second[once]
    # interiors meet, whatever the boundaries do; far cheaper than the intersection of every pair that touches
    meet = shapely.relate_pattern(flat[first], flat[second], "T********")
    first, second = first[meet], second[meet]
    area = shapely.area(shapely.intersection(flat[first], flat[second]))
    found = pd.DataFrame({"first": first, "second": second, "area_m2": area})
    return found[found["area_m2"] > _SLIVER_M2].reset_index(drop=True)


def gaps_m2(flat: Shapes) -> NDArray[np.float64]:
    """Return the areas (square metres) of the holes inside the union of polygons given in metres."""
    union = shapely.get_parts(shapely.union_all(flat))
    rings = [hole for part in union for hole in shapely.get_rings(part)[1:]]
    area = np.asarray(shapely.area(shapely.polygons(rings)), np.float64) if rings else np.empty(0)
    return np.sort(area[area > _SLIVER_M2])[::-1]


def _coarse_notes(flat: Shapes, names: list[str]) -> Notes:
    edges = edges_of(flat)
    if len(edges.owner) < _FEW_CORNERS:
        return []
    length = pd.Series(np.hypot(*(edges.end - edges.start).T)).groupby(edges.owner).median()
    typical = length.reindex(range(len(flat))).to_numpy(np.float64)
    across = np.sqrt(shapely.area(flat)) / typical
    coarse = np.flatnonzero((across < _EDGES_ACROSS) & (typical > _LONG_EDGE_M))
    if not len(coarse):
        return []
    worst = listed([names[k] for k in coarse[np.argsort(across[coarse], kind="stable")]], most=3)
    words = (
        f"{len(coarse)} of {len(flat)} areas too coarsely drawn for their size ({worst}; "
        f"typical edge {np.median(typical[coarse]):,.0f} m): points near their lines may fall on the wrong side. "
        "Use a full-resolution version (BFC) where that matters."
    )
    return [note(Code.COARSE, words)]


def _overlap_notes(flat: Shapes) -> Notes:
    if bool(shapely.coverage_is_valid(flat)):
        return []
    found = overlaps(flat)
    if found.empty:
        return []
    total, largest = found["area_m2"].sum(), found["area_m2"].max()
    words = (
        f"{len(found)} pair{'s' * (len(found) > 1)} of areas overlap, {total / 1e6:,.4f} km2 in all "
        f"(largest {largest / 1e6:,.4f} km2): a point there lies in both."
    )
    return [note(Code.OVERLAPS, words)]


def _gap_notes(flat: Shapes) -> Notes:
    area = gaps_m2(flat)
    if not len(area):
        return []
    words = (
        f"{len(area)} gap{'s' * (len(area) > 1)} inside the layer, {area.sum() / 1e6:,.4f} km2 in all "
        f"(largest {area[0] / 1e6:,.4f} km2): a point there is in no area, or is "
        "snapped to the nearest where that is close."
    )
    return [note(Code.GAPS, words)]
