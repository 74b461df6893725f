"""How far a hotspot depends on where uncertain records lie, on one agency, on one child."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.find import Question, named_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cse_geo.hotspots.params import HotspotParams, HotspotResult

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# The 95 % radius of a circular normal error is this many standard deviations: sqrt(-2 ln 0.05).
R95_IN_SIGMA = 2.4477468306808161
METRES_PER_DEGREE = 111_320.0
# Points of how many maps are put into cells at once: many together cost less than each alone, and few megabytes.
_POINTS_AT_ONCE = 100_000
_NEEDED = ["record", "cell", "weight", "subject", "event"]


@dataclass(frozen=True)
class StabilityParams:
    """How many draws, and whom to leave out.

    Parameters
    ----------
    seed
        Of the draws.
    draws
        Maps drawn from where the records may lie.
    children
        Of each hotspot, how many of its children are left out in turn, those with most records first.
    """

    seed: int
    draws: int = 50
    children: int = 3

    def __post_init__(self) -> None:
        rules = (
            (self.seed >= 0, "`seed` must be 0 or more."),
            (self.draws >= 1, "`draws` must be 1 or more."),
            (self.children >= 0, "`children` must be 0 or more."),
        )
        for is_right, message in rules:
            if not is_right:
                raise UsageError(message)


@dataclass(frozen=True)
class Possible:
    """Where each record may lie.

    Parameters
    ----------
    reports
        One row per record, as CELL_RECORDS without `cell` and `weight`.
    points
        record, site, lat, lon (WGS84), r95_m: records known to a point. Those of one `site` are about the
        same place, so they move together.
    choices
        record, cell, weight: records known to an area, and how likely each cell of it is.
    coarse
        Cells that stand for those inside them, where the map has cells of two sizes (`cells.grain`).
    """

    reports: pd.DataFrame
    points: pd.DataFrame
    choices: pd.DataFrame
    coarse: Ints = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True)
class _Question:
    """What every repeat is asked with, and which cells each hotspot of the base has."""

    asked: Question
    cells: tuple[Ints, ...]


def stability(
    result: HotspotResult,
    cell_records: pd.DataFrame,
    possible: Possible,
    *,
    exposure: pd.DataFrame | None,
    params: StabilityParams,
    hotspot_params: HotspotParams | None = None,
) -> pd.DataFrame:
    """Find again on maps that could as well be true, and say which hotspots stay.

    A hotspot stays if a hotspot of the other map holds one of its cells. The other maps: `draws` in which
    every record lies where its uncertainty allows (a normal error for points, the given cells for areas, and
    records too coarse for the first map come in); one without each agency; one without each of the
    children with most records there.

    Parameters
    ----------
    result
        What `find` said of `cell_records`, `exposure` and `hotspot_params`.
    cell_records
        Frame of spec CELL_RECORDS.
    possible
        See `Possible`; records of `cell_records` that are not in it are left out of the draws.

    Returns
    -------
    pandas.DataFrame
        Spec STABILITY, a row per hotspot of `result`; the same for the same seed.
    """
    labels = result.hotspots["hotspot"].tolist()
    if not labels:
        return schema.empty(schema.STABILITY)
    of = result.cells.groupby("hotspot")["cell"]
    cells = tuple(of.get_group(label).to_numpy(np.int64) for label in labels)
    question = _Question(Question.of(exposure, hotspot_params), cells)
    kept = np.zeros(len(labels), np.int64)
    for record, cell in _draws(possible, _resolution(result), params):
        kept += _stays(_counted_rows(possible.reports, record, cell), question)
    rows = cell_records.reset_index(drop=True)
    agencies = _agencies_needed(rows, question)
    child = _needs_one_child(rows, result, question, params.children)
    table = pd.DataFrame(
        {
            "hotspot": labels, "draws": params.draws, "kept": kept, "share_kept": kept / params.draws,
            "needs_agency": agencies, "needs_one_child": child,
        }
    )  # fmt: skip
    table["words"] = [words(*row) for row in table.drop(columns=["hotspot", "share_kept"]).to_numpy()]
    return schema.conform(table, schema.STABILITY)


def draw_maps(possible: Possible, resolution: int, params: StabilityParams) -> Iterator[pd.DataFrame]:
    """Yield `draws` frames of spec CELL_RECORDS, each record in one cell where it may lie."""
    reports = possible.reports.set_index("record", drop=False)
    for record, cell in _draws(possible, resolution, params):
        rows = reports.loc[record].assign(cell=cell, weight=1.0).reset_index(drop=True)
        yield schema.conform(rows, schema.CELL_RECORDS)


def _draws(possible: Possible, resolution: int, params: StabilityParams) -> Iterator[tuple[Ints, Ints]]:
    """Yield the record and the cell of each row of the same maps."""
    rng = np.random.default_rng(params.seed)
    points, choices = possible.points, possible.choices.sort_values(["record", "cell"])
    site = pd.factorize(points["site"])[0]
    sigma = points["r95_m"].to_numpy(float) / R95_IN_SIGMA
    lat, lon = points["lat"].to_numpy(float), points["lon"].to_numpy(float)
    east = METRES_PER_DEGREE * np.cos(np.radians(lat))
    choose = _Chooser.of(choices)
    record = np.concatenate([points["record"].to_numpy(np.int64), choose.records])
    at_once = max(1, _POINTS_AT_ONCE // max(len(points), 1))
    for first in range(0, params.draws, at_once):
        drawn = [
            (rng.standard_normal((2, site.max(initial=-1) + 1))[:, site] * sigma, choose.draw(rng))
            for _ in range(min(at_once, params.draws - first))
        ]
        off = np.stack([moved for moved, _ in drawn], axis=1)
        at = lattice.cells_of(lat + off[0] / METRES_PER_DEGREE, lon + off[1] / east, resolution)
        for placed, (_, chosen) in zip(at, drawn, strict=True):
            cell = np.concatenate([lattice.in_place(placed, possible.coarse), chosen])
            yield record[cell != 0], cell[cell != 0]


def _counted_rows(reports: pd.DataFrame, record: Ints, cell: Ints) -> pd.DataFrame:
    """Return what `named_cells` needs of a drawn map."""
    at = pd.Index(reports["record"]).get_indexer(record)
    of = {name: reports[name].to_numpy(np.int64)[at] for name in ("subject", "event")}
    return pd.DataFrame({"record": record, "cell": cell, "weight": 1.0, **of})


def words(draws: int, kept: int, needs_agency: str, needs_one_child: bool) -> str:  # noqa: FBT001 (a row)
    """Return the sentence of a row of STABILITY."""
    start = f"Kept on {kept} of {draws} maps drawn from where its records may lie"
    agencies = needs_agency.split("; ") if needs_agency else []
    if not agencies:
        rest = "and without any one agency"
    elif len(agencies) == 1:
        rest = f"but not without {agencies[0]}"
    else:
        rest = f"but not without each of {len(agencies)} agencies"
    child = "it does not stay if one child is left out" if needs_one_child else "no one child makes it"
    return f"{start}, {rest}; {child}."


@dataclass(frozen=True)
class _Chooser:
    """Draws a cell for each record of an area, by weight."""

    records: Ints
    cells: Ints
    upto: Floats
    first: Floats
    total: Floats

    @classmethod
    def of(cls, choices: pd.DataFrame) -> _Chooser:
        records, start = np.unique(choices["record"].to_numpy(np.int64), return_index=True)
        upto = np.cumsum(choices["weight"].to_numpy(float))
        first = np.where(start > 0, upto[start - 1], 0.0) if len(start) else np.empty(0)
        ends = np.append(start[1:], len(choices)) - 1 if len(start) else start
        total = upto[ends] - first if len(start) else np.empty(0)
        return cls(records, choices["cell"].to_numpy(np.int64), upto, first, total)

    def draw(self, rng: np.random.Generator) -> Ints:
        # 1 - random() lies in (0, 1]: never a cell of no weight before the first of any.
        mark = self.first + (1.0 - rng.random(len(self.records))) * self.total
        return self.cells[np.minimum(np.searchsorted(self.upto, mark), max(len(self.cells) - 1, 0))]


def _stays(rows: pd.DataFrame, question: _Question) -> NDArray[np.bool_]:
    """Return, per hotspot of the base, whether a hotspot of this map holds one of its cells."""
    held = named_cells(rows, question.asked)
    return np.array([np.isin(cells, held).any() for cells in question.cells])


def _agencies_needed(cell_records: pd.DataFrame, question: _Question) -> list[str]:
    """Return, per hotspot, the agencies without whose records it is not found, by code."""
    inside = np.isin(cell_records["cell"].to_numpy(), np.concatenate(question.cells))
    needed: list[list[str]] = [[] for _ in question.cells]
    agencies = cell_records["agency"].astype("object").to_numpy()
    rows = cell_records[_NEEDED]
    for agency in sorted(set(agencies[inside])):
        stays = _stays(rows[agencies != agency], question)
        for at in np.flatnonzero(~stays):
            needed[at].append(agency)
    return ["; ".join(codes) for codes in needed]


def _needs_one_child(
    cell_records: pd.DataFrame, base: HotspotResult, question: _Question, most: int
) -> list[bool]:
    """Return, per hotspot, whether leaving out one of its busiest children removes it."""
    labels = base.hotspots["hotspot"].tolist()
    inside = cell_records.merge(base.cells, on="cell")
    keyed = inside[inside["subject"] >= 0].groupby(["hotspot", "subject"])["record"].nunique().reset_index()
    keyed = keyed.sort_values(["hotspot", "record", "subject"], ascending=[True, False, True])
    busiest = keyed.groupby("hotspot").head(most)
    # A child busy in two hotspots is left out once.
    rows = cell_records[_NEEDED]
    without = {
        subject: _stays(rows[rows["subject"] != subject], question)
        for subject in sorted(busiest["subject"].unique())
    }
    of = busiest.groupby("hotspot")["subject"].agg(list).to_dict()
    return [any(not without[s][at] for s in of.get(label, [])) for at, label in enumerate(labels)]


def _resolution(result: HotspotResult) -> int:
    # Where there are two sizes every cell of the lattice was tested, so the finest is known.
    return int(lattice.resolutions_of(result.tested["cell"]).max())
