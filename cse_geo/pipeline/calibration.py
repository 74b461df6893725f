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
        If the file has no truth columns or no place columns.
    """
    records, truth = read_labelled(path)
    enter(opened, session, Act("reference", "alteration", "calibrate", len(records)))
    params = locate_params(opened, calibrated=False)
    locations = geocode.locate(records, tables_of(opened), params=params)
    measured = geocode.calibrate(
        locations, truth["true_lat"].to_numpy(float), truth["true_lon"].to_numpy(float)
    )
    reviews = store.load_reviews(opened)
    in_force = [s.in_force.number for s in geocode.standings(reviews).values() if s.in_force is not None]
    suggested = geocode.calibrate_suggestions(reviews[reviews["number"].isin(in_force)])
    rows = pd.concat([measured, suggested], ignore_index=True) if len(suggested) else measured
    rows = schema.conform(rows, CALIBRATION)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    store.save_calibration(opened, rows, file_sha256=digest, by=session.user)
    changed = {level: m for level, m in geocode.multipliers(rows).items() if m != 1}
    what = ", ".join(f"{level} x {m:.2f}" for level, m in sorted(changed.items())) or "no level changed"
    n_located = int((locations["status"] == "located").sum())
    words = f"Measured on {n_located:,} of {len(records):,} labelled records; r95: {what}."
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


def calibration_of(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return the calibration in force as CALIBRATION; empty where none was made."""
    enter(opened, session, Act("view", "consultation", "calibration"))
    return store.load_calibration(opened)


def _problem(message: str, missing: list[str]) -> pd.DataFrame:
    rows = [{"row": 1, "column": name, "code": "COLUMN_MISSING", "severity": "file", "message": message}
            for name in missing or [""]]  # fmt: skip
    return schema.conform(pd.DataFrame(rows), schema.PROBLEMS)
