"""Does a calibrated r95 hold the truth 95 times in 100? `python -m tests.benchmarks.calibration --seeds 5 --each 2000`.

An invented town map in a store of its own: 16 towns, straight streets with a door every ten metres, postcodes of 15
doors, parks. Each record's true place is drawn by rules that the radii know nothing of (metres, Rayleigh unless said):

    door, business   6 from the listed point; one in twelve at a large site, 40
    street           a door of it, listed or not, and 8 across
    postcode         a door of it, and 6
    junction         18
    outside, near    12 and 55 from the door
    park             evenly over a disc of 1.4 times its listed radius
    coordinate       4 decimals of a device with 14

Half of the records of each level calibrate the store (`calibrate_store`), the others are then placed with what it keeps.
Printed: n, share within r95 before and after on those others, the multiplier.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import geocode, projection, safeguards, store
from cse_geo.pipeline.calibration import calibrate_store, read_labelled
from cse_geo.pipeline.reference import keep_gazetteer
from cse_geo.pipeline.relocate import locate_params, reference_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOWNS, STREETS, STEP = 16, 40, 10.0
_NAMES = (
    "Ald",
    "Bran",
    "Cor",
    "Dray",
    "Elm",
    "Fen",
    "Gar",
    "Hol",
    "Ives",
    "Jar",
    "Kel",
    "Lark",
    "Mor",
    "Nant",
    "Oak",
    "Pen",
)


def doors(rng: np.random.Generator) -> pd.DataFrame:
    """Return every door: town, street, number, postcode, listed (most are), x, y."""
    rows = []
    for t in range(TOWNS):
        middle = np.array([400_000 + 9_000 * (t % 4), 300_000 + 9_000 * (t // 4)], float)
        for s in range(STREETS):
            # A grid of streets 110 m apart, the odd ones across the even ones: each of these meets each of those.
            across, length = s % 2, int(rng.integers(60, 140))
            off = (s // 2 - STREETS / 4) * 110.0
            along = (np.arange(length) - length / 2) * STEP
            xy = (
                np.column_stack((along, np.full(length, off)) if across else (np.full(length, off), along))
                + middle
            )
            name = f"{_NAMES[s % 16]}{_NAMES[t].lower()}{['ford', 'leigh', 'mere'][s // 16]} {'Road' if across else 'Street'}"
            rows += [
                (
                    f"{_NAMES[t]}ton",
                    name,
                    n + 1,
                    f"Z{chr(65 + t)}{s // 10 + 1} {s % 10}{chr(65 + n // 15)}A",
                    x,
                    y,
                )
                for n, (x, y) in enumerate(xy.tolist())
            ]
    frame = pd.DataFrame(rows, columns=["town", "street", "number", "postcode", "x", "y"])
    return frame.assign(listed=rng.random(len(frame)) < 0.9)


def files(made: pd.DataFrame, folder: Path) -> None:
    """Write the gazetteers: addresses, premises and parks, towns, postcodes."""
    listed = made[made["listed"]].rename(columns={"x": "easting", "y": "northing"})
    listed.drop(columns="listed").to_csv(folder / "addresses.csv", index=False)
    middle = (
        made.groupby("town")[["x", "y"]]
        .mean()
        .rename(columns={"x": "easting", "y": "northing"})
        .reset_index()
    )
    middle.rename(columns={"town": "name"}).assign(kind="town", r95_m=1_500).to_csv(
        folder / "towns.csv", index=False
    )
    parks = middle.assign(
        name=middle["town"] + " Rowan Park", type="park", r95_m=220.0, easting=middle["easting"] + 900
    )
    parks.to_csv(folder / "parks.csv", index=False)
    units = made.groupby("postcode")[["x", "y"]].mean().round().astype("int64").reset_index()
    units.insert(1, "pq", 10)
    units.assign(a="E92", b="", c="", d="", e="", f="").to_csv(
        folder / "codepoint.csv", index=False, header=False
    )


def records(made: pd.DataFrame, each: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return `each` records per kind: location_text, lat, lon as an agency writes them; true_lat, true_lon."""
    parts = [_kind(kind, made, each, rng) for kind in _TRUTH]
    out = pd.concat(parts, ignore_index=True)
    lon, lat = projection.to_wgs84(out["tx"].to_numpy(), out["ty"].to_numpy())
    return out.assign(true_lat=lat, true_lon=lon).drop(columns=["tx", "ty"])


