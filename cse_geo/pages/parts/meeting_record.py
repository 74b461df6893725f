"""The last step of a meeting: it is put on record by posts and agencies, with what it saw and what it decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import meeting_source
from cse_geo.views_meeting import MeetingHeld

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import HeldLine, MeetingView

_SAID = "held_said"


def draw(view: MeetingView, session: Session) -> None:
    """Draw the form of a meeting, and the meetings on record."""
    st.html('<h2 class="cse-h2">Put this meeting on record</h2>')
    said = st.session_state.pop(_SAID, "")
    if said:
        st.success(said)
    today = view.today or view.as_of
    with st.form("held", border=True):
        day, title, post = st.columns([1, 2, 2])
        on = day.date_input("Held on", value=today, format="DD/MM/YYYY")
        name = title.text_input("Which meeting", value="Sub-group", max_chars=120)
        chair = post.text_input(
            "Chair (a post, no name)", value="Chair, safeguarding partnership", max_chars=120
        )
        agencies = [a.label for a in view.agencies]
        came, missed = st.columns(2)
        here = came.multiselect("Agencies that sat in it", agencies)
        away = missed.multiselect("Apologies", agencies)
        st.caption(
            f"Places seen so far: {len(_seen(view))} of {len(view.items)}. Decisions of that day are added."
        )
        if st.form_submit_button("Put on record", type="primary"):
            first = view.as_of - timedelta(days=view.query.window_days - 1)
            held_on = on if isinstance(on, date) else today
            _keep(session, MeetingHeld(
                held_on, name, (first, view.as_of), (chair, *here) if here else (), tuple(away), _seen(view)
            ))  # fmt: skip
    kept = meeting_source.held(session)
    if kept:
        st.html(
            joined(el("h2", "Meetings on record", cls="cse-h2"), *(_held_html(line) for line in kept[:6]))
        )


def remember(view: MeetingView, at: int) -> None:
    """Remember that a place was looked at in this session."""
    if 1 <= at <= len(view.items):
        st.session_state.setdefault("meeting_seen", set()).add(view.items[at - 1].key)


def _seen(view: MeetingView) -> tuple[str, ...]:
    seen: set[str] = st.session_state.get("meeting_seen", set())
    return tuple(f"{item.key} {item.where}" for item in view.items if item.key in seen)


def _keep(session: Session, held: MeetingHeld) -> None:
    try:
        st.session_state[_SAID] = meeting_source.keep_held(session, held)
    except CseGeoError as error:
        st.error(str(error))
    else:
        st.rerun()


def _held_html(line: HeldLine) -> Html:
    parts = (
        ("In it", line.attended), ("Apologies", line.apologies), ("Places seen", line.seen), ("Decided", line.decided),
    )  # fmt: skip
    rows = [el("li", f"{what}: {'; '.join(words)}.") for what, words in parts if words]
    return el("details", el("summary", f"{line.held_on}, {line.title}"), el("ul", *rows))
