"""Why a place is not known finely: the codes, and the sentence that tells the reader what to mend."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import NamedTuple

import pandas as pd

from cse_geo import schema


class Reason(StrEnum):
    """Code in the `reason` column of a locations frame."""

    COORDINATE_HALF_MISSING = "COORDINATE_HALF_MISSING"
    COORDINATE_ZERO = "COORDINATE_ZERO"
    COORDINATE_SENTINEL = "COORDINATE_SENTINEL"
    LAT_LON_SWAPPED = "LAT_LON_SWAPPED"
    LONGITUDE_SIGN_LOST = "LONGITUDE_SIGN_LOST"
    LAT_LON_OUT_OF_RANGE = "LAT_LON_OUT_OF_RANGE"
    GRID_NUMBERS_IN_LAT_LON = "GRID_NUMBERS_IN_LAT_LON"
    WEB_MERCATOR_NUMBERS = "WEB_MERCATOR_NUMBERS"
    LAT_LON_IN_EASTING_NORTHING = "LAT_LON_IN_EASTING_NORTHING"
    EASTING_NORTHING_SWAPPED = "EASTING_NORTHING_SWAPPED"
    IRISH_GRID_NUMBERS = "IRISH_GRID_NUMBERS"
    GRID_KILOMETRES = "GRID_KILOMETRES"
    EASTING_NORTHING_OUT_OF_RANGE = "EASTING_NORTHING_OUT_OF_RANGE"
    OUT_OF_AREA = "OUT_OF_AREA"
    COORDINATES_DISAGREE = "COORDINATES_DISAGREE"
    COORDINATE_IS_CENTROID = "COORDINATE_IS_CENTROID"
    COORDINATE_TOO_COARSE = "COORDINATE_TOO_COARSE"
    GRID_REF_UNREADABLE = "GRID_REF_UNREADABLE"
    GRID_REF_UNEVEN_DIGITS = "GRID_REF_UNEVEN_DIGITS"
    GRID_REF_NO_SUCH_SQUARE = "GRID_REF_NO_SUCH_SQUARE"
    GRID_REF_IS_NUMBERS = "GRID_REF_IS_NUMBERS"
    GRID_REF_OUT_OF_AREA = "GRID_REF_OUT_OF_AREA"
    GRID_REF_DISAGREES = "GRID_REF_DISAGREES"
    UPRN_UNREADABLE = "UPRN_UNREADABLE"
    UPRN_DAMAGED = "UPRN_DAMAGED"
    UPRN_NO_TABLE = "UPRN_NO_TABLE"
    UPRN_NOT_IN_TABLE = "UPRN_NOT_IN_TABLE"
    UPRN_DISAGREES = "UPRN_DISAGREES"
    POSTCODE_UNREADABLE = "POSTCODE_UNREADABLE"
    POSTCODE_LOOKS_MISTYPED = "POSTCODE_LOOKS_MISTYPED"
    POSTCODE_NO_TABLE = "POSTCODE_NO_TABLE"
    POSTCODE_NOT_IN_TABLE = "POSTCODE_NOT_IN_TABLE"
    POSTCODE_PARTIAL = "POSTCODE_PARTIAL"
    POSTCODE_TERMINATED = "POSTCODE_TERMINATED"
    POSTCODE_STACK = "POSTCODE_STACK"
    POSTCODE_NO_LOCATION = "POSTCODE_NO_LOCATION"
    POSTCODE_DISAGREES = "POSTCODE_DISAGREES"
    PRECISION_TOWN_ONLY = "PRECISION_TOWN_ONLY"
    PRECISION_NEIGHBOURHOOD = "PRECISION_NEIGHBOURHOOD"
    PRECISION_OTHER_REGION = "PRECISION_OTHER_REGION"
    NO_SCENE = "NO_SCENE"
    NOT_A_PLACE = "NOT_A_PLACE"
    TEXT_WAITING = "TEXT_WAITING"
    TEXT_AMBIGUOUS = "TEXT_AMBIGUOUS"
    TEXT_BETWEEN = "TEXT_BETWEEN"
    TEXT_CONTRADICTS = "TEXT_CONTRADICTS"
    TEXT_NAME_ALONE = "TEXT_NAME_ALONE"
    TEXT_NO_TOWN = "TEXT_NO_TOWN"
    TEXT_NOT_FOUND = "TEXT_NOT_FOUND"
    TEXT_NUMBER_NOT_FOUND = "TEXT_NUMBER_NOT_FOUND"
    TEXT_POSTCODE_ALONE = "TEXT_POSTCODE_ALONE"
    TEXT_STREET_EXTENT = "TEXT_STREET_EXTENT"
    TEXT_STREET_UNKNOWN = "TEXT_STREET_UNKNOWN"
    TEXT_TOWN_UNKNOWN = "TEXT_TOWN_UNKNOWN"
    TEXT_VAGUE = "TEXT_VAGUE"
    TEXT_WHAT3WORDS = "TEXT_WHAT3WORDS"
    TOWN_NOT_LISTED = "TOWN_NOT_LISTED"
    NOTHING_GIVEN = "NOTHING_GIVEN"
    SNAPPED_POINT = "SNAPPED_POINT"
    DEFAULT_LOCATION_SUSPECTED = "DEFAULT_LOCATION_SUSPECTED"
    DEFAULT_LOCATION_CONFIRMED = "DEFAULT_LOCATION_CONFIRMED"
    REVIEW_NOT_PLACED = "REVIEW_NOT_PLACED"


class Sentence(NamedTuple):
    """The column at fault and what its owner should do about it."""

    column: str
    message: str


@cache
def sentence_of(reason: Reason) -> Sentence:
    """Return the column and the words of a reason."""
    entry = _sentences()[reason.value]
    return Sentence(entry["column"], entry["message"])


# Reasons that only explain a rung of the ladder; the contributor has nothing to mend.
SILENT = frozenset({Reason.TEXT_WAITING, Reason.NOTHING_GIVEN, Reason.NOT_A_PLACE, Reason.NO_SCENE})

# Reasons that come from a position which cannot be believed: such a record counts as refused.
_NOT_REFUSED = (
    "POSTCODE",
    "UPRN_N",
    "PRECISION",
    "NO_",
    "NOT_",
    "TEXT",
    "TOWN",
    "NOTHING",
    "SNAPPED",
    "DEFAULT",
    "REVIEW",
)
REFUSALS = frozenset(r for r in Reason if not r.startswith(_NOT_REFUSED) or r.endswith("_DISAGREES"))


def problems_of(records: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Return one `PROBLEMS` row (severity note) for each record whose place needs mending.

    Parameters
    ----------
    records
        `RECORDS` frame; only its `row` is read.
    locations
        `LOCATIONS` frame of the same records in the same order.

    Returns
    -------
    pandas.DataFrame
        `PROBLEMS` in the order of the records; the reasons of waiting text, of online places and of
        records without a place are left out: they are counted, and nothing can be mended.
    """
    codes = locations["reason"].to_numpy(object)
    known = [i for i, code in enumerate(codes) if isinstance(code, str) and Reason(code) not in SILENT]
    said = [Reason(codes[i]) for i in known]
    frame = pd.DataFrame(
        {
            "row": records["row"].to_numpy()[known],
            "column": [sentence_of(code).column for code in said],
            "code": [code.value for code in said],
            "severity": ["note"] * len(said),
            "message": [sentence_of(code).message for code in said],
        }
    )
    return schema.conform(frame, schema.PROBLEMS)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    text = resources.files("cse_geo.geocode").joinpath("reasons.toml").read_text("utf-8")
    return tomllib.loads(text)
