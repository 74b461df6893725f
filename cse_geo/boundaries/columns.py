"""Which columns of a boundary file hold code and name: ONS names of any vintage, or plain ones; no guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from cse_geo.boundaries.notes import Code, listed, refuse

# Column stems of each layer in ONS, geographr, GLA and council files.
STEMS = {
    "police_force": ("pfa", "police_force", "police_force_area", "force"),
    "local_authority": ("lad", "ltla", "lpa", "la", "utla", "ctyua", "district", "borough", "local_authority",
                        "local_authority_area", "local_authority_district"),
    "csp": ("csp", "community_safety_partnership"),
    "ward": ("wd", "ward"),
    "lsoa": ("lsoa",),
    "msoa": ("msoa",),
    "region": ("rgn", "region"),
    "division": ("division", "district", "bcu", "lpu"),
    "beat": ("beat", "neighbourhood"),
    "health": ("icb", "sicbl", "ccg", "lhb", "health"),
}  # fmt: skip
_LAYER_WORDS = {
    "police_force": "police force areas",
    "local_authority": "local authorities",
    "csp": "community safety partnerships",
    "ward": "wards",
    "lsoa": "LSOAs",
    "msoa": "MSOAs",
    "region": "regions",
    "health": "health areas",
}
_ANY_STEM = ("area", "gss", "geo", "geography", "")
_ONS = re.compile(r"^([a-z]{2,6}?)(\d{2})(cd|code|nm|name)h?$")  # PFA20CD, LAD24NM, WD22CD
_PLAIN = re.compile(r"^(?:(.+?)(\d{2})?_)?(cd|code|nm|name)$")  # area_code, ltla24_name, code
_TECHNICAL = re.compile(
    r"^(objectid.*|fid|ogc_fid|gid|id|globalid|shape_?_?(area|length|leng|len).*|area|area_units|perimeter|bng_[en]"
    r"|lon|long|lat|longitude|latitude|x|y|easting|northing|.*nmw|hectares|.*_url|url|pop.*)$"
)


@dataclass(frozen=True)
class Names:
    """The columns that hold code and name, and the year of the column name (2020 for PFA20CD)."""

    code: str
    name: str | None
    year: str | None
    from_ons: bool


@dataclass(frozen=True)
class _Found:
    column: str
    stem: str
    year: str | None
    what: str  # "code" | "name"
    ons: bool


def find_names(frame: pd.DataFrame, *, layer: str, code: str | None, name: str | None) -> Names:
    """Return the code and name columns of `frame`, given by the user or found by their pattern.

    Raises
    ------
    InputRefusedError
        Where a given column is absent, where the columns are those of another layer, or where it is not
        sure which column is meant; the sentence lists the columns.
    """
    columns = [str(c) for c in frame.columns]
    if code is not None:
        given = _given(columns, code)
        label = _given(columns, name) if name is not None else _partner(columns, given)
        found = _parse(given)
        return Names(given, label, found.year if found else None, from_ons=bool(found and found.ons))
    pair = _by_pattern(frame, layer)
    if pair is None:
        pair = _only_text(frame, columns)
    if name is not None:
        pair = Names(pair.code, _given(columns, name), pair.year, pair.from_ons)
    return pair


def _given(columns: list[str], wanted: str) -> str:
    same = [c for c in columns if c == wanted] or [c for c in columns if c.lower() == wanted.lower()]
    if not same:
        refuse(
            Code.COLUMN_ABSENT, f"There is no column {wanted}; the columns are {listed(columns, most=20)}."
        )
    return same[0]


def _partner(columns: list[str], code: str) -> str | None:
    mine = _parse(code)
    if mine is None:
        return None
    return next((f.column for f in map(_parse, columns) if f and f.what == "name" and _same(f, mine)), None)


def _same(a: _Found, b: _Found) -> bool:
    return (a.stem, a.year) == (b.stem, b.year)


def _parse(column: str) -> _Found | None:
    lower = column.strip().lower()
    for pattern, ons in ((_ONS, True), (_PLAIN, False)):
        match = pattern.match(lower)
        if match:
            stem, digits, what = match.groups()
            year = f"20{digits}" if digits else None
            return _Found(column, stem or "", year, "code" if what in ("cd", "code") else "name", ons)
    return None


def _by_pattern(frame: pd.DataFrame, layer: str) -> Names | None:
    found = [f for f in map(_parse, map(str, frame.columns)) if f]
    codes = [f for f in found if f.what == "code"]
    if not codes:
        return None
    mine = (*STEMS.get(layer, ()), layer)
    chosen = [f for f in codes if f.stem in mine] or [f for f in codes if f.stem in _ANY_STEM]
    if not chosen:
        # a layer of the user's own name may be made of any areas; a known layer only of its own
        chosen = [f for f in codes if layer not in STEMS or _layer_of(f.stem) is None]
        if not chosen:
            _refuse_other_layer(codes, layer)
    chosen = _prefer_unique(frame, chosen)
    if len(chosen) > 1:
        _refuse_unsure(frame, "several columns could hold the code")
    best = chosen[0]
    return Names(best.column, _partner([str(c) for c in frame.columns], best.column), best.year, best.ons)


def _prefer_unique(frame: pd.DataFrame, chosen: list[_Found]) -> list[_Found]:
    if len(chosen) == 1:
        return chosen
    unique = [f for f in chosen if frame[f.column].is_unique and frame[f.column].notna().all()]
    return unique if len(unique) == 1 else chosen


def _layer_of(stem: str) -> str | None:
    return next((layer for layer, stems in STEMS.items() if stem in stems), None)


def _refuse_other_layer(codes: list[_Found], layer: str) -> None:
    first = codes[0]
    other = _layer_of(first.stem) or first.stem
    words = (
        f"Column {first.column} names {_LAYER_WORDS.get(other, other)}, but the layer asked for is {layer}: "
        f"add it as --layer {other}, or name the column with --code."
    )
    refuse(Code.OTHER_LAYER, words, column=first.column)


def _only_text(frame: pd.DataFrame, columns: list[str]) -> Names:
    """Return the one descriptive column (such as `district`) as code and name both."""
    texts = [c for c in columns if not _TECHNICAL.match(c.lower()) and _is_label(frame[c])]
    if len(texts) != 1:
        _refuse_unsure(frame, "no column looks like a code")
    return Names(texts[0], texts[0], None, from_ons=False)


def _is_label(values: pd.Series) -> bool:
    is_text = pd.api.types.is_string_dtype(values) or values.dtype == object
    return bool(is_text and values.notna().all() and values.is_unique)


def _refuse_unsure(frame: pd.DataFrame, why: str) -> None:
    columns = listed([str(c) for c in frame.columns], most=20)
    words = (
        f"It is not sure which columns hold code and name ({why}). Say --code COL --name COL; the columns "
        f"are {columns or 'none at all'}."
    )
    refuse(Code.NO_CODE_COLUMN, words)
