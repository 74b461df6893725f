"""Flagged windows to hotspots: connected areas, the cells that make them, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo.hotspots.windows import Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class WindowTest:
    """What either test says of every window: counts, p, q, which are flagged, and cells against their own.

    `above` marks the cells that hold more than is expected of them alone. `excess`: variance beyond chance that
    was allowed for, as a share of the squared mean.
    """

    observed: Floats
    expected: Floats
    p: Floats
    q: Floats
    flagged: Bools
    above: Bools
    excess: float = 0.0


@dataclass(frozen=True)
class Region:
    """One connected area of flagged windows: its strongest window and the cells of its outline."""

    best: int
    cells: Ints


def regions(test: WindowTest, lat: Lattice) -> list[Region]:
    """Return the connected regions of flagged windows, strongest first (p, then excess), cells disjoint.

    A flagged window is a disk of cells, and one busy cell flags every window that holds it: the union of
    windows would draw an empty halo of one more ring around every hotspot. So the outline holds
    the flagged centres that themselves hold more than expected, those cells of the strongest window
    that do, and the strongest centre, which keeps what is next to it in one piece.
    """
    flagged = np.flatnonzero(test.flagged)
    if len(flagged) == 0:
        return []
    label = _connected(flagged, lat)
    order = np.lexsort((-_excess(test)[flagged], test.p[flagged]))
    best = flagged[order[np.unique(label[order], return_index=True)[1]]]
    members = np.split(flagged[np.argsort(label, kind="stable")], np.cumsum(np.bincount(label))[:-1])
    rank = np.lexsort((best, -_excess(test)[best], test.p[best]))
    taken = np.zeros(len(lat.cells), bool)
    out = []
    for number in rank:
        cells = _outline(members[number], int(best[number]), test, lat)
        cells = cells[~taken[cells]]
        taken[cells] = True
        out.append(Region(int(best[number]), cells))
    return out


def _connected(flagged: Ints, lat: Lattice) -> Ints:
    """Return the number of the connected region of each flagged window, in order of their first windows.

    Each takes the smallest number next to it, and that number's own, until none changes. (SciPy's routine
    would do, but its import costs as much as the test of a map.)
    """
    place = np.full(len(lat.cells), -1)
    place[flagged] = np.arange(len(flagged))
    i, j = place[lat.i], place[lat.j]
    both = (i >= 0) & (j >= 0)
    i, j = i[both], j[both]
    label = np.arange(len(flagged))
    while True:
        least = label.copy()
        np.minimum.at(least, i, label[j])
        least = least[least]
        if (least == label).all():
            return np.unique(label, return_inverse=True)[1]
        label = least


def _outline(centres: Ints, best: int, test: WindowTest, lat: Lattice) -> Ints:
    window = lat.window.indices[lat.window.indptr[best] : lat.window.indptr[best + 1]]
    cells = np.union1d(centres, window)
    return np.union1d(cells[test.above[cells]], [best])


def _excess(test: WindowTest) -> Floats:
    return test.observed - test.expected


@dataclass(frozen=True)
class Tally:
    """What one outline holds, from the records in it."""

    n_records: int
    n_children: int
    n_no_key: int
    n_agencies: int
    first_date: pd.Timestamp
    last_date: pd.Timestamp
    place_types: str
    place_roles: str
    agencies: str


def held_by(rows: pd.DataFrame, at: Ints) -> tuple[int, int]:
    """Return how many records and distinct children the rows `at` hold (spec CELL_RECORDS or CELLS)."""
    if "record" not in rows:
        return int(rows["n_records"].to_numpy()[at].sum()), 0
    subject = rows["subject"].to_numpy()[at]
    return len(np.unique(rows["record"].to_numpy()[at])), len(np.unique(subject[subject >= 0]))


def tally_records(rows: pd.DataFrame) -> Tally:
    """Count the records (spec CELL_RECORDS) of one outline; a record in several cells counts once."""
    once = rows.drop_duplicates("record")
    date = date_of(once)
    keyed = once.groupby("event")["subject"].max() >= 0
    return Tally(
        n_records=len(once),
        n_children=int(once.loc[once["subject"] >= 0, "subject"].nunique()),
        n_no_key=int((~keyed).sum()),
        n_agencies=int(once["agency"].nunique()),
        first_date=date.min(),
        last_date=date.max(),
        place_types=codes_and_counts(once["place_type"]),
        place_roles=codes_and_counts(once["place_role"]),
        agencies=codes_and_counts(once["agency"]),
    )


def tally_cells(rows: pd.DataFrame) -> Tally:
    """Count the cells (spec CELLS) of one outline, where the records themselves are not kept."""
    return Tally(
        n_records=int(rows["n_records"].sum()),
        n_children=0,
        n_no_key=int(rows["n_no_key"].sum()),
        n_agencies=int(rows["n_agencies"].max()),
        first_date=rows["first_date"].min(),
        last_date=rows["last_date"].max(),
        place_types="",
        place_roles="",
        agencies="",
    )


def date_of(rows: pd.DataFrame) -> pd.Series:
    """Return the start of the event or, where that is not stated, the date of the report."""
    return rows["event_start"].fillna(rows["report_date"])


def codes_and_counts(codes: pd.Series) -> str:
    """Return "code:count; code:count", most first, equal counts by code; what is not stated is left out."""
    counts = codes.dropna().value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{code}:{n}" for code, n in ordered)
