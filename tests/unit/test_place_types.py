"""Tests of cse_geo/hotspots/place_types.py: by hand, by enumeration, on worlds with and without an effect."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from cse_geo.errors import UsageError
from cse_geo.hotspots.place_types import PlaceTypeParams, place_type_test

PARAMS = PlaceTypeParams(radius_m=100, seed=1, permutations=199, resamples=99, min_places=1)


def by_type(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("place_type")


def places_of(types: str, x, strata: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"x_m": np.asarray(x, float), "y_m": 0.0, "place_type": list(types)})
    return frame if strata is None else frame.assign(stratum=list(strata))


def records_of(x, subject=None) -> pd.DataFrame:
    frame = pd.DataFrame({"x_m": np.asarray(x, float), "y_m": 0.0})
    return frame if subject is None else frame.assign(subject=subject)


def test_shares_by_hand():
    # One record between a takeaway and a park, one at the takeaway alone, one near nothing.
    places = places_of("tpp", [0, 150, 9000])
    table = by_type(place_type_test(records_of([75, -50, 5000]), places, params=PARAMS))
    assert table["observed"].to_dict() == {"p": 0.5, "t": 1.5}
    assert table["expected"].to_dict() == pytest.approx({"p": 2 * 2 / 3, "t": 2 / 3})
    assert table.loc["t", "ratio"] == pytest.approx(2.25)


def test_a_record_may_be_about_none_of_the_places():
    # Nearness exp(-1/2) at one bandwidth; "nowhere" weighs 0.3, and what goes there goes to no type.
    params = PlaceTypeParams(
        radius_m=300, seed=1, permutations=199, resamples=19, min_places=1, bandwidth_m=100, elsewhere=0.3
    )
    table = by_type(place_type_test(records_of([100]), places_of("tp", [0, 9000]), params=params))
    near = np.exp(-1 / 2)
    assert table["observed"].to_dict() == pytest.approx({"p": 0.0, "t": near / (near + 0.3)})
    assert table["expected"].sum() == pytest.approx(near / (near + 0.3))


def test_each_child_weighs_one():
    places = places_of("tp", [0, 1000])
    table = by_type(place_type_test(records_of([0] * 81 + [1000], [7] * 81 + [8]), places, params=PARAMS))
    assert table["observed"].to_dict() == pytest.approx({"p": 1.0, "t": 1.0})


def test_strata_are_shuffled_apart():
    # All takeaways stand in stratum a, where all records are: nothing is odd about them.
    places = places_of("tttppp", range(0, 6000, 1000), "aaabbb")
    table = by_type(place_type_test(records_of([0, 1000, 2000]), places, params=PARAMS))
    assert table.loc["t", ["observed", "expected", "p_value"]].tolist() == [3, 3, 1]


@pytest.mark.parametrize("half", [None, 0.5])
def test_expected_and_p_equal_enumeration(half):
    rng = np.random.default_rng(3)
    places = places_of("ttpphp", np.arange(6) * 90.0, "aaaabb")
    records = records_of(rng.uniform(-50, 500, 15), rng.integers(0, 9, 15))
    few = PlaceTypeParams(radius_m=100, seed=1, permutations=4999, resamples=19, min_places=1, half=half)
    # What falls to each place, from a world in which each is a type of its own.
    alone = place_type_test(records, places.assign(place_type=list("abcdef")), params=PARAMS)
    worth = alone.sort_values("place_type")["observed"].to_numpy()
    counts = worth if half is None else np.log(1 + worth / half)
    got = by_type(place_type_test(records, places, params=few))
    values, sums = ({"t": [], "p": [], "h": []} for _ in range(2))
    seen_at = {name: counts[[t == name for t in "ttpphp"]].sum() for name in sums}
    for a, b in itertools.product(itertools.permutations("ttpp"), itertools.permutations("hp")):
        relabelled = by_type(
            place_type_test(
                records,
                places.assign(place_type=[*a, *b]),
                params=PlaceTypeParams(radius_m=100, seed=1, permutations=99, resamples=19),
            )
        )
        for name, seen in values.items():
            seen.append(relabelled.loc[name, "observed"])
            sums[name].append(counts[[t == name for t in [*a, *b]]].sum())
    for name, seen in values.items():
        exact = np.mean(np.array(sums[name]) >= seen_at[name] - 1e-9)
        assert got.loc[name, "expected"] == pytest.approx(np.mean(seen), abs=1e-12)
        assert got.loc[name, "p_value"] == pytest.approx(
            exact, abs=4.5 * np.sqrt(exact * (1 - exact) / 4999) + 1e-3
        )


def town(seed: int, *, drawn: float, n: int = 400):
    """Places in a dense centre and thin outskirts; records follow the places, a share of them takeaways."""
    rng = np.random.default_rng(seed)
    spread = np.where(rng.uniform(size=600) < 0.5, 700.0, 6000.0)
    at = rng.normal(size=(600, 2)) * spread[:, None]
    types = np.array([f"type{k}" for k in range(8)] + ["takeaway"])[rng.choice(9, 600, p=[0.11] * 8 + [0.12])]
    chosen = rng.integers(0, 600, n)
    takeaways = np.flatnonzero(types == "takeaway")
    chosen = np.where(rng.uniform(size=n) < drawn, rng.choice(takeaways, n), chosen)
    where = at[chosen] + rng.normal(size=(n, 2)) * 60
    places = pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "place_type": types})
    return pd.DataFrame({"x_m": where[:, 0], "y_m": where[:, 1]}), places


FAST = PlaceTypeParams(radius_m=150, seed=5, permutations=199, resamples=19)


def test_records_that_follow_footfall_raise_no_alarm():
    alarms = [
        (place_type_test(*town(seed, drawn=0.0), params=FAST)["q_value"] <= 0.05).any() for seed in range(40)
    ]
    assert sum(alarms) <= 6  # 5 % of 40 is 2; more than 6 by chance once in 250


def test_records_drawn_to_takeaways_are_found():
    found = [
        by_type(place_type_test(*town(seed, drawn=0.25), params=FAST)).loc["takeaway"] for seed in range(8)
    ]
    assert sum(row["q_value"] <= 0.05 for row in found) >= 7
    assert all(row["ratio_low"] < row["ratio"] < row["ratio_high"] for row in found)


def test_places_without_a_stratum_are_one_stratum():
    places = places_of("tptp", range(0, 4000, 1000)).assign(stratum=["a", "a", None, None])
    table = by_type(place_type_test(records_of([2000]), places, params=PARAMS))
    assert table["expected"].to_dict() == {"t": 0.5, "p": 0.5}


def test_shuffles_too_few_for_the_types_are_told():
    # 20 types: the least p is 1/200, and 20/200 is never below 0.05.
    places = places_of("abcdefghijklmnopqrst", range(20))
    with pytest.raises(UsageError, match="399 or more for 20 types"):
        place_type_test(records_of([0]), places, params=PARAMS)


def test_a_place_without_a_type_is_an_error():
    places = places_of("tp", [0, 10]).assign(place_type=["t", None])
    with pytest.raises(ValueError, match="place_type of every row"):
        place_type_test(records_of([0]), places, params=PARAMS)


def test_a_type_of_few_places_is_counted_and_not_tested():
    places = places_of("ppppppt", range(0, 7000, 1000))
    table = by_type(
        place_type_test(records_of([6000, 0]), places, params=PlaceTypeParams(radius_m=50, seed=1))
    )
    assert table.loc["t", "observed"] == 1
    assert table.loc["t", ["ratio_low", "ratio_high", "p_value", "q_value"]].isna().all()
    assert table.loc["p", "q_value"] == table.loc["p", "p_value"]


def test_without_records_nothing_is_claimed():
    table = place_type_test(records_of([]), places_of("tp", [0, 10]), params=PARAMS)
    assert table["p_value"].tolist() == [1.0, 1.0]
    assert table["ratio"].isna().all()


def test_neither_order_nor_origin_matters_to_what_is_counted():
    records, places = town(1, drawn=0.1)
    before = by_type(place_type_test(records, places, params=FAST)).sort_index()
    moved = [
        f.sample(frac=1, random_state=2).assign(x_m=lambda f: f["x_m"] + 1024, y_m=lambda f: f["y_m"] - 512)
        for f in (records, places)
    ]
    after = by_type(place_type_test(*moved, params=FAST)).sort_index()
    columns = ["places", "observed", "expected", "ratio"]
    pd.testing.assert_frame_equal(before[columns], after[columns])
    pd.testing.assert_frame_equal(before, by_type(place_type_test(records, places, params=FAST)).sort_index())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("radius_m", 0),
        ("seed", -1),
        ("permutations", 9),
        ("resamples", 9),
        ("min_places", 0),
        ("level", 1),
        ("half", 0),
        ("elsewhere", -0.1),
    ],
)
def test_wrong_settings_are_told(name, value):
    with pytest.raises(UsageError, match=name):
        PlaceTypeParams(**({"radius_m": 1, "seed": 1} | {name: value}))
