"""Markers of training, operations, contributors and systems: kept, taken back, listed; who may, and the log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import safeguards, schema, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.hotspots.trend_contributors import contributor_markers
from cse_geo.hotspots.trend_markers import stored_markers
from cse_geo.pipeline.gate import Act, enter, session_of

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

COUNCILS = "local_authority"
_FIRST_DAY = date(2000, 1, 1)


def add_marker(
    opened: store.Store, asked: store.Marker, *, session: Session, today: date | None = None
) -> str:
    """Keep a marker: from its day on, trends say it and ask whether it explains a rise.

    Raises
    ------
    NotPermittedError
        If the role may not mark, or may for its own agency only and names another or all.
    UsageError
        If the kind is not one of the list, the store has no such agency or council, or the day is to come.
    """
    safeguards.require(session, "mark")
    _require_reach(session, asked.agency)
    for fault in _faults(opened, asked, today or datetime.now(UTC).date()):
        raise UsageError(fault)
    enter(opened, session, Act("mark", "alteration", "marker_add", 1))
    number = store.save_marker(opened, asked, set_by=session.user)
    return f"Marker {number}: {asked.day.isoformat()}, {schema.MARKER_KINDS[asked.kind]}."


def remove_marker(opened: store.Store, number: int, *, session: Session) -> str:
    """Take a marker back; the log keeps that it was there.

    Raises
    ------
    UsageError
        If no marker of this number is in force.
    """
    safeguards.require(session, "mark")
    held = store.load_markers(opened)
    ours = held[held["number"] == number]
    if ours.empty:
        message = "There is no marker of this number; `cse-geo marker list` shows them."
        raise UsageError(message)
    _require_reach(session, str(ours["agency"].iloc[0]))
    enter(opened, session, Act("mark", "alteration", "marker_remove"))
    store.end_marker(opened, number)
    return f"Marker {number} is taken back."


def list_markers(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return the markers in force: `number`, `day`, `kind`, `agency`, `area`."""
    safeguards.require(session, "mark")
    found = store.load_markers(opened).drop(columns="set_by")
    enter(opened, session, Act("mark", "consultation", "marker_list", len(found)))
    return found


def mark_at_page(opened: store.Store, visitor: views.Session, asked: store.Marker) -> str:
    """Keep a marker that somebody entered on a page."""
    return add_marker(opened, asked, session=session_of(opened, visitor))


def unmark_at_page(opened: store.Store, visitor: views.Session, number: int) -> str:
    """Take back a marker on a page."""
    return remove_marker(opened, number, session=session_of(opened, visitor))


def markers_at_page(opened: store.Store, visitor: views.Session) -> pd.DataFrame | None:
    """Return the markers in force for a role that may change them; None for every other."""
    session = session_of(opened, visitor)
    return list_markers(opened, session=session) if safeguards.may(session, "mark") else None


def markers_of(frames: Frames) -> pd.DataFrame:
    """Return MARKERS of a store, by month: contributors as they came and went, and what people marked."""
    names = dict(zip(frames.agencies["agency"], frames.agencies["name"], strict=True))
    parts = []
    if len(frames.coverage):
        came = contributor_markers(frames.coverage)
        parts.append(
            came.assign(
                words=[f"{names.get(a, a)} {w}" for a, w in zip(came["agency"], came["words"], strict=True)]
            )
        )
    if frames.markers is not None and len(frames.markers):
        parts.append(stored_markers(frames.markers, names))
    both = pd.concat(parts, ignore_index=True) if parts else schema.empty(schema.MARKERS)
    return schema.conform(both.sort_values(["month", "kind", "words"], ignore_index=True), schema.MARKERS)


def _faults(opened: store.Store, asked: store.Marker, today: date) -> list[str]:
    """Return what is wrong, in sentences that hold no value but the lists of this store."""
    agencies = sorted(store.load_agencies(opened)["agency"].astype("str"))
    areas = store.load_areas(opened)
    councils = sorted(areas.loc[areas["layer"] == COUNCILS, "code"].astype("str"))
    has = {"agency": ", ".join(agencies) or "none", "area": ", ".join(councils) or "none"}
    rules = (
        (asked.kind in schema.MARKER_KINDS, f"The kind must be one of {', '.join(schema.MARKER_KINDS)}."),
        (asked.agency in {"", *agencies}, f"The agency must be one of this store's: {has['agency']}."),
        (asked.area in {"", *councils}, f"The area must be a council of this store: {has['area']}."),
        (_FIRST_DAY <= asked.day <= today, "The day must lie between the year 2000 and today."),
    )
    return [message for is_right, message in rules if not is_right]


def _require_reach(session: Session, agency: str) -> None:
    """Pass where the role sees shared records, or it is its own agency, or nobody's in the demo."""
    anyone = session.rule.records == "shared" or (session.synthetic and not session.agency)
    if not (anyone or (agency and agency == session.agency)):
        message = f"The role {session.rule.title} does this for its own agency only: name it."
        raise NotPermittedError(message)
