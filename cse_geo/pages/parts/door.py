"""Who is looking: the role menu of the demo, or who signed in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.pages.parts import sign_in
from cse_geo.views import Session
from cse_geo.web.settings import read_settings

if TYPE_CHECKING:
    from cse_geo.views import Role

FIRST_ROLE = "analyst"


def session() -> Session:
    """Return who is looking; stop the page where nobody may. The first line of every page.

    The demo's menu is drawn where the app was told that it shows a demo. That alone opens nothing: on a store
    that is not synthetic the pipeline refuses everyone who did not sign in.
    """
    settings = read_settings(os.environ)
    if not settings.store:
        st.error("No store was named. Start the app with `cse-geo demo`, or with `cse-geo serve --store S`.")
        st.stop()
    if not settings.demo:
        return sign_in.session()
    role = st.session_state.get("role") or settings.role or FIRST_ROLE
    return Session(role=str(role), demo=True, purpose="demonstration")


def role_menu(roles: tuple[Role, ...], current: Role) -> None:
    """Draw the menu that steps into a role of the demo, and what that role may see."""
    if not read_settings(os.environ).demo:
        return
    st.session_state["roles"] = roles
    with st.sidebar:
        codes = [role.code for role in roles]
        labels = {role.code: role.label for role in roles}
        at = codes.index(current.code) if current.code in codes else 0
        chosen = st.selectbox(
            "See the demo as", codes, index=at, format_func=lambda code: labels[code], key="role_menu"
        )
        if chosen != current.code:
            st.session_state["role"] = chosen
            st.rerun()
        st.html(_rights(current))


def role_menu_again() -> None:
    """Draw the menu where a page was refused, so that nobody is stuck in a role."""
    roles: tuple[Role, ...] = st.session_state.get("roles", ())
    chosen = st.session_state.get("role") or read_settings(os.environ).role or FIRST_ROLE
    current = [role for role in roles if role.code == chosen]
    if current:
        role_menu(roles, current[0])


def _rights(role: Role) -> Html:
    return el(
        "div",
        el("h3", role.label),
        _list("This role sees", role.may_see),
        _list("This role does not see", role.may_not_see),
        el("p", "The demo lets anyone step into any role. A real store asks people to sign in."),
        cls="cse-role",
    )


def _list(title: str, items: tuple[str, ...]) -> Html:
    return joined(el("h3", title), el("ul", *(el("li", item) for item in items))) if items else joined()
