"""Judge the reading of places: `python -m tests.benchmarks.geocode ROWS QUERIES [--seed S] [--peers]`.

A gazetteer of ROWS invented addresses, premises, parks and stations in invented towns, streets with the usual names
(so that every town has a Church Street, and some have two). Of what was generated, 3 % of streets, 2 % of doors and
3 % of premises are left out of it. QUERIES texts, of which 10 % are about places left out and 5 % vague, by the
rules of `geocode_noise` (MAIN and HARD). Printed as tables; docs/geocoding.md holds a run.

resolvable: of that number, street and town (premises: name and street; parks: name) the gazetteer has one place.
door: an answer at the level of address, premises or named place (or near one), or a postcode's or junction's point.
right: within 50 m of the truth, or within its radius where the answer is a street, a postcode or near something.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from cse_geo import geocode, projection, schema
from tests.benchmarks.geocode_noise import write_hard, write_main, write_vague

_TYPES = (
    "Street",
    "Road",
    "Avenue",
    "Lane",
    "Close",
    "Drive",
    "Crescent",
    "Gardens",
    "Terrace",
    "Court",
    "Grove",
    "Way",
    "Place",
)
_TYPE_SHARES = (0.22, 0.26, 0.12, 0.1, 0.1, 0.08, 0.02, 0.03, 0.02, 0.02, 0.015, 0.01, 0.005)
_COMMON = ("High Street", "Church Street", "Station Road", "Victoria Road", "Park Road", "Mill Lane", "Church Lane", "London Road",
           "Green Lane", "Queen Street", "King Street", "St Marys Road", "Manor Road", "New Street", "Albert Road")  # fmt: skip
_STARTS = (
    "Ash",
    "Brad",
    "Carl",
    "Dun",
    "Ell",
    "Farn",
    "Gris",
    "Hart",
    "Ing",
    "Kirk",
    "Lang",
    "Marl",
    "Nor",
    "Ober",
    "Pick",
    "Rad",
    "Sel",
    "Thorn",
    "Upp",
    "Wal",
)
_ENDS = (
    "bourne",
    "combe",
    "den",
    "ford",
    "gate",
    "ham",
    "ington",
    "leigh",
    "mere",
    "ness",
    "over",
    "port",
    "ridge",
    "stead",
    "ton",
    "worth",
    "wick",
    "by",
    "field",
    "low",
)
_PREFIX = ("", "", "", "East ", "Great ", "Little ", "Upper ", "Nether ", "Over ", "North ")
_KINDS = {
    "takeaway_fastfood": ("Kebab House", "Fried Chicken", "Pizza", "Fish Bar", "Grill"),
    "pub": ("Arms", "Tavern", "Inn", "Hotel"),
    "restaurant_cafe": ("Cafe", "Restaurant", "Tandoori", "Bistro"),
    "offlicence_retailer": ("Stores", "Wines", "Mini Market", "Food and Wine"),
}
_PER_POSTCODE = 18
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
DOORS = ("address", "premises", "named_area", "near_anchor", "postcode", "junction")


def make_streets(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return invented streets: name, locality, town, both ends (EPSG:27700), doors."""
    words = _words()["street_words"]
    n_towns = max(8, n_rows // 9_000)
    towns = _town_names(n_towns, rng)
    rows = []
    for at, town in enumerate(towns):
        cx, cy = (
            320_000 + (at % 14) * 16_000 + rng.normal(0, 1_500),
            260_000 + (at // 14) * 16_000 + rng.normal(0, 1_500),
        )
        localities = [f"{rng.choice(_STARTS)}{rng.choice(_ENDS)}" for _ in range(int(rng.integers(3, 8)))]
        middles = [(cx + rng.normal(0, 2_500), cy + rng.normal(0, 2_500)) for _ in localities]
        doors = 0
        while doors < n_rows / n_towns:
            home = int(rng.integers(len(localities)))
            name = _street_name(words, rng)
            x, y = middles[home][0] + rng.normal(0, 700), middles[home][1] + rng.normal(0, 700)
            length, angle = rng.uniform(80, 600), rng.uniform(0, np.pi)
            n = max(4, int(length / 9))
            rows.append(
                (str(name), localities[home], town, x, y, length * np.cos(angle), length * np.sin(angle), n)
            )
            doors += n
    return pd.DataFrame(rows, columns=["street", "locality", "town", "x", "y", "dx", "dy", "n"])


def _street_name(words: list[str], rng: np.random.Generator) -> str:
    """A usual name, a word of nature or trade, or the name of a place or family: about 10,000 in all."""
    draw = rng.random()
    if draw < 0.06:
        return str(rng.choice(_COMMON))
    first = (
        words[int(rng.integers(len(words)))] if draw < 0.45 else f"{rng.choice(_STARTS)}{rng.choice(_ENDS)}"
    )
    return f"{first} {rng.choice(_TYPES, p=np.array(_TYPE_SHARES) / sum(_TYPE_SHARES))}"


def make_rows(n_rows: int, *, seed: int) -> pd.DataFrame:
    """Return everything there is: PLACE_TEXTS columns, x, y, and `kept` (false = left out of the gazetteer)."""
    rng = np.random.default_rng(seed)
    streets = make_streets(n_rows, rng)
    at = np.repeat(np.arange(len(streets)), streets["n"])
    n = streets["n"].to_numpy()
    nth = np.arange(len(at)) - np.repeat(np.cumsum(n) - n, n)
    own = streets.iloc[at].reset_index(drop=True)
    share = (nth + 0.5) / own["n"]
    frame = pd.DataFrame({"street": own["street"], "locality": own["locality"], "town": own["town"]})
    frame["number"] = (nth + 1).astype(str)
    frame["x"] = own["x"] + own["dx"] * share + np.where(nth % 2, 8, -8)
    frame["y"] = own["y"] + own["dy"] * share
    frame["postcode"] = _postcodes(own["town"], at, nth)
    frame["kind"], frame["name"], frame["place_type"], frame["basis"] = "address", None, None, "rooftop"
    _premises(frame, rng)
    frame["kept"] = (rng.random(len(streets))[at] >= 0.03) & (
        rng.random(len(frame)) >= np.where(frame["kind"] == "premises", 0.03, 0.02)
    )
    return pd.concat([frame, _named(streets, rng)], ignore_index=True)


def gazetteer(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that are kept as PLACE_TEXTS, and the postcodes as POSTCODES."""
    kept = rows[rows["kept"]]
    lon, lat = projection.to_wgs84(kept["x"].to_numpy(), kept["y"].to_numpy())
    texts = schema.conform(
        kept.drop(columns=["x", "y", "kept"]).assign(lat=lat, lon=lon), geocode.PLACE_TEXTS
    )
    middle = rows[rows["postcode"] != ""].groupby("postcode")[["x", "y"]].mean().reset_index()
    table = middle.rename(columns={"x": "easting", "y": "northing"}).assign(stack=1, live=True)
    return texts.reset_index(drop=True), schema.conform(table, schema.POSTCODES)


def make_queries(rows: pd.DataFrame, n: int, *, hard: bool, seed: int) -> pd.DataFrame:
    """Return texts with their truth: text, kind (address, premises, named, absent, vague), x, y, resolvable."""
    rng = np.random.default_rng(seed)
    write = write_hard if hard else write_main
    kept = rows["kept"].to_numpy()
    one = _is_one(rows, "town") & _is_one(rows, "locality")
    pools = {kind: np.flatnonzero(kept & (rows["kind"] == kind)) for kind in ("address", "premises", "named")}
    pools["absent"] = np.flatnonzero(~kept)
    pools["vague"] = np.arange(len(rows))
    kinds = rng.choice(list(pools), n, p=[0.45, 0.35, 0.05, 0.10, 0.05])
    picked = np.array([int(pools[kind][rng.integers(len(pools[kind]))]) for kind in kinds])
    parts = (
        rows.iloc[picked][["number", "street", "locality", "town", "postcode", "name"]]
        .fillna("")
        .to_dict("records")
    )
    texts = [
        write_vague(p, rng) if kind == "vague" else write(p, rng)
        for p, kind in zip(parts, kinds, strict=True)
    ]
    truth = rows.iloc[picked].reset_index(drop=True)
    return pd.DataFrame({"text": texts, "kind": kinds, "x": truth["x"], "y": truth["y"],
                         "resolvable": one[picked] & ~np.isin(kinds, ["absent", "vague"]) & _is_more_than_name(texts, kinds)})  # fmt: skip


def _is_one(rows: pd.DataFrame, place: str) -> np.ndarray:
    """Whether number, street and town or locality (premises: name and street; parks: name) are one place."""
    kept = rows[rows["kept"]]
    key = np.where(
        kept["kind"] == "address",
        kept["number"] + "|" + kept["street"],
        kept["name"].fillna("") + "|" + kept["street"].fillna(""),
    )
    groups = kept.groupby([key, kept[place].fillna("").to_numpy()])
    wide, high = (groups[c].transform("max") - groups[c].transform("min") for c in ("x", "y"))
    spread = np.hypot(wide, high)
    out = np.zeros(len(rows), bool)
    out[spread.index] = spread.to_numpy() <= 50
    return out


def _is_more_than_name(texts: list[str], kinds: np.ndarray) -> np.ndarray:
    """A name of premises and a town alone is never accepted, by rule: such texts count in no recall."""
    return np.array(
        [
            kind != "premises" or any(sign.isdigit() for sign in text)
            for text, kind in zip(texts, kinds, strict=True)
        ]
    )


def judge(queries: pd.DataFrame, index: geocode.TextIndex, postcodes: Any) -> pd.DataFrame:
    """Return the queries with status, level, evidence, r95_m, away (metres), door, right."""
    answers = [geocode.answer_text(text, index, postcodes) for text in queries["text"]]
    point = np.array([a.status == "located" for a in answers])
    spots = [a.spot for a in answers]
    out = queries.assign(
        status=[a.status for a in answers], level=[s.level if s else None for s in spots], evidence=[a.evidence for a in answers],
        r95_m=[s.r95_m if s else np.nan for s in spots], reason=[a.reason.value if a.reason else None for a in answers])  # fmt: skip
    out["away"] = np.where(
        point,
        np.hypot(
            [s.x if s else np.nan for s in spots] - out["x"], [s.y if s else np.nan for s in spots] - out["y"]
        ),
        np.nan,
    )
    out["door"] = point & out["level"].isin(DOORS)
    fine = out["level"].isin(["address", "premises"])
    out["right"] = point & (out["away"] <= np.where(fine, 50, np.maximum(50, out["r95_m"])))
    return out


def figures(d: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of the benchmark, shares of what their names say."""
    real = d["kind"] != "vague"
    point = d["status"] == "located"
    n_door = int(d["door"].sum())
    wrong = point & ((d["away"] > 250) & (d["away"] > d["r95_m"]) | ~real)
    resolvable = d[d["resolvable"]]
    return {
        "queries": len(d),
        "resolvable": len(resolvable),
        "recall_door": float((resolvable["door"] & resolvable["right"]).mean()),
        "recall_point": float(resolvable["right"].mean()),
        "precision_door": float((d["door"] & d["right"] & real).sum() / max(1, n_door)),
        "precision_door_low": _wilson(int((d["door"] & d["right"] & real).sum()), n_door)[0],
        "precision_point": float((point & d["right"] & real).sum() / max(1, int(point.sum()))),
        "wrong_250": float(wrong.mean()),
        "absent_door_wrong": float((d["door"] & ~d["right"])[d["kind"] == "absent"].mean()),
        "vague_points": int((point & ~real).sum()),
    }


def classes(d: pd.DataFrame) -> pd.DataFrame:
    """Return each evidence class: answers, right, Wilson interval, wrong, and whether r95 holds the truth."""
    placed = d[d["status"] == "located"]
    rows = []
    for name, own in placed.groupby("evidence"):
        good = int(own["right"].sum())
        low, high = _wilson(good, len(own))
        inside = float((own["away"] <= own["r95_m"]).mean())
        rows.append(
            (
                name,
                len(own),
                good,
                round(low, 4),
                round(high, 4),
                int((own["away"] > np.maximum(250, own["r95_m"])).sum()),
                round(inside, 4),
            )
        )
    return pd.DataFrame(rows, columns=["evidence", "n", "right", "low", "high", "wrong_250", "r95_holds"])


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("queries", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["main", "hard"])
    given = parser.parse_args(argv)
    out = sys.stdout.write
    rows = make_rows(given.rows, seed=given.seed)
    texts, postcode_frame = gazetteer(rows)
    start, used = time.perf_counter(), time.process_time()
    index = geocode.index_texts(texts, release="benchmark")
    out(
        f"{len(index):,} rows indexed: {time.perf_counter() - start:.1f} s wall, {time.process_time() - used:.1f} s of processor\n"
    )
    table = geocode.reference_tables(postcodes=postcode_frame).postcodes
    for hard in (False, True):
        if given.only and given.only != ("hard" if hard else "main"):
            continue
        queries = make_queries(rows, given.queries, hard=hard, seed=given.seed + 1 + hard)
        geocode.answer_text("12 High Street", index, table)
        start, used = time.perf_counter(), time.process_time()
        judged = judge(queries, index, table)
        wall, cpu = time.perf_counter() - start, time.process_time() - used
        out(
            f"\n{'HARD' if hard else 'MAIN'}: {len(queries) / wall:,.0f} texts/s wall, {len(queries) / cpu:,.0f} per second of processor\n"
        )
        for name, value in figures(judged).items():
            out(f"  {name}: {value:.4f}\n" if isinstance(value, float) else f"  {name}: {value:,}\n")
        out(classes(judged).to_string(index=False) + "\n")
        out(pd.crosstab(judged["kind"], judged["level"].fillna(judged["status"])).to_string() + "\n")
    out(f"\nmost memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB\n")


def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("cse_geo.demo").joinpath("names.toml").read_text("utf-8"))


def _premises(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    """Turn 9.5 % of the doors into premises; a tenth of them belong to chains."""
    names = _words()["premises_words"]
    some = np.flatnonzero(rng.random(len(frame)) < 0.095)
    kinds = rng.choice(list(_KINDS), len(some))
    chains = [f"{rng.choice(names)} {rng.choice(_KINDS['takeaway_fastfood'])}" for _ in range(12)]
    own = [
        str(rng.choice(chains)) if rng.random() < 0.1
        else f"{rng.choice(names) if rng.random() < 0.5 else str(rng.choice(_STARTS)) + str(rng.choice(_ENDS))} {rng.choice(_KINDS[kind])}"
        for kind in kinds
    ]  # fmt: skip
    frame.loc[some, "kind"], frame.loc[some, "name"], frame.loc[some, "place_type"] = "premises", own, kinds


def _named(streets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One park for each locality, and a station for each town."""
    places = streets.groupby(["town", "locality"])[["x", "y"]].mean().reset_index()
    parks = places.assign(name=[f"{loc} Park" for loc in places["locality"]], place_type="park")
    towns = streets.groupby("town")[["x", "y"]].mean().reset_index()
    stations = towns.assign(
        name=towns["town"] + " Railway Station", locality=None, place_type="railway_station"
    )
    out = pd.concat([parks, stations], ignore_index=True).assign(
        kind="named", basis="area", street=None, number=None, postcode=""
    )
    return out.assign(kept=rng.random(len(out)) >= 0.03)


def _town_names(n: int, rng: np.random.Generator) -> list[str]:
    every = [f"{p}{a}{b}" for p in dict.fromkeys(_PREFIX) for a in _STARTS for b in _ENDS]
    return [every[at] for at in rng.permutation(len(every))[:n]]


def _postcodes(town: pd.Series, street: np.ndarray, nth: np.ndarray) -> list[str]:
    """A postcode for every 18 doors of a street, a district for every 4,000 of a town."""
    unit = pd.factorize(pd.Series(street) * 1_000 + nth // _PER_POSTCODE)[0]
    town_at = pd.factorize(town)[0]
    first = pd.Series(unit).groupby(town_at).transform("min").to_numpy()
    within = unit - first
    out = []
    for t, u in zip(town_at.tolist(), within.tolist(), strict=True):
        area, district = f"{LETTERS[t // 20 % 20]}{LETTERS[t % 20]}", 1 + u // 3_600
        out.append(f"{area}{district} {u // 400 % 9 + 1}{LETTERS[u // 20 % 20]}{LETTERS[u % 20]}")
    return out


def _wilson(good: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not n:
        return 0.0, 1.0
    p, d = good / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return float(middle - half), float(min(1.0, middle + half))


if __name__ == "__main__":
    main(sys.argv[1:])
