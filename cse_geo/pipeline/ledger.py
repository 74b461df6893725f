"""Where every record of a query went, and who returned what: the two things that stand beside every map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.pipeline.frames import first_day
from cse_geo.views import COVERAGE_GRID, SILENT_AREAS, Ledger

if TYPE_CHECKING:
    import geopandas as gpd

    from cse_geo.cells.grain import Grain
    from cse_geo.pipeline.frames import Frames, Selection
    from cse_geo.views import MapQuery

# The geocoder's reason code for a stack that waits for a person (`geocode.Reason`).
DEFAULT_LOCATION = "DEFAULT_LOCATION_SUSPECTED"
# From the least to the most that one can know: the grid shows the worst state of an agency's areas.
_STATE_ORDER = ("no_reply", "not_asked", "nil", "returned")
_STATUS_WORDS = {
    "area": "known only to an area",
    "waiting": "waiting for somebody to place their words",
    "default": "at what looks like a default location, waiting for a person to judge",
    "refused": "with co-ordinates that cannot be right",
    "non_spatial": "without a place by nature (online, by phone, moving)",
    "none": "without any place",
    "aside": "where a report was made or a child went missing from, not where something happened",
    "undated": "without any date",
}


def ledger_of(selection: Selection, *, resolution: int, grain: Grain | None = None) -> Ledger:
    """Return the account of every record of the selection at a map's `resolution`, or with cells of two sizes."""
    locations, undated = selection.locations, selection.undated
    placed = locations["status"].isin(("located", "polygon"))
    fine = locations["h3_max_res"] >= resolution if grain is None else grain.allows(locations)
    aside = selection.aside & placed & fine & ~undated
    mapped = int((placed & fine & ~undated & ~aside).sum())
    by_status = locations["status"].value_counts()
    levels = locations["level"].dropna().value_counts()
    excluded = int((placed & ~fine).sum())
    ledger = Ledger(
        total=len(locations),
        mapped=mapped,
        by_status={s: int(by_status.get(s, 0)) for s in schema.LOCATION_STATUSES},
        by_level={level: int(levels.get(level, 0)) for level in schema.LEVELS},
        undated=int(undated.sum()),
        without_child_key=int(selection.records["child_key"].isna().sum()),
        excluded_by_r95=excluded,
        words="",
    )
    held = int((locations["reason"] == DEFAULT_LOCATION).sum())
    only = {"undated": int((placed & fine & undated).sum()), "default": held, "aside": int(aside.sum())}
    return _with_words(ledger, only)


def coverage_grid(
    frames: Frames, query: MapQuery, records: pd.DataFrame, *, months: tuple[pd.Timestamp, ...]
) -> pd.DataFrame:
    """Return COVERAGE_GRID: one row per agency and month, the worst state of the areas it was asked about."""
    coverage = frames.coverage[frames.coverage["month"].isin(months)]
    if query.agencies:
        coverage = coverage[coverage["agency"].isin(query.agencies)]
    rank = coverage["state"].map({s: n for n, s in enumerate(_STATE_ORDER)})
    # An agency that was not asked about one council but returned for another has returned.
    asked = coverage.assign(rank=rank.where(coverage["state"] != "not_asked", len(_STATE_ORDER)))
    worst = asked.groupby(["agency", "month"], sort=True)["rank"].min().reset_index()
    worst["state"] = worst["rank"].map(dict(enumerate((*_STATE_ORDER, "not_asked"))))
    counts = _by_agency_month(records)
    grid = worst.merge(counts, on=["agency", "month"], how="left")
    grid = grid.merge(frames.agencies[["agency", "name"]], on="agency", how="left")
    return schema.conform(
        grid.assign(n_records=grid["n_records"].fillna(0), name=grid["name"].fillna(grid["agency"])),
        COVERAGE_GRID,
    )


def silent_areas(
    frames: Frames,
    areas: gpd.GeoDataFrame,
    *,
    months: tuple[pd.Timestamp, ...],
    agencies: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return SILENT_AREAS: councils for which no agency returned, nil or not, in any month of the period.

    Where agencies are chosen, only theirs counts: a map of one agency says nothing of where that agency sent
    nothing.
    """
    coverage = frames.coverage[frames.coverage["month"].isin(months)]
    if agencies:
        coverage = coverage[coverage["agency"].isin(agencies)]
    heard = set(coverage.loc[coverage["state"].isin(("returned", "nil")), "area"])
    councils = areas[areas["layer"] == "local_authority"]
    silent = councils[~councils["code"].isin(heard)]
    who = "No chosen agency" if agencies else "No agency"
    words = f"{who} returned anything for this area in the period: nobody knows."
    return schema.conform(pd.DataFrame(silent[["layer", "code", "name"]]).assign(words=words), SILENT_AREAS)


def months_of(frames: Frames, query: MapQuery) -> tuple[pd.Timestamp, ...]:
    """Return the first days of the months of the query's period, or of all that coverage speaks of."""
    known = frames.coverage["month"]
    if known.empty:
        return ()
    first = pd.Timestamp(query.date_from) if query.date_from else known.min()
    last = pd.Timestamp(query.date_to) if query.date_to else known.max()
    return tuple(pd.date_range(first.to_period("M").to_timestamp(), last, freq="MS").as_unit("us"))


def _by_agency_month(records: pd.DataFrame) -> pd.DataFrame:
    day = first_day(records)
    month = day.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    frame = pd.DataFrame({"agency": records["agency"], "month": month}).dropna()
    return frame.groupby(["agency", "month"]).size().rename("n_records").reset_index()


def _with_words(ledger: Ledger, only: dict[str, int]) -> Ledger:
    """Return `ledger` with its sentence: the parts of "not mapped" add up, each record in one part."""
    parts = []
    if ledger.excluded_by_r95:
        parts.append(f"{ledger.excluded_by_r95:,} placed, but not finely enough for cells of this size")
    counts = {**ledger.by_status, **only, "waiting": ledger.by_status["waiting"] - only["default"]}
    parts += [f"{counts[s]:,} {words}" for s, words in _STATUS_WORDS.items() if counts[s]]
    rest = f"; not mapped: {'; '.join(parts)}" if parts else ""
    words = f"Mapped {ledger.mapped:,} of {ledger.total:,} records{rest}."
    return Ledger(**{**ledger.__dict__, "words": words})
