"""The premises page: businesses whose identity is settled, what supports each, rounds, corrections, actions."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import actions_list, door, look, plan_parts, premises_parts

session = door.session()
view = premises_parts.view_for(session)
door.role_menu(view.roles, view.role)
look.title("Premises", under="Information for consideration: a person checks first", synthetic=view.synthetic)
if view.lines:
    premises_parts.draw_list(view)
else:
    st.info("No business may be named to this role now. What that rests on stands below.")
st.html(premises_parts.notes_html(view))
plan_parts.draw_choices("premises", {
    "Files": lambda: premises_parts.draw_files(view, session),
    "Visit round": lambda: premises_parts.draw_round(session),
    "Log": lambda: premises_parts.draw_round_log(session),
    "Corrections": lambda: premises_parts.draw_corrections(view, session),
    "Actions": lambda: actions_list.draw(session),
})  # fmt: skip
