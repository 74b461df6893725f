"""The small form that marks training, operations and changes: closed lists and a day, no words of anybody's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.pages.parts import source
from cse_geo.schema import MARKER_KINDS

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.views import MapView, Session

_EVERY = ""


def draw(session: Session, view: MapView) -> None:
    """Draw the markers in force and the form, for a role that may mark; nothing for every other."""
    held = source.markers(session)
    if held is None:
        return
    with st.expander("Mark training, an operation or a change", expanded=False):
        _form(session, view)
        _list(session, view, held)


def _form(session: Session, view: MapView) -> None:
    names = {_EVERY: "every agency", **{option.code: option.label for option in view.options.agencies}}
    councils = view.areas[view.areas["layer"] == "local_authority"]
    areas = {_EVERY: "everywhere", **dict(zip(councils["code"], councils["name"], strict=True))}
    with st.form("marker", clear_on_submit=True, border=False):
        first, second, third, fourth = st.columns(4)
        day = first.date_input("From which day", view.options.last_day or date.today())  # noqa: DTZ011
        kind = second.selectbox("What happened", list(MARKER_KINDS), format_func=lambda k: MARKER_KINDS[k])
        agency = third.selectbox("Whose reporting", list(names), format_func=lambda a: names[a])
        area = fourth.selectbox("Where", list(areas), format_func=lambda a: areas[a])
        if st.form_submit_button("Keep this marker") and isinstance(day, date):
            _said(lambda: source.mark(session, day, str(kind), str(agency), str(area)))


def _list(session: Session, view: MapView, held: pd.DataFrame) -> None:
    if held.empty:
        return
    names = {option.code: option.label for option in view.options.agencies}
    labels = {
        int(
            row.number
        ): f"{row.day}, {names.get(row.agency, row.agency) or 'every agency'}: {MARKER_KINDS[row.kind]}"
        for row in held.itertuples()
    }
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Markers in force", list(labels), format_func=lambda n: labels[n], key="marker_held"
    )
    if right.button("Take it back", key="marker_remove") and chosen is not None:
        _said(lambda: source.unmark(session, chosen))


def _said(work: source.Work) -> None:
    try:
        words = work()
    except CseGeoError as refused:
        st.error(str(refused))
        return
    source.forget()
    st.toast(words)
    st.rerun()
