"""The place register: premises clustered in centres, parks, stations, public buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo.demo import names
from cse_geo.demo.addresses import FIRST_UPRN, beside
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cse_geo.demo.greens import Green
    from cse_geo.demo.roads import Railway
    from cse_geo.demo.settlements import Settlement
    from cse_geo.demo.streets import Street

_N_PREMISES = 5_650
# Kind, share of all premises, how tightly it keeps to the centre (1 = anywhere in town), footfall each.
KINDS = (
    ("takeaway_fastfood", 0.145, 0.30, 3.0), ("restaurant_cafe", 0.17, 0.26, 2.0),
    ("offlicence_retailer", 0.15, 0.55, 2.0), ("newsagent", 0.045, 0.60, 1.0),
    ("supermarket", 0.04, 0.50, 6.0),
    ("petrol_station", 0.03, 0.85, 2.0), ("car_wash", 0.02, 0.80, 0.7), ("hotel_bb", 0.05, 0.35, 1.5),
    ("pub", 0.11, 0.45, 1.5), ("nightclub", 0.012, 0.12, 3.0), ("taxi_firm_office", 0.03, 0.35, 1.0),
    ("taxi_rank", 0.012, 0.15, 3.0), ("shopping_centre", 0.009, 0.30, 25.0), ("car_park", 0.05, 0.25, 2.0),
    ("bus_station_stop_shelter", 0.006, 0.12, 14.0),
    ("cinema", 0.005, 0.25, 8.0), ("bowling_alley", 0.004, 0.4, 5.0),
    ("leisure_centre_grounds", 0.018, 0.5, 4.0), ("business_other", 0.094, 0.35, 0.6),
)  # fmt: skip
FOOTFALL = {kind: each for kind, _, _, each in KINDS} | {"park": 4.0, "railway_station": 18.0}
_HUBS = ("bus_station_stop_shelter", "taxi_rank", "shopping_centre", "car_park", "cinema",
         "leisure_centre_grounds", "hotel_bb", "petrol_station")  # fmt: skip


def place_frame(
    seed: int, settled: Sequence[Settlement], streets: Sequence[Street], addresses: pd.DataFrame
) -> pd.DataFrame:
    """Return commercial premises: place_id, name, place_type, x, y, town, number, street, postcode, uprn."""
    rng = stream(seed, "premises")
    people = np.array([place.population for place in settled], np.float64)
    counts = rng.multinomial(_N_PREMISES, people**0.97 / (people**0.97).sum())
    by_town = _streets_by_town(streets)
    rows = [
        row
        for place, n in zip(settled, counts, strict=True)
        for row in _premises_of(place, int(n), by_town[place.name], streets, rng)
    ]
    frame = pd.DataFrame(rows)
    frame["postcode"] = _nearest_postcode(frame, addresses)
    frame["uprn"] = FIRST_UPRN + 600_000_011 + 13 * rng.permutation(10 * len(frame))[: len(frame)]
    return frame


def site_frame(parks: Sequence[Green], railway: Railway, towns: Sequence[Settlement]) -> pd.DataFrame:
    """Return parks, railway stations, and the larger towns' police stations and hospitals."""
    rows = []
    for park in parks:
        at = park.shape.representative_point()
        rows.append(_site(park.name, "park", at, park.town))
    for called, at in railway.stations:
        rows.append(_site(f"{called} Railway Station", "railway_station", at, called))
    for town in towns:
        if town.population > 25_000:
            far = float(np.sqrt(town.shape.area / np.pi))
            station = shapely.Point(town.x + 0.12 * far, town.y - 0.10 * far)
            hospital = shapely.Point(town.x - 0.45 * far, town.y + 0.30 * far)
            rows.append(_site(f"{town.name} Police Station", "other", station, town.name))
            rows.append(_site(f"{town.name} General Hospital", "health_site", hospital, town.name))
    return pd.DataFrame(rows)


def _site(name: str, kind: str, at: shapely.Point, town: str) -> dict[str, object]:
    return {"name": name, "place_type": kind, "x": at.x, "y": at.y, "town": town}


def _streets_by_town(streets: Sequence[Street]) -> dict[str, NDArray[np.int64]]:
    towns = pd.Series([street.town for street in streets])
    return {str(town): at.to_numpy() for town, at in towns.groupby(towns).groups.items()}


def _premises_of(
    place: Settlement, n: int, own: NDArray[np.int64], streets: Sequence[Street], rng: np.random.Generator
) -> list[dict[str, object]]:
    """Return the premises of one settlement; its hubs (bus station, rank ...) come first if it is a town."""
    middle = shapely.points([(streets[at].line.centroid.x, streets[at].line.centroid.y) for at in own])
    far = float(np.sqrt(place.shape.area / np.pi))
    # People shop in the centre and in a few parades of their own part of town.
    parades = rng.choice(len(own), max(1, len(own) // 130))
    to_centre = shapely.distance(middle, shapely.Point(place.x, place.y))
    to_parade = np.min([shapely.distance(middle, middle[at]) for at in parades], axis=0)
    through = np.array([1.0 + 1.5 * streets[at].is_through for at in own])
    length = np.array([streets[at].line.length for at in own])
    kinds = [kind for kind, _, _, _ in KINDS]
    shares = np.array([share for _, share, _, _ in KINDS])
    drawn = [kinds[int(at)] for at in rng.choice(len(kinds), n, p=shares / shares.sum())]
    if place.is_town:
        drawn[: len(_HUBS)] = list(_HUBS)[:n]
    rows = []
    for kind in drawn:
        spread = far * next(tight for name, _, tight, _ in KINDS if name == kind)
        weight = np.exp(-((to_centre / spread) ** 2)) + 0.35 * np.exp(-((to_parade / 170.0) ** 2)) + 1e-6
        weight = weight * through * length
        street = streets[int(own[rng.choice(len(own), p=weight / weight.sum())])]
        rows.append(_premises(kind, street, rng))
    return rows


def _premises(kind: str, street: Street, rng: np.random.Generator) -> dict[str, object]:
    share, side = float(rng.uniform(0.03, 0.97)), int(rng.choice([-1, 1]))
    x, y = beside(street.line, share, side, float(rng.uniform(8, 14)))
    where = street.town if kind == "bus_station_stop_shelter" else street.name
    return {
        "name": names.premises_name(kind, where, rng), "place_type": kind, "x": x, "y": y,
        "number": 2 * int(share * street.line.length / 9.0) + 1 + (side < 0),
        "town": street.town, "street": street.name,
    }  # fmt: skip


def _nearest_postcode(frame: pd.DataFrame, addresses: pd.DataFrame) -> list[str]:
    tree = shapely.STRtree(shapely.points(addresses[["x", "y"]].to_numpy()))
    at = tree.nearest(shapely.points(frame[["x", "y"]].to_numpy()))
    return addresses["postcode"].iloc[at].tolist()
