"""The engine as a whole: window counts, expected counts, hotspots, their words, the emerging list."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cse_geo import lattice, schema
from cse_geo.cells import count
from cse_geo.demo.world import WorldParams, make_world
from cse_geo.errors import SchemaError, UsageError
from cse_geo.hotspots import HotspotParams, emerging, find, find_counts
from cse_geo.hotspots.clusters import Tally, codes_and_counts
from cse_geo.hotspots.concentration import footprint
from cse_geo.hotspots.expected import denominators, fit
from cse_geo.hotspots.windows import Counted, count_windows, make_lattice
from cse_geo.hotspots.words import odds, why
from tests.benchmarks.planted import score

DAY = pd.Timestamp("2025-03-10")
CENTRE = int(lattice.cells_of([54.2], [1.5], 8)[0])
DISK = lattice.disk(CENTRE, 8)


def cell_records(*rows: dict[str, object]) -> pd.DataFrame:
    base = {"weight": 1.0, "subject": -1, "agency": "police", "event_start": DAY, "cell": CENTRE}
    frame = pd.DataFrame([{"record": n, "event": n} | base | row for n, row in enumerate(rows)])
    return schema.conform(frame, schema.CELL_RECORDS) if rows else schema.empty(schema.CELL_RECORDS)


def children(n: int, cell: int = CENTRE, *, first: int = 0) -> list[dict[str, object]]:
    return [{"subject": first + i, "event": first + i, "record": first + i, "cell": cell} for i in range(n)]


def exposure(**columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"cell": DISK, "children": 10.0, "footfall": 1.0, "district": "D1"} | columns)
    return schema.conform(frame, schema.EXPOSURE)


def background(n: int = 60, seed: int = 1, *, beyond: int = 0) -> list[dict[str, object]]:
    """Return children scattered over the lattice, or over its cells past so many rings."""
    near = lattice.disk(CENTRE, beyond) if beyond else []
    cells = np.random.default_rng(seed).choice(np.setdiff1d(DISK, near), n)
    return [
        {"subject": 1000 + i, "event": 1000 + i, "record": 1000 + i, "cell": int(c)}
        for i, c in enumerate(cells)
    ]


# ---------------------------------------- window counts
def plain_counts(rows: pd.DataFrame, cells: np.ndarray, cap: int) -> list[float]:
    """Count slowly: for each window, each child's distinct events up to the cap."""
    out = []
    for cell in cells.tolist():
        near = rows[rows["cell"].isin(lattice.disk(cell, 1)) & (rows["subject"] >= 0)]
        events = near.groupby("subject")["event"].nunique()
        out.append(float(np.minimum(events, cap).sum()))
    return out


@pytest.mark.parametrize("cap", [1, 2])
def test_window_counts_equal_a_plain_reference(cap):
    rng = np.random.default_rng(cap)
    rows = pd.DataFrame({"cell": rng.choice(DISK[:37], 200), "subject": rng.integers(0, 60, 200)})
    rows["event"] = rows["subject"] * 10 + rng.integers(0, 3, 200)
    frame = schema.conform(rows.assign(record=range(200), weight=1.0, agency="police"), schema.CELL_RECORDS)
    lat = make_lattice(DISK, 1)
    counted = count_windows(frame, lat, cap_per_child=cap)
    np.testing.assert_allclose(counted.observed, plain_counts(frame, lat.cells, cap))
    assert (lat.window @ counted.in_cell).sum() == pytest.approx(counted.observed.sum())


def test_one_child_with_81_episodes_next_door_to_itself_is_one():
    ring = lattice.disk(CENTRE, 1)
    rows = cell_records(*[{"subject": 5, "cell": int(ring[n % 7])} for n in range(81)])
    counted = count_windows(rows, make_lattice(DISK, 1), cap_per_child=1)
    assert counted.observed.max() == 1


