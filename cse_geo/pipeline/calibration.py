"""Measure the geocoder on labelled places and keep what r95 is multiplied by from now on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, intake, schema, store
from cse_geo.errors import InputRefusedError
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.relocate import locate_again, locate_params
from cse_geo.pipeline.reviewed import tables_of
from cse_geo.views_review import CALIBRATION

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.safeguards import Session

# The columns of a labelled file: the place as agencies write it, and where it truly is.
TRUTH_COLUMNS = ("true_lat", "true_lon")
WORD_COLUMNS = (
    "location_text", "premises_name", "town", "postcode", "grid_ref", "uprn", "lat", "lon", "easting", "northing",
    "place_type", "precision",
)  # fmt: skip
_NUMBERS = ("lat", "lon", "easting", "northing")


def calibrate_store(opened: store.Store, path: Path, *, session: Session) -> tuple[pd.DataFrame, str]:
    """Measure the geocoder of a store on a labelled file and keep the result, in force from now on.

    Parameters
    ----------
    opened
        The store, with its reference tables.
    path
        CSV with `true_lat` and `true_lon` (WGS84) and any of the return's place columns.
    session
        Who does it; reference tables are theirs to change.

    Returns
    -------
    tuple
        `CALIBRATION`, and a sentence on what changed.

    Raises
    ------
    InputRefusedError
        If the file has no truth columns or no place columns, or too few labelled places of every level.
    """
    records, truth = read_labelled(path)
    enter(opened, session, Act("reference", "alteration", "calibrate", len(records)))
    params = locate_params(opened, calibrated=False)
    locations, lat, lon = geocode.locate_with_middles(records, tables_of(opened), params=params)
    true_lat, true_lon = (truth[name].to_numpy(float) for name in TRUTH_COLUMNS)
    measured = geocode.calibrate(locations, true_lat, true_lon, middles=(lat, lon))
    _require_enough(measured)
    rows = _joined(measured, _suggestions(opened))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    number = store.save_calibration(opened, rows, file_sha256=digest, by=session.user)
    changed = {level: m for level, m in geocode.multipliers(rows).items() if m != 1}
    what = ", ".join(f"{level} x {m:.2f}" for level, m in sorted(changed.items())) or "no level changed"
    n_located = int(measured.loc[measured["grouping"] == "level", "n"].sum())
    of = f"{n_located:,} of {len(records):,} labelled records"
    words = f"Calibration {number}, measured on {of}, points and areas; r95: {what}."
    return rows, f"{words} {locate_again(opened)}".strip()


def read_labelled(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a labelled CSV as RECORDS and its truth columns (degrees; missing = not labelled).

    Raises
    ------
    InputRefusedError
        If the file has no truth columns or no place columns.
    """
    raw = intake.read_table(path, name=path.name).frame
    given = [name for name in WORD_COLUMNS if name in raw]
    missing = [name for name in TRUTH_COLUMNS if name not in raw]
    if missing or not given:
        message = f"A labelled file needs the columns {', '.join(TRUTH_COLUMNS)} and at least one column of a place."
        raise InputRefusedError(message, _problem(message, missing))
    frame = raw[given].where(raw[given] != "")
    for name in _NUMBERS:
        if name in frame:
            frame[name] = pd.to_numeric(frame[name], errors="coerce")
    number = range(len(frame))
    frame = frame.assign(
        record_id=[f"labelled-{n}" for n in number], row=[n + 2 for n in number], agency="labelled"
    )
    truth = raw[list(TRUTH_COLUMNS)].apply(pd.to_numeric, errors="coerce")
    return schema.conform(frame, schema.RECORDS), truth


def calibration_of(opened: store.Store, *, session: Session) -> tuple[pd.DataFrame, str]:
    """Return the calibration in force with what the review queue shows by now, and whose it is, in words."""
    enter(opened, session, Act("view", "consultation", "calibration"))
    kept = store.load_calibration(opened)
    rows = _joined(kept[kept["grouping"] != "suggestion"], _suggestions(opened))
    about = store.calibration_in_force(opened)
    if about is None:
        return rows, "No labelled file has been measured: the radii are the documented ones."
    number, by, at, digest = about
    return rows, f"Calibration {number} is in force, by {by} on {at[:10]}; labelled file {digest[:12]}."


def _suggestions(opened: store.Store) -> pd.DataFrame:
    """Return how often the first suggestion was the one that people took, from the decisions in force."""
    reviews = store.load_reviews(opened)
    in_force = [s.in_force.number for s in geocode.standings(reviews).values() if s.in_force is not None]
    return geocode.calibrate_suggestions(reviews[reviews["number"].isin(in_force)])


def _joined(measured: pd.DataFrame, suggested: pd.DataFrame) -> pd.DataFrame:
    both = [frame for frame in (measured, suggested) if len(frame)]
    return schema.conform(pd.concat(both, ignore_index=True) if both else measured, CALIBRATION)


def _require_enough(measured: pd.DataFrame) -> None:
    levels = measured[measured["grouping"] == "level"]
    if (levels["n"] >= geocode.LEAST_LABELLED).any():
        return
    said = ", ".join(f"{row.name_} {row.n}" for row in levels.rename(columns={"name": "name_"}).itertuples())
    needs = (
        f"a level needs {geocode.LEAST_LABELLED}, and {geocode.GOOD_LABELLED} to be known within two points"
    )
    found = said or "none was located"
    message = f"Too few labelled places were located: {needs} ({found}). Nothing was changed."
    raise InputRefusedError(message, _problem(message, [], code="TOO_FEW_LABELLED"))


def _problem(message: str, missing: list[str], *, code: str = "COLUMN_MISSING") -> pd.DataFrame:
    rows = [{"row": 1, "column": name, "code": code, "severity": "file", "message": message}
            for name in missing or [""]]  # fmt: skip
    return schema.conform(pd.DataFrame(rows), schema.PROBLEMS)
