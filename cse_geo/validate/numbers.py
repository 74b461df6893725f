"""Coordinates and property numbers: the grammar only; whether the place can be is judged later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cse_geo.schema import NUMBER_COLUMNS
from cse_geo.validate.codes import RowCode
from cse_geo.validate.finding import Finding, containing, matching

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DECIMALS = 5  # about one metre; nobody knows a place more finely
_NUMBER = r"[+-]?\d{1,8}(?:\.\d{0,17})?"
_THOUSANDS = r"\d{1,3}(?: \d{3})+"  # 435 000: a space between thousands can mean nothing else
_SCIENTIFIC = r"[+-]?\d(?:\.\d+)?[eE][+-]?\d{1,2}"
_PAIRS = (("lat", "lon"), ("easting", "northing"))


def read_numbers(frame: pd.DataFrame) -> tuple[dict[str, pd.Series], list[Finding]]:
    """Return lat, lon (degrees), easting and northing (metres) as floats, with at most 5 decimals."""
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for name in (column for column in NUMBER_COLUMNS if column in frame):
        values = frame[name]
        spaced = matching(values, _THOUSANDS)
        values = values.mask(spaced, values.str.replace(" ", "", regex=False))
        good = matching(values, _NUMBER)
        damaged = matching(values, _SCIENTIFIC)
        bad = values.notna().to_numpy(np.bool_) & ~good & ~damaged
        columns[name] = values.where(good).astype("float64").round(DECIMALS)
        findings += [
            Finding(RowCode.BAD_NUMBER, name, bad),
            Finding(RowCode.EXCEL_DAMAGE, name, damaged),
            Finding(RowCode.ROUNDED, name, good & containing(values, r"\.\d{5}\d*[1-9]")),
        ]
    return columns, findings + _half_pairs(frame)


def read_uprns(values: pd.Series) -> tuple[pd.Series, list[Finding]]:
    """Return property numbers without spaces and leading zeros, still as text."""
    bare = values.str.replace(" ", "", regex=False)
    damaged = matching(bare, _SCIENTIFIC)
    trimmed = bare.str.replace(r"^0+", "", regex=True)
    bad = values.notna().to_numpy(np.bool_) & ~matching(trimmed, r"\d{1,12}") & ~damaged
    findings = [Finding(RowCode.BAD_UPRN, "uprn", bad), Finding(RowCode.EXCEL_DAMAGE, "uprn", damaged)]
    return trimmed, findings


def swapped(lat: pd.Series, lon: pd.Series, area: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Return which points fall in `area` (W, S, E, N in degrees) only with lat and lon swapped."""
    given = _inside(lat, lon, area)
    return _inside(lon, lat, area) & ~given


def beyond_degrees(lat: pd.Series, lon: pd.Series) -> NDArray[np.bool_]:
    """Return which points hold numbers that cannot be degrees but can be metres on a grid."""
    return ((lat.abs() > 1000) & (lon.abs() > 1000)).to_numpy(np.bool_)


def _inside(lat: pd.Series, lon: pd.Series, area: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    west, south, east, north = area
    return (lon.between(west, east) & lat.between(south, north)).to_numpy(np.bool_)


def _half_pairs(frame: pd.DataFrame) -> list[Finding]:
    findings = []
    for pair in _PAIRS:
        given = [
            frame[name].notna().to_numpy(np.bool_) if name in frame else np.zeros(len(frame), np.bool_)
            for name in pair
        ]
        findings += [
            Finding(RowCode.HALF_COORDINATE, name, given[i] & ~given[1 - i]) for i, name in enumerate(pair)
        ]
    return findings
