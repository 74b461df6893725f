"""The meeting's answer: which places are new, growing or quiet, who leads, who has not returned, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from cse_geo import boundaries, hotspots, safeguards, schema, store
from cse_geo.errors import UsageError
from cse_geo.hotspots.trend import trend
from cse_geo.hotspots.trend_markers import bearing_on
from cse_geo.hotspots.trend_units import TrendParams
from cse_geo.pipeline import ledger as ledgers
from cse_geo.pipeline.actions import visible_actions
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.frames import first_day, select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import councils_of, emerging_list, find, points_in
from cse_geo.pipeline.markers import markers_of
from cse_geo.pipeline.meeting_items import Base, Ground, bases_of, with_decisions
from cse_geo.pipeline.meeting_small import without_small
from cse_geo.pipeline.menus import options_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.pipeline.tracker import today_of
from cse_geo.plans.meeting import in_agenda_order
from cse_geo.plans.playbook import playbook
from cse_geo.views import MapQuery, Withheld
from cse_geo.views_meeting import MeetingQuery, MeetingView
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from datetime import date

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames, Selection
    from cse_geo.pipeline.mapview import Found
    from cse_geo.safeguards import Session

MOST_EMERGING = 5
# The picture of one state of the records: decisions come and go while a meeting sits, the records do not.
_KEPT: dict[tuple[object, ...], tuple[Picture, dict[str, Base]]] = {}
_MOST_KEPT = 4


@dataclass(frozen=True)
class Picture:
    """What the engine says of one period: places, what they touch and how they change."""

    selection: Selection
    found: Found
    places: gpd.GeoDataFrame  # HOTSPOTS, the recent window's own ones after the whole period's
    cells: pd.DataFrame  # HOTSPOT_CELLS of them
    trend: pd.DataFrame  # TREND
    touched: pd.DataFrame  # HOTSPOT_AREAS
    as_of: pd.Timestamp


def meeting_view(opened: store.Store, visitor: views.Session, query: MeetingQuery) -> MeetingView:
    """Return the whole answer for the meeting page.

    Raises
    ------
    NotPermittedError
        If the role does not have the meeting.
    """
    return meeting_for(opened, session_of(opened, visitor), query)


def meeting_for(opened: store.Store, session: Session, query: MeetingQuery) -> MeetingView:
    """Return the meeting's answer for a session that is already known."""
    safeguards.require_page(session, "meeting")
    resolution = safeguards.visible_resolution(session, query.resolution)
    frames = visible_frames(opened, session)
    asked = MeetingQuery(query.as_of, query.window_days, resolution)
    view = _view(opened, session, frames, (asked, *_picture(opened.store_id, session, frames, asked)))
    parameters = {"role": session.role, "query": str(asked)}
    enter(opened, session, Act("view", "consultation", "meeting_view", len(view.items), parameters))
    return view


def picture_of(frames: Frames, query: MeetingQuery) -> Picture:
    """Return what the engine finds over the whole period and in the recent window, and how places change.

    Raises
    ------
    UsageError
        If no record has a date, so that there is no period to look at.
    """
    newest = first_day(frames.records).max()
    if pd.isna(newest):
        message = (
            "No record with a date has come in yet, so there is nothing for a meeting to look at. That is not the same "
            "as nothing happening: bring in the first return (Returns, or `cse-geo import`)."
        )
        raise UsageError(message)
    last = query.as_of or newest.date()
    whole = select(frames, MapQuery(date_to=last, resolution=query.resolution))
    found = find(frames, whole, resolution=query.resolution)
    since = pd.Timestamp(last) - pd.Timedelta(days=query.window_days - 1)
    recent_only = MapQuery(date_from=since.date(), date_to=last, resolution=query.resolution)
    recent = find(frames, select(frames, recent_only), resolution=query.resolution)
    places, cells = _joined(found.result, recent.result)
    params = TrendParams(window_days=query.window_days, as_of=pd.Timestamp(last))
    coverage = frames.coverage if len(frames.coverage) else None
    points = points_in(cells, found.cell_records, whole.dated[1])
    touched = boundaries.touch(places, points, frames.areas)
    markers = bearing_on(markers_of(frames), councils_of(touched))
    changes = trend(found.cell_records, cells, params=params, coverage=coverage, markers=markers)
    return Picture(whole, found, places, cells, changes, touched, pd.Timestamp(last))


