"""The files each agency sends: how often, in which format, under whose column names, with which faulty rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.demo import files
from cse_geo.demo.seeds import stream
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Dialect:
    """How an agency writes: files a year, kind of file, and its own names for columns and values if any."""

    per_year: int
    kind: str
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    own_names: tuple[tuple[str, str], ...] = ()


_FORCE_NAMES = (
    ("event_ref", "Ref No"), ("record_type", "Incident category"), ("status", "Risk status"),
    ("event_start", "Date of incident"), ("event_end", "Date to"), ("report_date", "Date reported"),
    ("disclosure_date", "Date disclosed"), ("place_role", "Role of location"), ("place_type", "Location type"),
    ("location_text", "Location"), ("postcode", "Post Code"), ("grid_ref", "Grid Ref"), ("easting", "X"),
    ("northing", "Y"), ("lat", "Latitude"), ("lon", "Longitude"), ("premises_name", "Premises"),
    ("town", "Town/Village"), ("precision", "Precision"), ("child_key", "Subject key"), ("adult_key", "Nominal key"),
    ("vehicle_key", "Vehicle key"), ("n_children_band", "No. of children"), ("source_grade", "Source eval"),
    ("intelligence_grade", "Intel assessment"), ("handling_code", "Handling"), ("checked_status", "Checked"),
    ("review_date", "Review"),
)  # fmt: skip
_CHARITY_NAMES = (
    ("event_ref", "Record"), ("record_type", "What kind of record"), ("event_start", "When"),
    ("event_end", "Until"), ("report_date", "Written down on"), ("place_role", "What happened there"),
    ("place_type", "What kind of place"), ("location_text", "Where (own words)"), ("postcode", "Postcode"),
    ("lat", "Lat"), ("lon", "Long"), ("premises_name", "Name of place"), ("town", "Town"),
    ("precision", "How exact"), ("child_key", "Young person key"), ("n_children_band", "How many young people"),
    ("source_grade", "Source"), ("intelligence_grade", "Assessment"), ("handling_code", "Sharing"),
    ("review_date", "Look again on"),
)  # fmt: skip
_OWN_VALUES = ("place_type", "record_type", "place_role")

DIALECTS = {
    "police_varnshire": Dialect(2, "csv", own_names=_FORCE_NAMES),
    "police_eastmarra": Dialect(1, "csv", encoding="cp1252", delimiter=";"),
    "police_northfell": Dialect(1, "csv"),
    "social_care": Dialect(2, "csv", encoding="cp1252", delimiter=";"),
    "health": Dialect(1, "csv", encoding="utf-16"),
    "education": Dialect(1, "xlsx"),
    "youth_charity": Dialect(1, "csv", encoding="utf-8", own_names=_CHARITY_NAMES),
    "licensing": Dialect(1, "xlsx"),
    "wardens": Dialect(2, "csv", encoding="utf-8"),
    "rail_police": Dialect(1, "geojson"),
}

# What is wrong with a faulty row: the column that the problem must name, and what stands in it.
_FAULTS = (
    ("event_start", "2025-02-30"), ("place_type", "moonbase"), ("child_key", "KEY 1"), ("source_grade", "7"),
    ("handling_code", "Z"), ("report_date", "last week"), ("record_type", "thing"), ("review_date", "2025-13-01"),
    ("intelligence_grade", "Q"),
)  # fmt: skip
_FAULTS_PER_FILE = 3


def return_files(seed: int, rows: pd.DataFrame) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """Return the return files by name, mappings included, and the rows that must be rejected.

    A faulty row is given as file, row (as a spreadsheet shows it) and column.
    """
    rng = stream(seed, "faults")
    out: dict[str, bytes] = {}
    rejects: list[dict[str, object]] = []
    for agency, dialect in DIALECTS.items():
        own = rows[rows["agency"] == agency]
        for label, part in _periods(own, dialect.per_year):
            name = f"{agency}__{label}.{dialect.kind}"
            sent, faults = _with_faults(part, dialect, rng)
            rejects += [{"file": name, "row": row, "column": column} for row, column in faults]
            out[name] = _file(sent, dialect)
        if dialect.own_names:
            out[f"{agency}.toml"] = _mapping_toml(dialect).encode()
    return out, rejects


def _periods(own: pd.DataFrame, per_year: int) -> list[tuple[str, pd.DataFrame]]:
    year = own["day"].dt.year.astype(str)
    half = "H" + (1 + (own["day"].dt.month > 6)).astype(str) if per_year == 2 else ""
    return [(str(label), part) for label, part in own.groupby(year + half)]


def _with_faults(
    part: pd.DataFrame, dialect: Dialect, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
    """Return the columns that the file has, a few faulty copies among the rows, and where those stand."""
    names = [own for own, _ in dialect.own_names] or _used_columns(part)
    part = part[names].reset_index(drop=True)
    if dialect.kind == "geojson":
        return part, []
    options = [(column, value) for column, value in _FAULTS if column in names]
    copies, marks = [], []
    for nth, pick in enumerate(rng.permutation(len(options))[:_FAULTS_PER_FILE]):
        column, value = options[int(pick)]
        copy = part.iloc[[int(rng.integers(len(part)))]].copy()
        copy["event_ref"] = f"{copy['event_ref'].iloc[0]}-{nth + 1}"
        copy[column] = value
        copies.append(copy)
        marks.append(column)
    places = sorted(int(p) for p in rng.choice(len(part), len(copies), replace=False))
    pieces, faults, last = [], [], 0
    for nth, (place, copy) in enumerate(zip(places, copies, strict=True)):
        pieces += [part.iloc[last:place], copy]
        faults.append((place + nth + 2, marks[nth]))
        last = place
    return pd.concat([*pieces, part.iloc[last:]], ignore_index=True), faults


def _used_columns(part: pd.DataFrame) -> list[str]:
    return [name for name in schema.RETURN_COLUMNS if (part[name] != "").any()]


def _file(part: pd.DataFrame, dialect: Dialect) -> bytes:
    if dialect.kind == "xlsx":
        return files.xlsx_bytes(part, dates=schema.DATE_COLUMNS)
    if dialect.kind == "geojson":
        return files.point_geojson_bytes(part)
    if dialect.own_names:
        part = _in_own_words(part, dialect)
    return files.csv_bytes(part, encoding=dialect.encoding, delimiter=dialect.delimiter)


def _in_own_words(part: pd.DataFrame, dialect: Dialect) -> pd.DataFrame:
    """Return the rows under the agency's own column names, with its words for codes and day-first dates."""
    out = part.copy()
    for column in out:
        if column in _OWN_VALUES:
            out[column] = out[column].map(lambda code, name=str(column): vocabulary(name).label_of(code))
        if column in schema.DATE_COLUMNS:
            out[column] = out[column].str.replace(r"^(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", regex=True)
    return out.rename(columns=dict(dialect.own_names))


def _mapping_toml(dialect: Dialect) -> str:
    lines = ["# How this agency's columns and words become those of the return.", "[columns]"]
    lines += [f"{column} = {json.dumps(theirs)}" for column, theirs in dialect.own_names]
    for column in _OWN_VALUES:
        lines += ["", f"[values.{column}]"]
        lines += [f"{json.dumps(t.label, ensure_ascii=False)} = {json.dumps(t.code)}"
                  for t in vocabulary(column).terms.values()]  # fmt: skip
    return "\n".join([*lines, "", "[options]", "dayfirst = true", ""])
