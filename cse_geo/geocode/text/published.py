"""National lists of places as they are published: OS Open Names, and the food hygiene register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pandas as pd
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cse_geo.errors import InputRefusedError
from cse_geo.geocode.detect import require_kind
from cse_geo.geocode.release import Release, data_files, release_of
from cse_geo.geocode.text.registers import finished, read_cells, split_address
from cse_geo.geocode.text.rows import R95_POSTCODE_M
from cse_geo.projection import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterator

# Position of the columns of OS Open Names that are used.
_NAMES = {"name": 2, "name_2": 4, "type": 6, "local": 7, "x": 8, "y": 9, "x0": 12, "y0": 13, "x1": 14, "y1": 15,
          "place": 18, "district": 21, "county": 24}  # fmt: skip
_SETTLEMENTS = ("City", "Town", "Village", "Hamlet", "Suburban Area", "Other Settlement")
_ROADS = ("Named Road", "Section Of Named Road")
_PLACE_TYPES = {"Railway Station": "railway_station", "Bus Station": "bus_station_stop_shelter",
                "Coach Station": "bus_station_stop_shelter", "Hospital": "health_site"}  # fmt: skip
_LEAST_R95_M = 60.0
_FHRS = ("BusinessName", "BusinessType", "AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "PostCode",
         "Longitude", "Latitude")  # fmt: skip
_FHRS_TYPES = {"Takeaway/sandwich shop": "takeaway_fastfood", "Pub/bar/nightclub": "pub",
               "Restaurant/Cafe/Canteen": "restaurant_cafe", "Hotel/bed & breakfast/guest house": "hotel_bb",
               "Retailers - supermarkets/hypermarkets": "supermarket",
               "Retailers - other": "offlicence_retailer"}  # fmt: skip


def read_opennames(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read OS Open Names (CSV tiles, folder or zip): streets, settlements, stations and named sites.

    Returns
    -------
    tuple
        `PLACE_TEXTS` frame (WGS84), and its release. Radii are half the diagonal of the published box.

    Raises
    ------
    InputRefusedError
        If the file is something else.
    """
    require_kind(path, "opennames")
    parts = []
    for source in data_files(path):
        with source.open() as file:
            rows = pd.read_csv(
                file, header=None, dtype="str", encoding="utf-8-sig", usecols=list(_NAMES.values())
            )
        parts.append(rows.rename(columns={at: name for name, at in _NAMES.items()}))
    table = pd.concat(parts, ignore_index=True)
    table = table[(table["local"] != "Postcode") & table["name"].notna()].reset_index(drop=True)
    numbers = {
        n: pd.to_numeric(table[n], errors="coerce").to_numpy() for n in ("x", "y", "x0", "y0", "x1", "y1")
    }
    lon, lat = to_wgs84(numbers["x"], numbers["y"])
    half = np.hypot(numbers["x1"] - numbers["x0"], numbers["y1"] - numbers["y0"]) / 2
    kind = np.select(
        [table["local"].isin(_ROADS), table["local"].isin(_SETTLEMENTS)], ["street", "settlement"], "named"
    )
    town = table["place"].where(
        table["place"].notna(), table["district"].where(table["district"].notna(), table["county"])
    )
    frame = table.assign(
        kind=kind, lat=lat, lon=lon, r95_m=np.fmax(half, _LEAST_R95_M),
        basis=np.where(kind == "street", "street", "area"),
        street=table["name"].where(kind == "street"), name=table["name"].where(kind != "street"),
        town=town.where((kind != "settlement") | ~table["local"].isin(["City", "Town"]), table["name"]),
        place_type=table["local"].map(_PLACE_TYPES),
    )  # fmt: skip
    frame = frame[np.isfinite(lat) & ~table["local"].isin(["Numbered Road", "Section Of Numbered Road"])]
    out = finished(frame)
    return out, release_of("opennames", path, rows=len(out))


def read_fhrs(path: str | Path) -> tuple[pd.DataFrame, Release]:
    """Read a food hygiene register (FSA: XML, CSV or JSON).

    Its coordinates are those of postcodes (79 % within 3 m of one), so they are taken as such. Returns and
    raises as `read_opennames`; rows without a coordinate are left out.
    """
    rows = pd.DataFrame(list(_establishments(Path(path))), columns=list(_FHRS))
    if rows["BusinessName"].notna().sum() == 0:
        message = f"{Path(path).name} is not a food hygiene register: it holds no establishment."
        raise InputRefusedError(message)
    numbers = {n: pd.to_numeric(rows[n], errors="coerce") for n in ("Latitude", "Longitude")}
    lines = rows[["AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"]].fillna("")
    split = pd.DataFrame(
        [split_address(",".join(map(str, four)).split(",")) for four in lines.itertuples(index=False)],
        columns=["number", "street", "locality", "town"], index=rows.index,
    )  # fmt: skip
    frame = split.assign(
        kind="premises", name=rows["BusinessName"], postcode=rows["PostCode"], lat=numbers["Latitude"],
        lon=numbers["Longitude"], r95_m=R95_POSTCODE_M, basis="postcode",
        place_type=rows["BusinessType"].map(_FHRS_TYPES),
    )  # fmt: skip
    kept = frame[frame["lat"].notna() & frame["lon"].notna() & frame["name"].notna()]
    out = finished(kept)
    notes = (
        (f"{len(frame) - len(out)} premises without a coordinate left out",) if len(frame) > len(out) else ()
    )
    return out, release_of("fhrs", path, rows=len(out), notes=notes)


def _establishments(path: Path) -> Iterator[dict[str, Any]]:
    suffix = path.suffix.lower()
    if suffix == ".xml":
        yield from _from_xml(path)
    elif suffix == ".json":
        yield from _from_json(path)
    else:
        table = read_cells(path)
        if "BusinessName" not in table:
            message = f"{path.name} is not a food hygiene register: it has no column BusinessName."
            raise InputRefusedError(message)
        yield from table.reindex(columns=list(_FHRS)).to_dict("records")


def _from_xml(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for _, element in iterparse(path):
            if element.tag == "EstablishmentDetail":
                yield {name: element.findtext(f".//{name}") for name in _FHRS}
                element.clear()
    except (ParseError, DefusedXmlException):
        message = f"{path.name} is not a well-formed food hygiene register (XML)."
        raise InputRefusedError(message) from None


def _from_json(path: Path) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except ValueError:
        message = f"{path.name} is not a food hygiene register (JSON)."
        raise InputRefusedError(message) from None
    for key in ("FHRSEstablishment", "EstablishmentCollection", "EstablishmentDetail", "establishments"):
        data = data.get(key, data) if isinstance(data, dict) else data
    for entry in data if isinstance(data, list) else []:
        place = entry.get("Geocode") or entry.get("geocode") or {}
        flat = entry | {key.title(): value for key, value in place.items()}
        yield {name: flat.get(name) for name in _FHRS}
