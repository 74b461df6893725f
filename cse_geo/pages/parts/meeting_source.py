"""The meeting page's calls of the pipeline: the answer, a decision, an outcome, a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source
from cse_geo.pipeline import actions, meeting, meeting_packs

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import Decision, MeetingQuery, MeetingView, Outcome


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


def paper(session: Session, request: meeting_packs.PackRequest) -> meeting_packs.Paper | str:
    """Return a paper, or why there is none."""
    try:
        return meeting_packs.make_pack(_store(), session, request)
    except CseGeoError as error:
        return str(error)


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return source._store()  # noqa: SLF001 (one door for every page)