def test_an_event_with_two_places_in_one_window_counts_once():
    ring = lattice.disk(CENTRE, 1)
    rows = cell_records({"event": 0, "cell": int(ring[1])}, {"event": 0, "cell": int(ring[2])})
    counted = count_windows(rows, make_lattice(DISK, 1), cap_per_child=1)
    assert counted.observed.max() == 1
    assert counted.keyless_weight == 1


@pytest.mark.parametrize(("n_keyed", "weight"), [(0, 1.0), (5, 0.0), (20, 0.0)])
def test_events_without_a_key_are_tested_only_where_keys_are_rare(n_keyed, weight):
    rows = cell_records(*children(n_keyed), *[{"event": 100 + n} for n in range(10)])
    assert count_windows(rows, make_lattice(DISK, 1), cap_per_child=1).keyless_weight == weight


def test_where_keys_are_rare_a_keyless_event_counts_by_how_children_repeat():
    """One child with four events in every window: sum n^2 / sum n = 4."""
    rows = cell_records(*[{"subject": 1} for _ in range(4)], *[{} for _ in range(40)])
    counted = count_windows(rows, make_lattice(DISK, 1), cap_per_child=1)
    assert counted.keyless_weight == pytest.approx(0.25)
    assert counted.observed.max() == pytest.approx(1 + 40 / 4)


# ---------------------------------------- expected counts
def expected_of(in_cell: np.ndarray, frame: pd.DataFrame, **params: object):
    lat = make_lattice(DISK, 1)
    counted = Counted(lat.window @ in_cell, in_cell, 0.0)
    den = denominators(frame.sort_values("cell", ignore_index=True))
    return fit(counted, den, lat, without=np.zeros(len(DISK), bool), params=HotspotParams(**params)), lat


def test_expected_counts_follow_given_weights_by_hand():
    """Two denominators, one district: share = w1 c / C + w2 f / F, times the district's total."""
    n = len(DISK)
    frame = exposure(children=np.arange(n, dtype=float), footfall=np.arange(n, dtype=float)[::-1])
    in_cell = np.zeros(n)
    in_cell[:50] = 1
    got, _ = expected_of(in_cell, frame, w_children=3.0, w_footfall=1.0, floor_share=0.0)
    ordered = frame.sort_values("cell", ignore_index=True)
    share = 0.75 * ordered["children"] / ordered["children"].sum()
    share += 0.25 * ordered["footfall"] / ordered["footfall"].sum()
    np.testing.assert_allclose(got.in_cell, 50 * share, rtol=1e-12)


def test_each_district_is_at_the_level_that_it_reports():
    n = len(DISK)
    district = np.where(np.arange(n) < 80, "D1", "D2")
    frame = exposure(district=district)
    of = frame.sort_values("cell", ignore_index=True)["district"].to_numpy()
    in_cell = np.where(of == "D1", 1.0, 0.1)
    got, _ = expected_of(in_cell, frame)
    np.testing.assert_allclose(got.in_cell, in_cell, rtol=1e-9)
    assert got.in_cell.sum() == pytest.approx(in_cell.sum())


def test_mixing_weights_are_recovered():
    rng = np.random.default_rng(2)
    n = len(DISK)
    frame = exposure(children=rng.gamma(0.5, 1, n), footfall=rng.gamma(0.3, 1, n))
    den = denominators(frame.sort_values("cell", ignore_index=True))
    in_cell = rng.multinomial(20_000, den.parts @ [0.3, 0.6, 0.1]).astype(float)
    got, _ = expected_of(in_cell, frame)
    np.testing.assert_allclose(got.weights, [0.3, 0.6, 0.1], atol=0.03)


def test_windows_inside_one_district_have_its_binomial():
    in_cell = np.zeros(len(DISK))
    in_cell[::5] = 1
    got, lat = expected_of(in_cell, exposure())
    mean, variance = got.moments()
    x = np.asarray(lat.window.sum(axis=1)).ravel() / len(DISK)
    np.testing.assert_allclose(mean, in_cell.sum() * x, rtol=1e-9)
    np.testing.assert_allclose(variance, in_cell.sum() * x * (1 - x), rtol=1e-9)


