"""The patrol page: a shift as a few controls, the best round for each unit, why each stop, and against what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from cse_geo.pages.parts import door, look, plan_parts
from cse_geo.pipeline.plans_patrol import patrol_view
from cse_geo.views_plans import UNIT_KINDS, PlanQuery

_KINDS = {"police": "Police", "rail_police": "Railway police", "pcso": "PCSOs", "wardens": "Wardens"}

session = door.session()
top = st.container()
st.html(plan_parts.STYLES)
query = plan_parts.shift_controls("patrol", first=PlanQuery(on=datetime.now(UTC).date()))
units, kind, way = st.columns([1, 1.4, 1.4], vertical_alignment="bottom")
n = units.number_input("Units", min_value=1, max_value=8, value=2, key="patrol_units")
who = kind.selectbox("Who patrols", UNIT_KINDS, format_func=_KINDS.__getitem__, key="patrol_kind")
foot = way.segmented_control("Way", ["Drive", "Walk"], default="Drive", required=True, key="patrol_way")
query = replace(query, n_units=int(n), unit_kind=who, on_foot=foot == "Walk")
view = plan_parts.view_for(session, query, patrol_view)
door.role_menu(view.roles, view.role)
with top:
    look.title(
        "Patrol plan",
        under=f"{query.on:%A %-d %B %Y}, {query.start} to {query.end}",
        synthetic=view.synthetic,
    )
plan_parts.remember_towns(view)
for unit in view.units:
    plan_parts.draw_unit(view, unit)
st.html(plan_parts.notes_html(view))
plan_parts.draw_files(view, session)
