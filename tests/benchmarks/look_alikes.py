"""Streets of look-alike names where reports swap neighbours: which businesses are named, wrongly named, missed.

python tests/benchmarks/look_alikes.py --worlds 1000 --seed 1

Each world is a street of twelve doors, 20 m apart, with eight stems of names of which four are like another, four
businesses that reports are truly about, and sixty reports by three agencies. A share of the reports gives the name
of the door before or after (`--swapped`); 30 % carry the true address, 30 % the true point to 10 m, 40 % the name
only. Printed: one JSON line per share of swapped names.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.plans.licensing import premises_evidence

LAT, LON = 53.9, 1.1
STEP = 20 / 111_195.0
DOORS, TRUE, REPORTS = 12, 4, 60
STEMS = ("Golden Fry", "Golden Fry 2", "Zodiac Grill", "Zodiak Grill", "Harbour Pizza", "Lantern Cafe", "Star Chippy",
         "Blue Anchor")  # fmt: skip


def world(seed: int, *, swapped: float) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Return the reports, the register and the ids of the businesses that they are truly about."""
    rng = np.random.default_rng([seed, round(1000 * swapped)])
    names = [STEMS[k % len(STEMS)] + ("" if k < len(STEMS) else f" {chr(65 + k)}") for k in range(DOORS)]
    places = schema.conform(pd.DataFrame({
        "place_id": [f"P{k}" for k in range(DOORS)], "name": names, "place_type": "takeaway_fastfood",
        "lat": LAT + STEP * np.arange(DOORS), "lon": LON, "town": "Port Ansel", "uprn": [str(1000 + k) for k in range(DOORS)],
        "register": "demo"}), schema.PLACES)  # fmt: skip
    true = rng.choice(DOORS, TRUE, replace=False)
    rows = []
    for event in range(REPORTS):
        at = int(rng.choice(true))
        said = min(max(at + int(rng.choice([-1, 1])), 0), DOORS - 1) if rng.random() < swapped else at
        kind = rng.random()
        near = {"lat": LAT + STEP * at, "lon": LON, "r95_m": 10.0} if 0.3 <= kind < 0.6 else {}
        rows.append({"agency": str(rng.choice(["a", "b", "c"])), "event": event, "subject": event, "name": names[said],
                     "uprn": str(1000 + at) if kind < 0.3 else None, "town": "Port Ansel", "lat": np.nan, "lon": np.nan,
                     "r95_m": np.nan, **near})  # fmt: skip
    return pd.DataFrame(rows), places, {f"P{k}" for k in true}


def measured(worlds: int, seed: int, *, swapped: float) -> dict[str, object]:
    """Return how many businesses were named rightly, wrongly and not at all over many worlds."""
    began, wrong, right, doubted = time.process_time(), 0, 0, 0
    for k in range(worlds):
        rows, places, true = world(seed * 1_000_000 + k, swapped=swapped)
        found = premises_evidence(rows, places)
        named = {p.place_id for p in found if p.is_settled}
        wrong, right = wrong + len(named - true), right + len(named & true)
        doubted += sum(p.in_doubt and p.place_id in true for p in found)
    total = TRUE * worlds
    # No wrong one in n tries: the rate is below 3 / n with 95 % confidence (rule of three).
    below = None if wrong else round(3 / (worlds * DOORS), 6)
    return {"swapped": swapped, "worlds": worlds, "seed": seed, "true": total, "named": right, "wrong": wrong,
            "missed_share": round(1 - right / total, 4), "true_in_doubt_share": round(doubted / total, 4),
            "wrong_rate_below": below, "cpu_s": round(time.process_time() - began, 1)}  # fmt: skip


def main() -> None:
    """Measure at each share of swapped names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--swapped", type=float, nargs="*", default=[0.0, 0.01, 0.02, 0.05, 0.1, 0.25])
    given = parser.parse_args()
    for share in given.swapped:
        sys.stdout.write(json.dumps(measured(given.worlds, given.seed, swapped=share)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
