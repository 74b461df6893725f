"""Chance in patrols: drawn by lot, the same for the same day and seed, and even in the long run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cse_geo.plans import trial

DAY = date(2026, 2, 6)
PLACES = [f"place {n}" for n in range(40)]


def test_a_place_is_left_out_one_night_in_two_and_the_draw_can_be_made_again():
    nights = [DAY + timedelta(days=n) for n in range(200)]
    drawn = {p: [trial.is_control_night(p, on=d, seed=1) for d in nights] for p in PLACES}
    share = sum(map(sum, drawn.values())) / (len(PLACES) * len(nights))
    assert share == pytest.approx(0.5, abs=0.02)  # 8,000 draws: two standard errors are 0.011
    assert all(60 < sum(nights_) < 140 for nights_ in drawn.values())
    assert drawn["place 3"] == [trial.is_control_night("place 3", on=d, seed=1) for d in nights]
    assert drawn["place 3"] != [trial.is_control_night("place 3", on=d, seed=2) for d in nights]


def test_two_places_are_drawn_apart_from_one_another():
    nights = [DAY + timedelta(days=n) for n in range(400)]
    a, b = ([trial.is_control_night(p, on=d, seed=1) for d in nights] for p in PLACES[:2])
    assert sum(x == y for x, y in zip(a, b, strict=True)) == pytest.approx(200, abs=40)


def test_exploring_draws_each_place_alike_and_never_more_than_there_are():
    counts = dict.fromkeys(range(40), 0)
    for n in range(500):
        found = trial.explored(PLACES, 4, on=DAY + timedelta(days=n), seed=1)
        assert len(set(found.tolist())) == 4
        for k in found.tolist():
            counts[k] += 1
    assert all(20 <= n <= 85 for n in counts.values())  # 50 expected, standard deviation 6.7
    assert sorted(trial.explored(PLACES[:2], 4, on=DAY, seed=1).tolist()) == [0, 1]
    assert trial.explored([], 4, on=DAY, seed=1).tolist() == []


@pytest.mark.parametrize(("visits", "drawn"), [(0, 0), (1, 1), (8, 1), (12, 1), (13, 2), (25, 3)])
def test_about_one_visit_in_eight_is_drawn(visits, drawn):
    assert trial.explored_count(visits) == drawn