# ---------------------------------------- find
def test_a_hotspot_is_found_with_its_numbers():
    rows = cell_records(*background(), *children(12))
    rows.loc[rows["subject"] < 4, "agency"] = "council"
    rows.loc[rows["subject"] < 12, "place_type"] = "park"
    result = find(rows, exposure())
    assert len(result.hotspots) == 1
    spot = result.hotspots.iloc[0]
    assert (spot["hotspot"], spot["rank"], spot["method"]) == ("H01", 1, "ring_poisson")
    assert CENTRE in result.cells["cell"].tolist()
    inside = rows[rows["cell"].isin(result.cells["cell"])]
    assert spot["n_children"] == inside["subject"].nunique() == spot["n_records"]
    assert spot["n_agencies"] == 2
    assert spot["why"].startswith(
        f"{spot['n_children']} children in {spot['n_records']} records from 2 agencies"
    )
    assert spot["place_types"].startswith("park:12")
    assert spot["geometry"].contains(lattice.outlines_of([CENTRE])[0].centroid)
    assert spot["area_km2"] == pytest.approx(lattice.areas_km2(result.cells["cell"]).sum())
    schema.check(result.hotspots, schema.HOTSPOTS)
    schema.check(result.cells, schema.HOTSPOT_CELLS)
    schema.check(result.tested, schema.TESTED)
    assert len(result.tested) == len(DISK)


def test_p_is_the_binomial_of_window_and_district():
    """12 children in one cell of 217, 60 elsewhere; window 7 / 217 of an even district: 72 trials."""
    rows = cell_records(*background(), *children(12))
    result = find(rows, exposure())
    best = result.tested.loc[result.tested["p_value"].idxmin()]
    by_hand = stats.binom.sf(best["observed"] - 1, 72, 7 / 217)
    assert best["p_value"] == pytest.approx(by_hand, rel=1e-6)
    assert best["expected"] == pytest.approx(72 * 7 / 217, rel=1e-9)


