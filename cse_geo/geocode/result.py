"""The result for one record's place: it cannot exist without level, radius, evidence and provenance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

# Evidence classes: what kind of fact placed the record. Each class is calibrated on its own.
EVIDENCE = MappingProxyType(
    {
        "given_lat_lon": "latitude and longitude as given",
        "given_easting_northing": "easting and northing as given",
        "grid_reference": "centre of a British grid square",
        "irish_grid_reference": "centre of an Irish grid square",
        "uprn": "unique property reference number found in the UPRN table",
        "postcode_unit": "full postcode found in the postcode table",
        "postcode_terminated": "full postcode that is no longer in use",
        "postcode_stack": "full postcode whose point is shared by ten or more",
        "postcode_no_location": "full postcode that the table gives no location",
        "postcode_unknown": "full postcode that the table does not hold; its first part does",
        "postcode_sector": "postcode without its last two letters",
        "postcode_outcode": "first half of a postcode",
        "postcode_area": "letters of a postcode only",
        "area_polygon": "the outline of a named area around the given point",
        "area_centroid": "a coordinate that is the middle point of an area",
        "stated_precision": "the contributor's own statement of how well the place is known",
        "town_name": "the name of a listed town",
        "text_postcode_number_street": "words: postcode, house number and street agree",
        "text_number_street_place": "words: house number, street and town or locality agree",
        "text_number_street_outcode": "words: house number, street and first half of the postcode agree",
        "text_postcode_name": "words: postcode and name of the premises agree",
        "text_postcode": "words: full postcode, where no loaded list knows the addresses around it",
        "text_postcode_street": "words: postcode and street agree",
        "text_sector": "words: full postcode that nothing else in the words confirms, kept at its sector",
        "text_name_street_place": "words: name of the premises, street and town or locality agree",
        "text_name_street_outcode": "words: name of the premises, street and first half of the postcode agree",
        "text_name_street": "words: name of the premises and street agree",
        "text_named_place": "words: a park, station or other place of which the town has one by that name",
        "text_junction": "words: two named streets that meet once",
        "text_street_place": "words: a street, and a town or locality that has one of that name",
        "text_street_outcode": "words: a street, and a first half of the postcode that has one of that name",
        "text_postcode_similar": "words: postcode, and house number and street, or a name, that are misspelt or cut",
        "text_number_similar_place": "words: house number, a street's name misspelt or cut, and town or locality agree",
        "text_number_bare_place": "words: house number, a street's name without its type, and town or locality agree",
        "text_number_similar_outcode": "words: house number, a misspelt street and first half of the postcode agree",
        "text_named_similar": "words: a park, station or other named place, misspelt, of a town that is said",
        "text_locality": "words: a locality",
        "text_town": "words: a town",
        "text_outcode": "words: first half of a postcode",
        "review": "a person chose the place in the review queue",
        "alias": "words that an agency uses for a place, as two people agreed",
        "snapped_map_point": "an open-data point that its publisher moved to a street's middle",
    }
)

# Typical radius of a level where no figure of the unit itself is known: the 90th percentile of the units
# measured (research note on geocoding 3.1), because an unknown unit may be a large one.
DEFAULT_R95_M = MappingProxyType(
    {"sector": 5_446.0, "locality": 5_220.0, "outcode": 9_813.0, "town": 24_200.0, "force": 48_400.0}
)

# Areas with a middle of their own, from which it can be measured whether r95 holds the truth. Of the others the
# point is the contributor's, or there is none.
MEASURED_AREAS = frozenset({
    "postcode_sector", "postcode_outcode", "postcode_area", "postcode_unknown", "postcode_stack",
    "postcode_no_location", "text_sector", "text_outcode", "text_locality", "text_town", "town_name",
})  # fmt: skip

_POINTS = ("located", "polygon")
_PLACED = (*_POINTS, "area")


@dataclass(frozen=True)
class Alternative:
    """Another place that the same words could mean, for the review queue."""

    level: str
    lat: float
    lon: float
    r95_m: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where one record's place is, how well that is known, and why.

    Parameters
    ----------
    record_id
        Natural key of the record.
    status
        One of `schema.LOCATION_STATUSES`. `located`, `polygon` and `area` need level, r95_m, evidence
        and provenance; the first two also lat and lon, which no other status may have.
    level
        One of `schema.LEVELS`.
    lat, lon
        WGS84 degrees.
    r95_m
        Radius in metres that holds the true place 95 times in 100.
    evidence
        Evidence class, a key of `EVIDENCE`.
    provenance
        Which column, table and release placed it; never a value from a record.
    h3_cap
        Finest H3 resolution that the kind of place allows (homes: 7), whatever its r95.
    area_layer, area_code
        Smallest honest area, where status is `area` or `polygon`.
    reason
        Code that says why it is not placed finely (`geocode.reasons.Reason`).
    alternatives
        Other places that the same words could mean; not part of the `LOCATIONS` frame.

    Raises
    ------
    ValueError
        If the parts do not make an honest result.
    """

    record_id: str
    status: str
    level: str | None = None
    lat: float | None = None
    lon: float | None = None
    r95_m: float | None = None
    evidence: str | None = None
    provenance: str | None = None
    h3_cap: int = 10
    area_layer: str | None = None
    area_code: str | None = None
    reason: str | None = None
    alternatives: tuple[Alternative, ...] = ()

    def __post_init__(self) -> None:
        fault = next((text for text, wrong in _faults_of(self) if wrong), None)
        if fault:
            message = f"A location {fault}."
            raise ValueError(message)

    @property
    def h3_max_res(self) -> int:
        """Return the finest H3 resolution (7-10) this place may enter; -1 = none.

        A point obeys r95 <= 0.55 x edge. A polygon is spread over its cells, so its size is no bar.
        """
        if self.status not in _POINTS:
            return -1
        finest = max(schema.CELL_RESOLUTIONS) if self.status == "polygon" else finest_of(self.r95_m)
        return min(finest, self.h3_cap)


