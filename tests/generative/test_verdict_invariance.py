"""Turned, moved and renamed worlds, far towns, repeats and fields that must not count: each verdict stays as it is."""

from __future__ import annotations

import h3.api.numpy_int as h3
import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from cse_geo import lattice, schema
from cse_geo.hotspots import HotspotParams, HotspotResult, find
from cse_geo.hotspots.agreement import AgreementParams, agreement
from cse_geo.hotspots.gi import exact_p
from cse_geo.hotspots.scan import ScanParams, scan
from cse_geo.hotspots.windows import make_lattice
from tests.generative.test_engine_verdicts import SEEDS, SOME, places, type_table
from tests.generative.test_hotspots_properties import CENTRE, DISK, exposure, maps

PLAIN = "ring_poisson"  # blocks for over-dispersion follow H3's parents, which do not turn with the world
THERE = (54.6, 2.3)


def turned_cells(turns: int, to: tuple[float, float]) -> dict[int, int]:
    """Return where each cell of DISK comes to lie, turned by so many sixths round its centre, and moved."""
    there = int(lattice.cells_of([to[0]], [to[1]], 8)[0])
    i0, j0 = h3.cell_to_local_ij(CENTRE, CENTRE)
    i1, j1 = h3.cell_to_local_ij(there, there)
    out = {}
    for cell in DISK.tolist():
        i, j = h3.cell_to_local_ij(CENTRE, cell)
        i, j = i - i0, j - j0
        for _ in range(turns):
            i, j = i - j, i  # the axes stand 120 degrees apart
        out[cell] = int(h3.local_ij_to_cell(there, i + i1, j + j1))
    return out


def as_moved(result: HotspotResult, to: dict[int, int]) -> pd.DataFrame:
    return result.tested.assign(cell=result.tested["cell"].map(to)).sort_values("cell").reset_index(drop=True)


@SOME
@given(maps(), st.integers(1, 5), st.booleans())
def test_turning_and_moving_the_world_turns_and_moves_the_ring_test(
    rows: pd.DataFrame,
    turns: int,
    moves: bool,  # noqa: FBT001
) -> None:
    to = turned_cells(turns, THERE if moves else (54.2, 1.5))
    assert len(set(to.values())) == len(DISK)
    ground = exposure().assign(cell=exposure()["cell"].map(to))
    one, two = find(rows, exposure()), find(rows.assign(cell=rows["cell"].map(to)), ground)
    assume(one.method == two.method == PLAIN)
    pd.testing.assert_frame_equal(as_moved(one, to), two.tested, rtol=1e-6)
    assert {to[c] for c in one.cells["cell"].tolist()} == set(two.cells["cell"].tolist())


@SOME
@given(st.lists(st.integers(0, 9), min_size=len(DISK), max_size=len(DISK)), st.integers(1, 5))
def test_turning_and_moving_the_world_turns_and_moves_the_exact_p_of_gi(
    counts: list[int], turns: int
) -> None:
    to = turned_cells(turns, THERE)
    found = []
    for cells in (DISK.tolist(), [to[c] for c in DISK.tolist()]):
        lat = make_lattice(np.array(cells), 1)
        near = lat.window.copy()
        near.setdiag(0)
        near.eliminate_zeros()
        y = pd.Series(counts, index=cells).loc[lat.cells].to_numpy()
        found.append(pd.Series(exact_p(y, near), index=lat.cells).loc[cells].to_numpy())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


@SOME
@given(maps(), SEEDS)
def test_a_far_town_with_records_of_its_own_changes_no_p_here(rows: pd.DataFrame, seed: int) -> None:
    """A district of its own, weights held still: levels are told from each district's own records."""
    rng = np.random.default_rng(seed)
    far = lattice.disk(int(lattice.cells_of([57.0], [2.0], 8)[0]), 3)
    children = rng.gamma(2.0, 10.0, len(far))
    more = pd.DataFrame({"cell": far, "children": children, "footfall": children, "district": "far"})
    ground = exposure().assign(footfall=exposure()["children"])
    whole = schema.conform(pd.concat([ground, more], ignore_index=True), schema.EXPOSURE)
    town = rows.sample(40, replace=True, random_state=1)
    number = 10_000 + np.arange(40)
    town = town.assign(record=number, event=number, subject=number, cell=rng.choice(far, 40))
    fixed = HotspotParams(w_children=1.0, w_footfall=1.0, floor_share=0.0, passes=1)
    one = find(rows, ground, params=fixed)
    two = find(pd.concat([rows, town], ignore_index=True), whole, params=fixed)
    assume(one.method == two.method == PLAIN)
    here = two.tested.set_index("cell").loc[one.tested["cell"]]
    np.testing.assert_allclose(here["p_value"], one.tested["p_value"], rtol=1e-6)


