"""Records to cells: the r95 rule, polygons, duplicates across agencies, children counted once."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import lattice, schema
from cse_geo.cells import assign, assign_points, count, count_points, join_duplicates
from cse_geo.errors import UsageError

LAT, LON = 54.2, 1.5  # open sea
DAY = pd.Timestamp("2025-03-10")
STEP = 0.0001  # degrees of latitude: 11 m


def made(*rows: dict[str, object]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return records and locations from the little that each row says."""
    base = {"agency": "police", "event_start": DAY, "report_date": DAY, "child_key": None}
    where = {
        "status": "located",
        "level": "premises",
        "lat": LAT,
        "lon": LON,
        "r95_m": 30.0,
        "h3_max_res": 10,
    }
    records, locations = [], []
    for n, row in enumerate(rows):
        mine = {k: v for k, v in row.items() if k in schema.RECORDS.names}
        place = {k: v for k, v in row.items() if k in schema.LOCATIONS.names}
        event = {"record_id": f"r{n}", "row": n + 2, "event_ref": f"e{n}"}
        records.append(base | event | mine)
        locations.append({"record_id": f"r{n}"} | where | place)
    return (
        schema.conform(pd.DataFrame(records), schema.RECORDS),
        schema.conform(pd.DataFrame(locations), schema.LOCATIONS),
    )


def events(*rows: dict[str, object]) -> list[int]:
    return join_duplicates(*made(*rows)).tolist()


# ---------------------------------------- assign
def test_no_person_column_leaves():
    records, locations = made({"child_key": "CK-1", "adult_key": "AK-1", "vehicle_key": "VK-1"})
    out = assign(records, locations, resolution=9)
    assert list(out) == schema.CELL_RECORDS.names
    assert not out.astype(str).apply(lambda c: c.str.contains("K-1")).to_numpy().any()


@pytest.mark.parametrize(
    ("location", "enters"),
    [
        ({"h3_max_res": 9}, True),
        ({"h3_max_res": 10}, True),
        ({"h3_max_res": 8}, False),
        ({"h3_max_res": -1}, False),
        ({"status": "area"}, False),
        ({"status": "waiting"}, False),
        ({"status": "refused"}, False),
        ({"lat": np.nan}, False),
    ],
)
def test_only_a_place_known_well_enough_enters(location, enters):
    out = assign(*made(location), resolution=9)
    assert len(out) == int(enters)


def test_a_polygon_is_spread_over_its_cells_by_area():
    park = shapely.box(LON, LAT, LON + 0.02, LAT + 0.01)
    areas = gpd.GeoDataFrame(
        {"layer": ["parks"], "code": ["P1"], "name": ["Park"], "vintage": ["2025"]},
        geometry=[park],
        crs=4326,
    )
    there = {"status": "polygon", "area_layer": "parks", "area_code": "P1"}
    out = assign(*made(there, {}), resolution=9, areas=areas)
    wide = out[out["record"] == 0]
    assert wide["weight"].sum() == pytest.approx(1, abs=1e-12)
    assert len(wide) > 10
    outlines = lattice.outlines_of(wide["cell"])
    by_hand = [shapely.area(shapely.intersection(o, park)) / park.area for o in outlines]
    np.testing.assert_allclose(wide["weight"], by_hand, rtol=1e-9)
    assert out[out["record"] == 1]["weight"].tolist() == [1.0]


def test_a_polygon_that_is_not_given_goes_to_its_point():
    out = assign(*made({"status": "polygon", "area_layer": "parks", "area_code": "P9"}), resolution=9)
    assert out["cell"].tolist() == lattice.cells_of([LAT], [LON], 9).tolist()


def test_rows_keep_their_position_whatever_the_index():
    records, locations = made({"h3_max_res": 7}, {"status": "polygon"}, {})
    records.index = locations.index = pd.Index([10, 20, 30])
    assert assign(records, locations, resolution=9)["record"].tolist() == [1, 2]


def test_locations_of_other_records_are_refused():
    records, locations = made({}, {})
    with pytest.raises(UsageError, match="same order"):
        assign(records, locations.iloc[::-1], resolution=9)


def test_a_resolution_that_is_not_ours_is_refused():
    with pytest.raises(UsageError, match="7, 8, 9, 10"):
        assign(*made({}), resolution=11)


# ---------------------------------------- duplicates
A = {"agency": "police", "child_key": "c1"}
B = {"agency": "council", "child_key": "c1"}
C = {"agency": "school", "child_key": "c1"}


@pytest.mark.parametrize(
    ("other", "joined"),
    [
        ({}, True),
        ({"event_start": DAY + pd.Timedelta("1D")}, True),
        ({"event_start": DAY + pd.Timedelta("23h")}, True),
        ({"event_start": DAY + pd.Timedelta("2D")}, False),
        ({"event_start": DAY - pd.Timedelta("1D")}, True),
        ({"event_start": pd.NaT}, False),
        ({"event_end": DAY + pd.Timedelta("60D")}, False),
        ({"event_end": DAY + pd.Timedelta("1D")}, True),
        ({"child_key": "c2"}, False),
        ({"child_key": None}, False),
        ({"agency": "police"}, False),
        ({"lat": LAT + 10 * STEP}, True),  # 111 m
        ({"lat": LAT + 20 * STEP}, False),  # 223 m
        ({"lat": LAT + 20 * STEP, "r95_m": 300.0}, True),
        ({"lat": np.nan, "lon": np.nan, "status": "area"}, False),
    ],
)
def test_reports_of_two_agencies_are_one_event_only_if_child_day_and_place_agree(other, joined):
    assert events(A, B | other) == ([0, 0] if joined else [0, 1])


