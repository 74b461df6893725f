"""Tests of the statistics of cse_geo/hotspots/scan: by hand, and against plain loops over every window."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cse_geo.hotspots.scan import ScanParams, scan
from cse_geo.hotspots.scan.bernoulli import bernoulli_statistic
from cse_geo.hotspots.scan.poisson import poisson_statistic


def ratio(c: float, e: float, total: float) -> float:
    """Kulldorff's ratio in plain Python."""
    if c <= e:
        return 0.0
    return c * math.log(c / e) + ((total - c) * math.log((total - c) / (total - e)) if c < total else 0.0)


def test_poisson_statistic_by_hand():
    # 10 of 100 cases where 5 are expected: 10 ln 2 + 90 ln(90 / 95).
    got = poisson_statistic(np.array([10.0, 5.0, 100.0]), np.array([5.0, 5.0, 50.0]), 100)
    assert got == pytest.approx([10 * math.log(2) + 90 * math.log(90 / 95), 0, 100 * math.log(2)], abs=1e-12)


def test_bernoulli_statistic_by_hand():
    # 4 cases among 4 people, 1 among the 4 others: 0 + ln(1/4) + 3 ln(3/4) - 5 ln(5/8) - 3 ln(3/8).
    got = bernoulli_statistic(np.array([4, 1]), np.array([4, 4]), total_cases=5, total_people=8)
    whole = 5 * math.log(5 / 8) + 3 * math.log(3 / 8)
    assert got == pytest.approx([math.log(1 / 4) + 3 * math.log(3 / 4) - whole, 0], abs=1e-12)


def circles_of(x, y, amount, radius, share):
    """Every circle as a list of places, by plain sorting."""
    out = []
    for i in range(len(x)):
        order = sorted(range(len(x)), key=lambda j: ((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2, x[j], y[j]))
        inside = []
        for j in order:
            far = math.hypot(x[i] - x[j], y[i] - y[j]) > radius
            if far or sum(amount[k] for k in [*inside, j]) > share * sum(amount):
                break
            inside.append(j)
            out.append(list(inside))
    return out


def best_spatial(circles, cases, value):
    return max([0.0] + [value(sum(cases[j] for j in c), c) for c in circles if sum(cases[j] for j in c) >= 2])


def best_in_time(circles, by_place, longest, *, only_last):
    total = by_place.sum()
    n = by_place.shape[1]
    best = 0.0
    for circle in circles:
        inside = by_place[circle].sum(axis=0)
        for a in range(n):
            for b in range(a, min(a + longest, n)):
                if (b == n - 1 or not only_last) and inside[a : b + 1].sum() >= 2:
                    c = inside[a : b + 1].sum()
                    e = inside.sum() * by_place[:, a : b + 1].sum() / total
                    best = max(best, ratio(c, e, total))
    return best


def world(seed, *, n=14):
    rng = np.random.default_rng(seed)
    spots = rng.permutation(36)[:n]  # a lattice: many equal distances
    x, y = (spots // 6 * 100.0), (spots % 6 * 100.0)
    order = np.lexsort((y, x))
    ids = [f"p{k}" for k in range(n)]
    return rng, x[order], y[order], pd.DataFrame({"id": ids, "x_m": x[order], "y_m": y[order]})


@pytest.mark.parametrize("seed", range(6))
def test_poisson_scan_equals_plain_loops_on_the_map_and_on_random_maps(seed):
    rng, x, y, locations = world(seed)
    cases, people = rng.poisson(3, len(x)), rng.integers(1, 50, len(x)).astype(float)
    params = ScanParams(model="poisson", max_radius_m=300, seed=seed, replicates=9)
    population = locations[["id"]].assign(population=people)
    result = scan(locations[["id"]].assign(cases=cases), locations, population=population, params=params)
    circles = circles_of(x, y, people, 300, 0.5)
    total = cases.sum()

    def value(c, circle):
        return ratio(c, total * people[circle].sum() / people.sum(), total)

    draws = np.random.default_rng(seed).multinomial(total, people / people.sum(), size=9)
    assert result.clusters["statistic"].iloc[0] == pytest.approx(
        best_spatial(circles, cases, value), abs=1e-12
    )
    assert result.null_maxima == pytest.approx(
        [best_spatial(circles, row, value) for row in draws], abs=1e-12
    )


@pytest.mark.parametrize("seed", range(6))
def test_bernoulli_scan_equals_plain_loops_on_the_map_and_on_random_maps(seed):
    rng, x, y, locations = world(seed)
    cases, controls = rng.poisson(2, len(x)), rng.poisson(3, len(x))
    params = ScanParams(model="bernoulli", max_radius_m=300, seed=seed, replicates=9)
    result = scan(
        locations[["id"]].assign(cases=cases),
        locations,
        controls=locations[["id"]].assign(controls=controls),
        params=params,
    )
    people = cases + controls
    circles = circles_of(x, y, people, 300, 0.5)
    total, everyone = cases.sum(), people.sum()

    def value(c, circle):
        n = people[circle].sum()
        if c * everyone <= total * n:
            return 0.0
        parts = ((c, n), (n - c, n), (total - c, everyone - n), (everyone - n - total + c, everyone - n))
        whole = ((total, everyone), (everyone - total, everyone))
        return sum(p * math.log(p / q) for p, q in parts if p) - sum(p * math.log(p / q) for p, q in whole)

    draws = np.random.default_rng(seed).multivariate_hypergeometric(people, total, size=9, method="marginals")
    assert result.clusters["statistic"].iloc[0] == pytest.approx(
        best_spatial(circles, cases, value), abs=1e-12
    )
    assert result.null_maxima == pytest.approx(
        [best_spatial(circles, row, value) for row in draws], abs=1e-12
    )


@pytest.mark.parametrize("prospective", [False, True], ids=["retrospective", "prospective"])
@pytest.mark.parametrize(
    ("seed", "n_cases", "longest"), [(0, 30, 3), (1, 60, 4), (2, 200, 3), (3, 400, 9), (4, 90, 1), (5, 9, 12)]
)
def test_permutation_scan_equals_plain_loops_on_the_map_and_on_random_maps(
    seed, n_cases, longest, prospective
):
    rng, x, y, locations = world(seed)
    place, when = np.sort(rng.integers(0, len(x), n_cases)), rng.integers(0, 12, n_cases)
    when[:2] = 0, 11
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(when, unit="D")
    params = ScanParams(
        model="space-time-permutation", max_radius_m=300, seed=seed, replicates=7,
        max_days=longest, prospective=prospective,
    )  # fmt: skip
    result = scan(
        pd.DataFrame({"id": locations["id"].to_numpy()[place], "date": dates}), locations, params=params
    )
    circles = circles_of(x, y, np.bincount(place, minlength=len(x)), 300, 0.5)
    order = np.lexsort((when, place))

    def best(times):
        by_place = np.zeros((len(x), 12), dtype=int)
        np.add.at(by_place, (place[order], times), 1)
        return best_in_time(circles, by_place, longest, only_last=prospective)

    draws = np.random.default_rng(seed).permuted(np.tile(when[order].astype(np.int32), (7, 1)), axis=1)
    top = result.clusters["statistic"].tolist()[:1] or [0.0]
    assert top == pytest.approx([best(when[order])], abs=1e-12)
    assert result.null_maxima == pytest.approx([best(row) for row in draws], abs=1e-12)
