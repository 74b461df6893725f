"""Calibration: Wilson intervals by published values, coverage by synthetic truth of known error, real postcodes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.geocode import (
    LocateParams,
    calibrate,
    calibrate_suggestions,
    index_texts,
    locate,
    locate_with_middles,
    multipliers,
    read_codepoint,
    reference_tables,
    wilson,
)
from cse_geo.views_review import REVIEWS
from tests.text_gazetteer import rows as text_rows
from tests.unit.geocode_frames import TABLES, records_of

METRE = 1 / 111_195.0  # degrees of latitude on the sphere that distances are measured on


# Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_published(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_nothing_known_is_anything():
    assert wilson(0, 0) == (0.0, 1.0)


def labelled(off_m, **row):
    records = records_of(*({"lat": 53.51234, "lon": -2.01234, **row} for _ in off_m))
    found = locate(records, TABLES)
    return found, 53.51234 + np.asarray(off_m) * METRE, np.full(len(off_m), -2.01234)


def level(frame, name="coordinate"):
    return frame[(frame["grouping"] == "level") & (frame["name"] == name)].iloc[0]


def test_a_radius_that_holds_its_share_is_left_as_it_is():
    off = np.concatenate([np.full(95, 9.0), np.full(5, 30.0)])
    row = level(calibrate(*labelled(off)))
    assert (row["n"], row["n_inside"], row["n_right"], row["multiplier"]) == (100, 95, 100, 1.0)
    assert row["coverage_low"] < 0.95 < row["coverage_high"]


@pytest.mark.parametrize(("scale", "wanted"), [(20.0, 2.0), (4.0, 0.4), (4_000.0, 10.0), (0.01, 0.25)])
def test_a_radius_that_holds_too_few_or_too_many_is_corrected_within_bounds(scale, wanted):
    off = np.linspace(0.0, 1.0, 1001) / 0.95 * scale  # the 95th percentile is `scale` metres; r95 was 10
    row = level(calibrate(*labelled(off)))
    assert row["multiplier"] == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize(
    ("n", "inside", "changed"),
    [
        (300, 279, True),
        (300, 283, False),
        (60, 60, False),
        (100, 100, True),
        (40, 37, True),
        (2_000, 1_878, True),
    ],
)  # 93.0 %; 94.3 %; 100 % of too few to be sure; 100 % for sure; 92.5 %; 93.9 %
def test_a_radius_grows_at_once_and_shrinks_only_when_sure(n, inside, changed):
    off = np.concatenate([np.full(inside, 5.0), np.full(n - inside, 20.0)])
    assert (level(calibrate(*labelled(off)))["multiplier"] != 1.0) == changed


@pytest.mark.parametrize("seed", range(5))
def test_after_calibration_the_radius_holds_95_in_100_of_new_records(seed):
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(5, 40)
    first, second = (np.hypot(*rng.normal(0, sigma, (2, 2_000))) for _ in range(2))
    row = level(calibrate(*labelled(first)))
    found, lat, lon = labelled(second)
    wider = locate(records_of(*({"lat": 53.51234, "lon": -2.01234} for _ in second)), TABLES,
                   params=LocateParams(r95_multipliers={"coordinate": float(row["multiplier"])}))  # fmt: skip
    assert (wider["r95_m"] / found["r95_m"]).unique() == pytest.approx([row["multiplier"]])
    after = level(calibrate(wider, lat, lon))
    assert 0.93 <= after["n_inside"] / after["n"] <= 0.97


def test_too_few_records_change_nothing_and_unlabelled_ones_are_not_counted():
    found, lat, lon = labelled(np.full(50, 500.0))
    lat[:20] = np.nan
    row = level(calibrate(found, lat, lon))
    assert (row["n"], row["n_inside"]) == (30, 0)
    assert pd.isna(row["multiplier"])
    assert multipliers(calibrate(found, lat, lon)) == {}


def test_a_wider_radius_keeps_a_record_out_of_finer_cells():
    records = records_of({"lat": 53.51234, "lon": -2.01234})
    params = LocateParams(r95_multipliers={"coordinate": 6.0})
    assert (
        locate(records, TABLES)["h3_max_res"][0],
        locate(records, TABLES, params=params)["h3_max_res"][0],
    ) == (10, 9)


@pytest.mark.parametrize("wrong", [{"street corner": 2.0}, {"street": 0.0}])
def test_multipliers_of_no_level_or_of_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="`r95_multipliers`"):
        LocateParams(r95_multipliers=wrong)


def test_first_suggestions_are_counted_by_what_people_accepted():
    rows = [("accept", 1, "street"), ("accept", 2, "street"), ("reject", 0, None), ("keep_area", 0, "town")]
    made = pd.DataFrame(rows, columns=["action", "choice", "level"]).assign(
        kind="words", cluster="c", number=1, refers_to=0, n_records=1, why="", sampled=False, decided_by="a",
        agency="", reference="", decided_at="")  # fmt: skip
    out = calibrate_suggestions(schema.conform(made, REVIEWS)).set_index("name")
    assert out[["n", "n_right"]].to_dict("index") == {
        "none": {"n": 1, "n_right": 0},
        "street": {"n": 2, "n_right": 1},
    }


@pytest.mark.shared_data
def test_real_postcodes_of_trafford_lie_within_their_radius(shared_data):
    """Points of 2025 against Code-Point Open 2014: most within metres, the radius may even be smaller."""
    frame, release = read_codepoint(shared_data / "B" / "open-postcode__codepoint")
    folder = shared_data / "B" / "traffordDataLab__spatial_data" / "postcodes"
    rows = pd.read_csv(folder / "trafford_postcodes.csv").head(4_000)
    records = records_of(*({"postcode": text} for text in rows["postcode"]))
    found = locate(records, reference_tables(postcodes=frame, postcode_release=release.name))
    row = level(calibrate(found, rows["lat"].to_numpy(), rows["lon"].to_numpy()), "postcode")
    assert row["n"] > 1_000
    assert row["coverage_low"] > 0.95
    assert 0.25 <= row["multiplier"] < 1.0


def sectors(n_areas: int, each: int, off_m: np.ndarray) -> tuple[pd.DataFrame, ...]:
    """Records known to a sector with a radius of 1,000 m, and how far from its middle each truly lies."""
    n = n_areas * each
    row = {"status": "area", "level": "sector", "r95_m": 1_000.0, "evidence": "postcode_sector", "provenance": "x",
           "area_layer": "postcode_sector", "h3_max_res": -1}  # fmt: skip
    frame = pd.DataFrame([row] * n).assign(
        record_id=[str(i) for i in range(n)], area_code=[f"ZA1 {i % n_areas}" for i in range(n)]
    )
    found = schema.conform(frame, schema.LOCATIONS)
    middle = np.full(n, 53.5)
    return found, middle + off_m * METRE, np.full(n, -2.0), (middle, np.full(n, -2.0))


@pytest.mark.parametrize(
    ("n_areas", "scale", "wanted"),
    [
        (40, 2_000.0, 2.0),
        (3, 2_000.0, 2.0),
        (40, 500.0, 0.5),
        (19, 500.0, 1.0),
        (20, 500.0, 0.5),
        (40, 1.0, 0.05),
    ],
)
def test_areas_grow_at_once_and_shrink_only_by_many_areas(n_areas, scale, wanted):
    each = 1_000 // n_areas + 1
    off = np.linspace(0.0, 1.0, n_areas * each) / 0.95 * scale
    found, lat, lon, middles = sectors(n_areas, each, off)
    row = level(calibrate(found, lat, lon, middles=middles), "sector")
    assert row["multiplier"] == pytest.approx(wanted, rel=3e-3)
    assert row["n"] == len(off)
    assert calibrate(found, lat, lon).empty  # without middles nothing can be measured


def test_a_calibrated_level_of_areas_has_the_wider_radius_and_no_point():
    sector = records_of({"postcode": "ZQ1 1"}, {"postcode": "ZQ1"})
    params = LocateParams(r95_multipliers={"sector": 3.0})
    plain, wide = locate(sector, TABLES), locate(sector, TABLES, params=params)
    assert wide["status"].tolist() == ["area", "area"]
    assert (wide["r95_m"] / plain["r95_m"]).tolist() == pytest.approx([3.0, 1.0])
    assert wide["lat"].isna().all()


def test_a_town_alone_has_its_own_extent_and_one_that_no_list_knows_the_widest():
    index = index_texts(text_rows(), release="x")
    tables = reference_tables(towns=["Ashford", "Nowhere"], texts=index)
    records = records_of({"town": "Ashford"}, {"town": "nowhere"})
    found, lat, _ = locate_with_middles(records, tables, params=LocateParams(r95_multipliers={"town": 2.0}))
    place = index.place_at["ASHFORD"]
    assert found["r95_m"].tolist() == pytest.approx([2 * float(index.arrays.place_r95[place]), 24_200.0])
    assert found["evidence"].tolist() == ["town_name"] * 2
    assert (np.isfinite(lat).tolist(), found["lat"].isna().all()) == ([True, False], True)
