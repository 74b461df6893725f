"""boundaries: areas of points, hotspots touched, lines, reporting against located, drawing, force names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import boundaries, schema
from cse_geo.boundaries.plane import BRITISH, plane_of
from tests.boundary_files import areas_frame, degrees, ons_frame, points, square, two_forces


def hotspots(shapes: dict[str, shapely.Polygon]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"hotspot": list(shapes)}, geometry=degrees(shapes.values()), crs=4326)


def records(rows: list[tuple[str, float, float, int]]) -> pd.DataFrame:
    lat, lon = points([(x, y) for _, x, y, _ in rows])
    labels, subjects = [r[0] for r in rows], [r[3] for r in rows]
    return pd.DataFrame({"hotspot": labels, "lat": lat, "lon": lon, "subject": subjects, "agency": "a"})


# ---------------------------------------- areas of points
def test_points_inside_on_the_line_off_the_coast_and_far_out() -> None:
    lat, lon = points([(5, 5), (15, 5), (-0.3, 5), (-3, 5), (5, 5)])
    lat[4] = np.nan
    found = boundaries.areas_of_points(two_forces(), lat, lon)
    assert found.codes["police_force"].fillna("-").tolist() == ["W1", "E1", "W1", "-", "-"]
    assert found.pairs[["point", "code", "how"]].to_numpy().tolist() == [
        [0, "W1", "inside"], [1, "E1", "inside"], [2, "W1", "snapped"],
    ]  # fmt: skip
    assert found.counts.to_dict("records") == [
        {
            "layer": "police_force", "n_points": 5, "n_placed": 3, "n_in_several": 0, "n_on_line": 0,
            "n_snapped": 1, "n_outside": 1, "n_no_coordinates": 1,
        }
    ]  # fmt: skip


def test_a_point_on_the_line_is_in_the_first_area_by_code() -> None:
    areas = areas_frame({"W1": square(0, 0), "E1": square(10, 0)})
    corner = shapely.get_coordinates(areas.geometry.iloc[1])
    shared = [c for c in corner.tolist() if c in shapely.get_coordinates(areas.geometry.iloc[0]).tolist()]
    lon, lat = np.array(shared).T
    found = boundaries.areas_of_points(areas, lat, lon, snap_m=0)
    assert set(found.pairs["how"]) == {"on_line"}
    assert set(found.codes["police_force"]) == {"E1"}


def test_overlapping_areas_hold_a_point_each_and_the_first_by_code_is_the_code() -> None:
    areas = areas_frame({"B": square(0, 0), "A": square(5, 0)}, layer="csp")
    lat, lon = points([(7, 5), (2, 5)])
    found = boundaries.areas_of_points(areas, lat, lon)
    assert found.codes["csp"].tolist() == ["A", "B"]
    assert found.pairs[["point", "code"]].to_numpy().tolist() == [[0, "A"], [0, "B"], [1, "B"]]
    assert found.counts["n_in_several"].tolist() == [1]


def test_every_layer_has_its_column() -> None:
    areas = pd.concat([two_forces(), areas_frame({"L1": square(0, 0, 20)}, layer="local_authority")])
    lat, lon = points([(5, 5)])
    codes = boundaries.areas_of_points(areas.reset_index(drop=True), lat, lon).codes
    assert codes.to_dict("records") == [{"local_authority": "L1", "police_force": "W1"}]


def test_snapping_can_be_turned_off_and_widened() -> None:
    lat, lon = points([(-0.3, 5), (-3, 5)])
    for snap_m, placed in ((0, 0), (500, 1), (3001, 2)):
        counts = boundaries.areas_of_points(two_forces(), lat, lon, snap_m=snap_m).counts
        assert counts["n_placed"].tolist() == [placed]


def test_no_points_and_bad_arguments() -> None:
    assert boundaries.areas_of_points(two_forces(), [], []).codes.shape == (0, 1)
    with pytest.raises(ValueError, match="`lat` and `lon` must be of one length"):
        boundaries.areas_of_points(two_forces(), [1.0], [1.0, 2.0])


def test_an_area_without_shape_holds_nothing() -> None:
    areas = two_forces()
    areas.loc[0, "geometry"] = shapely.Polygon()
    lat, lon = points([(5, 5), (15, 5)])
    assert boundaries.areas_of_points(areas, lat, lon).codes["police_force"].fillna("-").tolist() == [
        "-",
        "E1",
    ]


# ---------------------------------------- lines
def test_only_the_line_between_two_areas_is_a_line() -> None:
    lines = boundaries.shared_lines(two_forces())
    assert lines[["code_a", "code_b"]].to_numpy().tolist() == [["E1", "W1"]]
    assert lines["length_m"].tolist() == pytest.approx([10_000], abs=0.01)


def test_areas_drawn_by_different_hands_share_a_line_too() -> None:
    """30 m apart with other vertices: still one border; 300 m apart: a strait."""
    near = areas_frame({"A": square(0, 0, 10), "B": square(10.03, 2, 5)})
    assert boundaries.shared_lines(near)["length_m"].sum() == pytest.approx(
        10_000, rel=0.05
    )  # both sides drawn
    assert boundaries.shared_lines(areas_frame({"A": square(0, 0), "B": square(10.3, 0)})).empty


def test_the_rim_of_an_area_inside_another_is_a_line() -> None:
    lines = boundaries.shared_lines(areas_frame({"A": square(0, 0, 20), "B": square(5, 5, 2)}))
    assert lines["length_m"].sum() == pytest.approx(8_000, abs=1)


def test_a_layer_of_one_area_has_no_line() -> None:
    lines = boundaries.shared_lines(areas_frame({"A": square(0, 0)}))
    assert (len(lines), lines.crs.to_epsg()) == (0, 4326)


# ---------------------------------------- hotspots
def test_touch_by_hand() -> None:
    """H1 lies 3:1 over the line; of its 4 records 3 are west; children 1 and 2 west, 2 east; H2 is far inside."""
    spots = hotspots({"H1": square(7, 4, 4), "H2": square(1, 1, 2), "H3": square(-20, 0, 2)})
    where = records([("H1", 8, 5, 1), ("H1", 9, 5, 1), ("H1", 9, 6, 2), ("H1", 10.5, 5, 2), ("H2", 2, 2, -1)])
    table = boundaries.touch(spots, where, two_forces())
    schema.check(table, schema.HOTSPOT_AREAS)
    rows = table.drop(columns=["layer", "name"]).round(4)
    assert rows.iloc[0].tolist() == ["H1", "W1", 0.75, 1.0, 0.75, 0.0, True, True]
    assert rows.iloc[1].tolist() == ["H1", "E1", 0.25, 0.5, 0.25, 0.0, True, True]
    assert rows.iloc[2].drop("share_children").tolist()[:4] == ["H2", "W1", 1.0, 1.0]
    assert np.isnan(rows["share_children"].iloc[2])  # no record of H2 has a key
    assert rows["distance_to_line_m"].iloc[2] == pytest.approx(7_000, abs=1)
    assert table["straddles"].tolist() == [True, True, False]
    assert "H3" not in table["hotspot"].tolist()  # at sea


def test_near_a_line_without_crossing_it() -> None:
    spots = hotspots({"H1": square(8.5, 4, 1)})
    table = boundaries.touch(spots, records([("H1", 9, 4.5, 1)]), two_forces())
    assert table["distance_to_line_m"].tolist() == pytest.approx([500], abs=0.5)
    assert (table["near_line"].tolist(), table["straddles"].tolist()) == ([True], [False])
    far = boundaries.touch(spots, records([("H1", 9, 4.5, 1)]), two_forces(), near_line_m=400)
    assert far["near_line"].tolist() == [False]


def test_records_over_the_line_touch_an_area_that_the_outline_does_not() -> None:
    table = boundaries.touch(
        hotspots({"H1": square(8, 4, 2)}), records([("H1", 9, 5, 1), ("H1", 10.1, 5, 2)]), two_forces()
    )
    assert table[["code", "share_records"]].to_numpy().tolist() == [["W1", 0.5], ["E1", 0.5]]
    assert table["share_area"].tolist() == pytest.approx([1, 0], abs=1e-9)


def test_one_area_has_no_line_to_be_near() -> None:
    table = boundaries.touch(hotspots({"H1": square(1, 1, 1)}), records([]), areas_frame({"A": square(0, 0)}))
    assert table[["distance_to_line_m", "near_line", "share_records"]].to_numpy().tolist() == [
        [np.inf, False, 0.0]
    ]


def test_lines_known_before_give_the_same_table() -> None:
    areas = pd.concat(
        [two_forces(), areas_frame({"L1": square(0, 0, 7), "L2": square(7, 0, 7)}, layer="csp")]
    )
    areas = areas.reset_index(drop=True)
    spots, where = hotspots({"H1": square(8, 4, 1)}), records([("H1", 9, 5, 1)])
    lines = pd.concat(
        [boundaries.shared_lines(rows) for _, rows in areas.groupby("layer")], ignore_index=True
    )
    table = boundaries.touch(spots, where, areas, lines=lines)
    pd.testing.assert_frame_equal(table, boundaries.touch(spots, where, areas))
    assert table["distance_to_line_m"].round(-1).tolist() == [1000, 1000]


def test_two_vintages_in_one_layer_are_refused() -> None:
    twice = pd.concat([two_forces(), two_forces()], ignore_index=True)
    with pytest.raises(
        ValueError, match="holds a code twice in one layer: give each vintage a layer of its own"
    ):
        boundaries.areas_of_points(twice, [53.0], [1.0])


def test_no_hotspots_no_rows_and_a_missing_column_is_named() -> None:
    none = hotspots({"H1": square(1, 1, 1)}).iloc[:0]
    assert boundaries.touch(none, records([]), two_forces()).columns.tolist() == schema.HOTSPOT_AREAS.names
    with pytest.raises(ValueError, match="`points` lacks subject"):
        boundaries.touch(none, records([]).drop(columns="subject"), two_forces())


# ---------------------------------------- reporting and located
def _agencies(**forces: str | None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"agency": list(forces), "name": "n", "kind": "police", "force": list(forces.values())}
    )
    return schema.conform(frame, schema.AGENCIES)


def test_reporting_against_located_by_hand() -> None:
    where = records([("", x, 5, -1) for x in (5, 6, 10.4, -0.3, -40, 5)]).drop(columns=["hotspot", "subject"])
    where = pd.concat(
        [where, pd.DataFrame({"lat": [np.nan], "lon": [np.nan], "agency": ["a"]})], ignore_index=True
    )
    where.loc[5, "agency"] = "charity"
    table = boundaries.reporting_against_located(where, _agencies(a="W1", charity=None), two_forces())
    told = table.astype(object).where(table.notna(), None)
    assert told.drop(columns=["reporting_name", "located_name"]).to_numpy().tolist() == [
        ["a", "W1", "W1", "own", 3, 1, 0],
        ["a", "W1", "E1", "other", 1, 0, 1],
        ["a", "W1", None, "not_located", 1, 0, 0],
        ["a", "W1", None, "outside", 1, 0, 0],
        ["charity", None, "W1", "no_area", 1, 0, 0],
    ]
    assert table["n_records"].sum() == len(where)
    assert told["located_name"].tolist() == ["W1 land", "E1 land", None, None, "W1 land"]


def test_reporting_against_a_layer_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="`areas` has no layer beat"):
        boundaries.reporting_against_located(records([]), _agencies(a="W1"), two_forces(), layer="beat")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Metropolitan Police Service", "E23000001"),
        ("metropolitan police", "E23000001"),
        ("City of London Police", "E23000034"),
        ("London, City of", "E23000034"),
        ("Cleveland Police", "E23000013"),
        ("Durham Constabulary", "E23000008"),
        ("Devon & Cornwall Police", "E23000035"),
        ("DEVON AND CORNWALL", "E23000035"),
        ("Dyfed-Powys Police", "W15000004"),
        ("Hampshire and Isle of Wight Constabulary", "E23000030"),
        ("British Transport Police", None),
        ("Gotham City Police", None),
    ],
)
def test_force_names(name: str, code: str | None) -> None:
    assert boundaries.force_code(name) == code


def test_a_national_force_is_known_without_an_area() -> None:
    assert boundaries.force_of("BTP") == boundaries.Force(None, "British Transport Police")
    assert boundaries.force_of("Gotham City Police") is None


# ---------------------------------------- reading
def test_a_layer_says_where_it_comes_from(tmp_path: object) -> None:
    path = tmp_path / "Police_Force_Areas_December_2024_EW_BUC.gpkg"  # type: ignore[operator]
    ons_frame([square(10, 0), square(0, 0)]).to_file(path)
    layer = boundaries.read_layer(path, layer="police_force")
    source = layer.source
    assert (source.vintage, source.crs_read, source.code_column, source.name_column) == (
        "2024-12", "EPSG:27700", "PFA24CD", "PFA24NM",
    )  # fmt: skip
    assert source.kind == "GeoPackage"
    assert len(source.sha256) == 64
    assert source.licence == "Open Government Licence v3.0"
    assert source.attribution.endswith("Crown copyright and database right 2024.")
    assert layer.areas["code"].tolist() == ["A1", "A2"]
    assert set(layer.areas["vintage"]) == {"2024-12"}
    assert layer.repairs == ()


@pytest.mark.parametrize(
    ("columns", "layer", "code", "name"),
    [
        (("PFA20CD", "PFA20NM"), "police_force", "PFA20CD", "PFA20NM"),
        (("pfa16cd", "pfa16nm"), "police_force", "pfa16cd", "pfa16nm"),
        (("ltla24_name", "ltla24_code"), "local_authority", "ltla24_code", "ltla24_name"),
        (("WD22CD", "WD22NM", "WD22NMW", "LAD22CD", "LAD22NM"), "ward", "WD22CD", "WD22NM"),
        (("area_code", "area_name", "local_authority_area_code"), "ward", "area_code", "area_name"),
        (("ward_code", "ward_name"), "ward", "ward_code", "ward_name"),
        (("GSS_CODE", "NAME"), "ward", "GSS_CODE", None),
        (("LAD24CD",), "local_authority", "LAD24CD", None),
        (("code", "name"), "safe_zone", "code", "name"),
        (("PFA24CD", "PFA24NM"), "partners", "PFA24CD", "PFA24NM"),
        (("objectid", "district"), "local_authority", "district", "district"),
    ],
)
def test_code_and_name_columns_of_any_vintage(
    columns: tuple[str, ...], layer: str, code: str, name: str | None, tmp_path: object
) -> None:
    frame = gpd.GeoDataFrame(
        {c: [f"{c}1", f"{c}2"] for c in columns}, geometry=[square(0, 0), square(10, 0)], crs=27700
    )
    path = tmp_path / "areas.gpkg"  # type: ignore[operator]
    frame.to_file(path)
    source = boundaries.read_layer(path, layer=layer).source
    assert (source.code_column, source.name_column) == (code, name)


def test_given_columns_win_and_numbers_become_text(tmp_path: object) -> None:
    frame = gpd.GeoDataFrame(
        {"Beat_No": [7.0, 8.0], "label": [" a ", "b"]}, geometry=[square(0, 0), square(10, 0)], crs=27700
    )
    path = tmp_path / "areas.gpkg"  # type: ignore[operator]
    frame.to_file(path)
    layer = boundaries.read_layer(path, layer="beat", code="beat_no", name="label", vintage="2026")
    assert layer.areas[["code", "name", "vintage"]].to_numpy().tolist() == [
        ["7", "a", "2026"],
        ["8", "b", "2026"],
    ]
    assert layer.source.licence == "not stated"


def test_licence_source_and_one_date_column_are_told_by_file_or_adder(tmp_path: object) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["A", "B"], "name": ["a", "b"], "vintage": ["2025-12", "2025-12"]},
        geometry=[square(0, 0), square(10, 0)],
        crs=27700,
    )
    path = tmp_path / "areas.gpkg"  # type: ignore[operator]
    frame.to_file(path)
    layer = boundaries.read_layer(path, layer="beat")
    said = boundaries.with_licence(layer, licence="CC0 1.0", attribution="Drawn by us.").source
    assert (said.licence, said.attribution, said.vintage) == ("CC0 1.0", "Drawn by us.", "2025-12")
    assert said.licence_how == "said by whoever added the file"
    frame.assign(vintage=["2024", "2025"]).to_file(path)
    assert boundaries.read_layer(path, layer="beat").source.vintage is None


# ---------------------------------------- drawing and measuring
def test_simplified_neighbours_keep_one_line() -> None:
    wavy = [
        (EASTING, 400_000 + 500 * n) for n, EASTING in enumerate([610_000, 610_040, 609_960, 610_030] * 5)
    ]
    west = shapely.Polygon([(600_000, 400_000), *wavy, (600_000, 409_500)])
    east = shapely.Polygon([*wavy, (620_000, 409_500), (620_000, 400_000)])
    areas = areas_frame({"W": west, "E": east})
    drawn = boundaries.simplify_for_map(areas, tolerance_m=500)
    assert (
        shapely.get_num_coordinates(drawn.geometry).sum()
        < shapely.get_num_coordinates(areas.geometry).sum() / 2
    )
    assert shapely.coverage_is_valid(drawn.geometry.to_numpy())
    assert drawn["code"].tolist() == ["W", "E"]
    labels = gpd.points_from_xy(drawn["label_lon"], drawn["label_lat"])
    assert drawn.geometry.contains(gpd.GeoSeries(labels, crs=4326)).all()


def test_overlapping_and_tiny_areas_are_drawn_and_none_is_lost() -> None:
    squares = {"A": square(0, 0), "B": square(5, 0), "C": square(30, 0, 0.05), "D": square(40, 0)}
    areas = areas_frame(squares)
    areas.loc[3, "geometry"] = shapely.Polygon()
    drawn = boundaries.simplify_for_map(areas, tolerance_m=1000)
    assert drawn.geometry.is_empty.tolist() == [False, False, False, True]
    assert drawn["label_lat"].isna().tolist() == [False, False, False, True]


def test_beyond_the_table_of_shifts_the_plane_goes_on_smoothly() -> None:
    """Across the edge of OSTN15's table a step of 100 m stays 100 m, and there and back is the same point."""
    x, y = np.arange(50_000, 150_000, 100.0), np.full(1000, 9_000.0)
    lon, lat = BRITISH.backward(x, y)
    again_x, again_y = BRITISH.forward(lon, lat)
    np.testing.assert_allclose(again_x, x, atol=0.02)
    np.testing.assert_allclose(again_y, y, atol=0.02)
    assert np.abs(np.diff(lon)).max() < np.abs(np.diff(lon)).mean() * 1.01


def test_elsewhere_areas_are_measured_on_an_equal_area_plane() -> None:
    memphis = np.array([shapely.box(-90.2, 35.0, -89.7, 35.3)], dtype=object)
    plane = plane_of(memphis)
    # area between two parallels on the sphere: R^2 * dlon * (sin b - sin a)
    truth = 6_371_007.2**2 * np.radians(0.5) * (np.sin(np.radians(35.3)) - np.sin(np.radians(35.0)))
    assert shapely.area(plane.flat(memphis))[0] == pytest.approx(truth, rel=1e-9)
    assert plane.round(plane.flat(memphis))[0].equals_exact(memphis[0], 1e-9)
    assert plane_of([]).name == "EPSG:27700"
