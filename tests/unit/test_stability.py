"""Stability: worked by hand on a small sea, against a plain reference, and on random input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots import find
from cse_geo.hotspots.stability import Possible, StabilityParams, draw_maps, stability, words

LAT, LON = 53.8, 1.35
CENTRE = int(lattice.cells_of([LAT], [LON], 8)[0])


def records(
    cells: list[int], *, agency: list[str] | str = "a", subject: list[int] | None = None
) -> pd.DataFrame:
    n = len(cells)
    day = pd.Timestamp("2025-03-01")
    frame = pd.DataFrame({"record": np.arange(n), "cell": cells, "weight": 1.0, "event": np.arange(n),
                          "subject": np.arange(n) if subject is None else subject, "agency": agency,
                          "event_start": day, "event_end": day, "report_date": day})  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def even_exposure(k: int = 12) -> pd.DataFrame:
    cells = np.sort(lattice.disk(CENTRE, k))
    frame = pd.DataFrame({"cell": cells, "children": 10.0, "footfall": 1.0, "district": "D1"})
    return schema.conform(frame, schema.EXPOSURE)


def scattered(n: int, seed: int = 1) -> list[int]:
    ring = np.setdiff1d(lattice.disk(CENTRE, 12), lattice.disk(CENTRE, 4))
    return np.random.default_rng(seed).choice(np.sort(ring), n, replace=False).tolist()


def possible_of(rows: pd.DataFrame, r95_m: float) -> Possible:
    lat, lon = lattice.centres_of(rows["cell"])
    points = pd.DataFrame(
        {"record": rows["record"], "site": rows["record"], "lat": lat, "lon": lon, "r95_m": r95_m}
    )
    return Possible(
        rows.drop(columns=["cell", "weight"]),
        points,
        pd.DataFrame({"record": [], "cell": [], "weight": []}).astype({"record": "int64", "cell": "int64"}),
    )


def run(rows: pd.DataFrame, possible: Possible, draws: int = 10) -> pd.DataFrame:
    exposure = even_exposure()
    result = find(rows, exposure)
    return stability(result, rows, possible, exposure=exposure, params=StabilityParams(seed=3, draws=draws))


def test_exact_places_keep_a_hotspot_on_every_map() -> None:
    rows = records([CENTRE] * 12 + scattered(40), agency=["a", "b"] * 26)
    got = run(rows, possible_of(rows, 1.0))
    assert got[
        ["hotspot", "draws", "kept", "share_kept", "needs_agency", "needs_one_child"]
    ].to_numpy().tolist() == [["H01", 10, 10, 1.0, "", False]]
    assert got["words"].iloc[0] == (
        "Kept on 10 of 10 maps drawn from where its records may lie, and without any one agency; no one child makes it."
    )


def test_places_known_to_tens_of_kilometres_keep_nothing() -> None:
    rows = records([CENTRE] * 12 + scattered(40), agency=["a", "b"] * 26)
    assert run(rows, possible_of(rows, 30_000.0))["kept"].tolist() == [0]


def test_one_agency_that_makes_it_is_named() -> None:
    rows = records([CENTRE] * 12 + scattered(40), agency=["police"] * 12 + ["b"] * 40)
    got = run(rows, possible_of(rows, 1.0))
    assert got["needs_agency"].tolist() == ["police"]
    assert "but not without police" in got["words"].iloc[0]


def test_a_hotspot_of_just_enough_children_needs_each_of_them() -> None:
    """Five records of three children are named; without any of the three there are two."""
    rows = records(
        [CENTRE] * 5 + scattered(8), agency=["a", "b"] * 6 + ["a"], subject=[0, 0, 1, 1, 2, *range(3, 11)]
    )
    got = run(rows, possible_of(rows, 1.0))
    assert got["needs_one_child"].tolist() == [True]
    assert got["words"].iloc[0].endswith("it does not stay if one child is left out.")


def test_without_hotspots_there_is_nothing_to_say() -> None:
    rows = records(scattered(20))
    assert len(run(rows, possible_of(rows, 1.0))) == 0


def test_an_area_is_drawn_by_weight_and_never_from_a_cell_of_none() -> None:
    near = np.sort(lattice.disk(CENTRE, 1))[:3]
    rows = records([CENTRE])
    choices = pd.DataFrame({"record": 0, "cell": near, "weight": [0.0, 1.0, 3.0]})
    points = pd.DataFrame({"record": [], "site": [], "lat": [], "lon": [], "r95_m": []}).astype(
        {"record": "int64"}
    )
    possible = Possible(rows.drop(columns=["cell", "weight"]), points, choices)
    drawn = [int(m["cell"].iloc[0]) for m in draw_maps(possible, 8, StabilityParams(seed=5, draws=2000))]
    assert near[0] not in drawn
    assert stats.binomtest(drawn.count(int(near[2])), 2000, 0.75).pvalue > 1e-4


@pytest.mark.parametrize("at_once", [1, 7, 10**6])
def test_maps_are_the_same_however_many_are_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    rows = records(scattered(60))
    choices = pd.DataFrame({"record": [90, 90], "cell": [CENTRE, scattered(1)[0]], "weight": [1.0, 2.0]})
    more = rows.tail(1).assign(record=90, event=90, subject=90).drop(columns=["cell", "weight"])
    possible = possible_of(rows, 900.0)
    possible = Possible(pd.concat([possible.reports, more], ignore_index=True), possible.points, choices)
    params = StabilityParams(seed=4, draws=9)
    usual = list(draw_maps(possible, 8, params))
    monkeypatch.setattr("cse_geo.hotspots.stability._POINTS_AT_ONCE", at_once * 60)
    assert len(usual) == 9
    for one, other in zip(usual, draw_maps(possible, 8, params), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_points_stay_within_r95_nineteen_times_in_twenty() -> None:
    rows = records([CENTRE])
    points = pd.DataFrame({"record": [0], "site": [0], "lat": [LAT], "lon": [LON], "r95_m": [1500.0]})
    possible = Possible(
        rows.drop(columns=["cell", "weight"]),
        points,
        pd.DataFrame({"record": np.empty(0, np.int64), "cell": np.empty(0, np.int64), "weight": []}),
    )
    maps = draw_maps(possible, 10, StabilityParams(seed=5, draws=2000))
    lat, lon = lattice.centres_of([int(m["cell"].iloc[0]) for m in maps])
    away = np.hypot((lat - LAT) * 111_320, (lon - LON) * 111_320 * np.cos(np.radians(LAT)))
    assert stats.binomtest(int((away <= 1500).sum()), 2000, 0.95).pvalue > 1e-4


def test_records_of_one_site_move_together_and_others_do_not() -> None:
    rows = records([CENTRE] * 3)
    points = pd.DataFrame({"record": [0, 1, 2], "site": [7, 7, 8], "lat": LAT, "lon": LON, "r95_m": 3000.0})
    empty = pd.DataFrame({"record": np.empty(0, np.int64), "cell": np.empty(0, np.int64), "weight": []})
    possible = Possible(rows.drop(columns=["cell", "weight"]), points, empty)
    maps = [m.set_index("record")["cell"] for m in draw_maps(possible, 9, StabilityParams(seed=2, draws=20))]
    assert all(m[0] == m[1] for m in maps)
    assert not all(m[0] == m[2] for m in maps)


def test_the_same_seed_gives_the_same_answer_and_rows_may_come_in_any_order() -> None:
    rows = records([CENTRE] * 12 + scattered(40), agency=["a", "b"] * 26)
    first = run(rows, possible_of(rows, 900.0))
    assert 0 < first["kept"].iloc[0] <= 10
    pd.testing.assert_frame_equal(first, run(rows, possible_of(rows, 900.0)))
    shuffled = rows.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(first, run(shuffled, possible_of(rows, 900.0)))


@pytest.mark.parametrize("has_denominators", [True, False], ids=["ring", "concentration"])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_equals_asking_find_of_one_map_after_another(seed: int, has_denominators: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(seed)
    cells = [CENTRE] * 7 + lattice.disk(CENTRE, 1)[1:4].tolist() + scattered(50, seed)
    subject = rng.integers(0, 45, len(cells)).tolist()
    rows = records(cells, agency=rng.choice(["a", "b", "c"], len(cells)).tolist(), subject=subject)
    exposure = even_exposure() if has_denominators else None
    result, possible = find(rows, exposure), possible_of(rows, 900.0)
    params = StabilityParams(seed=seed, draws=6, children=2)
    got = stability(result, rows, possible, exposure=exposure, params=params).set_index("hotspot")
    assert len(got)
    for label, own in result.cells.groupby("hotspot")["cell"]:

        def stays(other: pd.DataFrame, own: pd.Series = own) -> bool:
            return bool(find(other, exposure).cells["cell"].isin(own).any())

        here = rows[rows["cell"].isin(own)]
        needed = [a for a in sorted(set(here["agency"])) if not stays(rows[rows["agency"] != a])]
        busiest = here["subject"].value_counts().rename_axis("s").reset_index().sort_values(
            ["count", "s"], ascending=[False, True]
        )["s"].head(2)  # fmt: skip
        assert got.loc[label, "kept"] == sum(stays(m) for m in draw_maps(possible, 8, params))
        assert got.loc[label, "needs_agency"] == "; ".join(needed)
        assert got.loc[label, "needs_one_child"] == any(
            not stays(rows[rows["subject"] != s]) for s in busiest
        )


def test_several_agencies_that_are_each_needed_are_counted() -> None:
    assert words(50, 30, "a; b", needs_one_child=False) == (
        "Kept on 30 of 50 maps drawn from where its records may lie, but not without each of 2 agencies; no one child makes it."
    )


@pytest.mark.parametrize(("name", "value"), [("seed", -1), ("draws", 0), ("children", -1)])
def test_settings_are_checked(name: str, value: int) -> None:
    with pytest.raises(UsageError, match=name):
        StabilityParams(**{"seed": 1, name: value})