@SOME
@given(maps(), st.integers(1, 81))
def test_more_records_of_a_child_already_counted_change_no_concentration(
    rows: pd.DataFrame, times: int
) -> None:
    rows = rows.assign(subject=rows["subject"].abs())
    again = pd.concat([rows.iloc[[0]]] * times, ignore_index=True)
    number = 10_000 + np.arange(times)
    more = pd.concat([rows, again.assign(record=number, event=number)], ignore_index=True)
    pd.testing.assert_frame_equal(find(rows).tested, find(more).tested)


@SOME
@given(maps())
def test_splitting_agencies_changes_no_concentration(rows: pd.DataFrame) -> None:
    split = rows.assign(agency=rows["agency"] + (rows["record"] % 3).astype(str))
    one, two = find(rows), find(split)
    pd.testing.assert_frame_equal(one.tested, two.tested)
    pd.testing.assert_frame_equal(one.cells, two.cells)


@SOME
@given(SEEDS, st.integers(1, 81))
def test_more_records_of_a_child_already_counted_and_other_agencies_change_no_scan(
    seed: int, times: int
) -> None:
    """What the scans are asked beside a hotspot counts a child once, where it was first seen."""
    rng = np.random.default_rng(seed)
    cell = np.concatenate([rng.choice(DISK, 40), np.repeat(DISK[0], 15)])
    n = len(cell)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    frame = pd.DataFrame({"record": range(n), "event": range(n), "cell": cell, "subject": range(n), "weight": 1.0,
                          "agency": "a", "event_start": day})  # fmt: skip
    rows = schema.conform(frame, schema.CELL_RECORDS)
    later = pd.concat([rows.iloc[[0]]] * times, ignore_index=True)
    number = 10_000 + np.arange(times)
    after = later["event_start"] + pd.to_timedelta(1 + number % 50, unit="D")
    later = later.assign(record=number, event=number, event_start=after, agency=rng.choice(["b", "c"], times))
    more = pd.concat([rows, later], ignore_index=True)
    result = find(rows, exposure())
    assume(len(result.hotspots))
    params = AgreementParams(seed=1, replicates=19)
    one, two = (agreement(result, r, exposure(), params=params) for r in (rows, more))
    scans = one["method"] != "gi_star"
    pd.testing.assert_frame_equal(one[scans], two[scans])


@SOME
@given(SEEDS)
def test_renaming_types_and_strata_renames_the_answer(seed: int) -> None:
    """The order of names decides the order of random shuffles, so names that sort alike."""
    spots, sites = places(seed)
    renamed = sites.assign(place_type="x_" + sites["place_type"], stratum=sites["stratum"] + 70)
    one, two = type_table(spots, sites), type_table(spots, renamed)
    one = one.assign(place_type="x_" + one["place_type"])
    pd.testing.assert_frame_equal(
        one.drop(columns="words", errors="ignore"), two.drop(columns="words", errors="ignore")
    )


@SOME
@given(SEEDS, st.sampled_from(["ethnicity", "nationality", "religion", "child_name", "agency"]))
def test_fields_that_must_not_count_change_neither_a_scan_nor_a_place_type(seed: int, column: str) -> None:
    rng = np.random.default_rng(seed)
    spots, sites = places(seed)
    marked = spots.assign(**{column: rng.choice(["x", "y"], len(spots))})
    pd.testing.assert_frame_equal(type_table(spots, sites), type_table(marked, sites))
    where = pd.DataFrame(
        {"id": [f"L{k:02d}" for k in range(20)], "x_m": rng.uniform(0, 3000, 20), "y_m": 0.0}
    )
    cases = pd.DataFrame({"id": rng.choice(where["id"], 60)})
    people = pd.DataFrame({"id": where["id"], "population": rng.integers(50, 500, 20)})
    params = ScanParams(model="poisson", max_radius_m=900, seed=1, replicates=19)
    one = scan(cases, where, population=people, params=params)
    told = cases.assign(**{column: rng.choice(["x", "y"], 60)})
    two = scan(told, where, population=people, params=params)
    pd.testing.assert_frame_equal(one.clusters, two.clusters)
    assert one.null_maxima.tolist() == two.null_maxima.tolist()
