"""Registers of premises and lists of addresses, as councils publish them: CSV or XLSX, columns known by many names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.geocode.detect import detect_kind, looks_like
from cse_geo.geocode.postcode import encode
from cse_geo.geocode.release import TITLES, Release, release_of
from cse_geo.geocode.text.rows import ONE_OF_A_NAME, PLACE_TEXTS
from cse_geo.geocode.text.words import lists, standard
from cse_geo.projection import to_wgs84
from cse_geo.vocabulary import fold, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# What the columns of registers are called, first match counts (folded as `vocabulary.fold` does).
_COLUMNS = {
    "name": ("name", "premises_name", "premises", "business_name", "trading_name", "pharmacy_name",
             "establishment_name", "site_name"),
    "number": ("number", "house_number", "building_number", "street_number"),
    "street": ("street", "street_name", "road", "thoroughfare", "address_line_1"),
    "address": ("address", "full_address", "premises_address", "site_address", "text"),
    "locality": ("locality", "village", "suburb", "district"),
    "town": ("town", "post_town", "posttown", "city", "town_village"),
    "postcode": ("postcode", "post_code", "pcds"),
    "uprn": ("uprn",),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "easting": ("easting", "x", "x_coordinate", "eastings"),
    "northing": ("northing", "y", "y_coordinate", "northings"),
    "r95_m": ("r95_m", "radius_m"),
    "place_type": ("place_type", "type", "activity", "category", "business_type", "site_type"),
}  # fmt: skip
REGISTER_COLUMNS = tuple(_COLUMNS)
# Headings that are likely, but must be confirmed by a person: only a suggested mapping uses them.
_PERHAPS = {
    "name": (
        "premises_trading_as",
        "trading_as",
        "operator_name",
        "licensed_premises",
        "site",
        "venue",
        "shop_name",
    ),
    "street": ("address_1", "address1", "addr_1", "addr1", "street_address"),
    "address": (
        "where_situated",
        "situated_at",
        "location",
        "base_address",
        "operating_address",
        "location_address",
    ),
    "locality": ("address_2", "address2", "addr_2", "addr2", "area"),
    "town": ("town_city", "city_town", "address_3", "address3", "addr_3"),
    "postcode": ("pcode", "postal_code", "post_cd"),
    "easting": ("geox", "geo_x", "os_x", "grid_x", "x_coord", "easting_m"),
    "northing": ("geoy", "geo_y", "os_y", "grid_y", "y_coord", "northing_m"),
    "place_type": (
        "licensed_for",
        "licence_type",
        "use",
        "use_class",
        "activities",
        "trade",
        "description_of_premises",
    ),
}
REGISTER_SYNONYMS = {
    ours: tuple(name for name in (*names, *_PERHAPS.get(ours, ())) if name != ours)
    for ours, names in _COLUMNS.items()
}
_NUMBERED = re.compile(r"^(\d{1,5}[A-Za-z]?(?:\s*[-\u2013/]\s*\d{1,5}[A-Za-z]?)?)[ ,]+(\S.*)$")
_SETTLEMENT_R95_M = {"city": 5_000.0, "town": 2_500.0, "suburb": 1_500.0, "village": 800.0, "hamlet": 500.0}


@dataclass(frozen=True)
class RegisterMapping:
    """Which column of a register is which of `REGISTER_COLUMNS`, where its names do not tell; as a person confirmed.

    Parameters
    ----------
    columns
        Our column -> the file's. Columns that are not named are found by their usual names.
    place_types
        The file's word for a kind of place (folded) -> code of the place_type vocabulary.
    constant
        Our column -> the value of every row: the town of a council's own list, the kind of place.
    ignore
        Columns of the file that are not read, whatever their names.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    place_types: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()


_PLAIN = RegisterMapping()


