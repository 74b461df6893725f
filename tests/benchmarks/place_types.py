"""False alarms and power of the place-type test on fictional regions: equal shares, weights, busy places calmed.

    .venv/bin/python -m tests.benchmarks.place_types [--maps 100] [--first-seed 5000] [--copied 0.3]

40 towns, 2,750 places of 11 types (each about 9 %), 1,000 records. Backgrounds: footfall (records gather round places in
proportion to how busy each is, log-sd 0.8), residents (they follow the towns), day and night (half and half, the day part
close round the places). Drawn: 6 % of the records lie about takeaways, 100 m off. Alarm: any type with q at most the level of a finding where none
is drawn. `--copied S`: that share of the places is of the type of the place next to it, so that types stand in rows.
Prints one line of JSON per background and setting, with the 95 % interval (Clopper and Pearson).
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial import cKDTree

from cse_geo.hotspots.place_types import PlaceTypeParams, place_type_test
from cse_geo.places import ELSEWHERE, FINDING

BACKGROUNDS = ("footfall", "residents", "day_and_night")
# Radius, bandwidth, half, elsewhere. The last is what the command takes.
SETTINGS: dict[str, tuple[float, float | None, float | None, float]] = {
    "equal, 150 m": (150.0, None, None, 0.0),
    "equal, 300 m": (300.0, None, None, 0.0),
    "weights, 300 m / 100 m": (300.0, 100.0, None, 0.0),
    "weights, busy places calmed": (300.0, 100.0, 0.5, 0.0),
    "and some about none": (300.0, 100.0, 0.5, ELSEWHERE),
}
DRAWN = 0.06


def region(
    seed: int, background: str, drawn: float, *, copied: float = 0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return records and places of one region; so large a share of the places are of their neighbour's type."""
    rng = np.random.default_rng(seed)
    centre, size = rng.uniform(0, [100_000, 80_000], (40, 2)), rng.pareto(1.2, 40) + 0.05
    size /= size.sum()
    town = rng.choice(40, 2750, p=size)
    spread = np.maximum(900 * np.sqrt(size * 40), 200)
    at = (
        centre[town]
        + rng.normal(size=(2750, 2)) * (np.where(rng.random(2750) < 0.6, 0.35, 1) * spread[town])[:, None]
    )
    types = rng.choice(11, 2750, p=[0.0909] * 10 + [0.091])
    busy = rng.lognormal(0, 0.8, 2750)
    near = at[rng.choice(2750, 1000, p=busy / busy.sum())]
    lives = rng.choice(40, 1000, p=size)
    home = centre[lives] + rng.normal(size=(1000, 2)) * spread[lives][:, None]
    day = near + rng.normal(size=(1000, 2)) * (300 if background == "footfall" else 150)
    share = {"footfall": 1.0, "residents": 0.0, "day_and_night": 0.5}[background]
    where = np.where((rng.random(1000) < share)[:, None], day, home)
    n = round(drawn * 1000)
    if copied:
        beside = cKDTree(at).query(at, 2)[1][:, 1]
        types = np.where(np.random.default_rng([seed, 1]).random(2750) < copied, types[beside], types)
    takeaways = np.flatnonzero(types == 10)
    where[:n] = at[rng.choice(takeaways, n)] + rng.normal(size=(n, 2)) * 100
    dense = np.array([len(found) for found in cKDTree(at).query_ball_point(at, 300)])
    places = pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "place_type": [f"type{k:02d}" for k in types],
                           "stratum": town * 10 + np.digitize(dense, [3, 8, 20, 50])})  # fmt: skip
    return pd.DataFrame({"x_m": where[:, 0], "y_m": where[:, 1]}), places


def main() -> None:
    """Run every background, drawn and not, by every setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maps", type=int, default=100)
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--settings", nargs="*", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--shuffles", type=int, default=1999)
    parser.add_argument("--backgrounds", nargs="*", choices=BACKGROUNDS, default=list(BACKGROUNDS))
    parser.add_argument("--drawn", type=float, nargs="*", default=[0.0, DRAWN])
    parser.add_argument("--copied", type=float, default=0.0, help="Places of their neighbour's type.")
    parser.add_argument("--levels", type=float, nargs="*", default=[FINDING])
    given = parser.parse_args()
    for background in given.backgrounds:
        for drawn in given.drawn:
            hits = {(name, level): 0 for name in given.settings for level in given.levels}
            for seed in range(given.first_seed, given.first_seed + given.maps):
                records, places = region(seed, background, drawn, copied=given.copied)
                for name in given.settings:
                    table = place_type_test(records, places, params=_params(name, seed, given.shuffles))
                    q = table.loc[table["place_type"] == "type10", "q_value"] if drawn else table["q_value"]
                    for level in given.levels:
                        hits[name, level] += int((q <= level).any())
            for (name, level), n in hits.items():
                low, high = stats.binomtest(n, given.maps).proportion_ci(0.95)
                line = {"background": background, "drawn": drawn, "setting": name, "level": level, "maps": given.maps,
                        "share": round(n / given.maps, 4), "low": round(low, 4), "high": round(high, 4)}  # fmt: skip
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()


def _params(name: str, seed: int, shuffles: int) -> PlaceTypeParams:
    radius, bandwidth, half, elsewhere = SETTINGS[name]
    return PlaceTypeParams(radius_m=radius, seed=seed, permutations=shuffles, resamples=19,
                           bandwidth_m=bandwidth, half=half, elsewhere=elsewhere)  # fmt: skip


if __name__ == "__main__":
    main()
