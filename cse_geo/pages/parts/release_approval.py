"""The releases that wait for a second person: what they say of themselves, approve, refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source
from cse_geo.pipeline import decide_release, waiting_releases

if TYPE_CHECKING:
    from cse_geo.views import Session

_TOLD = "release_told"


def section(session: Session) -> None:
    """Draw the proposals and the two decisions on them; nothing where none waits."""
    st.header("Releases that wait for you")
    for sentence in st.session_state.pop(_TOLD, ()):
        st.success(sentence)
    waiting = waiting_releases(source.opened_store(), session)
    if waiting.empty:
        st.write(
            "None. `cse-geo release build` leaves a proposal here; it is served once another person approves it."
        )
        return
    st.write(
        "Nothing of these is served until you approve it. Everything published so far is attacked together with "
        "them first. Who built a release does not decide on it."
    )
    st.dataframe(waiting.drop(columns="state"), hide_index=True, width="stretch")
    labels = {str(r.release_id): f"{r.audience}, data until {r.until}" for r in waiting.itertuples()}
    chosen = st.selectbox("Release", list(labels), format_func=lambda name: labels[name])
    approve, refuse = st.columns(2)
    if approve.button("Approve: it is served from now on", type="primary"):
        _decide(session, chosen, approved=True)
    if refuse.button("Refuse: it is never served"):
        _decide(session, chosen, approved=False)


def _decide(session: Session, chosen: str, *, approved: bool) -> None:
    try:
        told = decide_release(source.opened_store(), session, chosen, approved=approved)
    except CseGeoError as refused:
        st.error(str(refused))
        return
    st.session_state[_TOLD] = told
    st.rerun()
