"""The one list of actions, on every page that acts: what, who, when, what came of it, before and after."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import meeting_source
from cse_geo.views_meeting import Outcome

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import ActionLine, Effect, TrackerView

CAME = {
    "done": "Done, and something changed",
    "no_effect_seen": "Done, no effect seen",
    "open": "Still open",
    "dropped": "Not done, and will not be",
}
_SAID = "actions_said"


def draw(session: Session, *, effects: bool = False) -> None:
    """Draw the actions that this role sees, the form of what came of one, and before and after where that is shown."""
    meeting_source.dress()
    view = meeting_source.tracked(session)
    st.html(el("p", f"Actions of {view.whose}, late ones first; decisions are made in the meeting."))
    said = st.session_state.pop(_SAID, "")
    if said:
        st.success(said)
    if not view.lines:
        st.info("No action is on this list. The meeting decides actions on the page of each place.")
        return
    st.html(el("div", *(action_html(line) for line in view.lines), cls="cse-actions"))
    _outcome(view, session)
    if effects:
        _effect(view, session)


def action_html(line: ActionLine) -> Html:
    """Return one action as a block: what, who, when, the safeguarding step, what came of it, the law."""
    late = el("strong", " LATE", cls="cse-late") if line.is_late else joined()
    first = el("p", f"First: {line.safeguarding}") if line.safeguarding else joined()
    came = el("p", f"{CAME[line.status]}. {line.outcome}") if line.status != "open" else joined()
    law = el("details", el("summary", "Power, rank and reference"), el("p", line.law))
    return el(
        "article",
        el("h2", f"{line.number}. {line.tactic}", late, cls="cse-h3"),
        el("p", f"{line.place} \u00b7 {line.owner} \u00b7 due {line.due}, review {line.review}"),
        first, came, law,
    )  # fmt: skip


def _outcome(view: TrackerView, session: Session) -> None:
    labels = {a.number: f"{a.number}. {a.tactic}, {a.place}" for a in view.lines}
    with st.form("outcome", border=True, clear_on_submit=True):
        st.html('<h2 class="cse-h2">What came of it</h2>')
        which, came, day = st.columns([2, 2, 1])
        number = which.selectbox("Action", list(labels), format_func=lambda n: labels[n])
        status = came.selectbox("What came of it", list(CAME), format_func=lambda s: CAME[s])
        on = day.date_input("Seen on", value=view.today, format="DD/MM/YYYY")
        words = st.text_input("In a few words (places and steps, nobody's details)", max_chars=300)
        if st.form_submit_button("Keep what came of it", type="primary"):
            _keep(session, Outcome(number, status, words, on if isinstance(on, date) else view.today))


def _keep(session: Session, outcome: Outcome) -> None:
    try:
        st.session_state[_SAID] = meeting_source.conclude(session, outcome)
    except CseGeoError as error:
        st.error(str(error))
    else:
        st.rerun()


def _effect(view: TrackerView, session: Session) -> None:
    st.html('<h2 class="cse-h2">Before and after</h2>')
    which, ask = st.columns([3, 1], vertical_alignment="bottom")
    labels = {a.number: f"{a.number}. {a.tactic}, {a.place}" for a in view.lines}
    number = which.selectbox(
        "Reports before and after which action",
        list(labels),
        format_func=lambda n: labels[n],
        key="effect_of",
    )
    if ask.button("Compare", key="effect_ask", width="stretch"):
        st.session_state["effect"] = meeting_source.effect(session, number)
    found: Any = st.session_state.get("effect")
    if isinstance(found, str):
        st.error(found)
    elif found is not None and found.number == number:
        st.html(_effect_html(found))


def _effect_html(found: Effect) -> Html:
    rows = [
        el("tr", el("td", where), el("td", before), el("td", after)) for where, before, after in found.counts
    ]
    heads = ("Reports", f"{found.days} days before", f"{found.days} days after")
    head = el("tr", *(el("th", w, attributes={"scope": "col"}) for w in heads))
    table = el("table", el("thead", head), el("tbody", *rows), cls="cse-agenda") if rows else joined()
    return joined(table, el("ul", *(el("li", words) for words in found.words), cls="cse-notes"))
