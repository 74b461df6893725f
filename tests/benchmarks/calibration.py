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

and, where only an area is known (its middle is measured from, and never shown):

    sector, outcode, postcode area    a door of it, those near the town's middle four times as often; one in twenty a
                                      door of the whole town, because people remember the wrong one
    postcode not in the table         likewise, of its outcode
    locality         a suburb of eight streets, evenly over a disc of 1.5 times its listed radius
    town             in the words, or alone in its column: a door, likewise; one in twelve in the country around,
                     700 from the last houses

Half of the records of each level calibrate the store (`calibrate_store`), the others are then placed with what it keeps.
Printed: n, share within r95 before and after on those others, the multiplier.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from cse_geo import geocode, projection, safeguards, store
from cse_geo.pipeline.calibration import calibrate_store, read_labelled
from cse_geo.pipeline.contexts import ContextRequest, add_context
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
    towns = middle.rename(columns={"town": "name"}).assign(kind="town", r95_m=1_500)
    suburbs = towns.assign(name=towns["name"].str.replace("ton", "wick"), kind="suburb", r95_m=300.0)
    suburbs["easting"] -= SUBURB_M
    pd.concat([towns, suburbs]).to_csv(folder / "towns.csv", index=False)
    names = [
        shapely.Point(*projection.to_wgs84([x], [y]))
        for x, y in towns[["easting", "northing"]].to_numpy().tolist()
    ]
    drawn = gpd.GeoDataFrame({"kind": "place_name", "name": towns["name"]}, geometry=names, crs=4326)
    drawn.to_file(folder / "names.geojson", driver="GeoJSON")
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
    parts = [_kind(kind, made, each, rng) for kind in _TRUTH] + [_area(k, made, each, rng) for k in _AREAS]
    out = pd.concat(parts, ignore_index=True)
    lon, lat = projection.to_wgs84(out["tx"].to_numpy(), out["ty"].to_numpy())
    return out.assign(true_lat=lat, true_lon=lon).drop(columns=["tx", "ty"])


def _ray(scale: float | NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return displacements whose lengths are Rayleigh of a scale, in all directions."""
    return rng.normal(0, 1, (n, 2)) * np.broadcast_to(np.asarray(scale, float), n)[:, None]


_TRUTH = ("address", "street", "postcode", "junction", "outside", "near", "park", "coordinate")
_AREAS = ("sector", "outcode", "postcode area", "unknown postcode", "locality", "town", "town column")
SUBURB_M = 450.0  # from the middle of its town to the west


def _area(kind: str, made: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return records that say an area only, and where they truly are."""
    middle = made.groupby("town")[["x", "y"]].transform("mean").to_numpy()
    central = np.exp(-np.hypot(*(made[["x", "y"]].to_numpy() - middle).T) / 300.0) * 3 + 1
    at = rng.choice(len(made), n, p=central / central.sum())
    rows = made.iloc[at].reset_index(drop=True)
    true = rows[["x", "y"]].to_numpy() + _ray(6.0, n, rng)
    text, postcode, town = (np.full(n, "", object) for _ in range(3))
    wrong = rng.random(n) < 1 / 20
    other = (
        made.groupby("town").sample(1, random_state=rng).set_index("town")
    )  # one door of each, for the slips
    if kind in ("sector", "outcode", "postcode area", "unknown postcode"):
        true[wrong] = other.loc[rows["town"][wrong], ["x", "y"]].to_numpy()
        said = {"sector": rows["postcode"].str[:-2], "outcode": rows["postcode"].str.split().str[0],
                "postcode area": rows["postcode"].str.extract(r"^([A-Z]+)", expand=False),
                "unknown postcode": rows["postcode"].str[:-2] + "ZZ"}  # fmt: skip
        postcode = said[kind].to_numpy(object)
    elif kind == "locality":
        angle, far = rng.uniform(0, 2 * np.pi, n), 1.5 * 300.0 * np.sqrt(rng.random(n))
        true = middle[at] - [SUBURB_M, 0] + np.column_stack((np.cos(angle), np.sin(angle))) * far[:, None]
        text = ("somewhere in " + rows["town"].str.replace("ton", "wick")).to_numpy(object)
    else:
        out = rng.random(n) < 1 / 12
        edge = made.groupby("town")["x"].max().loc[rows["town"]].to_numpy()
        true[out, 0] = edge[out] + 700.0
        text = ("somewhere in " + rows["town"]).to_numpy(object) if kind == "town" else text
        town = town if kind == "town" else rows["town"].to_numpy(object)
    return pd.DataFrame(
        {
            "kind": kind,
            "location_text": text,
            "postcode": postcode,
            "town": town,
            "tx": true[:, 0],
            "ty": true[:, 1],
        }
    )


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
    found, lat, lon = geocode.locate_with_middles(
        rows, reference_tables(opened), params=locate_params(opened, calibrated=calibrated)
    )
    true_lat, true_lon = (truth[name].to_numpy(float) for name in ("true_lat", "true_lon"))
    out = geocode.calibrate(found, true_lat, true_lon, middles=(lat, lon))
    out = out[out["grouping"] == "level"].set_index("name")
    radius = found.groupby("level")["r95_m"].median()
    return pd.DataFrame({"n": out["n"], "inside": out["n_inside"], "radius": radius.reindex(out.index)})


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
            add_context(
                opened, folder / "names.geojson", session=session, request=ContextRequest("background")
            )
            labelled[first].to_csv(folder / "labelled.csv", index=False)
            before = coverage(opened, labelled[~first], folder, calibrated=False)
            rows, _ = calibrate_store(opened, folder / "labelled.csv", session=session)
            after = coverage(opened, labelled[~first], folder, calibrated=True)
    used = geocode.multipliers(rows)
    return pd.DataFrame(
        {"n": before["n"], "inside": before["inside"], "radius": before["radius"], "n_after": after["n"],
         "inside_after": after["inside"], "radius_after": after["radius"], "seed": seed,
         "multiplier": [used.get(str(level), np.nan) for level in before.index]}
    )  # fmt: skip


def main() -> None:
    """Print a table over all seeds: coverage before and after with 95 % intervals, and the least and most of a seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--each", type=int, default=2_000)
    told = parser.parse_args()
    tables = pd.concat([run(seed, told.each) for seed in range(1, told.seeds + 1)]).reset_index()
    tables["share"] = tables["inside_after"] / tables["n_after"]
    for level, group in tables.groupby("name"):
        parts = [f"{level:<11} n {group['n'].sum():>6,}"]
        for inside, n, radius in (("inside", "n", "radius"), ("inside_after", "n_after", "radius_after")):
            hits, of = int(group[inside].sum()), int(group[n].sum())
            low, high = geocode.wilson(hits, of)
            parts.append(f"{hits / of:6.1%} ({low:.1%} to {high:.1%}) r95 {group[radius].median():>7,.0f} m")
        parts.append(
            f"x {group['multiplier'].mean():.2f}, seeds {group['share'].min():.1%} to {group['share'].max():.1%}"
        )
        sys.stdout.write(" | ".join(parts) + "\n")


if __name__ == "__main__":
    main()
