"""How stable the hotspots of a query are: asked for, never waited for, and kept for the store's version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from cse_geo import cells, lattice, safeguards, schema, store
from cse_geo.cells.duplicates import subjects_of
from cse_geo.hotspots.agreement import AgreementParams, agreement
from cse_geo.hotspots.stability import Possible, StabilityParams, stability
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import find
from cse_geo.pipeline.town_circles import areas_with_towns

if TYPE_CHECKING:
    from collections.abc import Callable

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.pipeline.mapview import Found
    from cse_geo.safeguards import Session
    from cse_geo.views import MapQuery

# Levels that name one place: records of one such place are wrong together or right together.
ONE_PLACE = frozenset({"coordinate", "uprn", "address", "premises", "junction"})
# A point that is coarser than cells of resolution 7 allow is drawn like an area: where people are.
POINT_R95_M = schema.R95_SHARE_OF_EDGE * schema.CELL_EDGE_M[7]
# Fixed, and told in the audit trail: the same query gives the same answer.
SEED = 20_260_101
_REPORT = ("agency", "event_start", "event_end", "report_date", "place_type", "place_role", "record_type")
_KEPT: dict[tuple[object, ...], pd.DataFrame] = {}
_MOST_KEPT = 32


def hotspot_stability(opened: store.Store, visitor: views.Session, query: MapQuery) -> pd.DataFrame:
    """Return STABILITY of the hotspots that `map_view` shows for the same query and session.

    Raises
    ------
    NotPermittedError
        If the role has no map or sees no exact counts: the sentences name them.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "map")
    if session.rule.plane == "release" or session.rule.counts != "exact":
        return schema.empty(schema.STABILITY)
    resolution = safeguards.visible_resolution(session, query.resolution)
    table = _kept("stability", _tested, opened, session, replace(query, resolution=resolution))
    parameters = {"role": session.role, "query": str(query), "seed": SEED}
    enter(opened, session, Act("view", "consultation", "hotspot_stability", len(table), parameters))
    return table


