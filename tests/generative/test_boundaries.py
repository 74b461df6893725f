"""boundaries: what must hold for any country of areas and any hotspots laid over it."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import boundaries
from tests.boundary_files import EAST, NORTH, areas_frame, degrees, points

SIDE_KM = 20.0
slow = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def country(cuts_km: list[float]) -> dict[str, shapely.Polygon]:
    """Strips from west to east of a square country, cut at `cuts_km`; codes in order A0, A1, ..."""
    edges = [0.0, *sorted(cuts_km), SIDE_KM]
    rows = pairwise(edges)
    return {f"A{n}": _strip(west, east) for n, (west, east) in enumerate(rows)}


def _strip(west_km: float, east_km: float) -> shapely.Polygon:
    return shapely.box(EAST + west_km * 1000, NORTH, EAST + east_km * 1000, NORTH + SIDE_KM * 1000)


def world(seed: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Five round hotspots inside the country and sixty records in each."""
    rng = np.random.default_rng(seed)
    x, y, r = rng.uniform(3, 17, 5), rng.uniform(3, 17, 5), rng.uniform(0.3, 2.5, 5)
    discs = shapely.buffer(shapely.points(EAST + x * 1000, NORTH + y * 1000), r * 1000, quad_segs=4)
    labels = [f"H{n}" for n in range(5)]
    spots = gpd.GeoDataFrame({"hotspot": labels}, geometry=degrees(discs), crs=4326)
    at = np.repeat(np.arange(5), 60)
    lat, lon = points(
        list(zip(x[at] + rng.normal(0, 0.7, 300), y[at] + rng.normal(0, 0.7, 300), strict=True))
    )
    where = pd.DataFrame({"hotspot": np.array(labels)[at], "lat": lat, "lon": lon})
    return spots, where.assign(subject=rng.integers(-1, 40, 300), agency="a")


cuts = st.lists(st.floats(1, 19).map(lambda v: round(v, 2)), min_size=1, max_size=5, unique=True)


@slow
@given(cuts, seeds)
def test_shares_sum_to_one_where_the_layer_covers(cuts_km: list[float], seed: int) -> None:
    spots, where = world(seed)
    table = boundaries.touch(spots, where, areas_frame(country(cuts_km)))
    sums = table.groupby("hotspot")[["share_records", "share_area"]].sum()
    np.testing.assert_allclose(sums, 1, atol=1e-4)  # lines straight in degrees bow by centimetres in metres
    assert (table.groupby("hotspot")["share_children"].sum() >= 1 - 1e-9).all()
    assert (
        table.groupby("hotspot")["code"].size().gt(1) == table.groupby("hotspot")["straddles"].first()
    ).all()


@slow
@given(cuts, seeds)
def test_renaming_areas_changes_names_and_codes_only(cuts_km: list[float], seed: int) -> None:
    spots, where = world(seed)
    before = spots.copy(deep=True)
    areas = areas_frame(country(cuts_km))
    table = boundaries.touch(spots, where, areas)
    renamed = areas.assign(code="Z" + areas["code"], name="other " + areas["name"])
    again = boundaries.touch(spots, where, renamed)
    assert again["code"].tolist() == ("Z" + table["code"]).tolist()
    pd.testing.assert_frame_equal(again.drop(columns=["code", "name"]), table.drop(columns=["code", "name"]))
    pd.testing.assert_frame_equal(pd.DataFrame(spots), pd.DataFrame(before))


@slow
@given(cuts, st.floats(0.1, 0.9), seeds)
def test_splitting_an_area_splits_its_shares_and_no_other(
    cuts_km: list[float], part: float, seed: int
) -> None:
    spots, where = world(seed)
    whole = country(cuts_km)
    west, _, east, _ = whole["A0"].bounds
    middle = (west + (east - west) * part - EAST) / 1000
    split = {"A0a": _strip(0, middle), "A0b": _strip(middle, (east - EAST) / 1000)}
    split |= {code: shape for code, shape in whole.items() if code != "A0"}
    shares = ["share_records", "share_area"]
    one = boundaries.touch(spots, where, areas_frame(whole)).set_index(["hotspot", "code"])[shares]
    two = boundaries.touch(spots, where, areas_frame(split)).assign(code=lambda t: t["code"].str[:2])
    together = two.groupby(["hotspot", "code"])[shares].sum()
    both = one.join(together.add_suffix("_split"), how="outer").fillna(0)
    np.testing.assert_allclose(both[shares], both[[f"{s}_split" for s in shares]], atol=1e-4)


@slow
@given(st.floats(1, 19), st.floats(1, 19), seeds)
def test_moving_a_border_touches_nothing_but_the_overlay(first: float, second: float, seed: int) -> None:
    """Hotspots away from both borders keep their rows to the last digit; the frames given are unchanged."""
    spots, where = world(seed)
    copies = spots.copy(deep=True), where.copy(deep=True)
    rows = []
    for cut in (first, second):
        table = boundaries.touch(spots, where, areas_frame(country([cut])))
        assert table["hotspot"].drop_duplicates().tolist() == spots["hotspot"].tolist()
        rows.append(table.drop(columns=["distance_to_line_m", "near_line"]).set_index("hotspot"))
    bounds = (
        spots.geometry.bounds[["minx", "maxx"]].to_numpy(),
        where.groupby("hotspot")["lon"].agg(["min", "max"]),
    )
    low = np.minimum(bounds[0][:, 0], bounds[1]["min"])
    high = np.maximum(bounds[0][:, 1], bounds[1]["max"])
    line = [points([(cut, y) for y in (0, 20)])[1] for cut in (first, second)]
    clear = (low > max(map(max, line))) | (high < min(map(min, line)))
    far = [label for label, is_clear in zip(spots["hotspot"], clear, strict=True) if is_clear]
    pd.testing.assert_frame_equal(rows[0].loc[far], rows[1].loc[far])
    pd.testing.assert_frame_equal(pd.DataFrame(spots), pd.DataFrame(copies[0]))
    pd.testing.assert_frame_equal(where, copies[1])


@slow
@given(cuts, seeds)
def test_points_agree_with_one_question_per_row(cuts_km: list[float], seed: int) -> None:
    """The plain reference: ask every area about every point."""
    rng = np.random.default_rng(seed)
    areas = areas_frame(country(cuts_km))
    lat, lon = points(rng.uniform(-2, 22, (80, 2)).tolist())
    mine = boundaries.areas_of_points(areas, lat, lon, snap_m=0).codes["police_force"]
    plain = [
        next(
            (
                code
                for code, shape in zip(areas["code"], areas.geometry, strict=True)
                if shape.contains(point)
            ),
            None,
        )
        for point in shapely.points(lon, lat)
    ]
    assert mine.astype(object).where(mine.notna(), None).tolist() == plain


@slow
@given(cuts)
def test_lines_are_between_neighbours_and_as_long_as_the_country(cuts_km: list[float]) -> None:
    lines = boundaries.shared_lines(areas_frame(country(cuts_km)))
    wide = [b - a for a, b in pairwise([0.0, *sorted(cuts_km), SIDE_KM])]
    if min(wide) < 0.2:  # a strip thinner than the matching distance has three areas along one line
        return
    pairs = list(zip(lines["code_a"], lines["code_b"], strict=True))
    assert pairs == [(f"A{n}", f"A{n + 1}") for n in range(len(cuts_km))]
    np.testing.assert_allclose(lines["length_m"], SIDE_KM * 1000, atol=0.01)
