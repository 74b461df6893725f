"""Tests of cse_geo/cells/grain.py, and of the hotspot test on cells of two sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cse_geo import lattice, schema
from cse_geo.cells.grain import Grain, choose, in_words, mixed
from cse_geo.demo.world import WorldParams, make_world
from cse_geo.errors import UsageError
from cse_geo.hotspots import HotspotParams, find
from cse_geo.hotspots.stability import Possible, StabilityParams, draw_maps
from cse_geo.hotspots.windows import blocks_of
from cse_geo.pipeline.frames import exposure_at

WORLD = make_world(3, WorldParams(n_records=200, n_hotspots=2, extra=8))
WIDE = exposure_at(WORLD.exposure, 7)


def locations(lat, lon, r95, **columns) -> pd.DataFrame:
    frame = pd.DataFrame({"record_id": [f"r{i}" for i in range(len(lat))], "lat": lat, "lon": lon, "r95_m": r95,
                          "status": "located", "level": "coordinate"})  # fmt: skip
    finest = [schema.finest_resolution(r) for r in r95]
    return schema.conform(frame.assign(h3_max_res=finest, **columns), schema.LOCATIONS)


def of_two_districts(first: int, second: int, **columns) -> pd.DataFrame:
    """Ten records in the middle of each of two districts; so many of each known to 500 m only."""
    middles = [
        WIDE.loc[WIDE["district"] == d, "cell"].iloc[20] for d in sorted(WIDE["district"].unique())[:2]
    ]
    lat, lon = (np.repeat(v, 10) for v in lattice.centres_of(np.array(middles)))
    r95 = [500.0] * first + [50.0] * (10 - first) + [500.0] * second + [50.0] * (10 - second)
    return locations(lat, lon, r95, **columns)


@pytest.mark.parametrize(
    ("first", "second", "coarse"), [(0, 0, []), (1, 0, []), (2, 0, [0]), (2, 10, [0, 1])], ids=str
)
def test_a_district_is_coarse_where_fewer_than_nine_in_ten_are_placed_well(first, second, coarse):
    names = sorted(WIDE["district"].unique())
    got = choose(of_two_districts(first, second), WIDE)
    assert got.districts == tuple(names[i] for i in coarse)
    assert got.coarse.tolist() == sorted(WIDE.loc[WIDE["district"].isin(got.districts), "cell"])


def test_homes_count_by_how_well_they_are_placed():
    where = of_two_districts(0, 0).assign(h3_max_res=7)  # placed to 50 m, shown no finer than 7
    assert choose(where, WIDE).districts == ()


def test_what_lies_outside_every_district_decides_nothing():
    assert choose(locations([51.0], [-2.0], [500.0]), WIDE).districts == ()


def test_rows_are_where_the_grain_says_and_nothing_is_twice():
    grain = Grain(("x",), np.sort(WIDE["cell"].to_numpy()[:40]))
    both = mixed(WORLD.exposure, WIDE, grain)
    for column in ("children", "footfall"):
        assert both[column].sum() == pytest.approx(WORLD.exposure[column].sum())
    fine = both["cell"][lattice.resolutions_of(both["cell"]) == 8]
    assert not np.isin(lattice.parents_of(fine.to_numpy(), 7), grain.coarse).any()
    put = grain.put(WORLD.exposure["cell"].to_numpy())
    assert set(put) == set(both["cell"])


def test_a_location_is_allowed_where_its_cell_is_large_enough():
    where = of_two_districts(10, 10)
    grain = choose(of_two_districts(10, 0), WIDE)
    assert grain.allows(where).tolist() == [True] * 10 + [False] * 10


def test_the_choice_is_said_in_words():
    few = in_words(Grain(("E1",), np.array([1])), {"E1": "Wendlemoor"})
    assert few.startswith(
        "Size of cells chosen by how well records are placed, before anything was tested: about 5 km²"
    )
    assert "in Wendlemoor, where fewer than 9 in 10 are known to within 277 m" in few
    assert "everywhere at least 9 in 10" in in_words(Grain((), np.empty(0, np.int64)), {})


def rows_of_two_sizes(grain: Grain) -> pd.DataFrame:
    return WORLD.cell_records.assign(cell=grain.put(WORLD.cell_records["cell"].to_numpy()))


def test_cells_of_two_sizes_are_tested_together():
    """All coarse equals the map of resolution 7, none coarse that of 8, and some of each holds both kinds."""
    every = Grain((), np.sort(WIDE["cell"].to_numpy()))
    coarse = find(rows_of_two_sizes(every), mixed(WORLD.exposure, WIDE, every))
    plain = find(rows_of_two_sizes(every), WIDE)
    pd.testing.assert_frame_equal(
        coarse.hotspots.drop(columns="geometry"), plain.hotspots.drop(columns="geometry")
    )
    assert set(lattice.resolutions_of(plain.tested["cell"])) == {7}
    some = Grain((), np.sort(WIDE.loc[WIDE["district"] == WIDE["district"].iloc[0], "cell"].to_numpy()))
    got = find(rows_of_two_sizes(some), mixed(WORLD.exposure, WIDE, some))
    assert set(lattice.resolutions_of(got.tested["cell"])) == {7, 8}
    own = lattice.resolutions_of(got.cells["cell"].to_numpy())
    of = got.cells.assign(own=own).merge(got.hotspots[["hotspot", "resolution"]], on="hotspot")
    assert (of["own"] == of["resolution"]).all()
    assert got.tested["expected"].gt(0).all()


def test_cells_inside_one_another_are_refused():
    rows = WORLD.cell_records.copy()
    rows.loc[rows.index[:3], "cell"] = lattice.parents_of(rows["cell"].to_numpy()[:3], 7)
    with pytest.raises(UsageError, match="one resolution, not 7, 8"):
        find(rows, WORLD.exposure)


def test_cells_of_two_sizes_without_denominators_are_refused():
    rows = WORLD.cell_records.copy()
    rows.loc[rows.index[:3], "cell"] = lattice.parents_of(rows["cell"].to_numpy()[:3], 7)
    with pytest.raises(UsageError, match="one resolution"):
        find(rows, params=HotspotParams(method="concentration"))


def test_blocks_of_two_sizes_are_each_a_step_larger():
    cells = np.array([WIDE["cell"].iloc[0], *WORLD.exposure["cell"].iloc[-2:]])
    alone = [blocks_of(np.sort(part), 1) for part in (cells[:1], cells[1:])]
    together = blocks_of(np.sort(cells), 1)
    assert together[0] not in together[1:]
    assert len(set(together[1:])) == len(set(alone[1]))


def test_draws_fall_into_the_cells_of_the_map():
    cell = int(WIDE["cell"].iloc[5])
    lat, lon = lattice.centres_of(np.array([cell]))
    reports = WORLD.cell_records.head(1).drop(columns=["cell", "weight"]).assign(record=0)
    points = pd.DataFrame({"record": [0], "site": [0], "lat": lat, "lon": lon, "r95_m": [50.0]})
    choices = pd.DataFrame({"record": [0], "cell": [0], "weight": [1.0]}).head(0)
    fine = Possible(reports, points, choices)
    draws = StabilityParams(seed=1, draws=3)
    assert {7} == {
        int(r)
        for m in draw_maps(replace(fine, coarse=np.array([cell])), 8, draws)
        for r in lattice.resolutions_of(m["cell"])
    }
    assert {8} == {int(r) for m in draw_maps(fine, 8, draws) for r in lattice.resolutions_of(m["cell"])}
