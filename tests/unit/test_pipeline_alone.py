"""Pooled against alone: whose records are whose, who sees what, from when; borders never change the clusters."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import boundaries, hotspots, lattice, schema
from cse_geo.demo import WorldParams, agencies, councils, ground, make_world
from cse_geo.errors import UsageError
from cse_geo.hotspots.growing import GrowingParams, first_seen
from cse_geo.pipeline.alone import AGENCIES, AloneParams, Pool, compare, homes_of, without


@pytest.fixture(scope="module")
def pool():
    world = make_world(5003, WorldParams(n_border=2, n_hotspots=2, extra=16, n_records=500))
    g = ground.ground(8)
    home = pd.Series([councils.COUNCILS[c].force for c in g.council], index=g.cells)
    tied = {a.code: a.force for a in agencies.AGENCIES if a.force}
    return Pool(world.cell_records, world.exposure, home, tied)


@pytest.fixture(scope="module")
def made(pool):
    return compare(pool)


def test_every_record_is_held_by_at_most_one_force_and_lies_in_its_area(pool):
    held = [pool.held_by(f) for f in pool.forces]
    together = pd.concat(held)["record"]
    assert together.is_unique
    for force, rows in zip(pool.forces, held, strict=True):
        assert (rows["cell"].map(pool.home) == force).all()
        owner = rows["agency"].map(pool.tied)
        assert ((owner == force) | owner.isna()).all()


def test_agencies_only_holds_less_than_the_partnership(pool):
    strict = Pool(pool.cell_records, pool.exposure, pool.home, pool.tied, holds=AGENCIES)
    force = pool.forces[0]
    mine = strict.held_by(force)
    assert set(mine["record"]) < set(pool.held_by(force)["record"])
    assert (mine["agency"].map(pool.tied) == force).all()


def test_a_pool_without_one_force_is_what_the_others_hold(pool):
    force = pool.forces[0]
    left = without(pool, force)
    assert len(left.cell_records) == len(pool.cell_records) - len(pool.held_by(force))


def test_alone_runs_are_the_same_engine_on_less(pool, made):
    for force in pool.forces:
        slow = hotspots.find(pool.held_by(force), pool.ground_of(force))
        pd.testing.assert_frame_equal(made.alone[force].cells, slow.cells)
    pd.testing.assert_frame_equal(made.pooled.cells, hotspots.find(pool.cell_records, pool.exposure).cells)


def test_only_forces_with_ground_in_a_hotspot_are_asked_whether_they_see_it(pool, made):
    for label, rows in made.seen.groupby("hotspot"):
        cells = made.pooled.cells.loc[made.pooled.cells["hotspot"] == label, "cell"]
        assert set(rows["force"]) == set(cells.map(pool.home))


def test_the_edge_check_lists_every_changed_verdict(made):
    lost = made.seen[~made.seen["seen"]]
    told = made.edge[made.edge["verdict"] == "lost"]
    assert set(zip(told["force"], told["hotspot"], strict=True)) == set(
        zip(lost["force"], lost["hotspot"], strict=True)
    )
    known = set(made.pooled.cells["cell"])
    appears = sum(
        not (set(cells) & known)
        for run in made.alone.values()
        for _, cells in run.cells.groupby("hotspot")["cell"]
    )
    assert (made.edge["verdict"] == "appears").sum() == appears


def test_dates_are_asked_for_by_hotspot_and_pooled_days_equal_a_slow_walk(pool, made):
    label = str(made.pooled.hotspots["hotspot"].iloc[0])
    growing = GrowingParams(step_days=91)
    dated = compare(pool, made.pooled, params=AloneParams(growing=growing, weeks_of=(label,)))
    assert dated.seen.loc[dated.seen["hotspot"] != label, "first_pooled"].isna().all()
    cells = made.pooled.cells.loc[made.pooled.cells["hotspot"] == label, "cell"].to_numpy()
    start = pool.cell_records["report_date"].min().floor("D")
    shown = {}
    for step in range(9):
        until = start + pd.Timedelta(days=91 * (step + 1))
        rows = pool.cell_records[pool.cell_records["report_date"] < until]
        found = hotspots.find(rows, pool.exposure).cells["cell"]
        shown[until - pd.Timedelta(days=1)] = np.isin(cells, found).mean() >= 0.25
    first = dated.seen.loc[dated.seen["hotspot"] == label, "first_pooled"].iloc[0]
    assert shown[first]  # found then,
    before = first - pd.Timedelta(days=91)
    assert not shown.get(before, False)  # and not one step earlier


def test_first_days_need_a_day_a_target_and_a_run_left(pool):
    rows = pool.cell_records.assign(report_date=pd.NaT, event_start=pd.NaT)
    assert first_seen(rows, pool.exposure, {"H": np.array([1])}) == {}
    nowhere = {"H": pool.exposure["cell"].to_numpy()[:1]}
    short = GrowingParams(most_runs=1)
    assert first_seen(pool.cell_records, pool.exposure, nowhere, growing=short) == {}
    with pytest.raises(UsageError, match="least_share"):
        GrowingParams(least_share=0)


# ---------------------------------------- borders come after
def layer(xs, names):
    """Strips between the eastings (degrees) `xs`, in one layer."""
    boxes = [shapely.box(a, 53.7, b, 54.4) for a, b in itertools.pairwise(xs)]
    rows = [
        {"layer": "police_force", "code": n, "name": n, "vintage": "1", "geometry": g}
        for n, g in zip(names, boxes, strict=True)
    ]
    return schema.conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=4326), schema.AREAS).set_crs(4326)


@pytest.mark.parametrize(
    ("xs", "names"),
    [((0.3, 1.0, 1.8), ("P", "Q")), ((0.3, 0.8, 1.0, 1.8), ("A1", "A2", "B")), ((0.3, 1.2, 1.8), ("A", "B"))],
    ids=["renamed", "split", "moved"],
)
def test_areas_change_overlays_only_never_the_clusters(pool, made, xs, names):
    areas = {"before": layer((0.3, 1.0, 1.8), ("A", "B")), "after": layer(xs, names)}
    tables, clusters = {}, {}
    for when, drawn in areas.items():
        home = homes_of(pool.exposure["cell"], drawn)
        again = compare(Pool(pool.cell_records, pool.exposure, home, {}))
        clusters[when] = again.pooled
        lat, lon = lattice.centres_of(again.pooled.cells["cell"].to_numpy())
        points = again.pooled.cells.assign(lat=lat, lon=lon, subject=-1, agency="x")
        tables[when] = boundaries.touch(again.pooled.hotspots, points, drawn)
    for run in clusters.values():
        pd.testing.assert_frame_equal(run.cells, made.pooled.cells)
        pd.testing.assert_frame_equal(run.tested, made.pooled.tested)
    for table in tables.values():
        assert table.groupby("hotspot")["share_area"].sum().to_numpy() == pytest.approx(1, abs=1e-6)
    assert set(tables["after"]["code"]) <= set(names)
