"""The drawn background of the region: sea, land, built-up land, green, water, roads, railway, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from cse_geo.demo import land

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cse_geo.demo.region import Ground

# Far beyond any view of the region, so that no edge of the sea shows.
_SEA = shapely.box(490_000, 370_000, 699_000, 570_000)
_Row = tuple[str, str, int, shapely.Geometry]


def basemap_frame(ground: Ground) -> gpd.GeoDataFrame:
    """Return a frame of spec BASEMAP in EPSG:27700, in drawing order.

    Built-up land has kind `land` and size 2 (bare land 1): a map that draws one tone loses nothing.
    """
    rows = [*_surfaces(ground), *_lines(ground), *_labels(ground)]
    frame = gpd.GeoDataFrame(
        {"kind": [r[0] for r in rows], "name": [r[1] for r in rows], "size": [r[2] for r in rows]},
        geometry=[r[3] for r in rows],
        crs=27700,
    )
    return frame[~frame.geometry.is_empty].reset_index(drop=True)


def _surfaces(g: Ground) -> Iterator[_Row]:
    yield "sea", "", 1, _SEA
    for part in land.land().geoms:
        yield "land", "", 1, part
    for wood in g.woods:
        yield "green", wood.name, 1, wood.shape.simplify(12.0)
    for place in g.settled:
        yield "land", place.name, 2, place.shape.simplify(10.0)
    for park in g.parks:
        yield "green", park.name, 2, park.shape
    for part in shapely.get_parts(land.water()):
        yield "water", "", 1, part.simplify(3.0)


def _lines(g: Ground) -> Iterator[_Row]:
    """Return streets of a town as one feature, so that a browser has dozens of shapes to draw, not thousands."""
    for place in g.settled:
        own = [street for street in g.streets if street.town == place.name]
        for through in (False, True):
            lines = [street.line.simplify(6.0) for street in own if street.is_through == through]
            if lines:
                yield "road_minor", "", 1 + through, shapely.MultiLineString(lines)
    for road in g.roads:
        kind, size = ("road_major", 4) if road.is_major else ("road_minor", 3)
        yield kind, road.name, size, road.line
    for name, line in g.railway.lines:
        yield "rail", name, 3, line


def _labels(g: Ground) -> Iterator[_Row]:
    for place in g.settled:
        size = 1 + int(np.digitize(place.population, (1_000, 5_000, 12_000, 30_000, 100_000)))
        yield "place_name", place.name, size, shapely.Point(place.x, place.y)
    for name, river in land.rivers().items():
        yield "place_name", name, 1, river.interpolate(0.5, normalized=True)