def test_three_agencies_on_one_event_are_one_event_and_stay_three_agencies():
    out = assign(*made(A, B, C), resolution=9)
    cells = count(out)
    assert out["event"].tolist() == [0, 0, 0]
    assert cells[["n_records", "n_children", "n_events", "n_agencies", "capped"]].to_numpy().tolist() == [
        [3.0, 1, 1, 3, 1.0]
    ]


def test_daily_episodes_of_one_child_do_not_chain_into_one_event():
    rows = [who | {"event_start": DAY + pd.Timedelta(days=d)} for d in range(4) for who in (A, B)]
    assert events(*rows) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_rows_with_one_event_ref_are_one_event_with_several_places():
    same = {"event_ref": "E", "agency": "police"}
    assert events(same, same | {"lat": LAT + 1}, {"event_ref": "E", "agency": "council"}) == [0, 0, 1]


def test_rows_without_an_event_ref_are_events_of_their_own():
    assert events({"event_ref": None}, {"event_ref": None}) == [0, 1]


def test_the_order_of_rows_does_not_change_which_events_are_one():
    shifts = (0, 0, 1, 1, 2, 3)
    rows = [
        (A, B, C)[n % 3]
        | {"event_start": DAY + pd.Timedelta(days=d), "record_id": f"x{n}", "lat": LAT + n * STEP}
        for n, d in enumerate(shifts)
    ]
    forward = events(*rows)
    for order in ([5, 4, 3, 2, 1, 0], [2, 0, 5, 1, 4, 3]):
        again = events(*[rows[n] | {"event_ref": f"e{n}"} for n in order])
        back = [again[order.index(n)] for n in range(6)]
        assert pd.factorize(np.array(back))[0].tolist() == forward


# ---------------------------------------- counts
def test_one_child_with_81_episodes_counts_once():
    rows = [A | {"event_start": DAY + pd.Timedelta(days=3 * n)} for n in range(81)]
    records = assign(*made(*rows), resolution=9)
    cells = count(records)
    assert cells.loc[0, ["n_records", "n_events", "n_children", "capped"]].tolist() == [81, 81, 1, 1]
    assert count(records, cap_per_child=5).loc[0, "capped"] == 5


def test_keyless_events_count_once_per_event():
    same = {"event_ref": "E"}
    cells = count(assign(*made(same, same, {"event_ref": "F"}, A), resolution=9))
    assert cells.loc[0, ["n_no_key", "n_children", "n_events", "capped"]].tolist() == [2, 1, 3, 3]


def test_a_row_without_a_key_of_an_event_that_has_one_is_not_keyless():
    cells = count(assign(*made({"event_ref": "E"}, A | {"event_ref": "E"}), resolution=9))
    assert cells.loc[0, ["n_no_key", "n_children", "capped"]].tolist() == [0, 1, 1]


def test_dates_fall_back_on_the_report():
    cells = count(
        assign(*made(A, B | {"event_start": pd.NaT, "report_date": DAY + pd.Timedelta("9D")}), resolution=8)
    )
    assert cells.loc[0, ["first_date", "last_date"]].tolist() == [DAY, DAY + pd.Timedelta("9D")]


def test_no_records_give_no_cells():
    assert count(assign(*made({"status": "none"}), resolution=9)).empty


# ---------------------------------------- bare points
def test_points_counted_in_chunks_equal_points_counted_at_once():
    rng = np.random.default_rng(5)
    lat, lon = LAT + rng.normal(0, 0.02, 500), LON + rng.normal(0, 0.02, 500)
    lat[7], lon[9] = np.nan, 500.0
    month = np.datetime64("2024-01") + rng.integers(0, 24, 500)
    whole = count_points([(lat, lon, month)], resolution=8)
    parts = count_points(
        [(lat[a : a + 99], lon[a : a + 99], month[a : a + 99]) for a in range(0, 500, 99)], resolution=8
    )
    one_by_one = count(assign_points(lat, lon, resolution=8, date=month))
    pd.testing.assert_frame_equal(parts, whole)
    pd.testing.assert_frame_equal(one_by_one, whole)
    assert whole["n_records"].sum() == 498


def test_points_with_subjects_are_numbered():
    subject = pd.Series(["b", None, "b", "a"])
    out = assign_points([LAT] * 4, [LON] * 4, resolution=8, subject=subject)
    assert out["subject"].tolist() == [0, -1, 0, 1]
    assert count(out).loc[0, "n_children"] == 2


def test_points_of_no_file_are_an_empty_frame():
    assert count_points([], resolution=8).empty


def test_snapped_points_are_not_put_on_a_finer_lattice():
    with pytest.raises(UsageError, match="at most 8"):
        assign_points([LAT], [LON], resolution=9, max_res=8)
