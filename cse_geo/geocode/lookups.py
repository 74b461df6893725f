"""The rungs of the ladder that read one text column: grid references and UPRNs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.geocode.grid_reference import parse_grid_reference
from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.rung import Rung, empty_rung, say
from cse_geo.geocode.uprn import UprnTable, parse_uprn
from cse_geo.projection import irish_grid_to_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo.geocode.region import Region

    Array = np.ndarray[Any, np.dtype[Any]]


def grid_reference_rung(records: pd.DataFrame, region: Region) -> Rung:
    """Return what the column `grid_ref` of a `RECORDS` frame says: the centre of the square.

    Parameters
    ----------
    records
        `RECORDS` frame.
    region
        Where places may be.
    """
    rung = empty_rung(len(records))
    squares = _parsed(rung, records["grid_ref"], parse_grid_reference)
    at = np.flatnonzero(pd.notna(squares))
    if not at.size:
        return rung
    x, y = np.array([square.centre for square in squares[at]]).T
    irish = np.array([square.grid == "IE" for square in squares[at]])
    lon, lat = to_wgs84(x, y)
    irish_lon, irish_lat = irish_grid_to_wgs84(x, y)
    lon, lat = np.where(irish, irish_lon, lon), np.where(irish, irish_lat, lat)
    inside = region.holds(lat, lon)
    outside = np.zeros(len(records), bool)
    outside[at[~inside]] = True
    say(rung, outside, Reason.GRID_REF_OUT_OF_AREA)
    good = at[inside]
    rung.lat[good], rung.lon[good] = lat[inside], lon[inside]
    rung.r95_m[good] = [square.r95_m for square in squares[good]]
    rung.level[good] = "coordinate"
    rung.evidence[good], rung.provenance[good] = "grid_reference", "column grid_ref; OSTN15"
    abroad = good[irish[inside]]
    rung.evidence[abroad] = "irish_grid_reference"
    rung.provenance[abroad] = "column grid_ref; Irish Grid EPSG:29903"
    return rung


def uprn_rung(records: pd.DataFrame, table: UprnTable | None, *, r95_m: float) -> Rung:
    """Return what the column `uprn` of a `RECORDS` frame says.

    Parameters
    ----------
    records
        `RECORDS` frame.
    table
        UPRNs to look up in, or None where nothing is loaded.
    r95_m
        Radius of a UPRN's point, metres.
    """
    rung = empty_rung(len(records))
    parsed = _parsed(rung, records["uprn"], parse_uprn)
    at = np.flatnonzero(pd.notna(parsed))
    stated = np.zeros(len(records), bool)
    stated[at] = True
    if table is None:
        say(rung, stated, Reason.UPRN_NO_TABLE)
        return rung
    found = table.find(parsed[at].astype(np.int64))
    good, where = at[found >= 0], found[found >= 0]
    stated[good] = False
    say(rung, stated, Reason.UPRN_NOT_IN_TABLE)
    rung.lat[good], rung.lon[good], rung.r95_m[good] = table.lat[where], table.lon[where], r95_m
    rung.level[good], rung.evidence[good] = "uprn", "uprn"
    rung.provenance[good] = f"column uprn; {table.release}"
    return rung


def _parsed(rung: Rung, texts: pd.Series, parse: Callable[[str], Any]) -> Array:
    """Return the parsed value of each text (None where there is none); faults go into the rung."""
    codes, distinct = pd.factorize(texts.where(texts.str.strip() != ""))
    answers = np.empty(len(distinct) + 1, dtype=object)  # the last one answers code -1, "missing"
    answers[:-1] = [parse(text) for text in distinct]
    values = answers[codes]
    faulty = np.array([isinstance(value, Reason) for value in answers])[codes]
    rung.reason[faulty] = [reason.value for reason in values[faulty]]
    values[faulty] = None
    return values
