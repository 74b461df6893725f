"""r95 of parts of postcodes on real postcodes: `python -m tests.benchmarks.calibration_real SHARED_DATA [--seeds 10]`.

Trafford's 11,264 postcodes (2025) are the truth; Code-Point Open 2014 (areas M, TS, DL, DH, WA) is the table. Each
postcode is given by a part of it only, or as a whole that the table lacks. Half of the outcodes, drawn by seed, calibrate;
the other half is then placed with what they showed, so that no area is on both sides.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from cse_geo import geocode, schema

_PARTS = {
    "sector": lambda codes: codes.str[:-2],
    "outcode": lambda codes: codes.str.split().str[0],
    "force": lambda codes: codes.str.extract(
        r"^([A-Z]+)", expand=False
    ),  # the ladder's rung of postcode areas
    "unknown": lambda codes: codes,
}


def labelled(shared: Path) -> pd.DataFrame:
    """Return one row per postcode: part of it that is said, true place, outcode."""
    path = shared / "B" / "traffordDataLab__spatial_data" / "postcodes" / "trafford_postcodes.csv"
    table = pd.read_csv(path)
    outcode = table["postcode"].str.split().str[0]
    parts = [
        pd.DataFrame(
            {
                "postcode": part(table["postcode"]),
                "lat": table["lat"],
                "lon": table["lon"],
                "outcode": outcode,
            }
        )
        for part in _PARTS.values()
    ]
    return pd.concat(parts, ignore_index=True)


def placed(rows: pd.DataFrame, tables: geocode.ReferenceTables, used: dict[str, float]) -> pd.DataFrame:
    """Return the calibration of rows placed with multipliers, areas only."""
    ids = [f"r{i}" for i in range(len(rows))]
    frame = pd.DataFrame(
        {"record_id": ids, "row": range(len(rows)), "agency": "a", "postcode": rows["postcode"].to_numpy()}
    )
    records = schema.conform(frame, schema.RECORDS)
    found, lat, lon = geocode.locate_with_middles(
        records, tables, params=geocode.LocateParams(r95_multipliers=used)
    )
    found, keep = found.reset_index(drop=True), (found["status"] == "area").to_numpy()
    truth = (rows["lat"].to_numpy(float)[keep], rows["lon"].to_numpy(float)[keep])
    return geocode.calibrate(found[keep], *truth, middles=(lat[keep], lon[keep]))


def main() -> None:
    """Print coverage before and after per level and per evidence class, over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    told = parser.parse_args()
    codepoint, release = geocode.read_codepoint(told.shared / "B" / "open-postcode__codepoint")
    tables = geocode.reference_tables(postcodes=codepoint, postcode_release=release.name)
    rows = labelled(told.shared)
    whole = placed(rows, tables, {})
    sys.stdout.write("All, as documented radii stand:\n")
    for line in whole.itertuples():
        share = f"{line.n_inside / line.n:.1%} ({line.coverage_low:.1%} to {line.coverage_high:.1%})"
        sys.stdout.write(f"  {line.grouping:<9} {line[2]:<22} {line.n:>6,} {share}\n")
    outcodes = np.sort(rows["outcode"].unique())
    after: dict[str, list[float]] = {}
    for seed in range(1, told.seeds + 1):
        first = rows["outcode"].isin(np.random.default_rng(seed).permutation(outcodes)[: len(outcodes) // 2])
        used = dict(geocode.multipliers(placed(rows[first], tables, {})))
        for line in placed(rows[~first], tables, used).itertuples():
            if line.grouping == "level":
                after.setdefault(str(line[2]), []).append(line.n_inside / line.n)
    sys.stdout.write(f"Other half of the outcodes after calibration, {told.seeds} seeds:\n")
    for level, shares in after.items():
        sys.stdout.write(f"  {level:<9} mean {np.mean(shares):.1%}, {min(shares):.1%} to {max(shares):.1%}\n")


if __name__ == "__main__":
    main()
