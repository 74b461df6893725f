"""Coordinates, grid references and UPRNs that somebody wrote into the words instead of into a column of their own.

Only what can be nothing else is read: a pair of degrees with three or more decimals, degrees and minutes with their
letters, a grid reference or pair of grid numbers that is the whole text or follows its label, a UPRN behind its label.
A log number or a telephone number in the middle of a sentence is none of these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from cse_geo.geocode.grid_reference import GridSquare, parse_grid_reference
from cse_geo.geocode.text.parse import nowhere_of
from cse_geo.geocode.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    Array = np.ndarray[Any, np.dtype[Any]]

# The columns such facts belong in; a record that has any of them says where without its words.
NUMBERS = ("lat", "lon", "easting", "northing")
CODES = ("grid_ref", "uprn")
_FIGURES = re.compile(r"\d\D{0,3}\d\D{0,3}\d\D{0,3}\d")  # nothing below is shorter
_DEGREES = re.compile(
    r"(?<![\d.])([NS]?) ?([+-]?\d{1,2}\.\d{3,12}) ?\u00b0? ?([NS]?)(?: ?[,;/|] ?| +)(?:LO?NG?(?:ITUDE)?[ .:=]*)?"
    r"([EW]?) ?([+-]?\d{1,3}\.\d{3,12}) ?\u00b0? ?([EW]?)(?![\d.])"
)
_ANGLE = (
    r"(\d{1,3}) ?[\u00b0D] ?(\d{1,2}(?:\.\d+)?) ?['\u2019\u2032M] ?"
    r"(?:(\d{1,2}(?:\.\d+)?) ?(?:[\"\u201d\u2033S]|'') ?)?"
)
_MINUTES = re.compile(rf"(?<!\d){_ANGLE}([NS])\b[ ,;/]*{_ANGLE}([EW])\b")
_LABEL = (
    r"(?:O\.?S\.? ?)?(?:GRID(?: ?REF(?:ERENCE)?)?|NGR|MAP ?REF(?:ERENCE)?|G\.?R|BNG|CO-?ORD(?:INATE)?S?)\b"
    r"[ .:=#-]*"
)
_SQUARE = r"([A-HJ-Z] ?[A-HJ-Z]? ?\d{2,5} ?\d{2,5})"
_PAIR = r"(\d{6})(?:\.\d+)? ?[,;/ ] ?(\d{6,7})(?:\.\d+)?"
_SQUARE_ALONE = re.compile(rf"(?:{_LABEL})?{_SQUARE}")
_SQUARE_NAMED = re.compile(rf"\b{_LABEL}{_SQUARE}(?!\d)")
_PAIR_ALONE = re.compile(rf"(?:{_LABEL})?{_PAIR}")
_PAIR_NAMED = re.compile(
    rf"\b(?:{_LABEL}{_PAIR}(?!\d)|E(?:ASTING)?S?[ :=]*(\d{{6}})\b[ ,;/]*N(?:ORTHING)?S?[ :=]*(\d{{6,7}})\b)"
)
_WHAT3WORDS = re.compile(
    r"(?:/{2,3} ?|\b(?:W3W|WHAT3WORDS|WHAT 3 WORDS)\b[ .:=/-]*)[a-z]{2,}\.[a-z]{2,}\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_UPRN = re.compile(r"\bUPRN[ .:=#-]*(\d{6,12})(?!\d)")


def with_facts_of_words(records: pd.DataFrame) -> tuple[pd.DataFrame, Array]:
    """Return the records with such facts in their columns, and which records those are.

    A record is read only where its columns `lat`, `lon`, `easting`, `northing`, `grid_ref` and `uprn` are all empty.

    Parameters
    ----------
    records
        `RECORDS` frame.
    """
    texts = records["location_text"].to_numpy(object)
    bare = np.all([records[name].isna().to_numpy() for name in (*NUMBERS, *CODES)], axis=0)
    known: dict[str, dict[str, Any]] = {}
    found: dict[int, dict[str, Any]] = {}
    for row in np.flatnonzero(bare & records["location_text"].notna().to_numpy()).tolist():
        text = texts[row]
        if text not in known:
            known[text] = facts_of(text)
        if known[text]:
            found[row] = known[text]
    read = np.zeros(len(records), bool)
    read[list(found)] = True
    if not found:
        return records, read
    filled = {}
    for name in (*NUMBERS, *CODES):
        values = (
            records[name].to_numpy(object, copy=True) if name in CODES else records[name].to_numpy(copy=True)
        )
        for row, facts in found.items():
            if name in facts:
                values[row] = facts[name]
        filled[name] = values
    out = records.assign(**filled)
    return out.astype({name: records[name].dtype for name in CODES}), read


def names_three_words(records: pd.DataFrame, where: Array) -> Array:
    """Return which records of `where` give a what3words address: only its makers' service can turn it into a place."""
    out = where & records["location_text"].notna().to_numpy()
    if out.any():
        out[out] = records["location_text"][out].str.contains(_WHAT3WORDS).to_numpy(bool)
    return out


