"""Tests of cse_geo/hotspots/knox.py: published tables, by hand, and against plain loops."""

from __future__ import annotations

import itertools
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from cse_geo.errors import UsageError
from cse_geo.hotspots.knox import KnoxParams, knox


def params(distances_m=(0.0, 100.0), days=(0.0, 7.0), **options):
    return KnoxParams(distances_m=distances_m, days=days, seed=1, **({"permutations": 99} | options))


@pytest.fixture(scope="module")
def burkitt(shared_data):
    frame = gpd.read_file(shared_data / "D" / "pysal__libpysal" / "burkitt" / "burkitt.shp")
    return frame["X"].to_numpy(), frame["Y"].to_numpy(), frame["T"].to_numpy()


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("near", "close", "table"),
    [
        (20.0, 5.0, (13, 3416, 39, 14110)),
        (10.0, 5.0, (4, 1158, 48, 16368)),
        (5.0, 90.0, (19, 341, 645, 16573)),
    ],
)
def test_burkitt_lymphoma(burkitt, near, close, table):
    # "Within" is <= there; counts 13, 4 and 19 and the first table are those of PySAL's pointpats.
    result = knox(*burkitt, params=params((0.0, near), (0.0, close), closed="right"))
    assert result.n_pairs == 17578
    assert result.two_by_two() == table


@pytest.mark.shared_data
def test_burkitt_lymphoma_expected_and_poisson(burkitt):
    row = knox(*burkitt, params=params((0.0, 20.0), (0.0, 5.0), closed="right", permutations=999)).table.iloc[
        0
    ]
    assert row["expected"] == pytest.approx(10.143816133803618, abs=1e-12)
    assert row["poisson_p_more"] == pytest.approx(0.14624558197140414, abs=1e-12)
    assert row["poisson_p"] > row["poisson_p_more"]
    assert row["p_value"] == pytest.approx(0.17, abs=0.07)  # the doctest's 0.17 is of 99 permutations


@pytest.mark.shared_data
def test_chicago_burglary_equals_the_near_repeat_calculator_in_every_cell(shared_data):
    # The calculator prints "0 to 7", "8 to 14" days and counts [0, 7), [7, 14): its labels are wrong, not its sums.
    frame = pd.read_csv(shared_data / "D" / "wsteenbeek__NearRepeat" / "chicago_be_month1.csv", header=None)
    days = (pd.to_datetime(frame[2]) - pd.Timestamp("2015-01-01")).dt.days
    metres, time = (0.0, 0.001, 100.0, 200.0, 300.0, 1e9), (0.0, 7.0, 14.0, 21.0, 1e6)
    result = knox(frame[0], frame[1], days, params=params(metres, time, metric="manhattan", permutations=0))
    assert result.table["observed"].to_numpy().reshape(5, 4).tolist() == [
        [28, 5, 5, 2],
        [44, 13, 8, 4],
        [97, 56, 19, 16],
        [77, 67, 45, 20],
        [182194, 146149, 95237, 45879],
    ]
    # Its mean of 19 shuffles, rows 1 to 3 of the first column.
    assert result.table["expected"].to_numpy()[[0, 4, 8]] == pytest.approx([16.9, 26.1, 73.6], rel=0.1)


