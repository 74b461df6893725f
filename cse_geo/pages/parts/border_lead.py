"""The decision about one shared hotspot: suggested lead, who decides, next step; recorded with its date."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo import lattice
from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import border_source, wording

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_border import BorderView

UNOWNED = ""


def draw(view: BorderView, session: Session, *, hotspot: str) -> None:
    """Draw the suggestion, the decision in force and the form for the next one."""
    row = view.shared[view.shared["hotspot"] == hotspot].iloc[0]
    st.html(el("p", el("strong", "Suggested lead. "), row["suggested_words"]))
    st.html(el("p", el("strong", "In force: "), _in_force(row)))
    if row["contacts"]:
        st.html(el("p", el("strong", "Who to ask: "), row["contacts"]))
    with st.form(f"lead_{hotspot}"):
        left, right = st.columns(2)
        codes = [UNOWNED, *view.forces]
        lead = left.selectbox(
            "Who leads (the meeting decides)", codes, format_func=lambda c: view.forces.get(c, "Unowned")
        )
        step = right.selectbox("Next step", list(view.next_steps), format_func=lambda c: view.next_steps[c])
        if st.form_submit_button("Record the decision"):
            cells = view.hotspot_cells.loc[view.hotspot_cells["hotspot"] == hotspot, "cell"]
            border_source.decide(
                session, lattice.to_text(cells), lead=lead, step=step, day=datetime.now(UTC).date()
            )
            st.rerun()


def _in_force(row: object) -> str:
    lead, step, day = row["lead"], row["next_step"], row["decided_on"]  # type: ignore[index]
    if not isinstance(step, str):
        return "nothing is decided: UNOWNED."
    owner = lead if isinstance(lead, str) else "UNOWNED"
    return f"{owner}; {step}; decided {wording.day(day)}."