def _joined(
    whole: hotspots.HotspotResult, recent: hotspots.HotspotResult
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the whole period's hotspots, and those that only the recent window shows, labelled N01, N02 ..."""
    known = set(whole.cells["cell"])
    fresh = recent.cells.groupby("hotspot")["cell"].agg(known.isdisjoint)
    labels = [label for label in recent.hotspots["hotspot"] if len(fresh) and fresh[label]]
    renamed = {label: f"N{n:02d}" for n, label in enumerate(labels, start=1)}
    own = recent.hotspots[recent.hotspots["hotspot"].isin(labels)]
    cells = recent.cells[recent.cells["hotspot"].isin(labels)]
    both = pd.concat([whole.hotspots, own.assign(hotspot=own["hotspot"].map(renamed))], ignore_index=True)
    all_cells = pd.concat(
        [whole.cells, cells.assign(hotspot=cells["hotspot"].map(renamed))], ignore_index=True
    )
    return (
        gpd.GeoDataFrame(both, geometry="geometry", crs=4326),
        schema.conform(all_cells, schema.HOTSPOT_CELLS),
    )


def _picture(
    store_id: str, session: Session, frames: Frames, query: MeetingQuery
) -> tuple[Picture, dict[str, Base]]:
    key = (store_id, session.role, session.agency, query, *_stamps(frames))
    if key not in _KEPT:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        picture = picture_of(frames, query)
        _KEPT[key] = (picture, bases_of(picture, frames))
    return _KEPT[key]


def _stamps(frames: Frames) -> tuple[int | str, ...]:
    # Frames are narrowed by role and agency, and all that the picture rests on may change beside a sitting meeting:
    # records with every import or correction, the tables with every `context add`, markers from the map page.
    markers = markers_of(frames)
    tables = (
        frames.records[["record_id"]], frames.locations[["status", "h3_max_res"]], frames.coverage, frames.exposure,
        frames.areas[["layer", "code", "name"]], frames.places, frames.agencies[["agency", "name"]], markers,
    )  # fmt: skip
    return (*(int(pd.util.hash_pandas_object(table, index=False).sum()) for table in tables), *frames.sources)


def _view(
    opened: store.Store,
    session: Session,
    frames: Frames,
    asked: tuple[MeetingQuery, Picture, dict[str, Base]],
) -> MeetingView:
    query, picture, bases = asked
    as_of = picture.as_of.date()
    names = dict(zip(frames.agencies["agency"], frames.agencies["name"], strict=True))
    kept = store.load_actions(opened)
    today = today_of(frames)
    lines = visible_actions(kept, session, names=names, today=today)
    k = session.rule.k
    shown = picture.places[picture.places["n_children"] >= k] if k else picture.places
    late, silent = _not_returned(frames, as_of, query.window_days)
    ground = Ground(tuple(kept), {a.number: a for a in lines}, tuple(late), store.load_decisions(opened))
    known = [with_decisions(bases[label], ground) for label in shown["hotspot"]]
    items = tuple(without_small(item, k) for item in in_agenda_order(known))
    hidden = len(picture.places) - len(shown)
    emerging = _emerging_words(frames, picture, names) if role_in_words(session.rule).sees_emerging else ()
    rule = playbook()
    return MeetingView(
        query=query, as_of=as_of, window=_span(as_of, query.window_days, 0), before=_span(as_of, query.window_days, 1),
        since=_since(opened), items=items, outlines=shown[["hotspot", "geometry"]].rename(columns={"hotspot": "key"}),
        areas=frames.areas[frames.areas["layer"].isin(("police_force", "local_authority"))], basemap=frames.basemap,
        not_returned=tuple(late), silent=silent, due=tuple(a for a in lines if a.is_late or a.status == "open"),
        emerging=emerging, ledger=ledgers.ledger_of(picture.selection, resolution=query.resolution),
        agencies=options_of(frames).agencies,
        playbook={e.id: e.tactic for e in rule.values() if not e.outside_tool},
        needs_safeguarding=frozenset(e.id for e in rule.values() if e.needs_safeguarding_first),
        role=role_in_words(session.rule), roles=roles_in_words(), synthetic=frames.synthetic,
        withheld=(Withheld(f"places with fewer than {k} children", hidden),) if hidden else (), region=frames.region,
        today=today, last_held=_last_held(opened), k=k,
    )  # fmt: skip


def _not_returned(frames: Frames, as_of: date, days: int) -> tuple[list[str], tuple[str, ...]]:
    """Return which agencies lack a return in the window, in words, and the councils of which nobody spoke."""
    since = (pd.Timestamp(as_of) - pd.Timedelta(days=days - 1)).date()
    query = MapQuery(date_from=since, date_to=as_of)
    months = ledgers.months_of(frames, query)
    grid = ledgers.coverage_grid(frames, query, frames.records.head(0), months=months)
    late = grid[grid["state"] == "no_reply"].groupby("name", sort=True)["month"].agg(["min", "count"])
    words = [
        f"{name}: no reply for {int(row['count'])} of {len(months)} months, the first {row['min']:%B %Y}"
        for name, row in late.iterrows()
    ]
    return words, tuple(ledgers.silent_areas(frames, frames.areas, months=months)["name"])


def _emerging_words(frames: Frames, picture: Picture, names: dict[str, str]) -> tuple[str, ...]:
    if not (frames.areas["layer"] == "local_authority").any():
        return ()  # without council lines a report's area cannot be told
    listed = emerging_list(frames, picture.found, picture.selection).head(MOST_EMERGING)
    types = vocabulary("place_type")
    kinds = [
        types.label_of(code) if isinstance(code, str) else "kind not stated" for code in listed["place_type"]
    ]
    return tuple(
        f"{row.date:%-d %b %Y}, {row.area}: {kind}, from {names.get(row.agency, row.agency)}. {row.words.capitalize()}."
        for row, kind in zip(listed.itertuples(), kinds, strict=True)
    )


def _span(as_of: date, days: int, back: int) -> str:
    last = pd.Timestamp(as_of) - pd.Timedelta(days=days * back)
    first = last - pd.Timedelta(days=days - 1)
    return f"{first:%-d %b %Y} to {last:%-d %b %Y}"


def _last_held(opened: store.Store) -> date | None:
    held = store.load_meetings(opened)
    return None if held.empty else pd.Timestamp(held["held_on"].iloc[0]).date()


def _since(opened: store.Store) -> str:
    last = _last_held(opened)
    if last is None:
        return "No meeting is on record yet: the recent period is compared with the ones before it."
    return f"The last meeting on record was held on {last:%-d %B %Y}."
