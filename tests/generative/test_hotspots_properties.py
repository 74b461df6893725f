"""Properties of the engine on random small maps: what may not change a verdict does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cse_geo import lattice, schema
from cse_geo.hotspots import HotspotParams, HotspotResult, find
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.gi import exact_p
from cse_geo.hotspots.tails import upper_tail
from cse_geo.hotspots.windows import make_lattice

CENTRE = int(lattice.cells_of([54.2], [1.5], 8)[0])
DISK = lattice.disk(CENTRE, 5)
SOME = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def exposure() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"cell": DISK, "children": rng.gamma(1.0, 10.0, len(DISK)), "footfall": 1.0})
    district = np.where(np.arange(len(DISK)) % 3 == 0, "D1", "D2")
    return schema.conform(frame.assign(district=district), schema.EXPOSURE)


@st.composite
def maps(draw: st.DrawFn) -> pd.DataFrame:
    """Records of children on the disk, some bunched in its centre, some without a key."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, bunched = draw(st.integers(10, 80)), draw(st.integers(0, 20))
    cell = np.concatenate([rng.choice(DISK, n), rng.choice(DISK[:7], bunched)])
    total = len(cell)
    subject = np.where(rng.random(total) < 0.8, rng.integers(0, total, total), -1)
    frame = pd.DataFrame({"record": range(total), "event": range(total), "cell": cell, "subject": subject})
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, total), unit="D")
    agency = rng.choice(["a", "b"], total)
    return schema.conform(frame.assign(weight=1.0, agency=agency, event_start=day), schema.CELL_RECORDS)


def same(one: HotspotResult, two: HotspotResult, *, but: tuple[str, ...] = ()) -> None:
    pd.testing.assert_frame_equal(one.tested, two.tested)
    pd.testing.assert_frame_equal(one.cells, two.cells)
    left, right = (pd.DataFrame(r.hotspots.drop(columns=["geometry", *but])) for r in (one, two))
    pd.testing.assert_frame_equal(left, right)


@SOME
@given(maps(), st.integers(0, 2**32 - 1), st.booleans())
def test_the_order_of_rows_changes_nothing(rows, seed, ring):
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = exposure().sample(frac=1, random_state=seed % 1000)
    same(
        find(rows, exposure() if ring else None),
        find(rows.iloc[order].reset_index(drop=True), shuffled if ring else None),
    )


@SOME
@given(maps(), st.integers(1, 10**6))
def test_numbering_children_events_and_records_anew_changes_nothing(rows, shift):
    renamed = rows.assign(
        subject=rows["subject"].where(rows["subject"] < 0, rows["subject"] + shift),
        event=rows["event"] + shift,
        record=rows["record"] + shift,
    )
    same(find(rows, exposure()), find(renamed, exposure()))


@SOME
@given(maps())
def test_splitting_agencies_changes_only_what_is_said_of_agencies(rows):
    """Who reported may move a hotspot down the list; where it is and how unlikely may not."""
    split = rows.assign(agency=rows["agency"] + (rows["record"] % 3).astype(str))
    one, two = find(rows, exposure()), find(split, exposure())
    pd.testing.assert_frame_equal(one.tested, two.tested)
    of_agencies = ["n_agencies", "agencies", "why", "verdict", "rests_on", "p_without", "hotspot", "rank"]
    left, right = (
        pd.DataFrame(r.hotspots.drop(columns=["geometry", *of_agencies])).sort_values(
            "lat", ignore_index=True
        )
        for r in (one, two)
    )
    pd.testing.assert_frame_equal(left, right)
    assert set(one.cells["cell"]) == set(two.cells["cell"])


@SOME
@given(maps(), st.integers(1, 40))
def test_more_records_of_a_child_already_counted_change_no_p(rows, times):
    keyed = rows[rows["subject"] >= 0]
    if keyed.empty:
        return
    again = pd.concat([keyed.iloc[[0]]] * times, ignore_index=True)
    again["record"] = np.arange(times) + 10_000
    again["event"] = np.arange(times) + 10_000
    more = pd.concat([rows, again], ignore_index=True)
    # The share of keyed records may pass the line from which children alone are counted: not asked here.
    if (rows["subject"] >= 0).mean() >= 0.2:
        pd.testing.assert_frame_equal(find(rows, exposure()).tested, find(more, exposure()).tested)