@pytest.mark.parametrize(
    ("rows", "why_not"),
    [
        ([{"subject": 5} for _ in range(81)], "one child"),
        ([{"subject": n % 2} for n in range(40)], "two children"),
        (children(4), "four records"),
        ([{"event": 5000 + n} for n in range(30)], "no keys"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_is_not_a_hotspot(rows, why_not):
    result = find(cell_records(*background(20, beyond=3), *rows), exposure())
    assert result.hotspots.empty, why_not
    assert result.cells.empty


def test_three_agencies_reporting_the_same_children_change_only_agency_and_record_counts():
    rows = [*background(), *children(12)]
    thrice = [
        row | {"agency": agency, "record": row["record"] + 10_000 * n}
        for row in rows
        for n, agency in enumerate("abc")
    ]
    once, more = find(cell_records(*rows), exposure()), find(cell_records(*thrice), exposure())
    pd.testing.assert_frame_equal(once.tested, more.tested)
    pd.testing.assert_frame_equal(once.cells, more.cells)
    assert more.hotspots.loc[0, "n_agencies"] == 3
    assert more.hotspots.loc[0, "n_records"] == 3 * once.hotspots.loc[0, "n_records"]


def test_two_hotspots_in_one_small_district_do_not_hide_each_other():
    far = int(DISK[-1])
    rows = cell_records(*background(15), *children(25), *children(8, far, first=100))
    alone = find(rows, exposure(), params=HotspotParams(passes=1))
    both = find(rows, exposure())
    assert len(both.hotspots) == 2
    assert len(alone.hotspots) <= 2
    assert both.hotspots["q_value"].max() <= 0.05


def test_a_baseline_of_incidents_brings_its_own_chance():
    """A window's count follows the negative binomial of a gamma with shape b + 1/2 (Jeffreys), b its incidents."""
    rows, people = cell_records(*children(9), *background(60, beyond=2)), exposure(children=3.0)
    setting = {"w_children": 1.0, "w_footfall": 0.0}
    plain, counted = (
        find(rows, people, params=HotspotParams(baseline=words, **setting))
        .tested.set_index("cell")
        .loc[CENTRE]
        for words in ("", "all incidents")
    )
    assert counted["expected"] == plain["expected"]
    b, m, share = 7 * 3 + 0.5, plain["expected"], 7 / len(DISK)
    variance = m * (1 - share) + m**2 / b
    size = m**2 / (variance - m)
    assert counted["p_value"] == pytest.approx(stats.nbinom.sf(8, size, size / (size + m)), rel=1e-6)
    assert counted["p_value"] > plain["p_value"]


def test_records_outside_the_lattice_are_said():
    away = int(lattice.cells_of([57.0], [2.0], 8)[0])
    result = find(cell_records(*children(5), {"cell": away, "subject": 99, "event": 99}), exposure())
    assert any(note.startswith("1 records lie outside") for note in result.notes)


def test_no_records_give_no_hotspots():
    result = find(cell_records(), exposure())
    assert result.hotspots.empty
    assert (result.tested["p_value"] == 1).all()
    assert find(cell_records()).hotspots.empty


def test_without_denominators_it_is_concentration_and_says_so():
    result = find(cell_records(*background(), *children(12)))
    assert result.method == "gi_star_exact_or_even"
    assert result.notes[0].startswith("Concentration, not risk")
    assert len(result.hotspots) == 1
    assert np.isnan(result.hotspots.loc[0, "expected"])
    assert "spread evenly" in result.hotspots.loc[0, "why"]


def test_data_without_keys_are_named_by_records_and_say_so():
    rows = cell_records(*[{"cell": row["cell"]} for row in background()], *[{} for _ in range(12)])
    result = find(rows, exposure())
    assert len(result.hotspots) == 1
    assert result.hotspots.loc[0, "n_children"] == 0
    assert any("No record has a child key" in note for note in result.notes)


def test_counts_of_points_give_the_same_as_their_records():
    rows = cell_records(*[{"cell": row["cell"]} for row in background()], *[{} for _ in range(12)])
    one, two = find(rows), find_counts(count(rows))
    pd.testing.assert_frame_equal(one.tested, two.tested)
    pd.testing.assert_frame_equal(one.cells, two.cells)


def test_the_footprint_is_the_cells_near_records_and_those_given():
    near = footprint(np.array([CENTRE, CENTRE]), None, 1).cells
    assert sorted(near) == sorted(lattice.disk(CENTRE, 1))
    assert sorted(footprint(np.array([CENTRE]), DISK, 1).cells) == sorted(DISK)


def test_ring_without_denominators_is_refused():
    with pytest.raises(UsageError, match="needs denominators"):
        find(cell_records(*children(5)), params=HotspotParams(method="ring"))


def test_mixed_resolutions_are_refused():
    with pytest.raises(UsageError, match="one resolution, not 8, 9"):
        find(cell_records({}, {"cell": int(lattice.children_of(CENTRE, 9)[0])}))


def test_a_frame_of_another_kind_is_refused():
    with pytest.raises(SchemaError, match="lacks record"):
        find(pd.DataFrame({"cell": [1]}))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "scan"}, "`method` must be one of"),
        ({"k_ring": 4}, "`k_ring` must be 0 to 3"),
        ({"q": 0.0}, "`q` must be between"),
        ({"cap_per_child": 0}, "`cap_per_child` must be"),
        ({"min_records": 0}, "`min_records` must be"),
        ({"min_children": 0}, "`min_children` must be"),
        ({"w_children": 1.0}, "`w_children` must be given together"),
        ({"w_children": 0.0, "w_footfall": 0.0}, "one weight is positive"),
        ({"floor_share": 0.5}, "`floor_share` must be"),
        ({"passes": 0}, "`passes` must be"),
        ({"emerging_days": 0}, "`emerging_days` must be"),
    ],
)
def test_parameters_check_themselves(given, words):
    with pytest.raises(UsageError, match=words):
        HotspotParams(**given)


