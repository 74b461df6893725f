"""The map of the release plane: frozen groups of cells, the same whatever is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import cells, safeguards, schema
from cse_geo.pipeline import ledger as ledgers
from cse_geo.pipeline.frames import Frames, first_day, select
from cse_geo.pipeline.menus import LIMITS, options_of
from cse_geo.views import (
    COVERAGE_GRID,
    EMERGING,
    HOTSPOT_MONTHS,
    MAP_CELLS,
    SILENT_AREAS,
    Ledger,
    MapQuery,
    MapView,
    Method,
    Options,
    Withheld,
)

if TYPE_CHECKING:
    from cse_geo.safeguards import Session
    from cse_geo.views import Role

_WORDS = (
    "This role sees a frozen release: groups of cells that each stand for enough different children.",
    "Filters change nothing here: a difference between two filtered maps could point at one child.",
    "A blank area means none or withheld; which of the two is not told.",
)


def released_view(
    frames: Frames, session: Session, *, query: MapQuery, role: Role, roles: tuple[Role, ...]
) -> MapView:
    """Return the release for the session's audience as a map view.

    Built from the records that are old enough for the policy, whatever the query says.
    """
    policy = safeguards.Policy()
    params = safeguards.params_for(session.rule, policy)
    records, locations = _old_enough(frames, policy.delay_days)
    on_lattice = cells.assign(records, locations, resolution=params.finest, areas=frames.areas)
    built = safeguards.build(on_lattice, params=params)
    whole = select(frames, MapQuery())
    ledger = ledgers.ledger_of(whole, resolution=params.finest)
    return MapView(
        query=MapQuery(resolution=params.finest, layers=query.layers),
        cells=_cells(built.release),
        hotspots=schema.conform(frames.areas.head(0), schema.HOTSPOTS),
        hotspot_areas=schema.empty(schema.HOTSPOT_AREAS),
        hotspot_cells=schema.empty(schema.HOTSPOT_CELLS),
        hotspot_months=schema.empty(HOTSPOT_MONTHS),
        areas=frames.areas[frames.areas["layer"].isin(query.layers)],
        places=schema.empty(schema.PLACES),
        basemap=frames.basemap,
        ledger=_ledger(ledger),
        coverage=schema.empty(COVERAGE_GRID),
        silent_areas=schema.empty(SILENT_AREAS),
        emerging=schema.empty(EMERGING),
        options=_options(options_of(frames), params.finest),
        role=role,
        roles=roles,
        method=Method("release", _WORDS, LIMITS, {"Fewest children behind a group": str(params.k)}),
        withheld=(Withheld("groups with too few children to show, or none", 0),),
        synthetic=frames.synthetic,
        region=frames.region,
    )


def _old_enough(frames: Frames, delay_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    records, locations = frames.records, frames.locations
    shared = (records["handling_code"] == "P").fillna(value=False).to_numpy(bool)
    day = first_day(records)
    old = (day <= day.max() - pd.Timedelta(days=delay_days)).to_numpy() & shared
    return records[old].reset_index(drop=True), locations[old].reset_index(drop=True)


def _cells(release: safeguards.Release) -> pd.DataFrame:
    """Return every cell of every group with the group's counts: the union of its cells is one colour."""
    merged = release.cells.merge(release.groups, on="group")
    n = merged["n_children"]
    table = merged.assign(n_records=merged["n_events"], n_no_key=0, n_agencies=0, capped=n)
    return schema.conform(table, MAP_CELLS)


def _ledger(ledger: Ledger) -> Ledger:
    """Return a ledger of totals rounded to tens: exact ones would change with a single record."""
    total, mapped = (10 * round(n / 10) for n in (ledger.total, ledger.mapped))
    words = f"About {mapped:,} of about {total:,} records are placed finely enough for a release."
    return Ledger(total, mapped, {}, {}, 0, 0, 0, words)


def _options(options: Options, finest: int) -> Options:
    return Options(None, None, (), (), (), (finest,), options.layers)