def read_premises(
    path: str | Path, *, mapping: RegisterMapping = _PLAIN, cells: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, Release]:
    """Read a register of premises, parks or stations (CSV or XLSX).

    Parameters
    ----------
    path
        The register as its publisher made it.
    mapping
        Which column is which, where their names do not tell.
    cells
        The file's cells as text, where they are read already (titles above the names, odd separators); else the
        file is a plain table and is read here.

    Returns
    -------
    tuple
        `PLACE_TEXTS` frame, and its release. Coordinates given as they are; a row without one keeps its
        UPRN or postcode, by which it is placed later.

    Raises
    ------
    InputRefusedError
        If there is no column of names.
    """
    read = read_cells(path) if cells is None else cells
    table = _renamed(read, needed=("name",), path=path, mapping=mapping)
    split = _addresses(table)
    place_type = table["place_type"].map(
        lambda text: mapping.place_types.get(fold(text)) or _place_type(text), na_action="ignore"
    )
    kind = np.where(place_type.isin(ONE_OF_A_NAME), "named", "premises")
    frame = table.assign(**split, kind=kind, place_type=place_type, basis="rooftop")
    return _finished(frame, path, "premises")


def read_addresses(
    path: str | Path, *, mapping: RegisterMapping = _PLAIN, cells: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, Release]:
    """Read a list of addresses (CSV or XLSX): number, street, town, postcode, and a UPRN or a coordinate.

    Takes, returns and raises as `read_premises`.
    """
    read = read_cells(path) if cells is None else cells
    table = _renamed(read, needed=("street", "number"), path=path, mapping=mapping)
    return _finished(table.assign(kind="address", basis="rooftop"), path, "addresses")


def read_settlements(path: str | Path, *, cells: pd.DataFrame | None = None) -> tuple[pd.DataFrame, Release]:
    """Read a list of towns and villages (CSV or XLSX): name, kind, and a coordinate of the middle.

    Takes, returns and raises as `read_premises`.
    """
    read = read_cells(path) if cells is None else cells
    table = _renamed(read, needed=("name",), path=path)
    sort = read[next((c for c in read if fold(c) == "kind"), read.columns[0])].map(fold, na_action="ignore")
    own = table["r95_m"].where(table["r95_m"].notna(), sort.map(_SETTLEMENT_R95_M))
    town = table["name"].where(sort.isin(["town", "city"]))
    return _finished(table.assign(kind="settlement", basis="area", town=town, r95_m=own), path, "settlements")


def read_cells(path: str | Path) -> pd.DataFrame:
    """Return a CSV or XLSX file as text cells; empty ones are missing.

    Raises
    ------
    InputRefusedError
        If it cannot be read as one.
    """
    path = Path(path)
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return pd.read_excel(path, dtype="str")
        table = _read_text(path)
    except (ValueError, OSError):
        message = f"{path.name} cannot be read as a table (CSV or XLSX)."
        raise InputRefusedError(message) from None
    if not isinstance(table.index, pd.RangeIndex):  # pandas shifts every column by one and says nothing
        message = f"{path.name} has rows with more cells than the header: a comma within a text needs quotes around it."
        raise InputRefusedError(message)
    return table


def _read_text(path: Path) -> pd.DataFrame:
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        return pd.read_csv(path, dtype="str", sep=separator, encoding="utf-8-sig", skipinitialspace=True)
    except UnicodeDecodeError:
        return pd.read_csv(path, dtype="str", sep=separator, encoding="cp1252", skipinitialspace=True)


def split_address(parts: Sequence[str]) -> dict[str, str]:
    """Return number, street, locality and town of the parts of an address, in the order written.

    The street is the first part that begins with a number, else the first whose last word is a type of
    street; the part after it is the locality if another follows, and the next the town.
    """
    tidy = [part.strip() for part in parts if part and part.strip()]
    at, number, street = _street_part(tidy)
    after = tidy[at + 1 :] if at >= 0 else tidy[1:]
    out = {"number": number, "street": street, "locality": "", "town": ""}
    if len(after) == 1:
        out["town"] = after[0]
    elif len(after) > 1:
        out["locality"], out["town"] = after[0], after[1]
    return out


