"""What one kind of evidence says of every record: a rung of the ladder, as arrays in the records' order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
        return pd.notna(self.level)


def empty_rung(n: int) -> Rung:
    """Return a rung of `n` records that places nothing; its arrays are its own and may be filled."""
    numbers = {name: np.full(n, np.nan) for name in ("lat", "lon", "r95_m")}
    texts = {name: np.full(n, None, dtype=object) for name in _TEXTS}
    return Rung(**numbers, **texts, is_area=np.zeros(n, bool))


def say(rung: Rung, where: Array, reason: Reason) -> None:
    """Write a reason for the records at `where`, unless a finer one stands there already."""
    rung.reason[where & pd.isna(rung.reason)] = reason.value


def among(values: Array, wanted: Iterable[str]) -> Array:
    """Return which of an array of texts (or None) are one of `wanted`."""
    return pd.Series(values, dtype=object).isin(list(wanted)).to_numpy(bool)


def texts_of(values: Array) -> pd.api.extensions.ExtensionArray:
    """Return an array of few texts (or None), each many times, as a column; pandas alone would read every one."""
    codes, distinct = pd.factorize(values)
    return pd.array(distinct, dtype="str").take(codes, allow_fill=True)


def looked_up(texts: pd.Series, answer: Callable[[str], Any]) -> Array:
    """Return what `answer` says of each text, asked once per wording; None where the text is missing."""
    codes, distinct = pd.factorize(texts)
    answers = np.empty(len(distinct) + 1, dtype=object)  # the last one answers code -1, "missing"
    answers[:-1] = [answer(str(text)) for text in distinct]
    return answers[codes]


def haversine_m(lat: Array, lon: Array, lat_2: Array, lon_2: Array) -> Array:
    """Return great-circle metres between WGS84 points; sphere of 6,371,008.8 m (IUGG mean radius).

    By the haversine formula: far apart or near by makes no difference to its accuracy. Against the ellipsoid it is
    exact to 0.5 %.
    """
    with np.errstate(invalid="ignore"):  # an infinite coordinate is nowhere
        up, down = np.radians(lat), np.radians(lat_2)
        half = np.sin((down - up) / 2) ** 2
        half = half + np.cos(up) * np.cos(down) * np.sin(np.radians(lon_2 - lon) / 2) ** 2
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
