"""British and Irish grids against published points, and that nothing is pretended outside them."""

from __future__ import annotations

import numpy as np
import pytest

from cse_geo import projection

# Ordnance Survey's worked example (Caister water tower) and two of its OSTN15 test points.
OS_POINTS = [
    pytest.param(651409.804, 313177.450, 52.658007833, 1.716073973, id="caister-water-tower"),
    pytest.param(91492.146, 11318.804, 49.92226393730, -6.29977752014, id="scilly-TP01"),
    pytest.param(530624.974, 178388.464, 51.48936564613, -0.11992557180, id="london"),
]


@pytest.mark.parametrize(("easting", "northing", "lat", "lon"), OS_POINTS)
def test_points_published_by_ordnance_survey_come_out_to_the_centimetre(easting, northing, lat, lon):
    x, y = projection.to_bng(lon, lat)
    assert (x[0], y[0]) == (pytest.approx(easting, abs=0.01), pytest.approx(northing, abs=0.01))
    back_lon, back_lat = projection.to_wgs84(easting, northing)
    assert back_lat[0] == pytest.approx(lat, abs=1e-7)
    assert back_lon[0] == pytest.approx(lon, abs=1e-7)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        pytest.param(49.889226, -6.3527674, id="scilly"),
        pytest.param(57.8093498, -8.6102358, id="st-kilda"),
        pytest.param(60.8608668, -0.8742921, id="unst"),
    ],
)
def test_the_outermost_isles_have_grid_numbers_that_go_back_to_the_same_degrees(lat, lon):
    east, north = projection.to_bng(lon, lat)
    back_lon, back_lat = projection.to_wgs84(east, north)
    assert back_lat[0] == pytest.approx(lat, abs=1e-8)
    assert back_lon[0] == pytest.approx(lon, abs=1e-8)


def test_where_both_ways_answer_they_are_the_same():
    lon, lat = np.array([-6.29977752, -2.24, 1.716073973]), np.array([49.92226394, 53.48, 52.658007833])
    direct, inverted = projection.to_bng(lon, lat), projection._by_inverse(lon, lat)
    assert np.abs(np.array(direct) - np.array(inverted)).max() < 0.002


def test_irish_grid_puts_belfast_city_hall_where_it_stands():
    # J 338 740 is Belfast City Hall (54.5966 N, 5.9301 W on any map); 1 m is the accuracy EPSG states.
    lon, lat = projection.irish_grid_to_wgs84([333_830.0], [374_000.0])
    assert (lat[0], lon[0]) == (pytest.approx(54.5966, abs=0.0005), pytest.approx(-5.9301, abs=0.0005))


def test_irish_grid_goes_back_to_the_same_numbers():
    east, north = np.array([190_000.0, 333_500.0, 240_000.0]), np.array([360_000.0, 374_000.0, 455_000.0])
    x, y = projection.wgs84_to_irish_grid(*projection.irish_grid_to_wgs84(east, north))
    assert np.abs(x - east).max() < 0.01
    assert np.abs(y - north).max() < 0.01


def test_northern_ireland_survives_being_kept_as_british_numbers():
    lon, lat = projection.irish_grid_to_wgs84([333_500.0, 243_000.0], [374_000.0, 417_000.0])
    back_lon, back_lat = projection.to_wgs84(*projection.to_bng(lon, lat))
    assert np.abs(back_lon - lon).max() < 1e-7
    assert np.abs(back_lat - lat).max() < 1e-7


@pytest.mark.parametrize(
    ("convert", "x", "y"),
    [
        pytest.param(projection.to_bng, np.nan, 53.0, id="missing-longitude"),
        pytest.param(projection.to_bng, 53.0, -2.0, id="swapped-degrees"),
        pytest.param(projection.to_bng, 384_200.0, 398_300.0, id="grid-numbers-as-degrees"),
        pytest.param(projection.to_wgs84, -5.0, 10.0, id="west-of-the-grid"),
        pytest.param(projection.to_wgs84, np.inf, 10.0, id="infinite"),
        pytest.param(projection.irish_grid_to_wgs84, 600_000.0, 1.0, id="off-the-irish-square"),
        pytest.param(projection.wgs84_to_irish_grid, -2.0, 53.0, id="great-britain-as-irish"),
    ],
)
def test_outside_its_grid_a_point_is_missing_and_not_guessed(convert, x, y):
    first, second = convert([x], [y])
    assert np.isnan(first[0])
    assert np.isnan(second[0])
