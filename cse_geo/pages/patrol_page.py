"""The patrol page: a shift as a few controls, the best round for each unit, why each stop, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from cse_geo.pages.parts import actions_list, door, look, patrol_controls, plan_log, plan_parts, plan_tasking
from cse_geo.pipeline.plans_patrol import patrol_view
from cse_geo.views_plans import PlanQuery

session = door.session()
top = st.container()
st.html(plan_parts.STYLES)
query = patrol_controls.draw(
    plan_parts.shift_controls("patrol", first=PlanQuery(on=datetime.now(UTC).date()))
)
view = plan_parts.view_for(session, query, patrol_view, head=(top, "Patrol plan"))
door.role_menu(view.roles, view.role)
with top:
    look.title(
        "Patrol plan",
        under=f"{query.on:%A %-d %B %Y}, {query.now or query.start} to {query.end}",
        synthetic=view.synthetic,
    )
patrol_controls.remember_forces(view)
plan_parts.remember_towns(view)
plan_parts.draw_units(view)
st.html(plan_parts.notes_html(view))
plan_parts.draw_choices("patrol", {
    "Files": lambda: plan_parts.draw_files(view, session),
    "During the shift": lambda: patrol_controls.draw_rest(view),
    "Log": lambda: plan_log.draw_table(view, session),
    "Not for tasking": lambda: plan_tasking.draw(view, session),
    "Actions": lambda: actions_list.draw(session),
})  # fmt: skip
