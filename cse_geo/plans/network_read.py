"""Road files -> network: the drawn map of a region, OpenStreetMap extracts (PBF), OS Open Roads.

An operator loads these files as reference data; none of them is ever an upload of records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from cse_geo import projection
from cse_geo.errors import InputRefusedError
from cse_geo.mapfiles import Ways, open_road_links, osm_ways
from cse_geo.plans.network import LIGHT_UNKNOWN, LIT, NOT_LIT, Light, Network, network_of, network_of_pieces

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray


# Driving speeds (km/h) where a road says nothing itself: what traffic does in towns, below the limits.
OSM_KMH = {
    "motorway": 95, "trunk": 70, "primary": 50, "secondary": 45, "tertiary": 40, "unclassified": 35,
    "residential": 25, "living_street": 10, "service": 15, "road": 25,
    "motorway_link": 60, "trunk_link": 45, "primary_link": 40, "secondary_link": 35, "tertiary_link": 30,
}  # fmt: skip
OSM_PATHS = frozenset(
    {"footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "track", "corridor"}
)
NOT_ON_FOOT = frozenset({"motorway", "motorway_link", "trunk_link"})
BARRED = frozenset({"no", "private", "military"})
OSM_TAGS = (
    "area",
    "access",
    "foot",
    "motor_vehicle",
    "vehicle",
    "oneway",
    "junction",
    "lit",
    "tunnel",
)  # what `_rights` and `_light` ask for
# Off the street after dark; a pedestrian street is a street.
OFF_STREET = OSM_PATHS - {"pedestrian"}
_LIT = {"yes": LIT, "24/7": LIT, "automatic": LIT, "no": NOT_LIT, "disused": NOT_LIT}
OPEN_ROADS_KMH = {"Motorway": 95, "A Road": 50, "B Road": 45, "Minor Road": 35, "Local Road": 25}
BASEMAP_KMH = {"road_major": 50, "road_minor": 25}


def network_of_basemap(basemap: gpd.GeoDataFrame) -> Network:
    """Return the network of the roads of a BASEMAP frame; roads meet wherever they cross on the drawing."""
    roads = basemap[basemap["kind"].isin(list(BASEMAP_KMH))]
    chains, speeds = [], []
    parts = shapely.get_parts(roads.geometry.to_numpy(), return_index=True)
    kmh = roads["kind"].map(BASEMAP_KMH).to_numpy(dtype=float)[parts[1]]
    noded = shapely.get_parts(shapely.set_precision(shapely.node(shapely.multilinestrings(parts[0])), 1e-6))
    tree = shapely.STRtree(parts[0])
    middle = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    _, source = tree.query_nearest(middle, all_matches=False)
    for line, speed in zip(noded, kmh[source], strict=True):
        if line.length > 0:
            chains.append(shapely.get_coordinates(line))
            speeds.append((speed, speed))
    return network_of(chains, kmh=_table(speeds), walkable=np.ones(len(chains), dtype=bool))


def read_osm(path: Path) -> Network:
    """Return the roads and paths of an OpenStreetMap PBF extract, split where ways share a node.

    Raises
    ------
    InputRefusedError
        If the file cannot be read as a PBF, or holds no road.
    """
    ways = osm_ways(path, "highway", OSM_TAGS)
    known = [_right_of(tags) for tags in ways.tags]
    table = np.array(known, dtype=float).reshape(-1, len(Right._fields))[ways.tagged]
    keep = (ways.sizes > 1) & ((table[:, 0] > 0) | (table[:, 1] > 0) | (table[:, 2] > 0))
    if not keep.any():
        message = "The file holds no road or path."
        raise InputRefusedError(message)
    return _split(ways, keep, table[keep])


def read_open_roads(path: Path) -> Network:
    """Return the links of an OS Open Roads GeoPackage: road centre-lines, all walkable, one-way signs unknown.

    Raises
    ------
    InputRefusedError
        If the file is not OS Open Roads (`mapfiles.open_road_links`).
    """
    links = open_road_links(path)
    column = next(c for c in ("road_function", "road_classification") if c in links.columns)
    parts, source = shapely.get_parts(shapely.force_2d(links.geometry.to_numpy()), return_index=True)
    grid = shapely.get_coordinates(parts)
    lonlat = np.column_stack(projection.to_wgs84(grid[:, 0], grid[:, 1]))
    speed = links[column].map(OPEN_ROADS_KMH).fillna(25).to_numpy(dtype=float)[source]
    walkable = (links[column] != "Motorway").to_numpy(dtype=bool)[source]
    sizes = shapely.get_num_coordinates(parts).astype(np.int64)
    return network_of_pieces(lonlat, sizes, kmh=np.column_stack((speed, speed)), walkable=walkable)


class Right(NamedTuple):
    """Of one set of tags: walkable, speeds along and against (0: not), lit, off the street. As numbers: a table."""

    walkable: bool
    forward_kmh: float
    backward_kmh: float
    lit: int
    off_street: bool


NO_RIGHT = Right(walkable=False, forward_kmh=0.0, backward_kmh=0.0, lit=LIGHT_UNKNOWN, off_street=False)


def _right_of(tags: dict[str, str]) -> Right:
    """Return what a way with these tags may be used for; nothing where it is no road or path, or an area."""
    kind = tags["highway"]
    if (kind not in OSM_KMH and kind not in OSM_PATHS) or tags.get("area") == "yes":
        return NO_RIGHT
    walkable, kmh = _rights(kind, tags)
    return Right(walkable, *kmh, *_light(kind, tags))


def _rights(kind: str, tags: dict[str, str]) -> tuple[bool, tuple[float, float]]:
    """Return whether a way may be walked, and its driving speeds along and against it."""
    access = tags.get("access") in BARRED
    foot = tags.get("foot")
    walkable = (
        kind not in NOT_ON_FOOT and foot not in BARRED and (not access or foot in {"yes", "designated"})
    )
    speed = float(OSM_KMH.get(kind, 0))
    if access or tags.get("motor_vehicle") in BARRED or tags.get("vehicle") in BARRED:
        speed = 0.0
    oneway = tags.get("oneway", "yes" if kind == "motorway" or tags.get("junction") == "roundabout" else "no")
    if oneway in {"yes", "true", "1"}:
        return walkable, (speed, 0.0)
    return walkable, (0.0, speed) if oneway == "-1" else (speed, speed)


def _light(kind: str, tags: dict[str, str]) -> tuple[int, bool]:
    """Return whether a way is lit (other words than yes and no: not known), and whether it lies off the street."""
    tunnel = tags.get("tunnel", "no") != "no"
    return _LIT.get(tags.get("lit", ""), LIGHT_UNKNOWN), kind in OFF_STREET or tunnel


def _split(ways: Ways, keep: NDArray[np.bool_], table: NDArray[np.float64]) -> Network:
    """Split the kept ways at nodes that more than one of them (or one twice) uses; `table` has a `Right` of each."""
    sizes, inside = ways.sizes[keep], np.repeat(keep, ways.sizes)
    xy = np.column_stack((ways.lon[inside], ways.lat[inside]))
    _, number, uses = np.unique(ways.refs[inside], return_inverse=True, return_counts=True)
    last = np.cumsum(sizes) - 1
    cuts = uses[number] > 1
    cuts[last] = True
    cuts[last - sizes + 1] = True
    way = np.repeat(np.arange(len(sizes)), sizes)
    at = np.flatnonzero(cuts)
    is_piece = way[at[:-1]] == way[at[1:]]
    begin, end = at[:-1][is_piece], at[1:][is_piece]
    length = end - begin + 1
    before = np.cumsum(length) - length
    pieces = xy[np.arange(length.sum()) + np.repeat(begin - before, length)]
    own = table[way[begin]]
    light = Light(own[:, 3].astype(np.int8), own[:, 4] > 0)
    return network_of_pieces(pieces, length, kmh=own[:, 1:3].copy(), walkable=own[:, 0] > 0, light=light)


def _table(speeds: list[tuple[float, float]]) -> NDArray[np.float64]:
    return np.array(speeds, dtype=float).reshape(-1, 2)
