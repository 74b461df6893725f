"""The page of method and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import NotPermittedError
from cse_geo.pages.parts import door, guide, look, method, source

if TYPE_CHECKING:
    from cse_geo.views import MapView

session = door.session()
view: MapView | None
try:
    view = source.first_view(session)
except NotPermittedError:  # a role without a map reads the method too, without the figures of a map
    view = None
if view is not None:
    door.role_menu(view.roles, view.role)
look.title(
    "Method and limits",
    under="How hotspots are found, and what they cannot say",
    synthetic=session.demo if view is None else view.synthetic,
)
st.html(guide.guide_html())
if view is not None:
    method.draw(view)
st.html(method.promises_html())
