"""The outreach page: one evening's walk for two workers, made from the frozen release, fit for a phone."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from cse_geo.pages.parts import actions_list, door, look, plan_log, plan_parts
from cse_geo.pipeline.plans_outreach import outreach_view
from cse_geo.views_plans import PlanQuery

session = door.session()
top = st.container()
st.html(plan_parts.STYLES)
with st.expander("Change the day, the times or the base"):
    query = plan_parts.shift_controls("outreach", first=PlanQuery(on=datetime.now(UTC).date()))
view = plan_parts.view_for(session, query, outreach_view, head=(top, "Evening route"))
door.role_menu(view.roles, view.role)
with top:
    look.title(
        "Evening route", under=f"{query.on:%A %-d %B}, {query.start} to {query.end}", synthetic=view.synthetic
    )
plan_parts.remember_towns(view)
for unit in view.units:
    plan_parts.draw_unit(view, unit, list_first=True)
st.html(plan_parts.notes_html(view))
plan_parts.draw_choices("outreach", {
    "Files": lambda: plan_parts.draw_files(view, session),
    "What we saw": lambda: plan_log.draw_stop(view, session),
    "Actions": lambda: actions_list.draw(session),
})  # fmt: skip
