"""What each agency wrote down about a place: co-ordinates, a postcode, a bad text, only a town, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from cse_geo import projection
from cse_geo.demo import plan
from cse_geo.demo.seeds import stream
from cse_geo.demo.texts import Spot, location_text

if TYPE_CHECKING:
    from cse_geo.demo.region import Ground

_KINDS = (
    "latlon",
    "en",
    "grid",
    "postcode",
    "uprn",
    "premises",
    "text",
    "town",
    "moving",
    "online",
    "nothing",
)
_HABITS = {
    "police_varnshire": (0.02, 0.20, 0.02, 0.16, 0.00, 0.05, 0.39, 0.08, 0.03, 0.02, 0.03),
    "police_eastmarra": (0.22, 0.00, 0.02, 0.15, 0.00, 0.05, 0.40, 0.09, 0.03, 0.02, 0.02),
    "police_northfell": (0.00, 0.04, 0.16, 0.18, 0.00, 0.04, 0.42, 0.09, 0.03, 0.02, 0.02),
    "social_care": (0.00, 0.00, 0.00, 0.33, 0.02, 0.03, 0.36, 0.15, 0.03, 0.04, 0.04),
    "health": (0.00, 0.00, 0.00, 0.42, 0.00, 0.02, 0.26, 0.17, 0.01, 0.04, 0.08),
    "education": (0.00, 0.00, 0.00, 0.36, 0.00, 0.08, 0.42, 0.07, 0.01, 0.06, 0.00),
    "youth_charity": (0.10, 0.00, 0.00, 0.10, 0.00, 0.13, 0.49, 0.10, 0.05, 0.02, 0.01),
    "licensing": (0.00, 0.00, 0.00, 0.22, 0.42, 0.16, 0.20, 0.00, 0.00, 0.00, 0.00),
    "wardens": (0.10, 0.00, 0.26, 0.04, 0.00, 0.16, 0.44, 0.00, 0.00, 0.00, 0.00),
    "rail_police": (0.72, 0.00, 0.00, 0.04, 0.00, 0.00, 0.20, 0.04, 0.00, 0.00, 0.00),
}
_HOMES = ("private_residence", "near_child_home", "party_house", "childrens_home", "school_vicinity")
_PRECISION = {"latlon": "premises", "en": "premises", "grid": "street_or_feature", "postcode": "street_or_feature",
              "uprn": "premises", "premises": "premises", "text": "street_or_feature", "town": "town_only",
              "moving": "moving", "online": "non_spatial", "nothing": "unknown"}  # fmt: skip


class Fact(NamedTuple):
    """What can be known of the place of one report; x, y in EPSG:27700, lat, lon in WGS84."""

    number: int
    street: str
    town: str
    postcode: str
    uprn: int
    name: str
    place_type: str
    x: float
    y: float
    lat: float
    lon: float


def location_cells(seed: int, events: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Return the location columns of the return for each report, as text; empty = not stated.

    Two columns more: `evidence`, the kind that was drawn, and `near`, the postcode of the true place.
    """
    rng = stream(seed, "evidence")
    facts = _facts(events, ground)
    kinds = _evidence_kinds(events, facts, rng)
    rows = []
    for at, (kind, known) in enumerate(zip(kinds, facts.itertuples(index=False, name=None), strict=True)):
        fact = Fact(*known)
        spot = Spot(fact.place_type, fact.name, fact.number, fact.street, fact.town, fact.postcode)
        cells = _written(kind, fact, spot, rng)
        cells["precision"] = _precision(kind, fact.place_type, rng)
        if kind == "moving":
            cells["place_type"] = "taxi_vehicle" if rng.random() < 0.25 else "private_vehicle"
        elif kind == "online":
            cells["place_type"] = "online_platform"
        else:
            cells["place_type"] = fact.place_type if kind != "nothing" else "unknown"
        rows.append(cells | _stack_cells(str(events["origin"].iloc[at]), spot, rng))
    return pd.DataFrame(rows).fillna("").assign(evidence=kinds, near=facts["postcode"])


