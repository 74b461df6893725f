"""The meeting page's calls of the pipeline: the answer, a decision, an outcome, a paper."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source
from cse_geo.pipeline import actions, effects, meeting, meeting_packs, meetings_held, tracker

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import (
        Decision,
        Effect,
        HeldLine,
        MeetingHeld,
        MeetingQuery,
        MeetingView,
        Outcome,
        TrackerView,
    )


STYLES = Path(str(resources.files("cse_geo").joinpath("data/meeting.css")))


def meeting_view(session: Session, query: MeetingQuery) -> MeetingView:
    """Return the meeting's answer; kept for this session until something is decided."""
    kept: dict[tuple[Session, MeetingQuery], MeetingView] = st.session_state.setdefault("meeting_kept", {})
    if (session, query) not in kept:
        with st.spinner("Looking at what is new, growing and quiet ..."):
            kept.clear()
            kept[(session, query)] = meeting.meeting_view(_store(), session, query)
    return kept[(session, query)]


def decide(session: Session, decision: Decision) -> str:
    """Keep a decision; return words for the page, or raise what the pipeline raises."""
    number = actions.record_decision(_store(), session, decision)
    st.session_state.pop("meeting_kept", None)
    return f"Action {number} is kept."


def conclude(session: Session, outcome: Outcome) -> str:
    """Keep what came of an action."""
    number = actions.record_outcome(_store(), session, outcome)
    st.session_state.pop("meeting_kept", None)
    return f"What came of action {number} is kept."


def tracked(session: Session) -> TrackerView:
    """Return the list of actions as this role sees it."""
    return tracker.tracker_view(_store(), session)


def effect(session: Session, number: int) -> Effect | str:
    """Return before and after of an action, or why there is none."""
    try:
        return effects.effect_view(_store(), session, number)
    except CseGeoError as error:
        return str(error)


def held(session: Session) -> tuple[HeldLine, ...]:
    """Return the meetings on record."""
    return meetings_held.meetings_view(_store(), session)


def keep_held(session: Session, meeting_: MeetingHeld) -> str:
    """Put a meeting on record; return words for the page, or raise what the pipeline raises."""
    number = meetings_held.record_meeting(_store(), session, meeting_)
    st.session_state.pop("meeting_kept", None)
    return f"Meeting {number} is on record."


def dress() -> None:
    """Give the page the styles that a meeting's blocks need."""
    st.html(STYLES)


def paper(session: Session, request: meeting_packs.PackRequest) -> meeting_packs.Paper | str:
    """Return a paper, or why there is none."""
    try:
        return meeting_packs.make_pack(_store(), session, request)
    except CseGeoError as error:
        return str(error)


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return source._store()  # noqa: SLF001 (one door for every page)
