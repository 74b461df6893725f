"""A small gazetteer of words for tests: two towns, a few streets, premises, a park, a station; and its postcodes."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from cse_geo import geocode, projection, schema

# kind, name, number, street, locality, town, postcode, easting, northing, place_type
_STREETS = (
    ("Peel Street", "Northside", "Ashford", "ZA1 1AA", 400_000, 400_000),
    ("Peel Street", "Southend", "Barwick", "ZB1 1AA", 420_000, 400_000),
    ("Mill Lane", "Northside", "Ashford", "ZA1 1AB", 400_000, 400_000),
    ("St Marys Road", "Northside", "Ashford", "ZA1 2AA", 401_000, 400_000),
    ("Church Street", "Northside", "Ashford", "ZA1 2AB", 402_000, 400_000),
    ("Church Street", "Eastfield", "Ashford", "ZA2 1AA", 405_000, 400_000),
    ("Heol Fawr", "Southend", "Barwick", "ZB1 1AB", 421_000, 400_000),
)
_PLACES = (
    ("premises", "Mario's Tavern", "7", "Peel Street", "Ashford", "ZA1 1AA", 400_060, 400_005, "pub"),
    ("premises", "Golden Kebab House", "9", "Mill Lane", "Ashford", "ZA1 1AB", 400_005, 400_095, "takeaway_fastfood"),
    ("premises", "Golden Kebab House", "2", "Heol Fawr", "Barwick", "ZB1 1AB", 421_010, 400_005, "takeaway_fastfood"),
    ("named", "Victoria Park", "", "", "Ashford", "", 403_000, 401_000, "park"),
    ("named", "Ashford Railway Station", "", "", "Ashford", "", 400_500, 401_000, "railway_station"),
    ("settlement", "Ashford", "", "", "Ashford", "", 401_000, 400_500, ""),
    ("settlement", "Barwick", "", "", "Barwick", "", 420_000, 400_500, ""),
)  # fmt: skip


def rows() -> pd.DataFrame:
    """Return the gazetteer as PLACE_TEXTS; Mill Lane runs north from Peel Street's first door."""
    found: list[tuple[Any, ...]] = []
    for street, locality, town, postcode, x, y in _STREETS:
        for number in range(1, 21):
            along = 10 * number
            place = (x, y + along) if street == "Mill Lane" else (x + along, y)
            found.append(("address", None, str(number), street, locality, town, postcode, *place, None))
    found += [
        (k, n, num or None, s or None, None, t, p or None, x, y, c or None)
        for k, n, num, s, t, p, x, y, c in _PLACES
    ]
    names = ["kind", "name", "number", "street", "locality", "town", "postcode", "x", "y", "place_type"]
    frame = pd.DataFrame(found, columns=names)
    lon, lat = projection.to_wgs84(frame["x"], frame["y"])
    basis = frame["kind"].map({"settlement": "area", "named": "area"}).fillna("rooftop")
    return schema.conform(frame.assign(lat=lat, lon=lon, basis=basis), geocode.PLACE_TEXTS)


@cache
def index() -> geocode.TextIndex:
    """Return its index."""
    return geocode.index_texts(rows(), release="test")


@cache
def postcodes() -> Any:
    """Return its postcodes as a table to look up in."""
    frame = pd.DataFrame(
        [(p, x + 100.0, y + 10.0) for _, _, _, p, x, y in _STREETS],
        columns=["postcode", "easting", "northing"],
    ).assign(stack=1, live=True)
    return geocode.reference_tables(postcodes=schema.conform(frame, schema.POSTCODES)).postcodes


def answer(text: str, **columns: str) -> geocode.Answer:
    """Return what a text comes to."""
    return geocode.answer_text(text, index(), postcodes(), **columns)
