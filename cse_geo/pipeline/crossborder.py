"""The cross-border answer: hotspots first, then whose, who sees them alone, how they move, who leads."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import boundaries, lattice, safeguards, schema, store
from cse_geo.errors import UsageError
from cse_geo.pipeline import leads
from cse_geo.pipeline.alone import AloneParams, BlindSpots, Pool, compare, homes_of
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.flowing import movement
from cse_geo.pipeline.frames import denominators_at, select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.ledger import ledger_of
from cse_geo.pipeline.mapview import Found, find
from cse_geo.pipeline.menus import options_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.views import MapQuery
from cse_geo.views_border import SHARED, WHO, BorderQuery, BorderView

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames, Selection
    from cse_geo.safeguards import Session

_MOST_KEPT = 4
_SITE_RESOLUTION = 10


@dataclass(frozen=True)
class _Analysis:
    """What costs time: the runs of the engine; kept per version of the store, session and query."""

    frames: Frames
    selection: Selection
    found: Found
    touched: pd.DataFrame  # HOTSPOT_AREAS of the query's layer
    blind: BlindSpots


_KEPT: OrderedDict[tuple[object, ...], _Analysis] = OrderedDict()


def border_view(opened: store.Store, visitor: views.Session, query: BorderQuery) -> BorderView:
    """Return the answer for the cross-border page, for a person at a page.

    Raises
    ------
    NotPermittedError
        If the role does not sit in meetings.
    """
    return border_answer(opened, session_of(opened, visitor), query)


def border_answer(opened: store.Store, session: Session, query: BorderQuery) -> BorderView:
    """Return the cross-border answer for a session.

    Hotspots are found on the pooled records, then once per force on what it holds alone; boundaries are laid over
    afterwards. Flows and links always rest on at least the policy's k children, whatever the role.

    Raises
    ------
    NotPermittedError
        If the role does not sit in meetings.
    UsageError
        If the store has no such layer.
    """
    safeguards.require_page(session, "meeting")
    made = _analysis(opened, session, query)
    view = _view(opened, session, query, made)
    enter(
        opened,
        session,
        Act("view", "consultation", "border_view", len(made.selection.records), {"q": str(query)}),
    )
    return view


def decide_at_page(opened: store.Store, visitor: views.Session, decision: store.Decision) -> int:
    """Record a decision of somebody at a page; return its number."""
    before = store.version(opened)
    number = leads.decide(opened, session=session_of(opened, visitor), decision=decision)
    # A decision changes no record: what the engine found stays true in the store's next version.
    for key in [k for k in _KEPT if k[:2] == (opened.store_id, before)]:
        _KEPT[key[0], store.version(opened), *key[2:]] = _KEPT.pop(key)
    return number


def decision_made(
    place: tuple[str, ...], resolution: int, *, lead: str, next_step: str, decided_by: str, decided_on: date
) -> store.Decision:
    """Return a decision about the cells of a place, ready to record."""
    return store.Decision(place, resolution, lead, next_step, decided_by, decided_on)


def layer_of(frames: Frames, layer: str) -> gpd.GeoDataFrame:
    """Return the areas of a layer.

    Raises
    ------
    UsageError
        If the store has no such layer; the message lists those it has.
    """
    areas = frames.areas[frames.areas["layer"] == layer]
    if areas.empty:
        have = ", ".join(sorted(frames.areas["layer"].unique())) or "none"
        message = f"`--layer` must be a layer of the store; it has: {have}."
        raise UsageError(message)
    return areas


def _analysis(opened: store.Store, session: Session, query: BorderQuery) -> _Analysis:
    key = (opened.store_id, store.version(opened), session.role, session.agency, query)
    if key not in _KEPT:
        _KEPT[key] = _analyse(visible_frames(opened, session), session, query)
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(key)
    return _KEPT[key]


def _analyse(frames: Frames, session: Session, query: BorderQuery) -> _Analysis:
    areas = layer_of(frames, query.layer)
    resolution = safeguards.visible_resolution(session, query.resolution)
    asked = MapQuery(date_from=query.date_from, date_to=query.date_to, resolution=resolution)
    selection = select(frames, asked)
    found = find(frames, selection, resolution=resolution)
    touched = boundaries.touch(found.result.hotspots, found.points, areas)
    shared = touched.loc[touched["straddles"] | touched["near_line"], "hotspot"].unique()
    pool = pool_of(frames, found.cell_records, areas, resolution=resolution)
    blind = compare(pool, found.result, params=AloneParams(weeks_of=tuple(shared)))
    return _Analysis(frames, selection, found, touched, blind)


def pool_of(frames: Frames, cell_records: pd.DataFrame, areas: gpd.GeoDataFrame, *, resolution: int) -> Pool:
    """Return the pool of a store: records on the lattice, denominators, whose cell and whose agency is whose."""
    exposure = denominators_at(frames, resolution)
    every = cell_records["cell"] if exposure is None else pd.concat([cell_records["cell"], exposure["cell"]])
    known = frames.agencies.dropna(subset=["force"])
    tied = dict(zip(known["agency"], known["force"], strict=True))
    return Pool(cell_records, exposure, homes_of(every, areas), tied)


def _view(opened: store.Store, session: Session, query: BorderQuery, made: _Analysis) -> BorderView:
    frames, spots = made.frames, made.found.result.hotspots
    k = session.rule.k
    shown = spots if k == 0 else spots[spots["n_children"] >= k]
    areas = layer_of(frames, query.layer)
    names = dict(zip(areas["code"], areas["name"], strict=True))
    who = _who(made, names)
    who = who[who["hotspot"].isin(shown["hotspot"])].reset_index(drop=True)
    shared = _shared(opened, made, who, names)
    who = who[who["hotspot"].isin(shared["hotspot"])].reset_index(drop=True)
    moved = movement(made.selection, frames.areas, query=query, k=max(k, safeguards.Policy().k))
    withheld = dict(moved.withheld)
    withheld["hotspots"] = len(spots) - len(shown)
    return BorderView(
        query=query,
        shared=shared,
        who=who,
        edge=_named_edge(made.blind.edge, names, set(shown["hotspot"])),
        flows=moved.flows,
        cell_flows=moved.cell_flows,
        links=moved.links,
        withheld=withheld,
        k=moved.k,
        hotspots=shown[shown["hotspot"].isin(shared["hotspot"])].reset_index(drop=True),
        hotspot_cells=made.found.result.cells,
        areas=frames.areas[frames.areas["layer"].isin([query.layer, query.town_layer])],
        basemap=frames.basemap,
        options=options_of(frames),
        forces=names,
        next_steps=leads.NEXT_STEPS,
        ledger_words=ledger_of(made.selection, resolution=query.resolution).words,
        warnings=definition_warnings(frames.agencies, names),
        notes=(*_notes(made), *frames.sources),
        role=role_in_words(session.rule),
        roles=roles_in_words(),
        synthetic=frames.synthetic,
        region=frames.region,
        history=store.load_decisions(opened),
    )


def definition_warnings(agencies: pd.DataFrame, names: dict[str, str]) -> tuple[str, ...]:
    """Return what must be said where the agencies of different forces count by different definitions (G25)."""
    tied = agencies[agencies["force"].isin(names)].dropna(subset=["definition"])
    if tied["definition"].nunique() < 2:
        return ()
    told = [f"{names[r.force]}: {r.definition}" for r in tied.sort_values("force").itertuples()]
    return ("These forces do not count the same thing, so their numbers do not compare. " + " ".join(told),)


def _who(made: _Analysis, names: dict[str, str]) -> pd.DataFrame:
    """Return WHO for every hotspot and force with ground or records in it."""
    located = _located(made, names)
    touched = made.touched.rename(columns={"code": "force"})
    table = touched.merge(made.blind.seen.drop(columns=["share_cells"]), on=["hotspot", "force"], how="left")
    sites = located.groupby(["hotspot", "located"])["site"].nunique()
    reported = located.dropna(subset=["tied"]).groupby(["hotspot", "tied"])
    first, n_reported = reported["report_date"].min(), reported.size()
    keys = pd.MultiIndex.from_frame(table[["hotspot", "force"]])
    totals = table["hotspot"].map(located.groupby("hotspot").size())
    seen = table["seen"].astype("boolean").fillna(value=False).astype(bool)
    return schema.conform(
        table.assign(
            seen=seen,
            n_sites=sites.reindex(keys).fillna(0).to_numpy(np.int64),
            first_report=first.reindex(keys).to_numpy("datetime64[us]"),
            share_reported=n_reported.reindex(keys).fillna(0).to_numpy(np.float64)
            / totals.to_numpy(np.float64),
        ),
        WHO,
    )


def _located(made: _Analysis, names: dict[str, str]) -> pd.DataFrame:
    """Return hotspot, located and tied force, site and report date of every record in a hotspot."""
    records, locations = made.selection.dated
    inside = made.found.cell_records.merge(made.found.result.cells, on="cell")
    inside = inside.drop_duplicates(["hotspot", "record"])
    at = inside["record"].to_numpy()
    lat, lon = locations["lat"].to_numpy()[at], locations["lon"].to_numpy()[at]
    areas = made.frames.areas[made.frames.areas["code"].isin(names)]
    codes = boundaries.areas_of_points(areas, lat, lon).codes.iloc[:, 0]
    tied = dict(zip(made.frames.agencies["agency"], made.frames.agencies["force"], strict=True))
    return pd.DataFrame(
        {
            "hotspot": inside["hotspot"].to_numpy(),
            "located": codes.to_numpy(),
            "tied": inside["agency"].map(tied).to_numpy(),
            "site": lattice.cells_of(lat, lon, _SITE_RESOLUTION),
            "report_date": records["report_date"].to_numpy()[at],
        }
    )


def _shared(opened: store.Store, made: _Analysis, who: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    spots = made.found.result.hotspots.set_index("hotspot")
    lines = made.touched.groupby("hotspot").agg(
        straddles=("straddles", "any"), near=("near_line", "any"), away=("distance_to_line_m", "min")
    )
    decisions, contacts = store.load_decisions(opened), store.load_contacts(opened)
    rows = []
    for label, part in who.groupby("hotspot", sort=False):
        line, spot = lines.loc[label], spots.loc[label]
        if not (line["straddles"] or line["near"]):
            continue
        mine = made.found.result.cells.loc[made.found.result.cells["hotspot"] == label, "cell"].to_numpy()
        decided = leads.decision_of(decisions, mine, int(spot["resolution"]))
        code, words = leads.suggest_lead(part.reset_index(drop=True))
        rows.append(
            {
                "hotspot": label, "rank": spot["rank"], "forces": " + ".join(part["name"]),
                "straddles": line["straddles"], "distance_to_line_m": line["away"],
                "n_records": spot["n_records"], "n_children": spot["n_children"], "q_value": spot["q_value"],
                "seen_by": ", ".join(part.loc[part["seen"], "name"]), "only_together": not part["seen"].any(),
                "weeks_gained": part.loc[part["seen"], "weeks_gained"].min(),
                "suggested": code, "suggested_words": words,
                "lead": None if decided is None else names.get(decided["lead"]),
                "next_step": None if decided is None else leads.NEXT_STEPS.get(decided["next_step"]),
                "decided_on": pd.NaT if decided is None else pd.Timestamp(decided["decided_on"]),
                "contacts": leads.contact_words(contacts, part["force"].tolist()),
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=SHARED.names)
    return schema.conform(frame.sort_values("rank", ignore_index=True), SHARED)


def _named_edge(edge: pd.DataFrame, names: dict[str, str], shown: set[str]) -> pd.DataFrame:
    kept = edge[(edge["verdict"] == "appears") | edge["hotspot"].isin(shown)]
    return kept.assign(name=kept["force"].map(names).astype("str")).reset_index(drop=True)


def _notes(made: _Analysis) -> tuple[str, ...]:
    held = "A force alone is taken to hold its own agencies' records, and its local partners' in its area"
    return (
        *made.found.result.notes,
        f"{held}; beyond its line it has none, so its windows end there.",
        "Not seen alone means: the force's own records do not pass the same test. It does not mean that nobody knew.",
    )


__all__ = [
    "border_answer",
    "border_view",
    "decide_at_page",
    "decision_made",
    "definition_warnings",
    "pool_of",
]
