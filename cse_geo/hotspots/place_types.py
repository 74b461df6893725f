"""The place-type test: whether records lie about one type of place more than about others of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from cse_geo.errors import UsageError
from cse_geo.hotspots.fdr import benjamini_hochberg
from cse_geo.hotspots.shuffles import seeds_of, sums_by_label

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PlaceTypeParams:
    """How near is near, and how many shuffles.

    Parameters
    ----------
    radius_m
        A record is about the places within this distance, metres.
    seed
        Of the shuffles and of the intervals.
    permutations
        Shuffles of the types among the places of a stratum, for the p-values: at least 20 for each type
        tested, or no p could stay below 0.05 once corrected for the types tried.
    resamples
        Draws of the children (or records) with replacement, for the intervals.
    min_places
        A type with fewer places is counted but not tested.
    level
        Of the interval of the ratio.
    bandwidth_m
        Of the places within the radius nearer ones weigh more: a normal weight with this standard
        deviation, metres. None = all alike. Where records are placed within about 100 m, weights find more.
    half
        For the p-values a place to which w children's worth of records fall counts log(1 + w / half), so that a
        few very busy places do not decide for their type. None = w itself, which finds less. Observed, expected and
        ratio are of w.
    elsewhere
        How much a record may be about none of the places: the weight of "nowhere" beside those of the places
        within the radius (1 = as much as a place on the very spot). 0 = every record with a place in reach is
        wholly about places, however far they are.
    """

    radius_m: float
    seed: int
    permutations: int = 4999
    resamples: int = 999
    min_places: int = 5
    level: float = 0.95
    bandwidth_m: float | None = None
    half: float | None = 0.5
    elsewhere: float = 0.0

    def __post_init__(self) -> None:
        rules = (
            (self.radius_m > 0, "`radius_m` must be more than 0."),
            (self.seed >= 0, "`seed` must be 0 or more."),
            (self.permutations >= 19, "`permutations` must be 19 or more."),
            (self.resamples >= 19, "`resamples` must be 19 or more."),
            (self.min_places >= 1, "`min_places` must be 1 or more."),
            (0 < self.level < 1, "`level` must lie between 0 and 1."),
            (
                self.bandwidth_m is None or self.bandwidth_m > 0,
                "`bandwidth_m` must be more than 0, or not given.",
            ),
            (self.half is None or self.half > 0, "`half` must be more than 0, or not given."),
            (self.elsewhere >= 0, "`elsewhere` must be 0 or more."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


def place_type_test(records: pd.DataFrame, places: pd.DataFrame, *, params: PlaceTypeParams) -> pd.DataFrame:
    """Test, type by type, whether records lie about a type of place more than relabelled places explain.

    Each record is shared among the places within the radius (equally, or more to nearer ones, and in part to
    none of them), and each child weighs one, however many records there are. What a type gets is compared
    with what it gets when the types are shuffled among the places of the same stratum: people and records
    gather where places do, so that only the labels can answer. Comparing with a random spot of the map
    instead finds every type "significant".

    Parameters
    ----------
    records
        x_m, y_m (metres), and subject (a per-run number of the child) if known.
    places
        x_m, y_m, place_type, and stratum (such as the town and kind of street) if known: all places of
        the region that a record could have been about, not only the types of interest.
    params
        How near is near, and how many shuffles.

    Returns
    -------
    pandas.DataFrame
        One row per type, most unlikely first: place_type, places, observed and expected (children's worth
        of records), ratio, ratio_low, ratio_high, p_value (one-sided: more than chance), q_value
        (Benjamini and Hochberg 1995 over the types tested). Too few places: the last five are missing.

    Raises
    ------
    ValueError
        If a place has no type.
    UsageError
        If the shuffles are too few for so many types.

    Notes
    -----
    The expected number is exact under shuffling, and so is the level of the test whatever `half` is: the labels
    alone are shuffled. Where a type gathers in one part of a stratum, and
    records gather there for another reason, the test cannot tell: strata must be local.
    """
    if places["place_type"].isna().any():
        message = "`places` must state the place_type of every row."
        raise ValueError(message)
    codes, types = pd.factorize(places["place_type"], sort=True)
    strata = _strata(places)
    record, place, share = _shares(records, places, params)
    kept = np.bincount(codes, minlength=len(types)) >= params.min_places
    if params.permutations + 1 < 20 * kept.sum():
        message = f"`permutations` must be {20 * kept.sum() - 1} or more for {kept.sum()} types."
        raise UsageError(message)
    score = np.bincount(place, weights=share, minlength=len(places)).astype(np.float64)
    observed = np.bincount(codes, weights=score, minlength=len(types)).astype(np.float64)
    rate = _rates(codes, strata, len(types))
    expected = rate[strata].T @ score
    calm = score if params.half is None else np.log1p(score / params.half)
    seen = np.bincount(codes, weights=calm, minlength=len(types)).astype(np.float64)
    shuffled = _shuffles(codes, strata, calm, len(types), params)
    # Sums of the same shares in another order differ in the last digit; that is no difference.
    p_value = (1 + (shuffled >= seen - 1e-9).sum(axis=0)) / (1 + params.permutations)
    per_child = _per_child(records, record, share, (codes[place], rate[strata[place]]))
    low, high = _interval(*per_child, params)
    table = pd.DataFrame(
        {
            "place_type": types.astype("str"),
            "places": np.bincount(codes, minlength=len(types)),
            "observed": observed,
            "expected": expected,
            "ratio": _ratio(observed, expected),
            "ratio_low": np.where(kept, low, np.nan),
            "ratio_high": np.where(kept, high, np.nan),
            "p_value": np.where(kept, p_value, np.nan),
            "q_value": np.nan,
        }
    )
    table.loc[kept, "q_value"] = benjamini_hochberg(p_value[kept])
    return table.sort_values(["p_value", "place_type"], ignore_index=True)


def _shares(
    records: pd.DataFrame, places: pd.DataFrame, params: PlaceTypeParams
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return (record, place, share) for every place within the radius of a record."""
    spots, sites = (frame[["x_m", "y_m"]].to_numpy(dtype=np.float64) for frame in (records, places))
    near = cKDTree(sites).query_ball_point(spots, params.radius_m) if len(spots) else []
    sizes = np.array([len(found) for found in near], dtype=np.int64)
    record = np.repeat(np.arange(len(sizes)), sizes)
    place = np.array([i for found in near for i in sorted(found)], dtype=np.int64)
    weight = np.zeros(len(sizes))
    is_near = np.flatnonzero(sizes)
    who = _subjects(records)[is_near]
    weight[is_near] = 1.0 / np.bincount(who, minlength=1)[who] if len(who) else 0.0
    near_weight = np.ones(len(record))
    if params.bandwidth_m is not None:
        away = np.hypot(*(spots[record] - sites[place]).T) / params.bandwidth_m
        near_weight = np.exp(-(away**2) / 2)
    total = params.elsewhere + np.bincount(record, weights=near_weight, minlength=len(sizes))
    return record, place, weight[record] * near_weight / np.maximum(total, 1e-300)[record]


