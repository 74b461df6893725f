"""Readers of postcode files: Code-Point Open, ONS Postcode Directory, National Statistics Postcode Lookup.

The files' own marks for "no location" become missing eastings and northings; a position that is only the
middle of a sector is "no location" too, because a centroid is no place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.detect import header_of, require_kind
from cse_geo.geocode.postcode import decode, encode
from cse_geo.geocode.release import Release, Source, data_files, release_of
from cse_geo.projection import irish_grid_to_wgs84, to_bng

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

# Code-Point's positional quality: 60 = mean of the sector, 90 = none. ONS's grid indicator: 6 and 9 likewise.
_NOT_A_PLACE = {"codepoint": (60, 90), "ons": (6, 9)}
# A postcode of Northern Ireland whose degrees and grid numbers differ by more than this is in error.
_MAX_DISAGREEMENT_DEGREES = 0.005
_BT = int(encode(["BT1 1AA"])[0]) // 40**5


def read_codepoint(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read OS Code-Point Open: one CSV file, the folder of all areas, or the zip as downloaded.

    Parameters
    ----------
    path
        CSV without a header (as published), or with the short or long header row.

    Returns
    -------
    tuple
        `POSTCODES` frame (EPSG:27700) sorted by postcode, and its release.

    Raises
    ------
    InputRefusedError
        If the file is something else, or has rows that cannot be read.
    """
    require_kind(path, "codepoint")
    parts = [_read(source, _codepoint_columns(source), header=False) for source in data_files(path)]
    table = pa.concat_tables(parts)
    numbers = {name: _numbers(table[name]) for name in ("quality", "easting", "northing")}
    district = table["district"] if "district" in table.column_names else None
    codes = encode(table["postcode"])
    located = ~np.isin(numbers["quality"], _NOT_A_PLACE["codepoint"])
    east, north, lost = _places(codes, numbers["easting"], numbers["northing"], located)
    frame, notes = _frame(codes, (east, north), np.ones(len(codes), bool), district)
    return frame, release_of("codepoint", path, rows=len(frame), notes=(*notes, _lost_words(lost)))


