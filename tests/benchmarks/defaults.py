"""Planted default locations in demo regions: how many are found, how many of those found are false.

    python -m tests.benchmarks.defaults --seeds 10

Over the four stacks that each region has anyway, ten more are planted per seed, by rules that know nothing
of the detector's: records of one agency are overwritten with one co-ordinate (or one text) and keep the words,
roles and kinds of place of where they truly were. Six decoys per seed are real busy places.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from cse_geo import cells, demo, geocode, hotspots, intake, lattice, schema, validate
from cse_geo.pipeline.demo import returns_of
from cse_geo.pipeline.frames import exposure_at
from cse_geo.vocabulary import fold

# Kind, how many records (least, most), per seed.
PLANTED = (
    ("site", 6, 15), ("site", 6, 15), ("site", 8, 30), ("office", 14, 40), ("office", 14, 40), ("office", 20, 60),
    ("centroid", 8, 30), ("centroid", 8, 30), ("zero", 6, 20), ("text", 20, 50),
)  # fmt: skip
N_DECOYS = 6
RESOLUTION = 9
TODAY = date(2026, 1, 31)
PLACE_COLUMNS = ["lat", "lon", "easting", "northing", "grid_ref", "postcode", "uprn"]


@dataclass(frozen=True)
class Region:
    """One demo region in memory, and the default locations that are in it."""

    records: pd.DataFrame
    tables: geocode.ReferenceTables
    places: pd.DataFrame
    planted: list[tuple[str, str, float, float, str]]  # kind, agency, lat, lon, text
    exposure: pd.DataFrame


@dataclass(frozen=True)
class Score:
    """What was found of what was planted."""

    planted: int
    found: int
    suspected: int
    false: int
    missed: tuple[str, ...]


def region(folder: Path) -> Region:
    """Return the demo region whose files lie in a folder: its returns through the same doors as anybody's."""
    data = folder / "sample_data"
    records = pd.concat([_records(*entry) for entry in returns_of(data)], ignore_index=True)
    records = records[~records["record_id"].duplicated()].reset_index(drop=True)
    postcodes, _ = geocode.read_codepoint(data / "codepoint.csv")
    uprns, _ = geocode.read_uprn(data / "uprn.csv")
    towns = pd.read_csv(data / "settlements.csv").rename(columns={"name": "code"}).assign(layer="town")
    layers = [
        gpd.read_file(folder / "boundaries" / f"{layer}.geojson").assign(layer=layer)
        for layer in ("police_force", "local_authority", "ward")
    ]
    centroids = pd.concat(
        [geocode.area_centroids(pd.concat(layers)), towns[["layer", "code", "lat", "lon"]]], ignore_index=True
    )
    tables = geocode.reference_tables(
        postcodes=postcodes, uprns=uprns, towns=towns["code"], centroids=centroids
    )
    places = schema.conform(pd.read_csv(data / "places.csv", dtype="str"), schema.PLACES)
    truth = pd.read_json(data / "truth.json", typ="series")["stacks"]
    own = [("zero" if not s["lat"] else "demo", s["agency"], s["lat"], s["lon"], "") for s in truth]
    return Region(records, tables, places, own, _exposure(data / "exposure.csv"))


def plant(base: Region, seed: int) -> Region:
    """Return the region with ten more default locations and six decoys."""
    rng = np.random.default_rng(seed)
    records, planted = base.records.copy(), list(base.planted)
    agencies = records["agency"].value_counts()
    large = agencies[agencies > 250].index.to_numpy()
    free = np.ones(len(records), bool)
    for number, (kind, least, most) in enumerate(PLANTED):
        taken = {p[1] for p in planted if p[0] == "zero"} if kind == "zero" else set()
        agency = str(rng.choice([a for a in large if a not in taken]))
        rows = _take(
            records, free & (records["agency"] == agency).to_numpy(), int(rng.integers(least, most)), rng
        )
        free[rows] = False
        spot = _spot(kind, base, rng)
        _overwrite(records, rows, spot if kind != "text" else None)
        text = f"not recorded see log {number}" if kind == "text" else ""
        if text:
            records.loc[rows, "location_text"] = text
        planted.append((kind, agency, *spot, text))
    for _ in range(N_DECOYS):
        _decoy(records, free, base, rng)
    return replace(base, records=records, planted=planted)