def grid_reference(easting: float, northing: float, figures: int) -> str:
    """Return a grid reference of 6, 8 or 10 figures: the square that holds the point."""
    column, row = int(easting // 100_000), int(northing // 100_000)
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    first = letters[17 - 5 * (row // 5) + column // 5]
    second = letters[5 * (4 - row % 5) + column % 5]
    half = figures // 2
    unit = 10 ** (5 - half)
    east, north = int(easting % 100_000 // unit), int(northing % 100_000 // unit)
    return f"{first}{second} {east:0{half}d} {north:0{half}d}"


def _facts(events: pd.DataFrame, g: Ground) -> pd.DataFrame:
    """Return what can be known of each report's place: its own premises' address or the nearest one's."""
    tree = shapely.STRtree(shapely.points(g.addresses[["x", "y"]].to_numpy()))
    near = g.addresses.iloc[tree.nearest(shapely.points(events[["x", "y"]].to_numpy()))].reset_index(
        drop=True
    )
    place = events["place"].to_numpy()
    own = g.places.iloc[np.maximum(place, 0)].reset_index(drop=True)
    has = pd.Series(place >= 0)
    out = near[["number", "street", "town", "postcode", "uprn"]].copy()
    for column in out:
        out[column] = own[column].where(has & own[column].notna(), near[column])
    out["name"] = own["name"].where(has, "").fillna("")
    out["number"] = out["number"].astype("int64")
    out["uprn"] = out["uprn"].astype("int64")
    out["place_type"] = events["place_type"].to_numpy()
    lon, lat = projection.to_wgs84(events["x"], events["y"])
    out = out.assign(x=events["x"].to_numpy(), y=events["y"].to_numpy(), lat=lat, lon=lon)
    return out[list(Fact._fields)]


def _evidence_kinds(events: pd.DataFrame, facts: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    out = []
    for agency, kind, name in zip(events["agency"], facts["place_type"], facts["name"], strict=True):
        habit = np.array(_HABITS[agency])
        drawn = _KINDS[int(rng.choice(len(_KINDS), p=habit / habit.sum()))]
        if drawn in ("premises", "uprn") and (
            not name or kind in _HOMES or kind in ("park", "railway_station")
        ):
            drawn = "text"
        out.append(drawn)
    return out


def _written(kind: str, fact: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    writer = _WRITERS.get(kind)
    return writer(fact, spot, rng) if writer else {}


def _latlon(fact: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    digits = int(rng.choice([5, 6]))
    away = rng.normal(0, 6, 2) / (111_320.0, 65_500.0)
    return {"lat": f"{fact.lat + away[0]:.{digits}f}", "lon": f"{fact.lon + away[1]:.{digits}f}"} | _town(
        spot, rng
    )


def _easting(fact: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    return {
        "easting": f"{fact.x + rng.normal(0, 6):.0f}",
        "northing": f"{fact.y + rng.normal(0, 6):.0f}",
    } | _town(spot, rng)


def _grid(fact: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    text = grid_reference(fact.x, fact.y, int(rng.choice([6, 8, 10], p=[0.4, 0.45, 0.15])))
    return {"grid_ref": text.replace(" ", "") if rng.random() < 0.4 else text} | _town(spot, rng)


def _postcode(_: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    draw = rng.random()
    text = spot.postcode
    if draw < 0.25:
        text = text.replace(" ", "")
    if 0.15 < draw < 0.4:
        text = text.lower()
    out = {"postcode": text}
    if rng.random() < 0.35:
        out["location_text"] = location_text(spot, rng)
    return out | _town(spot, rng)


def _uprn(fact: Fact, spot: Spot, _: np.random.Generator) -> dict[str, str]:
    return {"uprn": str(fact.uprn), "premises_name": spot.name}


def _premises(_: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    name = spot.name.lower() if rng.random() < 0.15 else spot.name
    return {"premises_name": name, "town": spot.town}


def _text(_: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    return {"location_text": location_text(spot, rng)} | _town(spot, rng)


def _only_town(_: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    if rng.random() < 0.3:
        return {
            "location_text": f"{spot.town} town centre" if rng.random() < 0.5 else f"somewhere in {spot.town}"
        }
    return {"town": spot.town}


def _moving(_: Fact, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    return {
        "location_text": ("in a car around ", "driven about ", "in taxi from ")[int(rng.integers(3))]
        + spot.town
    }


_WRITERS = {
    "latlon": _latlon, "en": _easting, "grid": _grid, "postcode": _postcode, "uprn": _uprn, "premises": _premises,
    "text": _text, "town": _only_town, "moving": _moving,
}  # fmt: skip


def _town(spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    return {"town": spot.town} if rng.random() < 0.45 else {}


def _precision(kind: str, place_type: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.25:
        return ""  # many contributors leave it out
    if place_type == "park" and kind not in ("town", "moving", "online", "nothing"):
        return "area_polygon"
    if place_type in _HOMES and kind in ("uprn", "latlon", "en"):
        return "address_restricted"
    return _PRECISION[kind]


def _stack_cells(origin: str, spot: Spot, rng: np.random.Generator) -> dict[str, str]:
    """Return what a default place puts over the true one: the same point under ever different words."""
    if origin not in {name for name, _, _, _ in plan.STACKS}:
        return {}
    blank = dict.fromkeys(("postcode", "easting", "northing", "grid_ref", "uprn", "premises_name"), "")
    words = {"location_text": location_text(spot, rng), "precision": "", "place_type": "unknown", "town": ""}
    return blank | words | {"lat": f"stack:{origin}", "lon": f"stack:{origin}"}