def read_onspd(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read the ONS Postcode Directory or the National Statistics Postcode Lookup (headers of any year).

    Terminated postcodes stay, marked not `live`. Postcodes of Northern Ireland, which these files give on
    the Irish Grid, are converted, and left without a location where their degrees say otherwise. Crown
    Dependencies have no location in the files (latitude 99.999999).

    Parameters
    ----------
    path
        CSV file, folder or zip as downloaded.

    Returns
    -------
    tuple
        `POSTCODES` frame (EPSG:27700) sorted by postcode, and its release.

    Raises
    ------
    InputRefusedError
        If the file is something else, lacks a column, or has rows that cannot be read.
    """
    kind = require_kind(path, "onspd", "nspl")
    table = pa.concat_tables(
        [_read(source, _ons_columns(source), header=True) for source in data_files(path)]
    )
    numbers = {name: _numbers(table[name]) for name in ("quality", "easting", "northing", "lat")}
    codes = encode(table["postcode"])
    located = ~np.isin(numbers["quality"], _NOT_A_PLACE["ons"]) & ~(numbers["lat"] > 90)
    east, north, lost = _places(codes, numbers["easting"], numbers["northing"], located, lat=numbers["lat"])
    live = np.array(pa.compute.equal(pa.compute.fill_null(table["terminated"], ""), ""))
    district = table["district"] if "district" in table.column_names else None
    frame, notes = _frame(codes, (east, north), live, district)
    return frame, release_of(kind, path, rows=len(frame), notes=(*notes, _lost_words(lost)))


read_nspl = read_onspd  # the same columns under the same names


def stack_sizes(easting: Floats, northing: Floats, live: Bools) -> NDArray[np.int64]:
    """Return how many postcodes in use share each one's point, itself included; 1 where there is none."""
    out = np.ones(len(easting), np.int64)
    known = np.flatnonzero(np.isfinite(easting))
    key = np.round(easting[known]) * 10_000_000 + np.round(northing[known])
    _, inverse = np.unique(key, return_inverse=True)
    alive = np.bincount(inverse, weights=live[known]).astype(np.int64)
    out[known] = alive[inverse] + ~live[known]
    return out


def _frame(
    codes: NDArray[np.int64], places: tuple[Floats, Floats], live: Bools, district: pa.ChunkedArray | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    unreadable = int((codes == 0).sum())
    # Sorted by postcode, live ones first, so that the first of a repeated postcode is the one in use.
    order = np.lexsort((~live, codes))
    order = order[codes[order] != 0]
    first = np.ones(len(order), bool)
    first[1:] = codes[order][1:] != codes[order][:-1]
    keep = order[first]
    east, north = places[0][keep], places[1][keep]
    codes_of_district = None if district is None else district.take(pa.array(keep)).to_pandas()
    frame = pd.DataFrame(
        {
            "postcode": pd.Series(decode(codes[keep]), dtype="str"),
            "easting": east,
            "northing": north,
            "stack": stack_sizes(east, north, live[keep]),
            "live": live[keep],
            "district": pd.Series(codes_of_district, dtype="str", index=range(len(keep))),
            "r95_m": np.nan,
        }
    )
    notes = (
        f"{unreadable} rows without a readable postcode left out" if unreadable else "",
        f"{len(order) - len(keep)} repeated postcodes left out" if len(order) > len(keep) else "",
        _counted(~frame["live"], "terminated postcodes kept and marked"),
        _counted(frame["easting"].isna(), "postcodes without a location of their own"),
    )
    return schema.check(frame, schema.POSTCODES), notes


def _places(
    codes: NDArray[np.int64], easting: Floats, northing: Floats, located: Bools, *, lat: Floats | None = None
) -> tuple[Floats, Floats, int]:
    """Return EPSG:27700 places, missing where there is none, and how many Irish ones disagree."""
    there = located & (easting > 0) & (northing > 0)
    east, north = np.where(there, easting, np.nan), np.where(there, northing, np.nan)
    irish = np.flatnonzero(there & (codes // 40**5 == _BT))
    if not irish.size:
        return east, north, 0
    x, y = irish_grid_to_wgs84(easting[irish], northing[irish])
    wrong = np.zeros(len(irish), bool)
    if lat is not None:
        wrong = np.abs(lat[irish] - y) > _MAX_DISAGREEMENT_DEGREES
    # OSTN15 answers over Northern Ireland as well: the numbers go back to the same degrees.
    east[irish], north[irish] = (np.where(wrong, np.nan, values) for values in to_bng(x, y))
    return east, north, int(wrong.sum())


def _counted(which: pd.Series, words: str) -> str:
    return f"{int(which.sum())} {words}" if which.any() else ""


def _lost_words(lost: int) -> str:
    words = "postcodes whose degrees and Irish Grid numbers are two places: left without a location"
    return f"{lost} {words}" if lost else ""


def _codepoint_columns(source: Source) -> dict[str, str]:
    """Our names by the file's own; the published file has no header, so its columns are known by place."""
    wanted = {0: "postcode", 1: "quality", 2: "easting", 3: "northing"}
    district = {10: 8, 19: 16}.get(len(header_of(source)))  # 19 columns: before 2011
    if district is not None:
        wanted[district] = "district"
    return {f"f{at}": name for at, name in wanted.items()}


def _ons_columns(source: Source) -> dict[str, str]:
    patterns = {
        "postcode": r"pcds|pcd8|pcd2|pcd7|pcd",
        "terminated": r"doterm",
        "easting": r"oseast1m|east1m",
        "northing": r"osnrth1m|north1m",
        "quality": r"osgrdind|gridind",
        "lat": r"lat",
        "district": r"oslaua|laua|lad\d\dcd",
    }
    names = header_of(source)
    found = {}
    for ours, pattern in patterns.items():
        theirs = next((n for p in pattern.split("|") for n in names if re.fullmatch(p, n)), None)
        if theirs is None and ours != "district":
            message = f"{source.name} lacks a column for {ours}; is it a full ONSPD or NSPL file?"
            raise InputRefusedError(message)
        if theirs is not None:
            found[theirs] = ours
    return found


def _read(source: Source, columns: dict[str, str], *, header: bool) -> pa.Table:
    """Read the named columns as text; headerless files get f0, f1 ... as pyarrow names them."""
    names = header_of(source)
    original = names if header else [f"f{at}" for at in range(len(names))]
    # Code-Point also circulates with a header row in front: then its first cell is no postcode.
    skip = 1 if header or not encode(names[:1])[0] else 0
    lines = pa.csv.ReadOptions(column_names=original, skip_rows=skip)
    text = pa.csv.ConvertOptions(
        include_columns=list(columns),
        column_types=dict.fromkeys(original, pa.string()),
        strings_can_be_null=False,
    )
    try:
        with source.open() as file:
            table = pa.csv.read_csv(file, read_options=lines, convert_options=text)
    except pa.ArrowInvalid:
        message = f"{source.name} has rows with another number of columns than its first; it may be cut off."
        raise InputRefusedError(message) from None
    return table.rename_columns([columns[name] for name in table.column_names])


def _numbers(column: pa.ChunkedArray) -> Floats:
    """Return text as numbers; anything else is missing."""
    trimmed = pa.compute.utf8_trim_whitespace(column)
    shape = pa.compute.match_substring_regex(trimmed, r"^-?[0-9]+(\.[0-9]+)?$")
    clean = pa.compute.if_else(shape, trimmed, pa.scalar(None, pa.string()))
    return clean.cast(pa.float64()).to_numpy().astype(np.float64)
