"""Invented names: villages, streets, parks and premises. None is meant to be a real place or business."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_STREET_KINDS = (
    ("Street", 0.27), ("Road", 0.27), ("Avenue", 0.12), ("Close", 0.08), ("Lane", 0.08), ("Drive", 0.06),
    ("Terrace", 0.05), ("Grove", 0.03), ("Way", 0.02), ("Court", 0.02),
)  # fmt: skip
_BEFORE = ("Old", "Great", "Little", "Upper", "Lower")
_PLAIN = {
    "taxi_rank": "Taxi Rank",
    "car_park": "Car Park",
    "bus_station_stop_shelter": "Bus Station",
    "railway_station": "Railway Station",
}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("cse_geo.demo").joinpath("names.toml").read_text("utf-8"))


def village_names(n: int, rng: np.random.Generator) -> list[str]:
    """Return `n` different village names."""
    every = [head + tail for head in _words()["village_heads"] for tail in _words()["village_tails"]]
    return [every[i] for i in rng.permutation(len(every))[:n]]


def street_names(n: int, rng: np.random.Generator) -> list[str]:
    """Return `n` street names for one town, different from one another; the commoner kinds come first."""
    words = _words()["street_words"]
    every = [
        (f"{word} {kind}", 0.0 if plain else 1.0, share)
        for plain in (True, False)
        for word in (words if plain else [f"{a} {b}" for a in _BEFORE for b in words])
        for kind, share in _STREET_KINDS
        if word != kind
    ]
    # Weighted order without replacement: exponential waiting times; names with a prefix only when needed.
    wait = [late * 1e6 + rng.exponential() / share for _, late, share in every]
    return [every[i][0] for i in sorted(range(len(every)), key=wait.__getitem__)[:n]]


def premises_name(place_type: str, where: str, rng: np.random.Generator) -> str:
    """Return a premises name; `where` is the street or town that some kinds are named after."""
    if place_type in ("taxi_rank", "car_park", "bus_station_stop_shelter", "railway_station"):
        return f"{where} {_PLAIN[place_type]}"
    if place_type == "pub" and rng.random() < 0.7:
        return _pick(_words()["pub_names"], rng)
    kind = _pick(_words()["premises_kinds"][place_type], rng)
    return f"{_pick(_words()['premises_words'], rng)} {kind}"


def park_name(rng: np.random.Generator) -> str:
    """Return the name of a park."""
    return f"{_pick(_words()['street_words'], rng)} {_pick(_words()['park_kinds'], rng)}"


def _pick(options: list[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