def _strata(places: pd.DataFrame) -> NDArray[np.int64]:
    if "stratum" in places:  # places without one are a stratum of their own
        return pd.factorize(places["stratum"], use_na_sentinel=False)[0].astype(np.int64)
    return np.zeros(len(places), dtype=np.int64)


def _subjects(records: pd.DataFrame) -> NDArray[np.int64]:
    if "subject" in records:
        return pd.factorize(records["subject"], use_na_sentinel=False)[0].astype(np.int64)
    return np.arange(len(records), dtype=np.int64)


def _rates(codes: NDArray[np.int64], strata: NDArray[np.int64], n_types: int) -> NDArray[np.float64]:
    """Return the share of each type among the places of each stratum."""
    table = np.zeros((strata.max(initial=0) + 1, n_types))
    np.add.at(table, (strata, codes), 1.0)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)


def _shuffles(
    codes: NDArray[np.int64],
    strata: NDArray[np.int64],
    score: NDArray[np.float64],
    n_types: int,
    params: PlaceTypeParams,
) -> NDArray[np.float64]:
    """Return what each type gets, per shuffle of the types within the strata."""
    order = np.argsort(strata, kind="stable")
    ends = np.cumsum(np.bincount(strata))
    seeds = seeds_of([params.seed, 0], params.permutations)
    return sums_by_label(score[order], codes[order].astype(np.int64), ends, n_types, seeds)


def _per_child(
    records: pd.DataFrame,
    record: NDArray[np.int64],
    share: NDArray[np.float64],
    what: tuple[NDArray[np.int64], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each child near a place gives to each type, observed and expected."""
    codes, rate = what
    child = pd.factorize(_subjects(records)[record])[0]
    shape = (child.max(initial=-1) + 1, rate.shape[1])
    observed, expected = np.zeros(shape), np.zeros(shape)
    np.add.at(observed, (child, codes), share)
    np.add.at(expected, child, share[:, None] * rate)
    return observed, expected


def _interval(
    observed: NDArray[np.float64], expected: NDArray[np.float64], params: PlaceTypeParams
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the percentile interval of the ratio when children are drawn again (Efron 1979)."""
    n = len(observed)
    if n == 0:
        none = np.full(observed.shape[1], np.nan)
        return none, none
    rng = np.random.default_rng([params.seed, 1])
    ratios = np.empty((params.resamples, observed.shape[1]))
    for i in range(params.resamples):
        times = np.bincount(rng.integers(n, size=n), minlength=n).astype(np.float64)
        ratios[i] = _ratio(times @ observed, times @ expected)
    tail = (1 - params.level) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail], axis=0)
    return low, high


def _ratio(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(expected > 0, observed / np.where(expected > 0, expected, 1.0), np.nan)
