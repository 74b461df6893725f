"""The invented country of the geocoding benchmark: towns, streets with the usual names, doors, premises, parks, postcodes."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from cse_geo import geocode, projection, schema

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
