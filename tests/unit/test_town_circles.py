"""Towns without an outline become circles of their records' radius, for drawing only."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo.pipeline.town_circles import areas_with_towns
from cse_geo.projection import geometries_to_bng

AREAS = gpd.GeoDataFrame(
    {"layer": ["local_authority"], "code": ["L1"], "geometry": [shapely.box(-2.1, 53.4, -2.0, 53.5)]},
    crs=4326,
)
BASEMAP = gpd.GeoDataFrame(
    {"kind": ["place_name", "place_name", "water"], "name": ["Test Ford", "Elsewhere", "Lake"]},
    geometry=[shapely.Point(-2.0, 53.5)] * 3, crs=4326,
)  # fmt: skip


@pytest.mark.parametrize(("r95_m", "wanted"), [(2_000.0, 2_000.0), (24_200.0, 6_000.0), (10.0, 500.0)])
def test_a_town_that_records_are_known_to_is_a_circle_of_their_radius_within_bounds(r95_m, wanted):
    locations = pd.DataFrame(
        {"area_layer": ["town", None], "area_code": ["test_ford", None], "r95_m": [r95_m, 5.0]}
    )
    out = areas_with_towns(SimpleNamespace(areas=AREAS, basemap=BASEMAP), locations)
    assert out[["layer", "code"]].to_numpy().tolist() == [["local_authority", "L1"], ["town", "test_ford"]]
    circle = geometries_to_bng(out["geometry"].to_numpy()[1:])[0]
    assert shapely.minimum_bounding_radius(circle) == pytest.approx(wanted, rel=0.01)


def test_a_town_with_an_outline_keeps_it():
    areas = AREAS.assign(layer="town", code="test_ford")
    locations = pd.DataFrame({"area_layer": ["town"], "area_code": ["test_ford"], "r95_m": [2_000.0]})
    assert len(areas_with_towns(SimpleNamespace(areas=areas, basemap=BASEMAP), locations)) == 1
