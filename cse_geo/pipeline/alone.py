"""The same engine on the pooled records and on what each force holds alone: who sees what, how surely, how late."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import boundaries, hotspots, lattice
from cse_geo.hotspots.growing import GrowingParams, first_seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

PARTNERSHIP, AGENCIES = "partnership", "agencies"


@dataclass(frozen=True)
class Pool:
    """Everybody's records on the lattice, and whose is what.

    home: cell -> code of the force area its centre lies in. tied: agency -> code of its force, for agencies
    that report for one. holds: what a force is taken to hold alone. "partnership": the records of its own
    agencies, and of agencies tied to no force, that lie in its area: what its own local partners can tell it.
    "agencies": those of its own agencies only.
    """

    cell_records: pd.DataFrame
    exposure: pd.DataFrame | None
    home: pd.Series
    tied: Mapping[str, str]
    holds: str = PARTNERSHIP

    @property
    def forces(self) -> tuple[str, ...]:
        """Codes of the forces that hold any record."""
        codes = self.home.reindex(self.cell_records["cell"].unique()).dropna().unique()
        return tuple(sorted(str(code) for code in codes))

    def held_by(self, force: str) -> pd.DataFrame:
        """Return the records that a force holds alone and can lay on its own ground.

        There is no guard ring: beyond its line a force alone has no records, so its lattice ends there and windows
        at the line are cut, counts and expected counts alike. It is the most that can be done alone.
        """
        rows = self.cell_records
        here = (rows["cell"].map(self.home) == force).fillna(value=False).to_numpy(bool)
        owner = rows["agency"].map(dict(self.tied))
        own = (owner == force).fillna(value=False).to_numpy(bool)
        if self.holds == PARTNERSHIP:
            own = own | owner.isna().to_numpy()
        return rows[here & own].reset_index(drop=True)

    def ground_of(self, force: str) -> pd.DataFrame | None:
        """Return the denominators of a force's own cells."""
        if self.exposure is None:
            return None
        here = (self.exposure["cell"].map(self.home) == force).fillna(value=False).to_numpy(bool)
        return self.exposure[here].reset_index(drop=True)


@dataclass(frozen=True)
class BlindSpots:
    """What the pooled run finds and what each force finds alone.

    seen: table of `boundaries.blind_spots`, forces with ground in the hotspot only. only: table of
    `boundaries.seen_only_together`. edge: table of `boundaries.edge_check`.
    """

    pooled: hotspots.HotspotResult
    alone: Mapping[str, hotspots.HotspotResult]
    seen: pd.DataFrame
    only: pd.DataFrame
    edge: pd.DataFrame


@dataclass(frozen=True)
class AloneParams:
    """Settings of the comparison; `weeks_of` names the hotspots whose delay is worked out (None = all)."""

    engine: hotspots.HotspotParams = field(default_factory=hotspots.HotspotParams)
    growing: GrowingParams = field(default_factory=GrowingParams)
    weeks_of: tuple[str, ...] | None = ()


def homes_of(cells: pd.Series, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return, for each distinct cell, the code of the area of one layer that its centre lies in."""
    distinct = pd.Series(cells.unique(), dtype="int64")
    lat, lon = lattice.centres_of(distinct.to_numpy())
    codes = boundaries.areas_of_points(areas, lat, lon).codes.iloc[:, 0]
    return pd.Series(codes.to_numpy(), index=distinct.to_numpy(), dtype="str")


def compare(
    pool: Pool, pooled: hotspots.HotspotResult | None = None, *, params: AloneParams | None = None
) -> BlindSpots:
    """Run the engine on the pool and once per force, and compare.

    Parameters
    ----------
    pool
        Everybody's records.
    pooled
        The pooled run, where it is known already; it must be of the same settings.
    params
        Settings, and for which hotspots the weeks gained are worked out.

    Returns
    -------
    BlindSpots
        Tables by hotspot and force; dates only where `weeks_of` asked for them.
    """
    params = params or AloneParams()
    pooled = pooled or hotspots.find(pool.cell_records, pool.exposure, params=params.engine)
    alone = {
        force: hotspots.find(pool.held_by(force), pool.ground_of(force), params=params.engine)
        for force in pool.forces
    }
    least = params.growing.least_share
    runs = {force: _as_run(result) for force, result in alone.items()}
    seen = _concerned(boundaries.blind_spots(_as_run(pooled), runs, least_share=least), pooled, pool)
    asked = set(pooled.hotspots["hotspot"] if params.weeks_of is None else params.weeks_of)
    if asked:
        seen = _dated(seen, (pool, pooled, alone), asked, params)
    return BlindSpots(
        pooled,
        alone,
        seen,
        boundaries.seen_only_together(seen),
        boundaries.edge_check(seen, pooled.cells, runs),
    )


def _as_run(result: hotspots.HotspotResult) -> boundaries.Alone:
    return boundaries.Alone(result.cells, result.tested, {})


def _concerned(seen: pd.DataFrame, pooled: hotspots.HotspotResult, pool: Pool) -> pd.DataFrame:
    """Keep the rows of forces that have ground in the hotspot: nobody can be blind to what lies elsewhere."""
    ground = pooled.cells.assign(force=pooled.cells["cell"].map(pool.home))[["hotspot", "force"]]
    pairs = ground.dropna().drop_duplicates()
    return seen.merge(pairs, on=["hotspot", "force"]).reset_index(drop=True)


def _dated(
    seen: pd.DataFrame,
    runs: tuple[Pool, hotspots.HotspotResult, Mapping[str, hotspots.HotspotResult]],
    asked: set[str],
    params: AloneParams,
) -> pd.DataFrame:
    """Fill in first days and weeks gained of the hotspots asked for."""
    pool, pooled, alone = runs
    cells = {str(h): part.to_numpy() for h, part in pooled.cells.groupby("hotspot")["cell"] if h in asked}
    together = first_seen(
        pool.cell_records, pool.exposure, cells, params=params.engine, growing=params.growing
    )
    by_force = {}
    for force in alone:
        labels = set(seen.loc[seen["seen"] & (seen["force"] == force), "hotspot"]) & set(cells)
        targets = {label: cells[label] for label in sorted(labels)}
        held, ground = pool.held_by(force), pool.ground_of(force)
        by_force[force] = first_seen(held, ground, targets, params=params.engine, growing=params.growing)
    first = [by_force[f].get(h, pd.NaT) for h, f in zip(seen["hotspot"], seen["force"], strict=True)]
    return boundaries.with_dates(
        seen, pd.Series(seen["hotspot"].map(together)), pd.Series(first, dtype="datetime64[us]")
    )


def without(pool: Pool, force: str) -> Pool:
    """Return the pool without what one force holds: what the others see if it does not share."""
    gone = set(pool.held_by(force)["record"])
    rows = pool.cell_records[~pool.cell_records["record"].isin(gone)].reset_index(drop=True)
    return replace(pool, cell_records=rows)