# ---------------------------------------- words
TALLY = Tally(14, 12, 0, 3, pd.Timestamp("2024-01-03"), pd.Timestamp("2025-11-17"), "", "", "police:9")


def test_the_sentence_is_its_numbers():
    assert why(TALLY, observed=12, expected=2.1, p=1 / 5000, has_denominators=True) == (
        "12 children in 14 records from 3 agencies; 12 counted here and next door, where 2.1 were expected; "
        "a chance of 1 in 5,000; first 03 January 2024, most recent 17 November 2025."
    )


def test_the_sentence_says_when_it_rests_on_one_agency():
    tally = dataclasses.replace(TALLY, n_agencies=1)
    assert why(tally, observed=12, expected=2.1, p=0.01, has_denominators=True).endswith(
        "rests on one agency alone."
    )


@pytest.mark.parametrize("agencies", ["", "points:14"])
def test_the_sentence_names_no_agency_where_there_is_none(agencies):
    tally = dataclasses.replace(TALLY, n_agencies=1, agencies=agencies)
    assert "agenc" not in why(tally, observed=12, expected=2.1, p=0.01, has_denominators=False)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.5, "1 in 2"),
        (1 / 123, "1 in 120"),
        (2e-6, "1 in 500,000"),
        (0.0, "less than 1 in a million"),
        (9e-7, "less than 1 in a million"),
    ],
)
def test_odds_in_words(p, words):
    assert odds(p) == words


def test_codes_most_first_then_by_code():
    assert codes_and_counts(pd.Series(["b", "a", "b", "c", None])) == "b:2; a:1; c:1"


# ---------------------------------------- emerging
def test_a_single_new_report_reaches_the_emerging_list():
    far = int(DISK[-1])
    old = [row | {"event_start": DAY - pd.Timedelta("200D")} for row in [*background(30), *children(12)]]
    rows = cell_records(*old, {"event": 77, "record": 77, "cell": far, "subject": 9000})
    result = find(rows, exposure())
    listed = emerging(rows, result)
    assert listed["event"].tolist() == [77]
    earlier = rows[rows["cell"].isin(lattice.disk(far, 1)) & (rows["event"] != 77)]
    assert listed["n_before"].tolist() == [earlier["event"].nunique()]
    assert listed["label"].str.startswith("new report").all()


def test_a_new_report_inside_a_hotspot_is_not_emerging():
    rows = cell_records(
        *[r | {"event_start": DAY - pd.Timedelta("99D")} for r in background()], *children(12)
    )
    assert len(emerging(rows, find(rows, exposure()))) == 0


def test_undated_records_are_not_emerging():
    rows = cell_records({"event_start": pd.NaT})
    assert emerging(rows, find(rows)).empty


# ---------------------------------------- worlds with known truth (full figures: docs/hotspots.md)
def test_few_null_maps_have_a_hotspot():
    """24 maps at 5 % or less each: four or more would be a chance below 1 in 100."""
    kinds = (WorldParams(planted=False), WorldParams(planted=False, n_records=300, repeat_most=80))
    scores = [score(make_world(seed, kind)) for kind in kinds for seed in range(12)]
    assert sum(s.false > 0 for s in scores) <= 3


def test_most_planted_hotspots_are_found():
    scores = [score(make_world(seed, WorldParams(extra=12))) for seed in range(8)]
    assert sum(s.found for s in scores) / sum(s.planted for s in scores) >= 0.7
    assert sum(s.false for s in scores) <= 4