def score(world: Region) -> Score:
    """Return how many planted default locations are suspected, and how many suspicions are false."""
    locations = geocode.locate(world.records, world.tables)
    found = geocode.find_stacks(world.records, locations, sites=geocode.listed_sites(world.places)).stacks
    hits = [_hits(found, world, one) for one in world.planted]
    right = np.any(hits, axis=0) if len(found) else np.zeros(0, bool)
    missed = tuple(p[0] for p, hit in zip(world.planted, hits, strict=True) if not hit.any())
    return Score(len(hits), len(hits) - len(missed), len(found), int((~right).sum()), missed)


def centroid_hotspots(base: Region, seed: int, *, known: bool) -> int:
    """Return how many of the top 20 hotspots most of whose records are only known to an area.

    A fifth of the located records get the middle point of a town, ward, council or force in place of their
    own. Where `known`, the geocoder holds the list of middle points; else it believes them, as many do.
    """
    rng = np.random.default_rng(seed)
    records, tables = base.records.copy(), base.tables
    located = geocode.locate(records, tables)["status"].eq("located").to_numpy()
    rows = rng.choice(np.flatnonzero(located), located.sum() // 5, replace=False)
    centres = tables.centroids
    # Records crowd at the middle of the larger areas: half of them at one of ten.
    some = rng.choice(len(centres), 10, replace=False)
    at = np.where(
        rng.random(len(rows)) < 0.5, rng.choice(some, len(rows)), rng.integers(len(centres), size=len(rows))
    )
    _overwrite(records, rows, None)
    records.loc[rows, ["lat", "lon"]] = centres[["lat", "lon"]].to_numpy()[at].round(6)
    if not known:
        tables = replace(tables, centroids=None)
    places = geocode.locate(records, tables)
    if known:
        places = geocode.hold_back(places, geocode.find_stacks(records, places))
    cell_records = cells.assign(records, places, resolution=RESOLUTION, areas=None)
    found = hotspots.find(cell_records, base.exposure, params=hotspots.HotspotParams())
    top = found.hotspots.sort_values("rank").head(20)["hotspot"]
    inside = cell_records.merge(found.cells[found.cells["hotspot"].isin(top)], on="cell")
    moved = inside["record"].isin(rows).groupby(inside["hotspot"]).mean()
    return int((moved > 0.5).sum())


def _exposure(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype={"cell": "str", "district": "str"})
    frame = schema.conform(table.assign(cell=lattice.from_text(table["cell"])), schema.EXPOSURE)
    return exposure_at(frame, RESOLUTION)


def _records(agency: str, path: Path, mapping: Path | None) -> pd.DataFrame:
    raw = intake.read_table(path, name=path.name)
    if mapping is not None:
        raw = intake.apply_mapping(raw, intake.Mapping.from_toml(mapping.read_text("utf-8")))
    return validate.validate(raw, agency=agency, today=TODAY).records


def _take(records: pd.DataFrame, free: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return rows of things that happened somewhere, in the share of roles that the agency has."""
    happened = ~records["place_role"].isin(["reported_from", "missing_from"]).to_numpy()
    placed = ~records["precision"].isin(["moving", "non_spatial", "town_only"]).to_numpy()
    kinds = ~records["place_type"].isin(["private_vehicle", "taxi_vehicle", "online_platform"]).to_numpy()
    rows = np.flatnonzero(free & happened & placed & kinds)
    return rng.choice(rows, min(n, len(rows)), replace=False)


def _spot(kind: str, base: Region, rng: np.random.Generator) -> tuple[float, float]:
    if kind == "site":
        sites = geocode.listed_sites(base.places)
        at = sites.iloc[int(rng.integers(len(sites)))]
        off = rng.uniform(-20, 20, 2) / (
            111_320.0,
            65_000.0,
        )  # the register and the log differ by a few metres
        return round(float(at["lat"]) + off[0], 6), round(float(at["lon"]) + off[1], 6)
    if kind == "centroid":
        at = base.tables.centroids.iloc[int(rng.integers(len(base.tables.centroids)))]
        return round(float(at["lat"]), 6), round(float(at["lon"]), 6)
    if kind == "office":  # an office that no register lists
        at = base.places.iloc[int(rng.integers(len(base.places)))]
        off = rng.uniform(60, 90, 2) / (111_320.0, 65_000.0)
        return round(float(at["lat"]) + off[0], 6), round(float(at["lon"]) + off[1], 6)
    return 0.0, 0.0


def _overwrite(records: pd.DataFrame, rows: np.ndarray, spot: tuple[float, float] | None) -> None:
    records.loc[rows, PLACE_COLUMNS] = None
    records.loc[rows, "premises_name"] = None
    records.loc[rows, "precision"] = None
    if spot is not None:
        records.loc[rows, ["lat", "lon"]] = spot


def _decoy(records: pd.DataFrame, free: np.ndarray, base: Region, rng: np.random.Generator) -> None:
    """Put records of one kind of place at a true busy place, with exactly one co-ordinate.

    Half of them beside a listed site, half under ever new words, a third known to one agency only.
    """
    kind = str(rng.choice(["takeaway_fastfood", "park", "pub", "bus_station_stop_shelter", "car_park"]))
    free_ = free & (records["place_type"] == kind).to_numpy()
    if rng.random() < 1 / 3:
        free_ &= (records["agency"] == "police_varnshire").to_numpy()
    rows = _take(records, free_, int(rng.integers(12, 30)), rng)
    free[rows] = False
    near = geocode.listed_sites(base.places) if rng.random() < 0.5 else base.places
    at = near.iloc[int(rng.integers(len(near)))]
    off = np.array([35.0, 15.0]) / (111_320.0, 65_000.0)
    _overwrite(records, rows, (round(float(at["lat"]) + off[0], 6), round(float(at["lon"]) + off[1], 6)))
    if rng.random() < 0.5:
        return
    names = np.array(["the shop", "shop on the corner", "outside the shop"], dtype=object)
    records.loc[rows, "location_text"] = names[rng.integers(3, size=len(rows))]


def _hits(found: pd.DataFrame, world: Region, planted: tuple[str, str, float, float, str]) -> np.ndarray:
    """Return which of the suspected stacks are this planted one."""
    kind, agency, lat, lon, text = planted
    if kind == "zero":
        return (found["key"] == f"code COORDINATE_ZERO {agency}").to_numpy()
    if kind == "text":
        return (found["key"] == f"text {fold(text)}").to_numpy()
    near = (found["lat"] - lat).abs().lt(2e-5) & (found["lon"] - lon).abs().lt(3e-5)
    centroids = world.tables.centroids
    close = (centroids["lat"] - lat).abs().lt(3e-5) & (centroids["lon"] - lon).abs().lt(4e-5)
    keys = ("centroid " + centroids["layer"] + " " + centroids["code"])[close]
    return (near | found["key"].isin(keys)).to_numpy()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    given = parser.parse_args()
    total, false_centres = [], []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            demo.write_region(Path(folder), seed=seed)
            base = region(Path(folder))
        one = score(plant(base, seed))
        false_centres.append([centroid_hotspots(base, seed, known=known) for known in (False, True)])
        total.append(one)
        sys.stdout.write(f"seed {seed}: {one}\n")
        sys.stdout.flush()
    planted, found = sum(s.planted for s in total), sum(s.found for s in total)
    suspected, false = sum(s.suspected for s in total), sum(s.false for s in total)
    sys.stdout.write(
        f"found {found} of {planted} planted ({found / planted:.1%}); "
        f"{false} of {suspected} suspected are false ({false / suspected:.1%})\n"
        "hotspots of the top 20 made by middle points of areas, believed and known, per seed: "
        f"{' '.join(f'{a}/{b}' for a, b in false_centres)}\n"
    )


if __name__ == "__main__":
    main()
