"""What came back from a round, written on the page: a table for a car's shift, one stop at a time on a phone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import source
from cse_geo.pipeline import plans_papers
from cse_geo.views_plans import VisitLine

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_plans import Line, PlanView, UnitPlan

SEEN = {"nothing_seen": "Nothing seen", "something_seen": "Something seen", "not_visited": "Not visited"}
_WHAT = (
    "Visits are kept apart from every record and enter no map of concern. A concern about a child goes to the police "
    "or children's social care now, and into your agency's own return; nobody who was met is written down here."
)


def draw_table(view: PlanView, session: Session) -> None:
    """Draw every stop as a row to fill in: when, how long, what was seen."""
    _head(view, session)
    stops = _stops(view)
    if not stops:
        return
    table = pd.DataFrame({
        "Stop": [f"{unit.unit}, {line.number}. {line.name}" for unit, line in stops],
        "Arrived": [line.arrive.time() for _, line in stops], "Minutes": [line.minutes for _, line in stops],
        "Seen": [None for _ in stops],
    })  # fmt: skip
    with st.form(f"{view.kind}_log", border=True):
        edited = st.data_editor(
            table, hide_index=True, width="stretch", disabled=["Stop"], key=f"{view.kind}_log_rows", row_height=36,
            column_config={
                "Arrived": st.column_config.TimeColumn(format="HH:mm"),
                "Minutes": st.column_config.NumberColumn(min_value=0, max_value=240, step=1),
                "Seen": st.column_config.SelectboxColumn(options=list(SEEN.values())),
            },
        )  # fmt: skip
        st.caption("Stops without an entry under Seen are not kept.")
        if st.form_submit_button("Keep the log", type="primary"):
            codes = {words: code for code, words in SEEN.items()}
            lines = tuple(
                VisitLine(
                    _place(line, view),
                    _at(row["Arrived"], line.arrive),
                    int(row["Minutes"] or 0),
                    codes[row["Seen"]],
                )
                for (_, line), (_, row) in zip(stops, edited.iterrows(), strict=True)
                if row["Seen"] in codes
            )
            _keep(view, session, lines)


def draw_stop(view: PlanView, session: Session) -> None:
    """Draw one stop at a time: three large controls, fit for a thumb."""
    _head(view, session)
    stops = _stops(view)
    if not stops:
        return
    with st.form(f"{view.kind}_log", border=True, clear_on_submit=True):
        at = st.selectbox(
            "Stop", range(len(stops)), format_func=lambda k: f"{stops[k][1].number}. {stops[k][1].name}"
        )
        line = stops[at][1]
        when = st.time_input("Arrived", value=line.arrive.time(), step=timedelta(minutes=5))
        seen = st.radio("Seen", list(SEEN), format_func=SEEN.__getitem__, horizontal=True)
        minutes = st.number_input("Minutes there", min_value=0, max_value=240, value=line.minutes, step=5)
        if st.form_submit_button("Keep this stop", type="primary", width="stretch"):
            _keep(view, session, (VisitLine(_place(line, view), _at(when, line.arrive), int(minutes), seen),))


def _head(view: PlanView, session: Session) -> None:
    said = st.session_state.pop(f"{view.kind}_log_said", "")
    if said:
        st.success(said)
    kept, made = plans_papers.kept_log(source._store(), session, view=view)  # noqa: SLF001 (one door for every page)
    so_far = (
        f"Kept so far for {view.name}: {kept} stops, {made} of them visited."
        if kept
        else "Nothing is kept yet."
    )
    st.html(el("p", f"{so_far} {_WHAT}"))
    if not _stops(view):
        st.info("This plan has no stop to write about.")


def _keep(view: PlanView, session: Session, lines: tuple[VisitLine, ...]) -> None:
    try:
        n = plans_papers.save_log(source._store(), session, view=view, lines=lines)  # noqa: SLF001
    except CseGeoError as error:
        st.error(str(error))
        return
    st.session_state[f"{view.kind}_log_said"] = f"{n} visits are kept." if n > 1 else "The visit is kept."
    st.rerun()


def _stops(view: PlanView) -> list[tuple[UnitPlan, Line]]:
    return [(unit, line) for unit in view.units for line in unit.lines if not line.is_break]


def _place(line: Line, view: PlanView) -> str:
    return line.name if view.kind == "licensing" or not line.grid else f"{line.name} [{line.grid}]"


def _at(value: Any, planned: datetime) -> datetime:  # noqa: ANN401 (what the editor gives back)
    """Return the clock time that was written, on the night of the plan; early hours are the next morning's."""
    clock = value if isinstance(value, time) else planned.time()
    at = datetime.combine(planned.date(), clock)
    if planned.hour >= 12 and clock.hour < 8:
        return at + timedelta(days=1)
    return at - timedelta(days=1) if planned.hour < 8 and clock.hour >= 12 else at
