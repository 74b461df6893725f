"""One list of actions for the meeting, patrols, licensing and outreach, each role with its own part of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.pipeline.actions import trade_agencies, visible_actions
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.frames import first_day
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.views_meeting import TrackerView

if TYPE_CHECKING:
    from datetime import date

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

PAGES = ("meeting", "patrol", "premises", "outreach")


def tracker_view(opened: store.Store, visitor: views.Session) -> TrackerView:
    """Return the list of actions for somebody at a page."""
    return tracker_for(opened, session_of(opened, visitor))


def tracker_for(opened: store.Store, session: Session) -> TrackerView:
    """Return the actions that a session may see, late ones first.

    Raises
    ------
    NotPermittedError
        If the role has none of the pages that act.
    """
    if not set(PAGES) & session.rule.pages:
        safeguards.require_page(session, "meeting")
    today = today_of(frames_of(opened))
    agencies = store.load_agencies(opened)
    names = dict(zip(agencies["agency"], agencies["name"], strict=True))
    trade = trade_agencies(opened, session)
    lines = visible_actions(store.load_actions(opened), session, names=names, today=today, trade=trade)
    enter(opened, session, Act("view", "consultation", "read_actions", len(lines)))
    own = names.get(session.agency, "")
    whose = "every agency" if "meeting" in session.rule.pages else own or ", ".join(
        sorted(names[a] for a in trade)) or "no agency"  # fmt: skip
    return TrackerView(lines, today, whose)


def today_of(frames: Frames) -> date:
    """Return the day it is: the clock's, or the newest day of the data where those are synthetic."""
    if frames.synthetic and len(frames.records):
        newest = first_day(frames.records).max()
        if newest == newest:  # noqa: PLR0124 (no day at all)
            return newest.date()
    return datetime.now(UTC).date()
