"""Held-out prediction on real open files: our map beside kernel densities and the last period's counts, cut by cut.

    .venv/bin/python -m tests.benchmarks.held_out FOLDER [--only NAME]

FOLDER holds the files (see `CUTS`). Each cut learns from all records up to a day and scores the next period. One line
of JSON for each cut and share of the area: our hit rate, PAI, PEI and recapture, and the hit rate less that of each
peer, each with its 95 % interval (test records drawn again 499 times, seed 1).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cse_geo import intake
from cse_geo.hotspots.evaluation import EvaluationParams, evaluate
from cse_geo.pipeline.evaluation import plane

BANDWIDTHS_M = (200.0, 400.0, 800.0)
SHARES = (0.01, 0.05)


@dataclass(frozen=True)
class File:
    """Where a file is, and its cuts: last day learned from, days predicted."""

    where: str
    cuts: tuple[tuple[str, int], ...]


CUTS = {
    "Cleveland and Durham": File("mgsf08m002__GEOINFORMATION-IN-SOCIETY", (("2018-10-31", 30), ("2018-11-30", 31))),
    "Memphis": File(
        "derived/sfhotspot_memphis_robberies.csv",
        (("2019-03-31", 91), ("2019-06-30", 92), ("2019-08-31", 122), ("2019-09-30", 92)),
    ),
    "Chicago": File(
        "mpjashby__crimemappingdata/chicago_aggravated_assaults.csv.gz",
        (("2012-06-30", 92), ("2015-03-31", 91), ("2017-12-31", 90), ("2018-09-30", 92)),
    ),
}  # fmt: skip


def points_of(path: Path) -> pd.DataFrame:
    """Return the dated points of a file, or of a folder of them, on a plane."""
    if path.suffix == ".gz":
        read = pd.read_csv(path)
        frame = pd.DataFrame({"lat": read["latitude"], "lon": read["longitude"],
                              "date": pd.to_datetime(read["date"])}).dropna()  # fmt: skip
    else:
        files = sorted(path.rglob("*-street.csv")) if path.is_dir() else [path]
        frame = intake.read_points(files, columns=intake.PointColumns()).frame
    x, y = plane(frame["lat"].to_numpy(), frame["lon"].to_numpy())
    return pd.DataFrame({"x_m": x, "y_m": y, "date": frame["date"].to_numpy()})


def lines(name: str, points: pd.DataFrame, cut: tuple[str, int]) -> list[dict[str, object]]:
    """Return a line for each share of the area."""
    tables = {}
    for bandwidth in BANDWIDTHS_M:
        params = EvaluationParams(horizon_days=cut[1], seed=1, area_shares=SHARES, bandwidth_m=bandwidth)
        tables[bandwidth] = evaluate(points, train_until=pd.Timestamp(cut[0]), params=params)
    out: list[dict[str, object]] = []
    for share in SHARES:
        ours = {
            b: t[(t["method"] == "mixture") & (t["area_share"] == share)].iloc[0] for b, t in tables.items()
        }
        one = ours[BANDWIDTHS_M[0]]
        line: dict[str, object] = {"file": name, "until": cut[0], "days": cut[1], "share": share,
                                   "n_train": int(one["n_train"]), "n_test": int(one["n_test"])}  # fmt: skip
        line |= {what: _interval(one, what) for what in ("hit_rate", "pai", "pei", "recapture")}
        line["minus_last_period"] = _interval(one, "minus_last_period")
        out.append(line | {f"minus_kde_{b:.0f}": _interval(row, "minus_kde") for b, row in ours.items()})
    return out


def _interval(row: pd.Series, what: str) -> list[float]:
    return [round(float(row[f"{what}{end}"]), 4) for end in ("", "_low", "_high")]


def main() -> None:
    """Score every cut of every file and print its lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=CUTS)
    given = parser.parse_args()
    for name, file in CUTS.items():
        if given.only in (None, name):
            points = points_of(given.folder / file.where)
            for cut in file.cuts:
                for line in lines(name, points, cut):
                    sys.stdout.write(json.dumps(line) + "\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
