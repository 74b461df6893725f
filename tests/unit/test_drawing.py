"""The drawn map of a paper: an area without a return is hatched in black and named, in sight or not at all."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from cse_geo import schema
from cse_geo.outputs.documents.drawing import Mark, draw_map

HERE = shapely.Point(1.0, 53.8).buffer(0.01)


def ground() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    land = pd.DataFrame({"kind": ["land"], "name": [""], "size": [1]})
    areas = gpd.GeoDataFrame(schema.empty(schema.AREAS), geometry="geometry", crs=4326)
    return gpd.GeoDataFrame(land, geometry=[shapely.Point(1.0, 53.8).buffer(1)], crs=4326), areas


def test_a_silent_area_is_hatched_without_colour_and_named() -> None:
    silent = Mark(shapely.box(0.98, 53.79, 1.0, 53.81), "silent", "Tidewell <District>")
    drawn = draw_map(*ground(), [silent, Mark(HERE, "focus", "P1")])
    assert 'id="silent"' in drawn
    assert drawn.count('fill="url(#silent)"') == 1
    assert "Tidewell &lt;District&gt;: no return" in drawn
    # Under the outline of the place, and black: it must be seen on any printer.
    assert drawn.index('fill="url(#silent)"') < drawn.index('stroke-width="3.2"')
    assert 'stroke="#111111" stroke-width="1"' in drawn


def test_a_silent_area_out_of_sight_neither_shows_nor_moves_the_map() -> None:
    far = Mark(shapely.box(5.0, 55.0, 6.0, 56.0), "silent", "Far")
    assert draw_map(*ground(), [far, Mark(HERE, "focus", "P1")]) == draw_map(
        *ground(), [Mark(HERE, "focus", "P1")]
    )
