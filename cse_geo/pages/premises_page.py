"""The premises page: businesses whose identity is settled, what supports each, what is missing, who owns the power."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import door, look, premises_parts

session = door.session()
view = premises_parts.view_for(session)
door.role_menu(view.roles, view.role)
look.title("Premises", under="Information for consideration: a person checks first", synthetic=view.synthetic)
if view.lines:
    premises_parts.draw_list(view)
else:
    st.info("No business may be named to this role now. What that rests on stands below.")
st.html(premises_parts.notes_html(view))
premises_parts.draw_files(view, session)
