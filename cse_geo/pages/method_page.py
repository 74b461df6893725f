"""The page of method and limits."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import door, guide, look, method, source

session = door.session()
view = source.first_view(session)
door.role_menu(view.roles, view.role)
look.title(
    "Method and limits", under="How hotspots are found, and what they cannot say", synthetic=view.synthetic
)
st.html(guide.guide_html())
method.draw(view)
st.html(method.promises_html())
