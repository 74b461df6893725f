"""What kind of reference file a file is, told from its first line, and the words for a wrong one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from cse_geo.errors import InputRefusedError
from cse_geo.geocode.postcode import normalise
from cse_geo.geocode.release import TITLES, Source, data_files

_HEAD_BYTES = 16_384
# How an OpenStreetMap extract (after the length of its header) and a GeoPackage begin.
_PBF = b"\n\tOSMHeader"
_GEOPACKAGE = b"SQLite format 3\0"
# Directory and lookup carry the same columns under the same names; the directory is the longer.
_NSPL_COLUMNS = 45

# What else people hand to `gazetteer add --kind codepoint|onspd|nspl|uprn`, and what to say then.
OTHERS = {
    "ons_lookup": "an ONS postcode-to-area lookup, which has no coordinates",
    "opennames": "an OS Open Names tile, which holds names and not postcodes by number",
    "police_uk": "a police.uk file of records, not a reference table",
    "postcode_list": "a list of postcodes in somebody's own layout",
    "osm_geopackage": "a GeoPackage (--kind osm or roads, or a boundary layer)",
    "headers_only": "a list of column headers without data",
    "not_text": "not a CSV file (a spreadsheet, an archive or a database)",
    "unknown": "not a reference file that is known here",
}


def detect_kind(path: str | Path) -> str:
    """Return the kind of a reference file, folder or archive from its first line.

    Returns
    -------
    str
        codepoint, onspd, nspl, uprn, osm or osm_geopackage, which can be read; else a key of `OTHERS`.
    """
    return _kind_of(data_files(path)[0])


def require_kind(path: str | Path, *kinds: str) -> str:
    """Return the kind of the file where it is one of `kinds`.

    Raises
    ------
    InputRefusedError
        Saying what the file looks like and what was wanted.
    """
    found = detect_kind(path)
    if found in kinds:
        return found
    wanted = " or ".join(TITLES[kind] for kind in kinds if kind in TITLES)
    message = f"{Path(path).name} is not {wanted}: it looks like {looks_like(found)}."
    raise InputRefusedError(message)


def looks_like(found: str) -> str:
    """Return the words for what `detect_kind` found."""
    return OTHERS.get(found) or f"{TITLES[found]} (use --kind {found})"


def header_of(source: Source) -> list[str]:
    """Return the cells of the first line in lower case, without quotes and byte order mark."""
    with source.open() as file:
        head = file.read(_HEAD_BYTES)
    line = head.decode("utf-8-sig", "replace").splitlines()[:1]
    return [cell.strip().lower() for cell in next(csv.reader(line), [])]


def _kind_of(source: Source) -> str:
    with source.open() as file:
        head = file.read(_HEAD_BYTES)
    if head[4:].startswith(_PBF):
        return "osm"
    if head.startswith(_GEOPACKAGE):
        return "osm_geopackage"
    if b"\0" in head or head[:2] == b"PK":
        return "not_text"
    cells = header_of(source)
    names = set(cells)
    rules = {
        "uprn": {"uprn", "latitude", "longitude"} <= names,
        "headers_only": _is_codepoint(cells) and not _has_postcode(cells) and head.count(b"\n") <= 2,
        "codepoint": _is_codepoint(cells),
        "ons_lookup": _is_ons(names) and not names & {"oseast1m", "east1m"},
        "onspd": _is_ons(names) and len(names) > _NSPL_COLUMNS,
        "nspl": _is_ons(names),
        "police_uk": {"crime id", "longitude"} <= names,
        "opennames": len(cells) == 34 and cells[0].startswith("osgb"),
        "postcode_list": "postcode" in names or _has_postcode(cells),
    }
    return next((kind for kind, fits in rules.items() if fits), "unknown")


def _is_ons(names: set[str]) -> bool:
    return bool(names & {"pcds", "pcd", "pcd7"})


def _is_codepoint(cells: list[str]) -> bool:
    if len(cells) < 4:
        return False
    if cells[:4] == ["pc", "pq", "ea", "no"] or cells[:2] == ["postcode", "positional_quality_indicator"]:
        return True
    figures = all(re.fullmatch(r"\d{1,7}", cell) for cell in cells[1:4])
    return len(cells) in (10, 19) and _has_postcode(cells) and figures


def _has_postcode(cells: list[str]) -> bool:
    return bool(cells) and normalise(cells[0]) is not None
