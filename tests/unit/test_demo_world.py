import numpy as np
import pandas as pd
import pytest

from cse_geo import lattice, projection, schema
from cse_geo.demo import WorldParams, make_world
from cse_geo.demo.land import land_cells


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_frames_meet_their_specs(resolution):
    world = make_world(3, WorldParams(resolution=resolution, n_records=300))
    schema.check(world.cell_records, schema.CELL_RECORDS)
    schema.check(world.exposure, schema.EXPOSURE)
    assert set(world.exposure["cell"]) == set(land_cells(resolution).tolist())
    assert set(world.cell_records["cell"]) <= set(world.exposure["cell"])


def test_same_seed_same_world_and_another_seed_another():
    one, two, other = make_world(7), make_world(7), make_world(8)
    pd.testing.assert_frame_equal(one.records, two.records)
    assert one.truth == two.truth
    assert not np.allclose(one.exposure["children"], other.exposure["children"])


def test_planting_changes_neither_people_nor_background():
    planted, null = make_world(5), make_world(5, WorldParams(planted=False))
    pd.testing.assert_frame_equal(planted.exposure, null.exposure)
    assert null.truth == ()
    background = planted.records[planted.records["hotspot"] == -1]
    assert background["event"].tolist() == null.records["event"].tolist()


def test_planted_records_lie_in_the_planted_cells_at_the_planted_time():
    world = make_world(11, WorldParams(extra=20, burst_days=60))
    for number, hotspot in enumerate(world.truth):
        own = world.records[world.records["hotspot"] == number]
        assert len(own) == hotspot.extra == 20
        assert set(own["cell"]) <= hotspot.cells
        assert own["subject"].nunique() == 20
        assert own["date"].between(hotspot.start, hotspot.end).all()
        assert (hotspot.end - hotspot.start).days == 59


def test_border_hotspot_has_two_forces_and_the_others_one():
    world = make_world(2, WorldParams(n_hotspots=6, n_border=2))
    assert [hotspot.straddles for hotspot in world.truth] == [True, True, False, False, False, False]


def test_points_lie_in_their_cells():
    world = make_world(1, WorldParams(resolution=9))
    again = lattice.cells_of(world.records["lat"], world.records["lon"], 9)
    assert (again == world.records["cell"].to_numpy()).all()


def test_coarse_records_stay_out_unless_taken_as_exact():
    careful = make_world(4, WorldParams(share_coarse=0.4, planted=False))
    careless = make_world(4, WorldParams(share_coarse=0.4, planted=False, coarse_as_exact=True))
    assert careful.records["coarse"].mean() == pytest.approx(0.4, abs=0.06)
    assert len(careful.cell_records) == int((~careful.records["coarse"]).sum())
    assert len(careless.cell_records) == 1000
    assert careless.records.loc[careless.records["coarse"], "cell"].nunique() <= 25


def test_one_child_repeats_and_duplicates_share_child_and_place():
    world = make_world(9, WorldParams(n_records=3000, planted=False))
    keyed = world.records[world.records["subject"] >= 0]
    per_child = keyed.drop_duplicates("event").groupby("subject").size()
    assert 30 <= per_child.max() <= 40
    assert per_child.median() == 1
    assert world.records.groupby("event")["cell"].nunique().max() == 1
    assert world.records["event"].duplicated().sum() > 50


def test_intensity_is_what_the_background_follows():
    world = make_world(6, WorldParams(n_records=20000, planted=False, repeat_most=1, share_duplicates=0))
    district = world.exposure["district"].to_numpy()
    expected = pd.Series(world.intensity).groupby(district).sum()
    seen = world.records["district"].value_counts(normalize=True).reindex(expected.index)
    assert np.abs(seen - expected).max() < 0.015


def test_every_land_cell_is_on_the_british_grid():
    lat, lon = lattice.centres_of(land_cells(9))
    assert np.isfinite(projection.to_bng(lon, lat)[0]).all()
    assert 0.4 < lon.min() < lon.max() < 1.76
    assert 53.7 < lat.min() < lat.max() < 54.4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"resolution": 5}, "`resolution`"),
        ({"n_records": 0}, "`n_records`"),
        ({"share_keyed": 2.0}, "shares"),
    ],
)
def test_parameters_out_of_range_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        WorldParams(**wrong)


def test_more_border_hotspots_than_hotspots_is_refused():
    with pytest.raises(ValueError, match="`n_border`"):
        make_world(1, WorldParams(n_hotspots=1, n_border=2))
