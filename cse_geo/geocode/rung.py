"""What one kind of evidence says of every record: a rung of the ladder, as arrays in the records' order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cse_geo.geocode.reasons import Reason

    Array = np.ndarray[Any, np.dtype[Any]]


_TEXTS = ("level", "evidence", "provenance", "area_layer", "area_code", "reason")


@dataclass(frozen=True)
class Rung:
    """One kind of evidence for n records.

    Parameters
    ----------
    lat, lon, r95_m
        WGS84 degrees and metres; missing where this evidence places nothing. Where `is_area`, the middle
        and radius of the area: good for finding contradictions, never for a point.
    is_area
        Whether only an area is known.
    level, evidence, provenance
        Text per record; None where nothing is placed.
    area_layer, area_code
        Text per record; None where there is no area.
    reason
        Code per record; None where there is nothing to say.
    """

    lat: Array
    lon: Array
    r95_m: Array
    is_area: Array
    level: Array
    evidence: Array
    provenance: Array
    area_layer: Array
    area_code: Array
    reason: Array

    @property
    def is_placed(self) -> Array:
        """Return whether a point or an area is known."""
        return self.level != np.array(None)


def empty_rung(n: int) -> Rung:
    """Return a rung of `n` records that places nothing; its arrays are its own and may be filled."""
    numbers = {name: np.full(n, np.nan) for name in ("lat", "lon", "r95_m")}
    texts = {name: np.full(n, None, dtype=object) for name in _TEXTS}
    return Rung(**numbers, **texts, is_area=np.zeros(n, bool))


def say(rung: Rung, where: Array, reason: Reason) -> None:
    """Write a reason for the records at `where`, unless a finer one stands there already."""
    rung.reason[where & (rung.reason == np.array(None))] = reason.value


def distance_m(a: Rung, b: Rung) -> Array:
    """Return metres between the points of two rungs (missing where either has none); exact to 0.5 % near by.

    On a sphere by the haversine formula: far apart or near by makes no difference to its accuracy.
    """
    return haversine_m(a.lat, a.lon, b.lat, b.lon)


def haversine_m(lat: Array, lon: Array, lat_2: Array, lon_2: Array) -> Array:
    """Return great-circle metres between WGS84 points; sphere of 6,371,008.8 m (IUGG mean radius)."""
    with np.errstate(invalid="ignore"):  # an infinite coordinate is nowhere
        up, down = np.radians(lat), np.radians(lat_2)
        half = np.sin((down - up) / 2) ** 2
        half = half + np.cos(up) * np.cos(down) * np.sin(np.radians(lon_2 - lon) / 2) ** 2
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