def hotspot_agreement(opened: store.Store, visitor: views.Session, query: MapQuery) -> pd.DataFrame:
    """Return AGREEMENT: which other methods see the hotspots of the same query and session too.

    Raises
    ------
    NotPermittedError
        If the role has no map.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "map")
    if session.rule.plane == "release" or session.rule.counts != "exact":
        return schema.empty(schema.AGREEMENT)
    resolution = safeguards.visible_resolution(session, query.resolution)
    table = _kept("agreement", _compared, opened, session, replace(query, resolution=resolution))
    parameters = {"role": session.role, "query": str(query), "seed": SEED}
    enter(opened, session, Act("view", "consultation", "hotspot_agreement", len(table), parameters))
    return table


def _kept(
    name: str,
    work: Callable[[Frames, MapQuery, int], pd.DataFrame],
    opened: store.Store,
    session: Session,
    query: MapQuery,
) -> pd.DataFrame:
    """Return the answer for this version of the store, from memory where it was asked before."""
    key = (name, opened.store_id, store.version(opened), session.role, session.agency, query)
    if key not in _KEPT:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = work(visible_frames(opened, session), query, session.rule.k)
    return _KEPT[key]


def _compared(frames: Frames, query: MapQuery, k: int) -> pd.DataFrame:
    found = find(frames, select(frames, query), resolution=query.resolution, rural=query.rural)
    return _shown(compared(found), found.result.hotspots, k)


def compared(found: Found) -> pd.DataFrame:
    """Return AGREEMENT of what was found, with the seed that every page uses; empty without denominators."""
    if found.exposure is None:
        return schema.empty(schema.AGREEMENT)
    return agreement(found.result, found.cell_records, found.exposure, params=AgreementParams(seed=SEED))


def _shown(table: pd.DataFrame, hotspots: pd.DataFrame, k: int) -> pd.DataFrame:
    shown = hotspots.loc[hotspots["n_children"] >= k, "hotspot"]
    return table[table["hotspot"].isin(shown)].reset_index(drop=True)


def _tested(frames: Frames, query: MapQuery, k: int) -> pd.DataFrame:
    selection = select(frames, query)
    found = find(frames, selection, resolution=query.resolution, rural=query.rural)
    exposure = found.exposure
    records, locations = selection.dated
    possible = possible_of(
        _Asked(records, locations, areas_with_towns(frames, locations), exposure, found.cell_records)
    )
    if found.grain is not None:
        possible = replace(possible, coarse=found.grain.coarse)
    table = stability(
        found.result, found.cell_records, possible, exposure=exposure, params=StabilityParams(seed=SEED)
    )
    return _shown(table, found.result.hotspots, k)


@dataclass(frozen=True)
class _Asked:
    """The records of a query, their places, the areas they may name, where people are, the cells they are in."""

    records: pd.DataFrame
    locations: pd.DataFrame
    areas: pd.DataFrame
    exposure: pd.DataFrame | None
    cell_records: pd.DataFrame


def possible_of(asked: _Asked) -> Possible:
    """Return where each record may lie: its point and r95, its polygon, or where people are in its area.

    Records without any place, or in an area that is not among the layers, are in none of the draws.
    """
    where = asked.locations.reset_index(drop=True)
    wide = set(asked.cell_records.loc[asked.cell_records["weight"] < 1, "record"])
    point = (where["status"] == "located") & (where["r95_m"] <= POINT_R95_M) & ~where.index.isin(wide)
    points = pd.DataFrame(
        {
            "record": where.index[point], "site": _sites(where)[point.to_numpy()],
            "lat": where.loc[point, "lat"], "lon": where.loc[point, "lon"], "r95_m": where.loc[point, "r95_m"],
        }
    )  # fmt: skip
    spread = asked.cell_records.loc[asked.cell_records["record"].isin(wide), ["record", "cell", "weight"]]
    known = set(points["record"]) | wide
    coarse = _coarse(where[~where.index.isin(known)], asked)
    choices = pd.concat([spread, *coarse], ignore_index=True)
    return Possible(_reports(asked), points.reset_index(drop=True), choices)


def _sites(where: pd.DataFrame) -> np.ndarray:
    """Return a number per place: shared by records that name the same one place, else the record's own."""
    one = where["level"].isin(ONE_PLACE).to_numpy()
    same = pd.factorize(pd.MultiIndex.from_frame(where[["lat", "lon", "level"]]))[0]
    return np.where(one, same, len(where) + np.arange(len(where)))


def _reports(asked: _Asked) -> pd.DataFrame:
    records = asked.records.reset_index(drop=True)
    event = cells.join_duplicates(records, asked.locations)
    return records[list(_REPORT)].assign(
        record=np.arange(len(records)), subject=subjects_of(records["child_key"]), event=event
    )


def _coarse(where: pd.DataFrame, asked: _Asked) -> list[pd.DataFrame]:
    """Return record, cell, weight of the records known to an area only: as likely where people are."""
    if asked.exposure is None:
        return []
    lat, lon = lattice.centres_of(asked.exposure["cell"])
    people = sum(asked.exposure[c] / max(asked.exposure[c].sum(), 1e-300) for c in ("children", "footfall"))
    weight = np.asarray(people, np.float64)
    shapes = dict(
        zip(zip(asked.areas["layer"], asked.areas["code"], strict=True), asked.areas["geometry"], strict=True)
    )
    out = []
    for key, rows in where[where["status"] == "area"].groupby(["area_layer", "area_code"]):
        shape = shapes.get(key)
        if shape is not None:
            inside = np.flatnonzero(shapely.contains_xy(shape, lon, lat) & (weight > 0))
            out.append(_every(rows.index, asked.exposure["cell"].to_numpy()[inside], weight[inside]))
    circles = where[(where["status"] == "located") & (where["r95_m"] > POINT_R95_M)]
    for row in circles.itertuples():
        away = np.hypot(lat - row.lat, (lon - row.lon) * np.cos(np.radians(row.lat))) * 111_320.0
        inside = np.flatnonzero((away <= row.r95_m) & (weight > 0))
        out.append(_every(pd.Index([row.Index]), asked.exposure["cell"].to_numpy()[inside], weight[inside]))
    return out


def _every(records: pd.Index, cell: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "record": np.repeat(records.to_numpy(), len(cell)), "cell": np.tile(cell, len(records)),
            "weight": np.tile(weight, len(records)),
        }
    )  # fmt: skip