def finished(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a `PLACE_TEXTS` frame of a frame that has some of its columns; empty text is missing."""
    texts = [c.name for c in PLACE_TEXTS.columns if c.dtype == "str" and c.name in frame]
    clean = {
        name: frame[name].astype("object").where(frame[name].notna() & (frame[name] != ""), None)
        for name in texts
    }
    return schema.conform(frame.assign(**clean), PLACE_TEXTS).reset_index(drop=True)


def _street_part(parts: list[str]) -> tuple[int, str, str]:
    for at, part in enumerate(parts):
        match = _NUMBERED.match(part)
        if match:
            return at, match[1].replace(" ", ""), match[2].strip()
        if re.fullmatch(r"\d{1,5}[A-Za-z]?", part) and at + 1 < len(parts):
            return at + 1, part, parts[at + 1]
    types = lists().types
    for at, part in enumerate(parts):
        words = standard(part).split()
        if len(words) > 1 and words[-1] in types:
            return at, "", part
    return -1, "", ""


def _renamed(
    cells: pd.DataFrame, *, needed: Iterable[str], path: str | Path, mapping: RegisterMapping = _PLAIN
) -> pd.DataFrame:
    """Return our columns, found by the names that registers give them; the numbers as numbers, in WGS84."""
    found = _found(cells, mapping, path)
    has = {*found, *mapping.constant}
    lacking = [
        name for name in needed if name not in has and not (name in ("street", "number") and "address" in has)
    ]
    if lacking:
        looks = looks_like(detect_kind(path)) if detect_kind(path) in TITLES else ""
        message = f"{Path(path).name} has no column of {', '.join(lacking)} that is known here"
        hint = (
            f": it looks like {looks}." if looks else "; name it in a mapping (--suggest M.toml writes one)."
        )
        raise InputRefusedError(message + hint)
    out = pd.DataFrame(
        {ours: cells[found[ours]] if ours in found else mapping.constant.get(ours) for ours in _COLUMNS},
        index=cells.index,
    )
    for name in ("lat", "lon", "easting", "northing", "r95_m"):
        out[name] = pd.to_numeric(out[name], errors="coerce").astype("float64")
    lon, lat = to_wgs84(out["easting"].to_numpy(), out["northing"].to_numpy())
    missing = ~(out["lat"].notna() & out["lon"].notna())
    return out.assign(lat=out["lat"].where(~missing, lat), lon=out["lon"].where(~missing, lon))


def _found(cells: pd.DataFrame, mapping: RegisterMapping, path: str | Path) -> dict[str, str]:
    """Return our column -> the file's: as the mapping says, else by the usual names of what is left."""
    by_name = {fold(str(column)): str(column) for column in reversed(list(cells))}
    absent = sorted(c for c in mapping.columns.values() if fold(c) not in by_name)
    if absent:
        message = f"{Path(path).name} has no column {', '.join(absent)}, which the mapping names."
        raise InputRefusedError(message)
    named = {ours: by_name[fold(theirs)] for ours, theirs in mapping.columns.items()}
    taken = {fold(c) for c in (*mapping.columns.values(), *mapping.ignore)}
    usual = {
        ours: by_name[n]
        for ours, names in _COLUMNS.items()
        if ours not in named and ours not in mapping.constant
        for n in reversed(names)
        if n in by_name and n not in taken
    }
    return usual | named


def _addresses(table: pd.DataFrame) -> dict[str, Any]:
    """Split the address column where there is one; columns of their own go before it."""
    cells = table["address"].fillna("").astype("str")
    split = pd.DataFrame([split_address(cell.split(",")) for cell in cells], index=table.index)
    if split.empty:
        return {}
    return {name: table[name].where(table[name].notna(), split[name]) for name in split}


def _place_type(text: str) -> str | None:
    return vocabulary("place_type").code_of(text)


def _finished(frame: pd.DataFrame, path: str | Path, kind: str) -> tuple[pd.DataFrame, Release]:
    known = frame["name"].notna() | frame["street"].notna()
    postcode = encode(frame["postcode"].astype("object").where(frame["postcode"].notna(), None).tolist()) > 0
    there = (frame["lat"].notna() & frame["lon"].notna()) | frame["uprn"].notna() | postcode
    out = finished(frame[known & there])
    dropped = len(frame) - len(out)
    if frame.size and out.empty:
        message = f"{Path(path).name} has no row with a name or street and a coordinate, UPRN or postcode"
        raise InputRefusedError(message + ": name its columns in a mapping (--suggest M.toml writes one).")
    notes = (f"{dropped} rows without a name or a place left out" if dropped else "",)
    return out, release_of(kind, path, rows=len(out), notes=notes)