def test_a_table_worked_by_hand():
    # Three events in a row 10 m apart, on days 0, 1 and 9.
    result = knox([0, 10, 20], [0, 0, 0], [0, 1, 9], params=params((0.0, 15.0, 25.0), (0.0, 5.0)))
    assert result.table["observed"].tolist() == [1, 0]
    assert result.table["expected"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert (result.near_pairs, result.close_pairs, result.n_pairs) == ((2, 1), (1,), 3)
    assert result.table["poisson_p"].tolist() == pytest.approx([1 - math.exp(-2 / 3), 1.0])


@pytest.mark.parametrize(("closed", "counts"), [("left", [1, 1, 0]), ("right", [2, 0, 0])])
def test_bands_are_half_open(closed, counts):
    # Pairs at 0 m and 10 m, on one day, and one at 30 m, outside every band.
    bands = params((0.0, 10.0, 20.0, 30.0), (0.0, 1.0), closed=closed)
    result = knox([0, 0, 500, 510, 900, 930.5], [0] * 6, [0, 0, 0, 0, 0, 0], params=bands)
    assert result.table["observed"].tolist() == counts


def test_pairs_of_one_subject_do_not_count():
    x, y, days = [0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 2, 90]
    result = knox(x, y, days, subjects=["a", "a", "b", "b"], params=params((0.0, 10.0), (0.0, 7.0)))
    # Six pairs are near, two are of one subject; a-b pairs within a week: two.
    assert (result.near_pairs, result.close_pairs, result.n_pairs) == ((4,), (2,), 4)
    assert result.table["observed"].tolist() == [2]
    assert result.table["expected"].tolist() == [4 * 3 / 6]


def test_one_childs_repeats_are_not_contagion():
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 20_000, (2, 150))
    days = rng.integers(0, 700, 150)
    x[:25], y[:25], days[:25] = 500, 500, rng.integers(100, 110, 25)
    subject = np.arange(150)
    subject[:25] = 0
    with_repeats, without = (knox(x, y, days, subjects=who, params=params()) for who in (None, subject))
    assert with_repeats.table["p_value"].iloc[0] == 0.01
    assert without.table["observed"].iloc[0] < 5
    assert without.table["p_value"].iloc[0] > 0.05


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("closed", ["left", "right"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_equals_plain_loops(seed, closed, metric):
    rng = np.random.default_rng(seed)
    x, y, days = rng.integers(0, 12, (3, 40)) * 1.0
    subject = rng.integers(0, 25, 40)
    bands = params((0.0, 2.0, 5.0), (1.0, 3.0, 6.0), closed=closed, metric=metric)
    result = knox(x, y, days + rng.choice([0, 0.5]), subjects=subject, params=bands)

    def band(value, edges):
        for k, (low, high) in enumerate(itertools.pairwise(edges)):
            if (
                low <= value < high
                if closed == "left"
                else (low < value <= high or (k == 0 and value == low))
            ):
                return k
        return None

    counts = np.zeros((2, 2), dtype=int)
    n_pairs = 0
    for i, j in itertools.combinations(range(40), 2):
        if subject[i] == subject[j]:
            continue
        n_pairs += 1
        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
        near = band(dx + dy if metric == "manhattan" else math.hypot(dx, dy), bands.distances_m)
        close = band(abs(days[i] - days[j]), bands.days)
        if near is not None and close is not None:
            counts[near, close] += 1
    assert result.table["observed"].tolist() == counts.ravel().tolist()
    assert result.n_pairs == n_pairs


def test_expected_is_the_mean_over_every_order_of_the_dates():
    x, days = np.array([0.0, 1, 5, 6, 20]), np.array([0.0, 1, 3, 8, 9])
    subject = np.array([0, 0, 1, 2, 1])
    counts = [
        knox(
            x,
            x * 0,
            days[list(order)],
            subjects=subject,
            params=params((0.0, 6.0), (0.0, 4.0), permutations=0),
        )
        .table["observed"]
        .iloc[0]
        for order in itertools.permutations(range(5))
    ]
    one = knox(x, x * 0, days, subjects=subject, params=params((0.0, 6.0), (0.0, 4.0), permutations=999))
    assert one.table["expected"].iloc[0] == pytest.approx(np.mean(counts), abs=1e-12)
    exact = np.mean(np.array(counts) >= one.table["observed"].iloc[0])
    assert one.table["p_value"].iloc[0] == pytest.approx(
        exact, abs=4.5 * np.sqrt(exact * (1 - exact) / 999) + 0.001
    )


def test_the_seed_decides():
    rng = np.random.default_rng(0)
    x, y, days = rng.uniform(0, 1000, (3, 80))
    bands = ((0.0, 100.0, 200.0, 300.0), (0.0, 90.0, 180.0, 360.0))
    one, same, other = (knox(x, y, days, params=KnoxParams(*bands, seed=s)).table for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert other["p_value"].tolist() != one["p_value"].tolist()
    assert other["p_value"].tolist() == pytest.approx(one["p_value"].tolist(), abs=4.5 * np.sqrt(0.5 / 999))


@pytest.mark.parametrize(
    "options",
    [
        {"distances_m": (0.0,)},
        {"days": (5.0, 1.0)},
        {"days": (-1.0, 1.0)},
        {"closed": "both"},
        {"metric": "sphere"},
        {"permutations": -1},
    ],
)
def test_wrong_settings_are_told(options):
    with pytest.raises(UsageError, match="must be"):
        params(**options)


@pytest.mark.parametrize(
    "arrays", [([0], [0], [0]), ([0, 1], [0, 1], [0, 1, 2]), ([0, np.nan], [0, 1], [0, 1])]
)
def test_wrong_arrays_are_told(arrays):
    with pytest.raises(ValueError, match="`x_m`, `y_m` and `days` must"):
        knox(*arrays, params=params())
