"""The two questions pages ask: permission first, the audit entry before the answer, then the answer."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import geocode, safeguards, schema, store
from cse_geo.pipeline import ledger as ledgers
from cse_geo.pipeline import releases
from cse_geo.pipeline.embargoes import not_for_tasking
from cse_geo.pipeline.frames import Frames, select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.mapview import build_view
from cse_geo.pipeline.narrow import narrow
from cse_geo.pipeline.picture import density_of
from cse_geo.pipeline.released import released_view
from cse_geo.pipeline.reviewed import reviewed_records
from cse_geo.pipeline.roads import roads_of
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.pipeline.sources import sources_of
from cse_geo.views import IMPORTS, MapQuery, MapView, RecordsView

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from cse_geo import views
    from cse_geo.safeguards import Session

# What the map opens at, so that the ledger of the returns and the map's say the same.
FIRST_RESOLUTION = 8

# The frames of the newest version of each open store: views differ, the frames under them do not.
_KEPT: dict[str, tuple[int, Frames]] = {}


def map_view(opened: store.Store, visitor: views.Session, query: MapQuery) -> MapView:
    """Return the answer for the map page.

    Operational roles get the live picture, narrowed to what their role may see; roles of the release plane
    get the frozen release for their audience, in which filters change nothing.

    Raises
    ------
    NotPermittedError
        If the role has no map, or asks for finer cells than it may see.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "map")
    # Asking finer than allowed is answered at the finest allowed, which the page shows.
    asked = replace(query, resolution=safeguards.visible_resolution(session, query.resolution))
    role, menu = role_in_words(session.rule), roles_in_words()
    if session.rule.plane == "release":
        view = released_view(opened, frames_of(opened), session, query=asked, menus=(role, menu))
    else:
        view = narrow(build_view(visible_frames(opened, session), asked, role, menu), session)
        barred = not_for_tasking(opened, view.hotspot_cells, session, on=datetime.now(UTC).date())
        view = replace(view, density=density_of(view), not_for_tasking=barred)
    parameters = {"role": session.role, **asdict(asked)}
    enter(opened, session, Act("view", "consultation", "map_view", view.ledger.total, parameters))
    return view


def records_view(opened: store.Store, visitor: views.Session) -> RecordsView:
    """Return the answer for the page of returns: imports, agencies, coverage, the ledger of what it may see.

    Raises
    ------
    NotPermittedError
        If the role does not have the page.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "imports")
    frames = visible_frames(opened, session)
    if session.rule.records == "own":
        own = frames.imports["agency"] == session.agency
        frames = replace(frames, imports=frames.imports[own].reset_index(drop=True))
    everything = select(frames, MapQuery())
    months = ledgers.months_of(frames, MapQuery())
    view = RecordsView(
        imports=frames.imports,
        agencies=frames.agencies,
        coverage=ledgers.coverage_grid(frames, MapQuery(), everything.records, months=months),
        ledger=ledgers.ledger_of(everything, resolution=FIRST_RESOLUTION),
        role=role_in_words(session.rule),
        roles=roles_in_words(),
        synthetic=frames.synthetic,
        match=_match(frames, session),
    )
    enter(opened, session, Act("view", "consultation", "records_view", len(frames.imports)))
    return view


def build_next_release(
    opened: store.Store, *, session: Session, audience: str, today: date | None = None
) -> tuple[str, ...]:
    """Build and freeze the next release for an audience; return sentences for the person who built it."""
    made = releases.build_release(opened, frames_of(opened), session=session, audience=audience, today=today)
    return made.words


def rebase(opened: store.Store, *, session: Session, today: date | None = None) -> tuple[str, ...]:
    """Retire every release and build anew, after records were deleted; return sentences."""
    return releases.rebase_releases(opened, frames_of(opened), session=session, today=today)


def _match(frames: Frames, session: Session) -> pd.DataFrame | None:
    """Return how well records could be placed; None where exact counts are not for the role."""
    if session.rule.counts != "exact" or session.rule.records == "none" or session.rule.k:
        return None
    return geocode.match_report(frames.records, frames.locations)


def frames_of(opened: store.Store) -> Frames:
    """Return the frames of a store, loaded once per version of it."""
    version = store.version(opened)
    known = _KEPT.get(opened.store_id)
    if known is None or known[0] != version:
        _KEPT[opened.store_id] = (version, _load(opened))
    return _KEPT[opened.store_id][1]


def visible_frames(opened: store.Store, session: Session) -> Frames:
    """Return the frames of a store with the records that views of this session may be computed from."""
    frames = frames_of(opened)
    # The demo's dates end in the past: its records would all be overdue by the reader's clock.
    today = None if opened.is_synthetic else datetime.now(UTC).date()
    records, locations = safeguards.visible_records(session, frames.records, frames.locations, today=today)
    return replace(frames, records=records.reset_index(drop=True), locations=locations.reset_index(drop=True))


def _load(opened: store.Store) -> Frames:
    # A stack at one exact point is a place somebody's system filled in: it waits for a person, and the
    # store keeps the point. What people decided in the review queue is in force from the next view on.
    records, locations = reviewed_records(opened, today=datetime.now(UTC).date())
    held = store.summary(opened)
    finest = max(held.exposure_resolutions, default=-1)
    return Frames(
        records=records,
        locations=locations,
        agencies=store.load_agencies(opened),
        coverage=store.load_coverage(opened),
        areas=store.load_areas(opened),
        places=store.load_places(opened),
        exposure=store.load_exposure(opened, finest) if finest >= 0 else schema.empty(schema.EXPOSURE),
        basemap=store.load_basemap(opened),
        imports=_imports(opened),
        synthetic=opened.is_synthetic,
        region="the demo region" if opened.is_synthetic else "",
        markers=store.load_markers(opened),
        sources=sources_of(opened),
        roads=roads_of(opened),
    )


def _imports(opened: store.Store) -> pd.DataFrame:
    listed = store.list_imports(opened)
    first, last = (listed[name].astype("str") for name in ("period_from", "period_to"))
    period = first + " to " + last
    return schema.conform(
        listed.assign(
            period=period.where(listed["period_from"].notna()), receipt=listed["import_id"].str[:8]
        ),
        IMPORTS,
    )
