"""Expected rates: what is known exactly stays, what is borrowed comes from the kind, and truth is met with many records."""

from __future__ import annotations

import numpy as np
import pytest

from cse_geo.plans.rates import RateParams, expected_rates

ALONE = RateParams(shrink=1e-9, prior=1e-9, place_minutes=1e-3, kind_minutes=1e-3, bin_minutes=60)


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_exact_times_stay_in_their_hour() -> None:
    """Two records at 18:10 and one at 20:00 in one place: two and one in those hours, by minute a sixtieth."""
    made = expected_rates(ints(0, 0, 0), ints(1090, 1090, 1200), ints(0, 0, 0), kind=ints(0), params=ALONE)
    hours = made.reshape(24, 60).sum(axis=1)
    assert (hours[18], hours[20]) == pytest.approx((2, 1))
    assert made[0, 1080] == pytest.approx(2 / 60)


def test_a_first_round_shares_a_span_evenly_and_later_ones_where_it_is_likely() -> None:
    """A span of 18:00-19:59 beside three exact records at 18: (1/2) and then (3.5/4 of two hours) and on."""
    place, begin, length = ints(0, 0, 0, 0), ints(1080, 1090, 1100, 1110), ints(119, 0, 0, 0)
    share = []
    for rounds in (1, 2, 3):
        params = RateParams(1e-9, 1e-9, 1e-3, 1e-3, rounds, 60)
        share.append(
            expected_rates(place, begin, length, kind=ints(0), params=params).reshape(24, 60).sum(axis=1)[18]
        )
    assert share == pytest.approx([3.5, 3 + 3.5 / 4, 3 + (3 + 3.5 / 4) / 4])


def test_a_span_over_midnight_goes_round_the_clock() -> None:
    made = expected_rates(ints(0), ints(1410), ints(59), kind=ints(0), params=ALONE)
    hours = made.reshape(24, 60).sum(axis=1)
    assert (hours[23], hours[0]) == pytest.approx((0.5, 0.5))


def test_a_place_without_records_has_its_kinds_hours_and_the_prior() -> None:
    made = expected_rates(ints(0, 0), ints(1200, 1205), ints(0, 0), kind=ints(0, 0, 1))
    assert made.sum(axis=1) == pytest.approx([2.5, 0.5, 0.5])
    assert abs(int(made[1].argmax()) - 1202) <= 10
    assert np.ptp(made[2]) < 1e-9  # of its kind nothing is known: any hour alike


def test_with_many_records_the_truth_is_met_closer_than_by_even_sharing() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(1260, 40, 2000).astype(np.int64)
    length = rng.choice([0, 120, 240], 2000)
    begin = true - (rng.random(2000) * (length + 1)).astype(np.int64)
    exact = np.bincount(true % 1440 // 60, minlength=24)

    def off(rounds: int) -> float:
        made = expected_rates(
            np.zeros(2000, np.int64),
            begin,
            length,
            kind=ints(0),
            params=RateParams(place_minutes=10, kind_minutes=10, rounds=rounds),
        )
        return float(np.abs(made.reshape(24, 60).sum(axis=1) - exact).sum())

    assert off(6) < 0.7 * off(1)


def test_params_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="divide a day"):
        RateParams(bin_minutes=7)