@SOME
@given(maps())
def test_a_far_empty_district_lowers_no_p(rows):
    far = lattice.disk(int(lattice.cells_of([57.0], [2.0], 8)[0]), 2)
    more = pd.DataFrame({"cell": far, "children": 500.0, "footfall": 3.0, "district": "far"})
    more = schema.conform(pd.concat([exposure(), more], ignore_index=True), schema.EXPOSURE)
    fixed = HotspotParams(w_children=1.0, w_footfall=1.0, floor_share=0.0, passes=1)
    plain = exposure().assign(footfall=exposure()["children"])
    more["footfall"] = more["children"]
    one = find(rows, plain, params=fixed).tested.set_index("cell")
    two = find(rows, more, params=fixed).tested.set_index("cell").loc[one.index]
    np.testing.assert_allclose(two["p_value"], one["p_value"], rtol=1e-6)
    assert (two["q_value"] >= one["q_value"] - 1e-12).all()


@SOME
@given(maps())
def test_moving_the_whole_map_moves_the_answer(rows):
    """Concentration knows only counts and neighbours: another place gives the same p, moved."""
    there = int(lattice.cells_of([54.6], [2.3], 8)[0])
    moved_to = dict(zip(DISK.tolist(), _same_steps(there).tolist(), strict=True))
    moved = rows.assign(cell=rows["cell"].map(moved_to))
    one = find(rows, within=DISK, params=HotspotParams(q=0.2))
    two = find(moved, within=_same_steps(there), params=HotspotParams(q=0.2))
    both = one.tested.assign(cell=one.tested["cell"].map(_grown(moved_to, one.tested["cell"], there)))
    kept = both.dropna().set_index("cell")["observed"]
    there_p = two.tested.set_index("cell")["observed"].reindex(kept.index)
    np.testing.assert_allclose(there_p, kept)


def _same_steps(there: int) -> np.ndarray:
    """Return the cells around `there` that lie as DISK's lie around its centre (same local coordinates)."""
    import h3.api.numpy_int as h3

    i0, j0 = h3.cell_to_local_ij(CENTRE, CENTRE)
    i1, j1 = h3.cell_to_local_ij(there, there)
    steps = [h3.cell_to_local_ij(CENTRE, c) for c in DISK.tolist()]
    return np.array([h3.local_ij_to_cell(there, i - i0 + i1, j - j0 + j1) for i, j in steps], np.int64)


def _grown(known: dict[int, int], cells: pd.Series, there: int) -> dict[int, int]:
    """Return the map of the cells that both lattices hold."""
    return {c: known[c] for c in cells.tolist() if c in known}


@SOME
@given(st.lists(st.integers(0, 6), min_size=20, max_size=91), st.integers(0, 2**32 - 1))
def test_exact_p_does_not_depend_on_labels(counts, seed):
    lat = make_lattice(DISK[: len(counts)], 1)
    near = lat.window.copy()
    near.setdiag(0)
    near.eliminate_zeros()
    y = np.array(counts)
    order = np.random.default_rng(seed).permutation(len(y))
    p = exact_p(y, near)
    np.testing.assert_allclose(exact_p(y[order], near[order][:, order]), p[order], rtol=1e-9)
    assert ((p > 0) & (p <= 1)).all()


@SOME
@given(st.floats(0.01, 50), st.floats(0, 2), st.integers(1, 60))
def test_tails_fall_with_the_count_and_rise_with_the_variance(mean, excess, k):
    wide = mean + excess * mean * mean
    tail = upper_tail([k, k + 1], mean, wide)
    assert tail[0] >= tail[1] >= 0
    if k > 2 * mean + 2:
        assert upper_tail(k, mean, wide) >= upper_tail(k, mean, mean) * (1 - 1e-9)


@SOME
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_adjusted_p_keeps_order_and_never_falls(values):
    p = np.array(values)
    q = benjamini_hochberg(p)
    assert (q >= p - 1e-15).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()
