"""Places not for tasking: a point, a size and a last day; there is no field for why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import source
from cse_geo.pipeline import tasking
from cse_geo.views_plans import AsideRequest

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_plans import PlanView

_SAID = "tasking_said"
_WHAT = (
    "Ground taken out here is on no patrol, no outreach walk and no list of premises until its last day. Nothing says "
    "that it was taken out, no reason is asked or kept, and only you see your own."
)
_RADII = (100, 200, 300, 500, 1000, 2000)


def draw(view: PlanView, session: Session) -> None:
    """Draw the form that takes ground out of every plan, and what this person took out and may put back."""
    opened = source._store()  # noqa: SLF001 (one door for every page)
    st.html(el("p", _WHAT))
    said = st.session_state.pop(_SAID, "")
    if said:
        st.success(said)
    today = date.today()  # noqa: DTZ011 (the day on the wall, not a moment)
    stops = {
        f"{line.name} ({line.grid})": line.grid for unit in view.units for line in unit.lines if line.grid
    }
    with st.form("tasking", border=True):
        pick, where, radius, last = st.columns([2, 2, 1, 1])
        stop = pick.selectbox(
            "A stop of this plan", ["", *stops], format_func=lambda s: s or "none: the point beside"
        )
        text = where.text_input(
            "Or a point: grid reference or LAT,LON", placeholder="TA 1234 5678", max_chars=40
        )
        metres = radius.selectbox("Metres round it", _RADII, index=2)
        until = last.date_input("Last day", value=today + timedelta(days=14), format="DD/MM/YYYY")
        if st.form_submit_button("Not for tasking until then", type="primary"):
            day = until if isinstance(until, date) else today
            _set(session, AsideRequest(text.strip() or stops.get(stop, ""), metres, today, day))
    for aside in tasking.own_asides(opened, session, on=today):
        words, end = st.columns([4, 1], vertical_alignment="center")
        words.html(el("p", f"{aside.number}. Round {aside.where}, until {aside.until}"))
        if end.button("Put back", key=f"aside_{aside.number}", width="stretch"):
            tasking.end_aside(opened, session, aside.number, on=today)
            _again("It is in plans again.")


def _set(session: Session, request: AsideRequest) -> None:
    try:
        number = tasking.set_aside(source._store(), session, request)  # noqa: SLF001
    except CseGeoError as error:
        st.error(str(error))
        return
    _again(f"Kept as {number}. The plan was made again without it.")


def _again(said: str) -> None:
    st.session_state[_SAID] = said
    st.session_state.pop("plan_kept", None)
    st.session_state.pop("premises_kept", None)
    st.rerun()