def finest_of(r95_m: float | None) -> int:
    """Return the finest resolution for a radius in metres; -1 where there is no radius."""
    return -1 if r95_m is None or math.isnan(r95_m) else schema.finest_resolution(r95_m)


def finest_of_each(r95_m: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return `finest_of` for an array of radii in metres (NaN gives -1)."""
    out = np.full(r95_m.shape, -1, np.int64)
    for resolution in schema.CELL_RESOLUTIONS:  # coarse to fine, so the finest allowed stays
        out[r95_m <= schema.R95_SHARE_OF_EDGE * schema.CELL_EDGE_M[resolution]] = resolution
    return out


def check_locations(frame: pd.DataFrame) -> list[str]:
    """Return what is dishonest about the rows of a locations frame, in words without values; [] = nothing."""
    status = frame["status"]
    placed, points = status.isin(_PLACED), status.isin(_POINTS)
    at, evidence = frame["lat"].notna() & frame["lon"].notna(), frame["evidence"]
    radius = frame["r95_m"].astype("float64")
    words = {  # the same words as `_faults_of`, which says them of one location
        "has a status that is not known": ~status.isin(schema.LOCATION_STATUSES),
        "has a level that is not known": frame["level"].notna() & ~frame["level"].isin(schema.LEVELS),
        "with a place must have a level": placed & frame["level"].isna(),
        "with a place must have r95_m above 0": placed & ~((radius > 0) & np.isfinite(radius)),
        "with a place must have an evidence class": placed & ~evidence.isin(list(EVIDENCE)),
        "with a place must have provenance": placed & (frame["provenance"].fillna("") == ""),
        "that is a point must have lat and lon": points & ~at,
        "that is no point must not have lat or lon": ~points & (frame["lat"].notna() | frame["lon"].notna()),
        "without a place must not have a level or r95_m": ~placed & (frame["level"].notna() | radius.notna()),
        "that was refused must have a reason": (status == "refused") & frame["reason"].isna(),
        "that is a polygon must name its area": (status == "polygon") & frame["area_code"].isna(),
        "enters cells finer than its r95_m allows": _too_fine(frame),
    }
    return [text for text, wrong in words.items() if bool(wrong.any())]


def to_frame(locations: Iterable[Location]) -> pd.DataFrame:
    """Return a `LOCATIONS` frame of the locations, in order."""
    rows = [_row_of(location) for location in locations]
    return schema.conform(pd.DataFrame(rows, columns=schema.LOCATIONS.names), schema.LOCATIONS)


def from_frame(frame: pd.DataFrame) -> list[Location]:
    """Return the rows of a `LOCATIONS` frame as locations.

    Raises
    ------
    ValueError
        If a row is dishonest (see `Location`).
    """
    names = [name for name in schema.LOCATIONS.names if name != "h3_max_res"]
    out = []
    for row in schema.check(frame, schema.LOCATIONS).to_dict("records"):
        given: dict[str, Any] = {name: None if pd.isna(row[name]) else row[name] for name in names}
        out.append(Location(**given, h3_cap=int(row["h3_max_res"]) if given["status"] in _POINTS else 10))
    return out


def _faults_of(location: Location) -> Iterable[tuple[str, bool]]:
    status, radius = location.status, location.r95_m
    placed, point = status in _PLACED, status in _POINTS
    yield "has a status that is not known", status not in schema.LOCATION_STATUSES
    yield "has a level that is not known", location.level not in (None, *schema.LEVELS)
    yield "with a place must have a level", placed and location.level is None
    yield (
        "with a place must have r95_m above 0",
        placed and not (radius is not None and math.isfinite(radius) and radius > 0),
    )
    yield "with a place must have an evidence class", placed and location.evidence not in EVIDENCE
    yield "with a place must have provenance", placed and not location.provenance
    yield (
        "that is a point must have lat and lon",
        point and not _known(location.lat, location.lon),
    )
    yield (
        "that is no point must not have lat or lon",
        not point and (location.lat is not None or location.lon is not None),
    )
    yield (
        "without a place must not have a level or r95_m",
        not placed and (location.level is not None or radius is not None),
    )
    yield "that was refused must have a reason", status == "refused" and location.reason is None
    yield "that is a polygon must name its area", status == "polygon" and location.area_code is None


def _known(*values: float | None) -> bool:
    return all(value is not None and math.isfinite(value) for value in values)


def _row_of(location: Location) -> dict[str, Any]:
    row = {name: getattr(location, name) for name in schema.LOCATIONS.names if name != "h3_max_res"}
    return {**row, "h3_max_res": location.h3_max_res}


def _too_fine(frame: pd.DataFrame) -> pd.Series:
    finest = finest_of_each(frame["r95_m"].astype("float64").to_numpy())
    ceiling = np.where(frame["status"] == "polygon", max(schema.CELL_RESOLUTIONS), finest)
    ceiling[~frame["status"].isin(_POINTS).to_numpy()] = -1
    return frame["h3_max_res"].astype("int64") > ceiling
