"""What the contributor says about the place itself: its precision and its kind set how fine it may be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo.geocode.reasons import Reason
from cse_geo.geocode.result import DEFAULT_R95_M
from cse_geo.geocode.rung import among, looked_up
from cse_geo.vocabulary import fold, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo.geocode.params import LocateParams
    from cse_geo.geocode.rung import Rung

    Array = np.ndarray[Any, np.dtype[Any]]

# Place types that say themselves how well the place is known.
_TYPE_AS_PRECISION = {"town_only": "town_only", "other_city": "other_city_or_region"}
_NO_PLACE_GROUPS = {"vehicle": Reason.NO_SCENE, "non_spatial": Reason.NOT_A_PLACE}
_NO_PLACE_PRECISIONS = {"moving": Reason.NO_SCENE, "non_spatial": Reason.NOT_A_PLACE}
_RESTRICTED_PRECISIONS = ("address_restricted",)
# Precisions that are an area whatever the coordinate pretends: (level, reason).
_AREA_PRECISIONS = {
    "town_only": ("town", Reason.PRECISION_TOWN_ONLY),
    "neighbourhood_ward": ("locality", Reason.PRECISION_NEIGHBOURHOOD),
    "other_city_or_region": ("force", Reason.PRECISION_OTHER_REGION),
}


def precision_of(records: pd.DataFrame) -> Array:
    """Return the precision that each record states, in its own column or by its place type; else None."""
    known = _precision_codes()
    out = looked_up(records["precision"], lambda code: code if code in known else None)
    # The kind of place wins where the precision says nothing: "town only" is a fact, "unknown" is none.
    vague = records["precision"].isna().to_numpy() | (out == "unknown")
    by_type = looked_up(records["place_type"], _TYPE_AS_PRECISION.get)
    out[vague] = by_type[vague]
    return out


def no_place_reason(records: pd.DataFrame, precision: Array) -> Array:
    """Return why a record has no place by nature (moving, online, by phone); None where it may have one."""
    group = looked_up(records["place_type"], _groups().get)
    out = np.full(len(records), None, dtype=object)
    for codes, reasons in ((group, _NO_PLACE_GROUPS), (precision, _NO_PLACE_PRECISIONS)):
        for code, reason in reasons.items():
            out[codes == code] = reason.value
    return out


def resolution_caps(records: pd.DataFrame, precision: Array, *, restricted_res: int) -> Array:
    """Return the finest H3 resolution that each record's kind of place allows: 10, or `restricted_res`."""
    hidden = among(looked_up(records["place_type"], _displays().get), ("home", "restricted"))
    return np.where(hidden | among(precision, _RESTRICTED_PRECISIONS), restricted_res, 10)


def widen(place: Rung, precision: Array, params: LocateParams) -> None:
    """Widen points, in place, to what the contributor says: a street, near something, in a park."""
    point = place.is_placed & ~place.is_area
    fine = point & among(place.level, ("coordinate", "uprn"))
    street = point & (precision == "street_or_feature")
    place.r95_m[street] = np.maximum(place.r95_m[street], params.street_r95_m)
    place.level[street & fine] = "street"
    near = point & (precision == "proximity")
    place.r95_m[near] += params.proximity_m
    place.level[near] = "near_anchor"
    area = point & (precision == "area_polygon")
    place.r95_m[area] = np.maximum(place.r95_m[area], params.polygon_r95_m)
    place.level[area] = "named_area"


def coarsen(place: Rung, precision: Array, records: pd.DataFrame, towns: Mapping[str, str]) -> None:
    """Turn places into areas in place, where the contributor knows only a town, a neighbourhood or a region.

    A coordinate given with such a precision is the middle of something. A town only counts where there is
    a coordinate, a postcode or a listed town; another region always does.
    """
    town = town_codes(records, towns)
    for code, (level, reason) in _AREA_PRECISIONS.items():
        stated = precision == code
        known = place.is_placed | (code == "other_city_or_region")
        if code == "town_only":
            known = known | pd.notna(town)
        where = np.flatnonzero(stated & known)
        as_area(place, where, level=level, evidence="stated_precision", provenance="column precision")
        place.reason[where] = reason.value
        if code == "town_only":
            listed = where[pd.notna(town[where])]
            place.area_layer[listed], place.area_code[listed] = "town", town[listed]


def as_area(place: Rung, where: Array, *, level: str, evidence: str, provenance: str) -> None:
    """Turn the places at `where` into areas of a level, without a name, with the level's typical radius."""
    for numbers in (place.lat, place.lon):
        numbers[where] = np.nan
    place.r95_m[where], place.is_area[where] = DEFAULT_R95_M[level], True
    place.level[where], place.evidence[where], place.provenance[where] = level, evidence, provenance
    place.area_layer[where], place.area_code[where] = None, None


def town_codes(records: pd.DataFrame, towns: Mapping[str, str]) -> Array:
    """Return the area code of each record's town; None where it names none or one that is not listed."""
    return looked_up(records["town"], lambda town: towns.get(fold(town)))


@cache
def _groups() -> dict[str, str]:
    return {code: term.group for code, term in vocabulary("place_type").terms.items()}


@cache
def _displays() -> dict[str, str]:
    return {code: term.display for code, term in vocabulary("place_type").terms.items()}


@cache
def _precision_codes() -> tuple[str, ...]:
    return vocabulary("precision").codes
