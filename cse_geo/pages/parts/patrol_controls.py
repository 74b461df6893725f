"""The controls of a patrol plan beyond day and hours: who, whose area, lots, appointments; and a shift under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import el
from cse_geo.views_plans import UNIT_KINDS, Appointment

if TYPE_CHECKING:
    from cse_geo.views_plans import PlanQuery, PlanView

_KINDS = {
    "police": "Police",
    "rail_police": "British Transport Police",
    "pcso": "PCSOs",
    "wardens": "Wardens",
}
_REST = "patrol_rest"


def draw(query: PlanQuery) -> PlanQuery:
    """Draw who patrols and how; return the query with what they say."""
    units, kind, way, area, cross = st.columns([0.9, 1.3, 1.1, 1.4, 1.5], vertical_alignment="bottom")
    n = units.number_input("Units", min_value=1, max_value=8, value=2, key="patrol_units")
    who = kind.selectbox("Who patrols", UNIT_KINDS, format_func=_KINDS.__getitem__, key="patrol_kind")
    foot = way.segmented_control("Way", ["Drive", "Walk"], default="Drive", required=True, key="patrol_way")
    names: dict[str, str] = st.session_state.get("patrol_forces", {})
    force = area.selectbox(
        "Whose area", ["", *names], format_func=lambda c: names.get(c, "Every force"), key="patrol_force"
    )
    across = cross.checkbox("Cross the line, as agreed", key="patrol_across", disabled=not force)
    with st.expander("Lots, appointments, two units together, limits"):
        query = _more(query)
    return _rest_of(replace(
        query, n_units=int(n), unit_kind=who, on_foot=foot == "Walk", force=force or "", across=across
    ))  # fmt: skip


def remember_forces(view: PlanView) -> None:
    """Keep the forces to choose from for the next run of the page."""
    st.session_state["patrol_forces"] = dict(view.forces)


def draw_rest(view: PlanView) -> None:
    """Draw the form that plans the rest of a shift: what time it is, and what was missed."""
    query = view.query
    if query.now:
        st.html(el("p", f"This is the rest of the shift from {query.now} on."))
        if st.button("Back to the whole shift", key="patrol_whole"):
            st.session_state.pop(_REST, None)
            st.rerun()
        return
    stops = [f"{unit.unit}/{line.number}" for unit in view.units for line in unit.lines if not line.is_break]
    names = {f"{unit.unit}/{line.number}": f"{unit.unit}, {line.number}. {line.name} {line.arrive:%H:%M}"
             for unit in view.units for line in unit.lines if not line.is_break}  # fmt: skip
    with st.form("rest", border=True):
        clock, late = st.columns([1, 3])
        now = clock.time_input("It is now", value=time(20, 30), step=timedelta(minutes=5))
        missed = late.multiselect("Planned before now, and not done", stops, format_func=names.__getitem__)
        home = st.multiselect("Goes home now", [unit.unit for unit in view.units], key="patrol_dropped")
        st.caption(
            "What was planned before now counts as done, also of a unit that goes home. The others go on from the last "
            "stop they reached, and keep what is on their sheets where a change is not worth a quarter more."
        )
        if st.form_submit_button("Plan the rest of the shift", type="primary"):
            plain = replace(query, now="", missed=(), dropped=())
            st.session_state[_REST] = (plain, f"{now:%H:%M}", tuple(missed), tuple(home))
            st.rerun()


def _rest_of(query: PlanQuery) -> PlanQuery:
    """Return the query for the rest of the shift where that was asked for, as long as it is the same shift."""
    kept = st.session_state.get(_REST)
    if kept is None or (kept[0].on, kept[0].start, kept[0].end) != (query.on, query.start, query.end):
        return query
    return replace(query, now=kept[1], missed=kept[2], dropped=kept[3])


def _more(query: PlanQuery) -> PlanQuery:
    explore, control, same = st.columns(3)
    lots = explore.checkbox(
        "One visit in eight by lot", key="patrol_explore",
        help="To public places that nobody reports: else the map only learns from where people look.",
    )  # fmt: skip
    night = control.checkbox(
        "Control night", key="patrol_control",
        help="About half of the places are drawn out for the night: nights with and without can be compared.",
    )  # fmt: skip
    order = same.checkbox(
        "The same order every night", key="patrol_same", help="Easy to foresee: only where it must be."
    )
    text = st.text_area(
        "Appointments, one a line: time, grid reference or LAT,LON, minutes (such as joint visits with licensing)",
        placeholder="19:30 TA 1234 5678 20", key="patrol_meet", height=80,
    )  # fmt: skip
    both = st.text_area(
        "Two units together, one visit a line: time or \u201cany\u201d, grid reference or LAT,LON, minutes",
        placeholder="any TA 1234 5678 30", key="patrol_both", height=80,
    )  # fmt: skip
    most = st.number_input(
        "Most minutes at one place in the shift (0: no limit)", min_value=0, max_value=240, value=0, step=15,
        key="patrol_most", help="Nobody's street is patrolled all evening.",
    )  # fmt: skip
    together = (replace(a, at="" if a.at == "any" else a.at, units=2) for a in appointments_of(both or ""))
    return replace(
        query, explore=lots, control=night, vary=not order, most_minutes=int(most),
        appointments=(*appointments_of(text or ""), *together),
    )  # fmt: skip


def appointments_of(text: str) -> tuple[Appointment, ...]:
    """Return the appointments of lines such as "19:30 TA 1234 5678 20"; a day before the time is not needed."""
    made = []
    for line in text.splitlines():
        words = line.split()
        if words and words[0].count("-") == 2:
            words = words[1:]
        if len(words) >= 2:
            ends = len(words) > 2 and words[-1].isdigit() and len(words[-1]) <= 3 and len(words) % 2 == 1
            minutes = int(words[-1]) if ends else 20
            made.append(Appointment(words[0], " ".join(words[1:-1] if ends else words[1:]), minutes))
        elif words:
            made.append(Appointment(words[0], "", 20))
    return tuple(made)
