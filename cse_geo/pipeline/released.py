"""The map of the release plane: frozen groups of cells, the same whatever is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import schema
from cse_geo.pipeline import releases
from cse_geo.pipeline.menus import LAYER_NAMES, LIMITS
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
    Option,
    Options,
    Withheld,
)

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo import safeguards, store
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session
    from cse_geo.views import Role

_WORDS = (
    "This role sees a frozen release: groups of cells that each stand for enough different children.",
    "Filters change nothing here: a difference between two filtered maps could point at one child.",
    "A blank area means none or withheld; which of the two is not told.",
)
_NONE = (
    "No release for this role has been built yet and approved by a second person, so there is nothing to see. "
    "That does not mean nothing happens."
)


def released_view(
    opened: store.Store,
    frames: Frames,
    session: Session,
    *,
    query: MapQuery,
    menus: tuple[Role, tuple[Role, ...]],
) -> MapView:
    """Return the newest frozen release for the session's audience as a map view.

    Nothing in it is computed from records: two stores with the same release give the same answer. Where no
    release was built and approved yet it says so in words; nothing is built on the way.
    """
    made = releases.newest_release(opened, session.role)
    role, roles = menus
    finest = made.finest if made else max(session.rule.finest, schema.CELL_RESOLUTIONS[0])
    return MapView(
        query=MapQuery(resolution=finest, layers=query.layers),
        cells=_cells(made) if made else schema.empty(MAP_CELLS),
        hotspots=schema.conform(frames.areas.head(0), schema.HOTSPOTS),
        hotspot_areas=schema.empty(schema.HOTSPOT_AREAS),
        hotspot_cells=schema.empty(schema.HOTSPOT_CELLS),
        hotspot_months=schema.empty(HOTSPOT_MONTHS),
        areas=frames.areas[frames.areas["layer"].isin(query.layers)],
        places=schema.empty(schema.PLACES),
        basemap=frames.basemap,
        ledger=_ledger(made),
        coverage=schema.empty(COVERAGE_GRID),
        silent_areas=schema.empty(SILENT_AREAS),
        emerging=schema.empty(EMERGING),
        options=_options(frames, finest),
        role=role,
        roles=roles,
        method=_method(made),
        withheld=(Withheld("groups with too few children to show, or none", 0),) if made else (),
        synthetic=frames.synthetic,
        region=frames.region,
        sources=frames.sources,
    )


def _cells(release: safeguards.Release) -> pd.DataFrame:
    """Return every cell of every group with the group's counts: the union of its cells is one colour."""
    merged = release.cells.merge(release.groups, on="group")
    n = merged["n_children"]
    table = merged.assign(n_records=merged["n_events"], n_no_key=0, n_agencies=0, capped=n)
    return schema.conform(table, MAP_CELLS)


def _ledger(made: safeguards.Release | None) -> Ledger:
    """Return the totals that were frozen with the release, to tens; live ones would change with one record."""
    if made is None:
        return Ledger(0, 0, {}, {}, 0, 0, 0, _NONE)
    total, placed = made.facts.n_records, made.facts.n_placed
    words = (
        f"About {placed:,} of about {total:,} records known by {made.facts.until} are placed finely enough "
        "for a release."
    )
    return Ledger(total, placed, {}, {}, 0, 0, 0, words)


def _method(made: safeguards.Release | None) -> Method:
    if made is None:
        return Method("release", (_NONE,), LIMITS, {})
    steps = f"Counts are in steps of {made.step}, rounded down: {made.step} means {made.step} to {2 * made.step - 1}."
    told = {
        "Release": made.release_id,
        "Known by": made.facts.until,
        "Fewest children behind a group": str(made.k),
    }
    return Method("release", (*_WORDS, steps), LIMITS, told)


def _options(frames: Frames, finest: int) -> Options:
    layers = frames.areas["layer"].value_counts(sort=False)
    found = tuple(Option(str(c), LAYER_NAMES.get(str(c), str(c)), int(n)) for c, n in layers.items())
    return Options(None, None, (), (), (), (finest,), found)
