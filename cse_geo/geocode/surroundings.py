"""Where a candidate lies, in words that tell it from the next one: its street, town and postcode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.postcode import decode
from cse_geo.projection import to_bng

if TYPE_CHECKING:
    from cse_geo.geocode.params import ReferenceTables
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.text.index import TextIndex

    Array = np.ndarray[Any, np.dtype[Any]]

# Farther than this a street or a postcode does not say where a point lies, metres.
REACH_M = 250.0


def surroundings(tables: ReferenceTables, lat: float, lon: float) -> str:
    """Return the street, town and postcode nearest to a point (WGS84), as far as the tables know any; else ""."""
    x, y = (float(v[0]) for v in to_bng([lon], [lat]))
    if not np.isfinite(x):
        return ""
    street = _street(tables.texts, x, y) if tables.texts is not None else ""
    postcode = _postcode(tables.postcodes, x, y) if tables.postcodes is not None else ""
    return ", ".join(part for part in (street, postcode) if part)


def _street(index: TextIndex, x: float, y: float) -> str:
    a = index.arrays
    # Premises of a register stand in no street; the address beside them does.
    in_street = np.asarray(a.row_street) >= 0
    at = _nearest(np.where(in_street, a.row_x, np.nan), np.asarray(a.row_y), x, y)
    if at < 0:
        return ""
    name = index.street_names[int(a.street_name[int(a.row_street[at])])].title()
    town = int(a.row_town[at])
    return f"{name}, {index.places[town].title()}" if town >= 0 else name


def _postcode(table: PostcodeTable, x: float, y: float) -> str:
    at = _nearest(table.easting, table.northing, x, y)
    return str(decode(table.code[at : at + 1])[0]) if at >= 0 else ""


def _nearest(xs: Array, ys: Array, x: float, y: float) -> int:
    near = np.flatnonzero((np.abs(np.asarray(xs) - x) <= REACH_M) & (np.abs(np.asarray(ys) - y) <= REACH_M))
    if not near.size:
        return -1
    away = np.hypot(np.asarray(xs)[near] - x, np.asarray(ys)[near] - y)
    return int(near[np.argmin(away)]) if away.min() <= REACH_M else -1
