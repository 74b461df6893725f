"""Facts about one place that cannot both be true: any of them stops the record from being placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.rung import Rung, haversine_m
from cse_geo.projection import irish_grid_to_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array = np.ndarray[Any, np.dtype[Any]]

_NORTHERN_IRELAND = (-8.3, 53.9, -5.3, 55.5)  # degrees: west, south, east, north
# A coordinate and a grid reference are both coordinates; beyond their radii they may differ by this much,
# because a grid reference often names the square of the street and not of the door.
_GRID_REFERENCE_SLACK_M = 100.0


def contradictions(records: pd.DataFrame, rungs: Mapping[str, Rung], *, contradiction_m: float) -> Array:
    """Return the reason why the facts of each record contradict one another; None where they do not.

    Each fact is compared with the most trusted one that the record has.

    Parameters
    ----------
    records
        `RECORDS` frame.
    rungs
        lat_lon, easting_northing, uprn, grid_ref and postcode, in order of trust.
    contradiction_m
        Metres, beyond the two radii, from which a UPRN or postcode contradicts.
    """
    slack = {
        "easting_northing": (0.0, Reason.COORDINATES_DISAGREE),
        "uprn": (contradiction_m, Reason.UPRN_DISAGREES),
        "grid_ref": (_GRID_REFERENCE_SLACK_M, Reason.GRID_REF_DISAGREES),
        "postcode": (contradiction_m, Reason.POSTCODE_DISAGREES),
    }
    out = np.full(len(records), None, dtype=object)
    names = list(rungs)
    for name, (slack_m, reason) in slack.items():
        for finer in names[: names.index(name)]:
            a, b = rungs[finer], rungs[name]
            both = np.flatnonzero(~np.isnan(a.lat) & ~np.isnan(b.lat))
            distance = haversine_m(a.lat[both], a.lon[both], b.lat[both], b.lon[both])
            apart = both[distance > slack_m + a.r95_m[both] + b.r95_m[both]]
            out[apart[pd.isna(out[apart])]] = reason.value
    _northern_ireland(records, rungs, out)
    return _explained(records, rungs, out, contradiction_m)


def _northern_ireland(records: pd.DataFrame, rungs: Mapping[str, Rung], out: Array) -> None:
    """Catch positions of Great Britain under a postcode of Northern Ireland, with or without its table.

    Irish Grid numbers read as British ones mostly fall in the north-west of England: inside the country,
    so only the postcode's letters give them away.
    """
    facts = (rungs["lat_lon"], rungs["easting_northing"], rungs["uprn"], rungs["grid_ref"])
    bt = records["postcode"].notna().to_numpy() & np.any([~np.isnan(rung.lat) for rung in facts], axis=0)
    bt[bt] = records["postcode"][bt].str.contains(r"^\s*[Bb][Tt]\s*\d", regex=True).to_numpy(bool)
    if not bt.any():
        return
    easting_northing = rungs["easting_northing"]
    x, y = irish_grid_to_wgs84(*(records[name].to_numpy(np.float64) for name in ("easting", "northing")))
    for rung in facts:
        abroad = bt & ~np.isnan(rung.lat) & ~_in_northern_ireland(rung.lat, rung.lon)
        out[abroad & pd.isna(out)] = Reason.POSTCODE_DISAGREES.value
    irish = bt & ~np.isnan(easting_northing.lat) & _in_northern_ireland(y, x)
    out[irish & (out == Reason.POSTCODE_DISAGREES.value)] = Reason.IRISH_GRID_NUMBERS.value


def _in_northern_ireland(lat: Array, lon: Array) -> Array:
    west, south, east, north = _NORTHERN_IRELAND
    return (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)


def _explained(records: pd.DataFrame, rungs: Mapping[str, Rung], out: Array, near_m: float) -> Array:
    """Say where a postcode disagrees only because the numbers stand in the wrong order, grid or sign."""
    postcode = rungs["postcode"]
    wrong = out == Reason.POSTCODE_DISAGREES.value
    if not wrong.any():
        return out
    east, north, lat, lon = (records[c].to_numpy(np.float64) for c in ("easting", "northing", "lat", "lon"))
    near = near_m + postcode.r95_m
    readings = {
        Reason.EASTING_NORTHING_SWAPPED: to_wgs84(north, east),
        Reason.IRISH_GRID_NUMBERS: irish_grid_to_wgs84(east, north),
        Reason.LONGITUDE_SIGN_LOST: (-lon, lat),
    }
    for reason, (x, y) in readings.items():
        out[wrong & (haversine_m(y, x, postcode.lat, postcode.lon) <= near)] = reason.value
    return out