def facts_of(text: str) -> dict[str, Any]:
    """Return what a text says in figures: `lat` and `lon`, `easting` and `northing`, `grid_ref`, `uprn`, or nothing.

    A text of somewhere on the move, or online, says nothing of the kind, whatever figures stand in it.
    """
    if not _FIGURES.search(text):
        return {}
    upper = " ".join(text.upper().replace("\u2212", "-").split())
    for read in _READERS:
        facts = read(upper)
        if facts:
            return {} if nowhere_of(words_of(text)) in {"moving", "online"} else facts
    return {}


def _degrees(text: str) -> dict[str, Any]:
    found = _DEGREES.findall(text)
    if len(set(found)) != 1:  # two different points are a journey, not a place
        return {}
    before, lat, after, west_before, lon, west_after = found[0]
    south, west = "S" in before + after, "W" in west_before + west_after
    signs = (-1 if south and not lat.startswith("-") else 1, -1 if west and not lon.startswith("-") else 1)
    return {"lat": signs[0] * float(lat), "lon": signs[1] * float(lon)}


def _minutes(text: str) -> dict[str, Any]:
    found = _MINUTES.findall(text)
    if len(set(found)) != 1:
        return {}
    d1, m1, s1, south, d2, m2, s2, west = found[0]
    lat, lon = (float(d) + float(m) / 60 + float(s or 0) / 3600 for d, m, s in ((d1, m1, s1), (d2, m2, s2)))
    # Rounded where a tenth of a second ends: more figures would claim more than was written.
    return {"lat": round(-lat if south == "S" else lat, 5), "lon": round(-lon if west == "W" else lon, 5)}


def _square(text: str) -> dict[str, Any]:
    whole = _SQUARE_ALONE.fullmatch(text.strip(" .,;()[]"))
    named = set(_SQUARE_NAMED.findall(text))
    written = {whole[1]} if whole else named
    good = [one for one in written if isinstance(parse_grid_reference(one), GridSquare)]
    return {"grid_ref": good[0]} if len(written) == 1 and good else {}


def _pair(text: str) -> dict[str, Any]:
    whole = _PAIR_ALONE.fullmatch(text.strip(" .,;()[]"))
    named = {tuple(part for part in found if part) for found in _PAIR_NAMED.findall(text)}
    written = {whole.groups()} if whole else named
    if len(written) != 1:
        return {}
    east, north = next(iter(written))
    return {"easting": float(east), "northing": float(north)} if not east.startswith("0") else {}


def _uprn(text: str) -> dict[str, Any]:
    found = set(_UPRN.findall(text))
    return {"uprn": found.pop()} if len(found) == 1 else {}


_READERS: tuple[Callable[[str], dict[str, Any]], ...] = (_degrees, _minutes, _square, _pair, _uprn)
