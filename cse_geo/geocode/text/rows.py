"""What a gazetteer of words holds: one row per address, premises, named place, street or settlement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import SchemaError
from cse_geo.geocode.postcode import encode
from cse_geo.projection import to_wgs84
from cse_geo.schema import Column, FrameSpec

if TYPE_CHECKING:
    from cse_geo.geocode.postcode_table import PostcodeTable
    from cse_geo.geocode.uprn import UprnTable

# address: a numbered door. premises: a business or site, whose name may be a chain's. named: a park, station
# or hospital, of which a town has one of each name. street: a street, road or square with its extent.
# settlement: a town, village or suburb.
KINDS = ("address", "premises", "named", "street", "settlement")
# rooftop: the point is the place. postcode: it is its postcode's. street, area: it is a middle.
BASES = ("rooftop", "postcode", "street", "area")
R95_POSTCODE_M = 150.0  # of a door that is known by its postcode alone

PLACE_TEXTS = FrameSpec(
    "place_texts",
    (
        Column("kind", "str", required=True, doc="one of KINDS"),
        Column("name", "str", required=False, doc="name of premises, place, street or settlement"),
        Column("number", "str", required=False, doc="12, 12A or 9-11"),
        Column("street", "str", required=False),
        Column("locality", "str", required=False, doc="village, suburb or quarter"),
        Column("town", "str", required=False),
        Column("postcode", "str", required=False),
        Column("uprn", "str", required=False),
        Column(
            "lat",
            "float64",
            required=False,
            doc="WGS84 degrees; missing = looked up by UPRN, else by postcode",
        ),
        Column("lon", "float64", required=False),
        Column(
            "r95_m",
            "float64",
            required=False,
            doc="radius of the place's own extent in metres; missing = by kind",
        ),
        Column("basis", "str", required=True, doc="one of BASES"),
        Column("place_type", "str", required=False, doc="place_type vocabulary"),
    ),
)

# Kinds of place of which a town has one by that name: their name and town are enough, a chain's never are.
ONE_OF_A_NAME = frozenset(
    {
        "park",
        "railway_station",
        "bus_station_stop_shelter",
        "health_site",
        "shopping_centre",
        "leisure_centre_grounds",
    }
)


def check_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` if it is a `PLACE_TEXTS` frame whose kinds and bases are known.

    Raises
    ------
    SchemaError
        If it is not.
    """
    schema.check(frame, PLACE_TEXTS)
    for name, known in (("kind", KINDS), ("basis", BASES)):
        wrong = int((~frame[name].isin(known)).sum())
        if wrong:
            message = (
                f"`place_texts` frame: {name} has {wrong} values that are not one of {', '.join(known)}."
            )
            raise SchemaError(message)
    return frame


def located_rows(
    frame: pd.DataFrame, uprns: UprnTable | None, postcodes: PostcodeTable | None = None
) -> pd.DataFrame:
    """Return the rows with a coordinate, those without one looked up by UPRN, then by postcode; the rest are dropped.

    What only its postcode places has basis postcode, and at least the radius of one.
    """
    lat, lon = frame["lat"].to_numpy(copy=True), frame["lon"].to_numpy(copy=True)
    missing = np.flatnonzero(~(np.isfinite(lat) & np.isfinite(lon)) & frame["uprn"].notna().to_numpy())
    if uprns is not None and missing.size:
        wanted = pd.to_numeric(frame["uprn"].iloc[missing], errors="coerce").fillna(0).to_numpy(np.int64)
        at = uprns.find(wanted)
        lat[missing[at >= 0]], lon[missing[at >= 0]] = uprns.lat[at[at >= 0]], uprns.lon[at[at >= 0]]
    placed = _by_postcode(frame.assign(lat=lat, lon=lon), postcodes)
    known = placed["lat"].notna() & placed["lon"].notna()
    return placed[known].reset_index(drop=True)


def _by_postcode(frame: pd.DataFrame, postcodes: PostcodeTable | None) -> pd.DataFrame:
    missing = np.flatnonzero((frame["lat"].isna() | frame["lon"].isna()) & frame["postcode"].notna())
    if postcodes is None or not missing.size:
        return frame
    at = postcodes.find(encode(frame["postcode"].iloc[missing].tolist()))
    has = (at >= 0) & np.isfinite(postcodes.easting[at])
    rows, at = missing[has], at[has]
    lon, lat = to_wgs84(postcodes.easting[at], postcodes.northing[at])
    out = frame.copy()
    out.iloc[rows, out.columns.get_indexer(["lat", "lon"])] = np.column_stack([lat, lon])
    out.iloc[rows, out.columns.get_loc("r95_m")] = np.maximum(R95_POSTCODE_M, postcodes.r95_m[at])
    out.iloc[rows, out.columns.get_loc("basis")] = "postcode"
    return out
