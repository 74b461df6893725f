"""What a boundary file made us say: codes, one frame of notes, and refusals in words."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

import pandas as pd

from cse_geo import schema
from cse_geo.errors import InputRefusedError


class Code(StrEnum):
    """Codes of everything that can be said about a boundary file."""

    NO_FILE = "no_file"
    EMPTY_FILE = "empty_file"
    KIND = "unknown_file_kind"
    WEB_PAGE = "web_page"
    XML = "xml_file"
    DAMAGED = "damaged_file"
    MISSING_PART = "missing_part"
    SEVERAL_LAYERS = "several_layers"
    NO_LAYER = "no_layer"
    NO_AREAS = "no_areas"
    NOT_POLYGONS = "not_polygons"
    NO_CODE_COLUMN = "no_code_column"
    COLUMN_ABSENT = "column_absent"
    OTHER_LAYER = "other_layer"
    NO_CODE = "area_without_code"
    DUPLICATE_CODE = "duplicate_code"
    NAME_FROM_CODE = "name_from_code"
    CRS = "crs"
    CRS_UNKNOWN = "crs_unknown"
    SWAPPED = "axes_swapped"
    NO_SHAPE = "area_without_shape"
    INVALID = "invalid_shape"
    COLLAPSED = "collapsed_shape"
    ROUNDED = "rounded_coordinates"
    MERGED = "rows_merged"
    OVERLAPS = "overlaps"
    GAPS = "gaps"
    COARSE = "coarsely_drawn"
    NOT_MEASURED = "not_measured"
    READER = "reader_said"


def note(code: Code, message: str, *, row: int = 0, column: str = "") -> dict[str, object]:
    """Return one row of a PROBLEMS frame that is said but refuses nothing."""
    return {"row": row, "column": column, "code": str(code), "severity": "note", "message": message}


def frame_of(notes: list[dict[str, object]]) -> pd.DataFrame:
    """Return notes as a PROBLEMS frame."""
    return schema.conform(pd.DataFrame(notes, columns=schema.PROBLEMS.names), schema.PROBLEMS)


def refuse(code: Code, message: str, *, row: int = 0, column: str = "") -> NoReturn:
    """Refuse the file.

    Raises
    ------
    InputRefusedError
        Always; with a PROBLEMS frame of one row.
    """
    problem = note(code, message, row=row, column=column) | {"severity": "file"}
    raise InputRefusedError(message, frame_of([problem]))


def listed(items: list[str], *, most: int = 8) -> str:
    """Return `items` as words, the first `most` of them and how many more."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