def _ray(scale: float | NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return displacements whose lengths are Rayleigh of a scale, in all directions."""
    return rng.normal(0, 1, (n, 2)) * np.broadcast_to(np.asarray(scale, float), n)[:, None]


_TRUTH = ("address", "street", "postcode", "junction", "outside", "near", "park", "coordinate")


def _kind(kind: str, made: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    some = made[made["listed"]] if kind in ("address", "outside", "near") else made
    rows = some.iloc[rng.integers(len(some), size=n)].reset_index(drop=True)
    xy, text = (
        rows[["x", "y"]].to_numpy(),
        rows["number"].astype("str") + " " + rows["street"] + ", " + rows["town"],
    )
    lat = lon = np.full(n, np.nan)
    if kind == "address":
        true = xy + _ray(np.where(rng.random(n) < 1 / 12, 40.0, 6.0), n, rng)
    elif kind == "street":
        text, true = rows["street"] + ", " + rows["town"], xy + _ray(8.0, n, rng)
    elif kind == "postcode":
        text, true = rows["postcode"], xy + _ray(6.0, n, rng)
    elif kind in ("outside", "near"):
        text, true = kind + " " + text, xy + _ray(12.0 if kind == "outside" else 55.0, n, rng)
    elif kind == "junction":
        text, true = _junctions(made, n, rng)
    elif kind == "park":
        middle = made.groupby("town")[["x", "y"]].mean().loc[rows["town"]].to_numpy() + np.array([900.0, 0.0])
        angle, far = rng.uniform(0, 2 * np.pi, n), 1.4 * 220.0 * np.sqrt(rng.random(n))
        text, true = (
            rows["town"] + " Rowan Park",
            middle + np.column_stack((np.cos(angle), np.sin(angle))) * far[:, None],
        )
    else:
        true = xy
        lon, lat = projection.to_wgs84(*(xy + _ray(14.0, n, rng)).T)
        text, lat, lon = pd.Series([""] * n), np.round(lat, 4), np.round(lon, 4)
    return pd.DataFrame(
        {"kind": kind, "location_text": text, "lat": lat, "lon": lon, "tx": true[:, 0], "ty": true[:, 1]}
    )


def _junctions(made: pd.DataFrame, n: int, rng: np.random.Generator) -> tuple[pd.Series, NDArray[np.float64]]:
    """Return texts of two crossing streets, and places around where they cross."""
    lines = made.groupby(["town", "street"])[["x", "y"]].agg(["min", "max"])
    texts, spots = [], []
    while len(texts) < n:
        (town, one), (other_town, other) = (lines.index[int(rng.integers(len(lines)))] for _ in range(2))
        if town != other_town or one.endswith("Road") == other.endswith("Road"):
            continue
        street, road = (one, other) if one.endswith("Street") else (other, one)
        a, b = lines.loc[(town, street)], lines.loc[(town, road)]
        x, y = a["x", "min"], b["y", "min"]
        if b["x", "min"] <= x <= b["x", "max"] and a["y", "min"] <= y <= a["y", "max"]:
            texts.append(f"junction of {street} and {road}, {town}")
            spots.append((x, y))
    return pd.Series(texts), np.array(spots) + _ray(18.0, n, rng)


def coverage(opened: Any, frame: pd.DataFrame, folder: Path, *, calibrated: bool) -> pd.DataFrame:
    """Return per level n and the share of true places within r95, of records placed with the store."""
    frame.to_csv(folder / "test.csv", index=False)
    rows, truth = read_labelled(folder / "test.csv")
    found = geocode.locate(
        rows, reference_tables(opened), params=locate_params(opened, calibrated=calibrated)
    )
    out = geocode.calibrate(found, truth["true_lat"].to_numpy(float), truth["true_lon"].to_numpy(float))
    out = out[out["grouping"] == "level"].set_index("name")
    return pd.DataFrame({"n": out["n"], "share": out["n_inside"] / out["n"]})


def run(seed: int, each: int) -> pd.DataFrame:
    """Return one seed's table."""
    rng = np.random.default_rng(seed)
    made = doors(rng)
    labelled = records(made, each, rng).drop(columns="kind")
    first = rng.permutation(len(labelled)) < len(labelled) // 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files(made, folder)
        session = safeguards.step_into("analyst", synthetic=True)
        with store.init_store(folder / "store", key=store.new_key(), synthetic=True) as opened:
            for file, kind in (
                ("addresses", "addresses"),
                ("parks", "premises"),
                ("towns", "settlements"),
                ("codepoint", "codepoint"),
            ):
                keep_gazetteer(opened, folder / f"{file}.csv", session=session, kind=kind)
            labelled[first].to_csv(folder / "labelled.csv", index=False)
            before = coverage(opened, labelled[~first], folder, calibrated=False)
            rows, _ = calibrate_store(opened, folder / "labelled.csv", session=session)
            after = coverage(opened, labelled[~first], folder, calibrated=True)
    used = geocode.multipliers(rows)
    return before.rename(columns={"share": "before"}).assign(
        multiplier=[used.get(str(level), np.nan) for level in before.index], after=after["share"], seed=seed
    )


def main() -> None:
    """Print a table per seed and over all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--each", type=int, default=2_000)
    told = parser.parse_args()
    tables = pd.concat([run(seed, told.each) for seed in range(1, told.seeds + 1)])
    grouped = tables.reset_index().groupby("name")
    both = grouped.agg(n=("n", "sum"), before=("before", "mean"), multiplier=("multiplier", "mean"), least=("after", "min"),
                       after=("after", "mean"), most=("after", "max"))  # fmt: skip
    sys.stdout.write(both.round(3).to_string() + "\n")


if __name__ == "__main__":
    main()
