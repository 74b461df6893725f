"""Evaluation: scores worked by hand, maps on known ground, intervals, and nothing of the future in the maps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.evaluation import EVALUATION, EvaluationParams, chosen, evaluate, scores, study_area
from cse_geo.hotspots.evaluation_maps import mixed_map, mixture_weights
from cse_geo.hotspots.kde import Grid, grid_around

CUT = pd.Timestamp("2025-03-31")
PARAMS = EvaluationParams(horizon_days=30, seed=1, cell_m=100, area_shares=(0.1,), reach_m=400, resamples=99)


def points(seed: int = 1, n: int = 600, spread_m: float = 300.0) -> pd.DataFrame:
    """Return records of four months about three lasting centres and scattered ones."""
    rng = np.random.default_rng(seed)
    centre = np.array([[0, 0], [4000, 1000], [1500, 5000]])[rng.integers(0, 3, n)]
    at = np.where(
        rng.random((n, 1)) < 0.7,
        centre + rng.normal(size=(n, 2)) * spread_m,
        rng.uniform(-1000, 6000, (n, 2)),
    )
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 120, n), unit="D")
    return pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "date": day, "subject": -1})


def test_scores_by_hand() -> None:
    """30 of 100 hits in 5 % of the area: PAI 6; a perfect map of as many cells catches 60; 40 % of the past was there."""
    assert scores(30, 100, 0.05, 60, 0.4) == pytest.approx(
        {"hit_rate": 0.3, "pai": 6.0, "pei": 0.5, "recapture": 0.75}
    )
    empty = scores(0, 10, 0.05, 0, 0.0)
    assert np.isnan(empty["pei"])
    assert np.isnan(empty["recapture"])


def test_a_whole_evaluation_by_hand() -> None:
    """Ten past records in one cell and ten singles elsewhere; four of five later ones in the busy cell."""
    singles = [(2000.0 + 500 * i, 50.0) for i in range(10)]
    rows = [(50.0, 50.0, "2025-01-10")] * 10 + [(*at, "2025-01-20") for at in singles]
    rows += [(50.0, 50.0, "2025-02-02")] * 4 + [(2050.0, 50.0, "2025-02-03")]
    frame = pd.DataFrame(rows, columns=["x_m", "y_m", "date"]).assign(
        date=lambda f: pd.to_datetime(f["date"])
    )
    # Eleven cells of the study area, one chosen.
    params = EvaluationParams(
        horizon_days=28, seed=1, cell_m=100, area_shares=(0.1,), reach_m=0, resamples=99, bandwidth_m=50
    )
    got = evaluate(frame, train_until=pd.Timestamp("2025-01-31"), params=params).set_index("method")
    for method in ("mixture", "kde", "last_period"):
        row = got.loc[method]
        assert (row["cells"], row["n_train"], row["n_test"], row["hits"]) == (1, 20, 5, 4)
        assert row["hit_rate"] == pytest.approx(0.8)
        assert row["pai"] == pytest.approx(0.8 * 11)
        assert row["pei"] == pytest.approx(1.0)
        assert row["recapture"] == pytest.approx(0.8 / 0.5)
        assert row["hit_rate_low"] < 0.8 < row["hit_rate_high"]
        assert row["minus_kde"] == 0
        assert row["minus_last_period"] == 0


def test_chosen_cells_are_the_highest_inside() -> None:
    ranked = np.array([[1.0, 3.0, 2.0], [0.0, 4.0, 9.0]])
    inside = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    assert np.flatnonzero(chosen(ranked, inside, 0.4)).tolist() == [1, 4]
    assert np.flatnonzero(chosen(ranked, inside, 0.01)).tolist() == [4]


def test_equal_ranks_are_spread_and_always_the_same() -> None:
    level = np.zeros((40, 40))
    got = chosen(level, np.ones((40, 40)), 0.25).reshape(40, 40)
    assert np.array_equal(got, chosen(level, np.ones((40, 40)), 0.25).reshape(40, 40))
    assert got[:20].sum() == pytest.approx(200, abs=40)


def test_the_study_area_is_what_lies_within_reach() -> None:
    grid = Grid(0, 0, 100, 21, 21)
    got = study_area(grid, np.array([10 * 21 + 10]), 300)
    i, j = np.indices(grid.shape)
    assert np.array_equal(got == 1, np.hypot(i - 10, j - 10) <= 3)


def test_the_future_changes_no_map() -> None:
    frame = points()
    after = frame["date"] > CUT
    moved = frame.assign(x_m=frame["x_m"].where(~after, -900.0), y_m=frame["y_m"].where(~after, -900.0))
    cells = [evaluate(f, train_until=CUT, params=PARAMS)["cells"].tolist() for f in (frame, moved)]
    assert cells[0] == cells[1]
    assert (
        evaluate(moved, train_until=CUT, params=PARAMS)
        .set_index("method")
        .loc[["mixture", "kde"], "hits"]
        .max()
        == 0
    )


def test_records_outside_the_study_area_are_misses() -> None:
    frame = points()
    far = frame[frame["date"] > CUT].assign(x_m=90_000.0)
    got = evaluate(pd.concat([frame[frame["date"] <= CUT], far]), train_until=CUT, params=PARAMS)
    assert (got["hits"] == 0).all()
    assert (got["n_test"] == len(far)).all()


def test_the_mixture_is_no_worse_than_a_kernel_too_wide_and_better_than_last_month_of_sparse_data() -> None:
    wide = EvaluationParams(
        horizon_days=30, seed=1, cell_m=100, area_shares=(0.05,), reach_m=400, resamples=99, bandwidth_m=2000
    )
    rates = [
        evaluate(points(s, 400), train_until=CUT, params=wide).set_index("method")["hit_rate"]
        for s in range(8)
    ]
    mean = pd.concat(rates, axis=1).mean(axis=1)
    assert mean["mixture"] > mean["kde"] + 0.1
    assert mean["mixture"] > mean["last_period"]


def test_intervals_hold_the_rate_of_a_second_sample_most_of_the_time() -> None:
    held = 0
    for seed in range(12):
        frame, again = points(seed, 900), points(seed + 100, 6000)
        one = evaluate(frame, train_until=CUT, params=PARAMS).iloc[1]
        more = again[again["date"] > CUT]
        two = evaluate(pd.concat([frame[frame["date"] <= CUT], more]), train_until=CUT, params=PARAMS).iloc[1]
        held += int(one["hit_rate_low"] <= two["hit_rate"] <= one["hit_rate_high"])
    assert held >= 9


def test_children_are_drawn_whole() -> None:
    frame = points(3, 900)
    after = frame["date"] > CUT
    ten = frame.assign(subject=np.where(after, np.arange(len(frame)) % 10, -1))
    alone, together = (evaluate(f, train_until=CUT, params=PARAMS).iloc[1] for f in (frame, ten))
    assert alone["hit_rate"] == together["hit_rate"]
    assert evaluate(frame, train_until=CUT, params=PARAMS).equals(
        evaluate(frame, train_until=CUT, params=PARAMS)
    )


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_mixture_weights_are_the_best_there_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chance = rng.random((3, 40))
    weights = mixture_weights(chance)
    assert weights.sum() == pytest.approx(1)

    def likelihood(w: np.ndarray) -> float:
        return float(np.log(w @ chance).sum())

    rivals = [likelihood(w) for w in rng.dirichlet(np.ones(3), 300)]
    assert likelihood(weights) >= max(rivals) - 1e-3


def test_past_and_future_are_both_needed() -> None:
    with pytest.raises(UsageError, match="train_until"):
        evaluate(points(), train_until=pd.Timestamp("2020-01-01"), params=PARAMS)
    schema.check(evaluate(points(), train_until=CUT, params=PARAMS), EVALUATION)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon_days", 0),
        ("seed", -1),
        ("cell_m", 0.0),
        ("area_shares", ()),
        ("area_shares", (1.5,)),
        ("bandwidth_m", 0.0),
        ("reach_m", -1.0),
        ("resamples", 1),
        ("level", 2.0),
    ],
)
def test_settings_are_checked(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        EvaluationParams(**{"horizon_days": 30, "seed": 1, name: value})


def test_a_past_of_one_date_is_cut_at_random_and_still_learned_from() -> None:
    """Three busy corners and singles, all dated the first of the month: a kernel of 400 m would smear the corners."""
    rng = np.random.default_rng(4)
    corners = np.repeat([[1050.0, 1050.0], [3050.0, 1050.0], [1050.0, 3050.0]], 30, axis=0)
    at = np.vstack([corners, rng.uniform(0, 4000, (60, 2))])
    grid = grid_around(at[:, 0], at[:, 1], cell_m=100, margin_m=500)
    inside = np.ones(grid.shape)
    got = mixed_map((at[:, 0], at[:, 1], np.zeros(len(at))), grid, inside, horizon_days=30).ravel()
    beside = grid.cells_of(corners[:1, 0] + 200, corners[:1, 1])[0]
    corner = grid.cells_of(corners[:1, 0], corners[:1, 1])[0]
    assert got.sum() == pytest.approx(1.0)
    assert got[corner] > 10 * got[beside]
    one = mixed_map((at[:1, 0], at[:1, 1], np.zeros(1)), grid, inside, horizon_days=30)
    assert np.isfinite(one).all()


def test_the_interval_of_pei_holds_pei() -> None:
    """Many cells of few records: the best cells of each draw would always hold more than those of the data."""
    rng = np.random.default_rng(8)
    at = rng.uniform(0, 6000, (900, 2))
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 120, 900), unit="D")
    frame = pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "date": day})
    params = EvaluationParams(horizon_days=60, seed=1, area_shares=(0.05, 0.2), resamples=199)
    got = evaluate(frame, train_until=pd.Timestamp("2025-03-01"), params=params)
    assert ((got["pei_low"] <= got["pei"]) & (got["pei"] <= got["pei_high"])).all()
