"""Place types as findings: records and register made ready for the test, its table told in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.projection import to_bng
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ALL_ROLES = "all"
# About 5 km2: what draws people differs from one part of a town to the next, so types are compared within it.
LOCAL_RESOLUTION = 7
# About 0.1 km2, with its neighbours the reach of a test of 300 m: how dense the street is.
DENSITY_RESOLUTION = 9
DENSITY_STEPS = (3, 8, 20, 50)
# The level asked for is 0.05. The test is exact, so at 0.05 every second measurement of it would lie above; and
# places of a stratum are never quite alike.
FINDING = 0.04
# How much a record may be about no place of the register: a place 155 m off weighs as much at a bandwidth of 100 m.
ELSEWHERE = 0.3

# Which types of place records lie about more than relabelled places explain, by role of the place.
PLACE_FINDINGS = schema.FrameSpec(
    "place_findings",
    tuple(
        schema.Column(*column)
        for column in (
            ("place_role", "str", True, "code of the role, or all"),
            ("place_type", "str"),
            ("label", "str", True, "what people call the type"),
            ("places", "int64", True, "in the register of the region"),
            ("observed", "float64", True, "children's worth of records about places of this type"),
            ("expected", "float64", True, "the same if only the labels of the places were shuffled"),
            ("ratio", "float64", False, "observed over expected"),
            ("ratio_low", "float64", False, "of the interval"),
            ("ratio_high", "float64", False, ""),
            ("p_value", "float64", False, "chance of as much by shuffled labels; missing = too few places"),
            ("q_value", "float64", False, "adjusted for every type and role tried"),
            ("is_finding", "bool", True, "q at most 0.04"),
            ("words", "str", True, ""),
        )
    ),
)


@dataclass(frozen=True)
class Ready:
    """What the test takes: records (x_m, y_m, subject, place_role), places (x_m, y_m, place_type, stratum).

    `left_out`: records that are placed too coarsely, or are about a home.
    """

    records: pd.DataFrame
    places: pd.DataFrame
    left_out: int


def make_ready(
    records: pd.DataFrame,
    locations: pd.DataFrame,
    subject: NDArray[np.int64],
    register: pd.DataFrame,
    *,
    radius_m: float,
) -> Ready:
    """Return records and register on the plane (EPSG:27700), fit for the place-type test.

    A record enters if its r95 is at most the radius, and if what it says of its place is no home, placement or
    refuge. Only types that may be named in public are compared. Records without a child key are a subject
    each.

    Parameters
    ----------
    records, locations
        Frames of specs RECORDS and LOCATIONS, same rows.
    subject
        Per-run child number of each record, -1 without a key.
    register
        Frame of spec PLACES.
    radius_m
        Reach of the test, metres.
    """
    terms = vocabulary("place_type").terms
    public = {code for code, term in terms.items() if term.display == "public"}
    hidden = set(terms) - public - {c for c, t in terms.items() if t.group == "unknown"}
    fine = locations["status"].isin(("located", "polygon")) & (locations["r95_m"] <= radius_m)
    keep = (fine & ~records["place_type"].isin(hidden)).to_numpy(bool)
    east, north = to_bng(locations.loc[keep, "lon"], locations.loc[keep, "lat"])
    number = np.where(subject >= 0, subject, -1 - np.arange(len(subject)))[keep]
    spots = pd.DataFrame(
        {
            "x_m": east,
            "y_m": north,
            "subject": number,
            "place_role": records.loc[keep, "place_role"].to_numpy(),
        }
    )
    places = register[register["place_type"].isin(public)].sort_values("place_id", ignore_index=True)
    x, y = to_bng(places["lon"], places["lat"])
    site = pd.DataFrame(
        {"x_m": x, "y_m": y, "place_type": places["place_type"], "stratum": strata_of(places)}
    )
    return Ready(_finite(spots), _finite(site), int(len(records) - keep.sum()))


def strata_of(places: pd.DataFrame) -> NDArray[np.int64]:
    """Return the stratum of each place: its part of town (cell of about 5 km2) by how dense its street is.

    The density is the number of places in its cell of resolution 9 and the ring round it.
    """
    if places.empty:
        return np.empty(0, np.int64)
    fine = lattice.cells_of(places["lat"], places["lon"], DENSITY_RESOLUTION)
    cells, count = np.unique(fine, return_counts=True)
    i, j = lattice.neighbour_pairs(cells, 1)
    around = np.bincount(i, weights=count[j], minlength=len(cells)).astype(np.int64)
    step = np.digitize(around[np.searchsorted(cells, fine)], DENSITY_STEPS)
    local = pd.factorize(lattice.cells_of(places["lat"], places["lon"], LOCAL_RESOLUTION), sort=True)[0]
    return np.asarray(local * (len(DENSITY_STEPS) + 1) + step, np.int64)


def roles_to_test(ready: Ready, *, least: int) -> list[str]:
    """Return `ALL_ROLES` and each role of which at least `least` children have a record, by code."""
    children = ready.records.groupby("place_role")["subject"].nunique()
    return [ALL_ROLES, *sorted(children.index[children >= least])]


def of_role(ready: Ready, role: str) -> pd.DataFrame:
    """Return the records of a role, or all of them."""
    return ready.records if role == ALL_ROLES else ready.records[ready.records["place_role"] == role]


def findings(table: pd.DataFrame) -> pd.DataFrame:
    """Return PLACE_FINDINGS from the rows of the test (with `place_role`), findings first.

    A type is a finding by its adjusted chance alone: a count is none, however large.
    """
    types, roles = vocabulary("place_type"), vocabulary("place_role")
    labelled = table.assign(
        label=[types.label_of(code) for code in table["place_type"]],
        is_finding=(table["q_value"] <= FINDING).to_numpy(bool),
    )
    role_words = {
        code: "" if code == ALL_ROLES else f" ({roles.label_of(code)})" for code in table["place_role"]
    }
    labelled["words"] = [sentence(row, role_words[row["place_role"]]) for row in labelled.to_dict("records")]
    order = labelled.sort_values(
        ["is_finding", "p_value", "place_role", "place_type"],
        ascending=[False, True, True, True],
        ignore_index=True,
    )
    return schema.conform(order, PLACE_FINDINGS)


def sentence(row: Mapping[str, Any], role: str = "") -> str:
    """Return a row of PLACE_FINDINGS as one sentence."""
    if np.isnan(row["p_value"]):
        return f"{row['label']}{role}: too few places of this type to compare."
    counts = (
        f"{row['observed']:.1f} children's worth of records, {row['expected']:.1f} expected of places alike"
    )
    if not row["is_finding"]:
        return f"{row['label']}{role}: {counts}; no more than chance explains."
    return (
        f"{row['label']}{role}: {counts}, {row['ratio']:.2f} times as many ({row['ratio_low']:.2f} to "
        f"{row['ratio_high']:.2f}); a statement about the type of place, not about any one business."
    )


def _finite(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[np.isfinite(frame[["x_m", "y_m"]]).all(axis=1)].reset_index(drop=True)
