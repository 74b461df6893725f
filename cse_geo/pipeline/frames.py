"""Everything a view needs from a store, loaded once per version of the store, and the choice of records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import geopandas as gpd

    from cse_geo.views import MapQuery


# Where a report was made, or a home that a child went missing from: true places, but nothing happened there,
# and a police station or a children's home would look like a hotspot. Asked for by role they are shown.
ROLES_ASIDE = ("reported_from", "missing_from")


@dataclass(frozen=True)
class Frames:
    """The frames of a store; `records` and `locations` are aligned row by row."""

    records: pd.DataFrame  # RECORDS
    locations: pd.DataFrame  # LOCATIONS
    agencies: pd.DataFrame  # AGENCIES
    coverage: pd.DataFrame  # COVERAGE
    areas: gpd.GeoDataFrame  # AREAS, all layers
    places: pd.DataFrame  # PLACES
    exposure: pd.DataFrame  # EXPOSURE at the finest resolution the store holds
    basemap: gpd.GeoDataFrame  # BASEMAP
    imports: pd.DataFrame  # IMPORTS of views.py
    synthetic: bool
    region: str
    markers: pd.DataFrame | None = None  # of the store: number, day, kind, agency, area, set_by
    sources: tuple[str, ...] = ()  # whose data: layers and tables with date, licence and source
    roads: tuple[str, Callable[[], pd.DataFrame]] | None = None  # what names its network, and its loader


@dataclass(frozen=True)
class Selection:
    """The records of a query: those in its period, and those that have no date at all."""

    records: pd.DataFrame
    locations: pd.DataFrame
    undated: pd.Series  # True where no period filter can hold the record
    aside: pd.Series  # True where the place is not where something happened, and nobody asked for such places

    @property
    def dated(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the records and locations that may enter a map of the period."""
        keep = ~(self.undated | self.aside)
        return (
            self.records[keep].reset_index(drop=True),
            self.locations[keep].reset_index(drop=True),
        )


def first_day(records: pd.DataFrame) -> pd.Series:
    """Return the first day a record speaks of: the start of its event, else the day it was reported."""
    return records["event_start"].fillna(records["report_date"])


def last_day(records: pd.DataFrame) -> pd.Series:
    """Return the last day a record speaks of; a span is as long as it says, never its midpoint."""
    return records["event_end"].fillna(first_day(records))


def select(frames: Frames, query: MapQuery) -> Selection:
    """Return the records that `query` asks for.

    A span counts where it overlaps the period. A record without any date stays in the selection, marked,
    so that the ledger can count it; where the query has no period it is simply a record.
    """
    records, locations = frames.records, frames.locations
    undated = first_day(records).isna()
    if query.date_from is None and query.date_to is None:
        keep = pd.Series(data=True, index=records.index)
        undated = pd.Series(data=False, index=records.index)
    else:
        keep = undated | _overlaps(records, query.date_from, query.date_to)
    for column, wanted in (
        ("agency", query.agencies),
        ("place_type", query.place_types),
        ("place_role", query.place_roles),
    ):
        if wanted:
            keep &= records[column].isin(wanted)
    aside = records["place_role"].isin(() if query.place_roles else ROLES_ASIDE)
    return Selection(
        records[keep].reset_index(drop=True),
        locations[keep].reset_index(drop=True),
        undated[keep].reset_index(drop=True),
        aside[keep].reset_index(drop=True),
    )


def denominators_at(frames: Frames, resolution: int) -> pd.DataFrame | None:
    """Return EXPOSURE at a resolution; None where the store has none so fine: what is found then is concentration."""
    exposure = frames.exposure
    if exposure.empty or lattice.resolution_of(int(exposure["cell"].iloc[0])) < resolution:
        return None
    return exposure_at(exposure, resolution)


def exposure_at(exposure: pd.DataFrame, resolution: int) -> pd.DataFrame:
    """Return EXPOSURE at a coarser `resolution`: sums by parent index; the district of the largest share.

    Raises
    ------
    ValueError
        If `resolution` is finer than the store's exposure.
    """
    if exposure.empty or lattice.resolution_of(int(exposure["cell"].iloc[0])) == resolution:
        return exposure
    if lattice.resolution_of(int(exposure["cell"].iloc[0])) < resolution:
        message = "`resolution` is finer than the denominators of the store."
        raise ValueError(message)
    parents = exposure.assign(cell=lattice.parents_of(exposure["cell"], resolution))
    sums = parents.groupby("cell", sort=True)[["children", "footfall"]].sum()
    shares = parents.assign(n=1).groupby(["cell", "district"], sort=True)["n"].sum().reset_index()
    largest = shares.sort_values(["cell", "n", "district"], ascending=[True, False, True])
    district = largest.drop_duplicates("cell").set_index("cell")["district"]
    return schema.conform(sums.join(district).reset_index(), schema.EXPOSURE)


def _overlaps(records: pd.DataFrame, date_from: date | None, date_to: date | None) -> pd.Series:
    starts, ends = first_day(records), last_day(records)
    keep = pd.Series(data=True, index=records.index)
    if date_from is not None:
        keep &= ends >= pd.Timestamp(date_from)
    if date_to is not None:
        keep &= starts < pd.Timestamp(date_to) + np.timedelta64(1, "D")
    return keep
