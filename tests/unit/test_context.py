"""Tables of context: what is kept, what is refused and in which words, and where amounts come to lie."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import boundaries, context, lattice, schema
from cse_geo.errors import InputRefusedError
from cse_geo.mapfiles import Feature


def text(**columns):
    return pd.DataFrame({name: pd.array(values, dtype="str") for name, values in columns.items()})


def rows_of(frame):
    return np.arange(2, len(frame) + 2)


def refused(make):
    with pytest.raises(InputRefusedError) as told:
        make()
    problems = schema.check(told.value.problems, schema.PROBLEMS)
    return [(r.row, r.column, r.code) for r in problems.itertuples()]


AREAS = gpd.GeoDataFrame(
    {
        "layer": ["police_force"] * 2 + ["local_authority"] * 4,
        "code": ["E23000001", "F2", "A1", "A2", "A3", "A4"],
        "name": ["Metropolitan Police", "Norvale", "Bristow, City of", "Elm", "Elm Borough", "County Durran"],
    },
    geometry=[shapely.box(k, 54, k + 0.1, 54.1) for k in (0, 0.1, 0, 0.1, 0.2, 0.3)],
    crs=4326,
)


@pytest.mark.parametrize(
    ("layer", "said", "code"),
    [
        ("police_force", "e23000001", "E23000001"),
        ("police_force", "Metropolitan Police Service", "E23000001"),
        ("police_force", "The Met", "E23000001"),
        ("police_force", "Norvale Constabulary", "F2"),
        ("police_force", "Cumbria", None),  # a force, but none of this store's
        ("local_authority", "City of Bristow", "A1"),
        ("local_authority", "bristow city council", "A1"),
        ("local_authority", "Elm", "A2"),  # the whole name counts before names without words of style
        ("local_authority", "Elm District Council", None),  # two areas share the short name
        ("local_authority", "Durran County Council", "A4"),
        ("local_authority", "Metropolitan Police", None),
        ("local_authority", "", None),
    ],
)
def test_areas_are_known_by_code_name_usual_spelling_and_never_by_a_guess(layer, said, code):
    assert boundaries.area_namer(AREAS, layer)(said) == code


def test_agencies_are_kept_with_their_kind_and_force_in_our_codes():
    table = text(
        Agency=["police_a", "wardens"],
        NAME=["A", "W"],
        Kind=["Police", "charity"],
        force=["The Met", ""],
    )
    kept = context.agencies_of(
        table, rows_of(table), force_named=boundaries.area_namer(AREAS, "police_force")
    )
    assert kept["agency"].tolist() == ["police_a", "wardens"]
    assert kept["force"].fillna("none").tolist() == ["E23000001", "none"]


def test_every_fault_of_a_table_of_agencies_is_told_by_row_column_and_code():
    table = text(
        agency=["police_a", "Police B", "police_a", None], name=["A", "B", "C", "D"],
        kind=["police", "sorcery", "police", "police"], force=["E23000001", "Nowhere", None, None],
    )  # fmt: skip
    told = refused(
        lambda: context.agencies_of(
            table, rows_of(table), force_named=boundaries.area_namer(AREAS, "police_force")
        )
    )
    assert told == [
        (3, "agency", "bad_code"), (3, "force", "unknown_area"), (3, "kind", "unknown_term"), (4, "agency", "twice"),
        (5, "agency", "empty_cell"),
    ]  # fmt: skip


def test_a_column_that_is_not_ours_is_told_by_its_position_never_by_its_words():
    table = text(agency=["a"], name=["A"], kind=["police"])
    table["Jane Doe"] = "x"
    told = refused(lambda: context.agencies_of(table, rows_of(table), force_named=lambda _: None))
    assert told == [(0, "number 4", "column_unknown")]
    told = refused(lambda: context.agencies_of(table[["agency"]], rows_of(table), force_named=lambda _: None))
    assert told == [(0, "kind", "column_missing"), (0, "name", "column_missing")]


def coverage(**columns):
    table = text(**columns)
    named = boundaries.area_namer(AREAS, "local_authority")
    return context.coverage_of(table, rows_of(table), agencies=["police_a"], area_named=named)


def test_coverage_is_by_agency_council_and_month():
    kept = coverage(
        agency=["police_a", "police_a"],
        area=["A1", "Elm"],
        month=["2025-03", "2025-03-01"],
        state=["Returned", "no reply"],
    )
    assert kept["area"].tolist() == ["A1", "A2"]
    assert kept["month"].tolist() == [pd.Timestamp("2025-03-01")] * 2
    assert kept["state"].tolist() == ["returned", "no_reply"]


def test_every_fault_of_a_table_of_coverage_is_told():
    told = refused(
        lambda: coverage(
            agency=["police_a", "police_z", "police_a", "police_a", "police_a"],
            area=["A1", "A1", "Nowhere", "A2", "A1"],
            month=["2025-03", "2025-13", "2025-03", "March 2025", "2025-03"],
            state=["nil", "nil", "nil", "perhaps", "returned"],
        )
    )
    assert told == [
        (3, "agency", "unknown_agency"), (3, "month", "bad_month"), (4, "area", "unknown_area"), (5, "month", "bad_month"),
        (5, "state", "unknown_term"), (6, "month", "twice"),
    ]  # fmt: skip


def test_contacts_name_their_area_by_code_or_name_in_its_own_layer():
    def named(layer, area):
        return boundaries.area_namer(AREAS, layer)(area)

    table = text(
        agency=["a", "b"], layer=["police_force", "local_authority"], area=["The Met", "Elm"], post=["desk"] * 2, reach=["101"] * 2
    )  # fmt: skip
    assert context.contacts_of(table, rows_of(table), area_named=named)["area"].tolist() == [
        "E23000001",
        "A2",
    ]
    table["area"] = ["Elm", None]
    told = refused(lambda: context.contacts_of(table, rows_of(table), area_named=named))
    assert told == [(2, "area", "unknown_area"), (3, "area", "empty_cell")]


def test_a_return_of_two_months_answers_for_each_area_and_month():
    kept = context.returned_months(
        "police_a", ["A1", "A2"], pd.date_range("2025-01-01", "2025-02-01", freq="MS"), nil=True
    )
    assert len(kept) == 4
    assert set(kept["state"]) == {"nil"}


NO_PLACES = schema.empty(schema.PLACES)
GROUND = shapely.box(0.0, 54.0, 0.06, 54.04)
CELLS = lattice.centred_in(GROUND, 9)


def district_of(lat, lon):
    inside = shapely.contains_xy(GROUND, lon, lat)
    return pd.Series(["A1"] * len(lat), dtype="str").where(
        inside | np.isin(lattice.cells_of(lat, lon, 9), CELLS)
    )


def exposure(amounts, places=NO_PLACES):
    return context.exposure_of(
        amounts, CELLS, district_of=district_of, places=places
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_points_keep_their_sum_and_what_lies_outside_is_told(seed):
    rng = np.random.default_rng(seed)
    n = 200
    lat, lon = rng.uniform(54.0, 54.06, n), rng.uniform(0, 0.06, n)
    children = rng.integers(0, 50, n)
    table = text(
        lat=[f"{x:.6f}" for x in lat], lon=[f"{x:.6f}" for x in lon], children=[str(c) for c in children]
    )
    amounts = context.read_denominators(table, rows_of(table), resolution=9)
    frame, kept = exposure(amounts)
    own = lattice.cells_of(lat.round(6), lon.round(6), 9)
    plain = {
        int(c): sum(int(v) for o, v in zip(own, children, strict=True) if o == c) for c in CELLS
    }  # a slow reference
    assert frame.set_index("cell")["children"].to_dict() == pytest.approx(plain)
    assert kept == {"children": pytest.approx(sum(plain.values()) / children.sum())}
    assert len(frame) == len(CELLS)  # zeros are in it
    assert frame["footfall"].sum() == 0


def test_an_area_is_spread_evenly_over_its_cells_and_a_sliver_keeps_its_amount():
    sliver = shapely.box(0.03, 54.02, 0.0301, 54.0201)
    table = text(area=["whole", "sliver"], children=["900", "7"], footfall=["1", "2"])
    amounts = context.read_denominators(
        table, rows_of(table), resolution=9, layer="lsoa", shapes={"W": GROUND, "S": sliver},
        area_named={"whole": "W", "sliver": "S"}.get,
    )  # fmt: skip
    frame, kept = exposure(amounts)
    assert kept == {"children": pytest.approx(1), "footfall": pytest.approx(1)}
    assert frame["children"].sum() == pytest.approx(907)
    assert sorted(frame["children"])[-2] == pytest.approx(900 / len(CELLS))


def test_where_no_footfall_is_given_registered_places_stand_for_it():
    lat, lon = lattice.centres_of(CELLS[:2])
    places = schema.conform(
        pd.DataFrame({"place_id": ["a", "b", "c"], "place_type": "park", "lat": [lat[0], lat[0], lat[1]],
                      "lon": [lon[0], lon[0], lon[1]], "register": "r"}), schema.PLACES,
    )  # fmt: skip
    table = text(cell=lattice.to_text(CELLS[:1]), children=["3"])
    frame, kept = exposure(context.read_denominators(table, rows_of(table), resolution=9), places)
    assert kept == {"children": 1.0}
    assert frame.set_index("cell").loc[CELLS[:2], "footfall"].tolist() == [2.0, 1.0]


def test_a_district_that_the_file_says_goes_before_the_one_of_the_middle():
    table = text(cell=lattice.to_text(CELLS[:2]), children=["3", "4"], district=["Elm", None])
    named = boundaries.area_namer(AREAS, "local_authority")
    amounts = context.read_denominators(table, rows_of(table), resolution=9, area_named=named)
    frame, _ = exposure(amounts)
    assert frame.set_index("cell").loc[CELLS[:2], "district"].tolist() == ["A2", "A1"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"children": ["1"]}, [(0, "", "no_place_column")]),
        ({"cell": ["89194e5a003ffff"]}, [(0, "children", "column_missing")]),
        ({"cell": ["zz", None], "children": ["1", "1"]}, [(2, "cell", "bad_cell"), (3, "cell", "empty_cell")]),
        ({"lat": ["54", "954"], "lon": ["0", "0"], "children": ["-1", "many"]},
         [(2, "children", "bad_number"), (3, "children", "bad_number"), (3, "lat", "out_of_area")]),
        ({"lat": ["54", "54"], "lon": ["0", "0"], "children": ["1", None]}, [(3, "children", "empty_cell")]),
        ({"area": ["X"], "children": ["1"]}, [(2, "area", "unknown_area")]),
        ({"cell": ["89194e5a003ffff"], "children": ["1"], "district": ["X"]}, [(2, "district", "unknown_area")]),
    ],
)  # fmt: skip
def test_faults_of_denominators_are_told(columns, told):
    table = text(**columns)
    assert (
        refused(lambda: context.read_denominators(table, rows_of(table), resolution=9, layer="lsoa")) == told
    )


def register(**changed):
    base = {"kind": "premises", "name": "The Oak", "place_type": "pub", "lat": 54.0, "lon": 0.5, "town": "Elm",
            "uprn": "1", "basis": "rooftop"}  # fmt: skip
    return base | changed


def test_only_public_places_with_a_type_and_a_point_of_their_own_are_registered_and_once():
    rows = pd.DataFrame([
        register(), register(), register(place_type=None), register(lat=None), register(basis="postcode"),
        register(kind="address"), register(name="The Ash", uprn=None),
    ])  # fmt: skip
    places = context.places_of(rows, register="r1")
    assert places["name"].tolist() == ["The Oak", "The Ash"]
    moved = context.places_of(rows.assign(lat=54.001), register="r2", known=places["place_id"])
    assert moved["name"].tolist() == [
        "The Ash"
    ]  # the one with a UPRN is the same place wherever its point is put


def test_an_extract_becomes_roads_water_green_and_names_in_the_order_of_drawing():
    line, ring = [(0.0, 54.0), (0.1, 54.0)], [(0.0, 54.0), (0.1, 54.0), (0.1, 54.1), (0.0, 54.0)]
    features = [
        Feature("point", {"place": "town", "name": "Elm"}, line[:1]), Feature("line", {"highway": "primary"}, line),
        Feature("line", {"highway": "residential"}, line), Feature("line", {"highway": "footway"}, line),
        Feature("area", {"leisure": "park"}, ring), Feature("area", {"natural": "water"}, ring),
        Feature("area", {"landuse": "industrial"}, ring), Feature("line", {"railway": "rail"}, line),
        Feature("line", {"waterway": "river"}, line[:1]), Feature("point", {"place": "town"}, line[:1]),
    ]  # fmt: skip
    drawn = context.background_of_features(features)
    assert drawn["kind"].tolist() == ["green", "water", "rail", "road_minor", "road_major", "place_name"]
    assert drawn["size"].tolist() == [1, 1, 1, 1, 3, 4]


def test_an_area_of_two_outer_rings_is_two_pieces_and_not_the_strip_between():
    def box(x):
        return [(x, 54.0), (x + 0.1, 54.0), (x + 0.1, 54.1), (x, 54.1), (x, 54.0)]

    drawn = context.background_of_features([Feature("area", {"leisure": "park"}, box(0.0) + box(0.5))])
    assert drawn.geometry.iloc[0].area == pytest.approx(0.02)
    assert len(shapely.get_parts(drawn.geometry.to_numpy())) == 2


def test_a_drawing_of_another_kind_is_refused_with_the_kinds_there_are():
    shapes = gpd.GeoDataFrame({"kind": ["castle"]}, geometry=[shapely.Point(0, 54)], crs=4326)
    with pytest.raises(ValueError, match="road_major"):
        context.background_of_shapes(shapes)
    east = gpd.GeoDataFrame({"kind": ["rail"]}, geometry=[shapely.Point(500_000, 400_000)], crs=27700)
    assert context.background_of_shapes(east).geometry.x.iloc[0] == pytest.approx(-0.49, abs=0.02)
