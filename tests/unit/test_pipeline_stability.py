"""Where records may lie, from records and areas: points, shared sites, areas by people, and what cannot be drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import cells, lattice, schema
from cse_geo.pipeline.stability import _Asked, possible_of

LAT, LON = 53.8, 1.35
TOWN = shapely.box(LON - 0.05, LAT - 0.03, LON + 0.05, LAT + 0.03)


def asked(places: list[dict[str, object]], *, with_people: bool = True) -> _Asked:
    n = len(places)
    records = schema.conform(
        pd.DataFrame(
            {
                "record_id": [f"r{i}" for i in range(n)],
                "row": range(n),
                "agency": "a",
                "child_key": [f"k{i}" for i in range(n)],
            }
        ),
        schema.RECORDS,
    )
    plain = {
        "status": "located",
        "level": "premises",
        "lat": LAT,
        "lon": LON,
        "r95_m": 20.0,
        "h3_max_res": 10,
        "area_layer": None,
        "area_code": None,
    }
    where = pd.DataFrame([{**plain, **place} for place in places]).assign(record_id=records["record_id"])
    where = schema.conform(where, schema.LOCATIONS)
    areas = gpd.GeoDataFrame(
        {"layer": ["town"], "code": ["T1"], "name": ["Town"], "vintage": ["1"]}, geometry=[TOWN], crs=4326
    )
    cell = lattice.cover(TOWN.buffer(0.1), 8)
    lat, _ = lattice.centres_of(cell)
    people = pd.DataFrame(
        {"cell": cell, "children": np.where(lat > LAT, 3.0, 1.0), "footfall": 0.0, "district": "D"}
    )
    exposure = schema.conform(people, schema.EXPOSURE) if with_people else None
    on_lattice = cells.assign(records, where, resolution=8, areas=areas)
    return _Asked(records, where, areas, exposure, on_lattice)


AREA = {
    "status": "area",
    "level": "town",
    "lat": None,
    "lon": None,
    "r95_m": None,
    "h3_max_res": -1,
    "area_layer": "town",
    "area_code": "T1",
}


def test_points_of_one_premises_share_a_site_and_points_of_a_street_do_not() -> None:
    got = possible_of(asked([{}, {}, {"level": "street"}, {"level": "street"}, {"lat": LAT + 0.01}])).points
    site = got["site"].tolist()
    assert site[0] == site[1]
    assert len(set(site)) == 4


def test_an_area_is_its_cells_by_how_many_live_there() -> None:
    got = possible_of(asked([AREA])).choices
    lat, lon = lattice.centres_of(got["cell"])
    assert shapely.contains_xy(TOWN, lon, lat).all()
    north = got.loc[lat > LAT, "weight"].iloc[0]
    assert north / got.loc[lat < LAT, "weight"].iloc[0] == pytest.approx(3)


def test_a_point_too_coarse_for_any_cell_is_drawn_among_people_within_its_r95() -> None:
    got = possible_of(asked([{"r95_m": 3000.0, "level": "locality", "h3_max_res": -1}]))
    lat, lon = lattice.centres_of(got.choices["cell"])
    assert got.points.empty
    assert np.hypot((lat - LAT) * 111_320, (lon - LON) * 111_320 * np.cos(np.radians(LAT))).max() <= 3001
    assert set(got.choices["record"]) == {0}


def test_what_has_no_place_or_an_unknown_area_is_in_no_draw() -> None:
    none = {"status": "waiting", "level": None, "lat": None, "lon": None, "r95_m": None, "h3_max_res": -1}
    got = possible_of(asked([none, {**AREA, "area_code": "T9"}, {}]))
    assert got.points["record"].tolist() == [2]
    assert got.choices.empty
    assert len(got.reports) == 3


def test_without_denominators_areas_are_not_drawn() -> None:
    assert possible_of(asked([AREA, {}], with_people=False)).choices.empty
