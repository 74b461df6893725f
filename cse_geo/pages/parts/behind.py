"""Behind the chosen hotspot: one question at a time, worked out when it is asked, each with its table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import el, joined
from cse_geo.pages.parts import behind_charts, behind_tables, markers, source

if TYPE_CHECKING:
    from cse_geo.views import MapView, Session
    from cse_geo.views_more import HotspotMore

_MONTHS, _HOURS, _NEAR, _SITES, _BEFORE = (
    "Month by month",
    "Day and hour",
    "Repeats nearby",
    "Sites",
    "Before and after",
)


def is_for(view: MapView) -> bool:
    """Return whether the role of this view sees what stands behind a hotspot."""
    return view.trend is not None


def draw(session: Session, view: MapView, *, hotspot: str) -> None:
    """Draw the question that was asked of the chosen hotspot; how to choose one until there is one."""
    if hotspot not in set(view.hotspots["hotspot"]):
        st.html(
            el("p", "Choose a hotspot in the table or on the map, and what stands behind it stands here.")
        )
        return
    rank = int(view.hotspots.loc[view.hotspots["hotspot"] == hotspot, "rank"].iloc[0])
    more = source.behind(session, view.query, hotspot)
    if more is None:
        st.html(el("p", "What stands behind a hotspot is not for this role."))
        return
    st.html(el("h2", f"Behind hotspot {rank} ({hotspot})", cls="cse-h2"))
    choices = [_MONTHS, *([_HOURS] if more.profile is not None else []), _NEAR,
               *([_SITES] if more.sites is not None else []), _BEFORE]  # fmt: skip
    asked = st.segmented_control("Ask", choices, default=_MONTHS, required=True, key="behind")
    if asked == _HOURS:
        _hours(more)
    elif asked == _NEAR:
        _near(more)
    elif asked == _SITES:
        _sites(more)
    elif asked == _BEFORE:
        _before(session, view, hotspot)
    else:
        _months(session, view, more)


def _months(session: Session, view: MapView, more: HotspotMore) -> None:
    left, right = st.columns([1.5, 1])
    with left:
        st.html(behind_charts.months_html(more.months, more.markers))
    with right:
        st.dataframe(behind_tables.months(more.months), hide_index=True, height=260, alt="Records by month")
    markers.draw(session, view)


def _hours(more: HotspotMore) -> None:
    profile = more.profile
    if profile is None or profile.empty:
        st.info("No record here says when it happened.")
        return
    left, right = st.columns([1.2, 1])
    with left:
        st.html(behind_charts.hours_html(profile))
    with right:
        st.dataframe(behind_tables.hours(profile), hide_index=True, height=300, alt="Shares by day and hour")


def _near(more: HotspotMore) -> None:
    st.html(
        joined(
            el("p", "Pairs of records of two different children, near in place and close in time, on the whole map: "
               "more pairs than chance may mean that a new report makes another one nearby likely soon."),
            el("p", "Expected and chance are from shuffled dates. Records known to 250 m or better."),
        )
    )  # fmt: skip
    if more.near_repeat is None or more.near_repeat.empty:
        st.info("Too few records with a fine place and a date.")
        return
    st.dataframe(
        behind_tables.near_repeat(more.near_repeat),
        hide_index=True,
        alt="Pairs near in place and close in time",
    )


def _sites(more: HotspotMore) -> None:
    st.html(
        el("p", "Records within 200 m of each other, three children or more: a way to group them, not a test. A "
           "site is about records and accuses no business.")
    )  # fmt: skip
    if more.sites is None or more.sites.empty:
        st.info("No three children were recorded within 200 m of each other at a place known finely enough.")
        return
    st.dataframe(behind_tables.sites(more.sites), hide_index=True, alt="Sites in the hotspot")


def _before(session: Session, view: MapView, hotspot: str) -> None:
    last = view.options.last_day or date.today()  # noqa: DTZ011 (a day on the reader's calendar)
    first = view.options.first_day or last
    middle = date.fromordinal((first.toordinal() + last.toordinal()) // 2)
    day = st.date_input(
        "First day of what was done", middle, min_value=first, max_value=last, key="before_day",
        help="A patrol plan, a visit, a closure. Up to half a year on both sides is compared.",
    )  # fmt: skip
    if not isinstance(day, date) or not st.button("Compare before and after", key="before_ask"):
        return
    try:
        found = source.before_after(session, view.query, hotspot, day)
    except CseGeoError as refused:
        st.info(str(refused))
        return
    if found is None:
        return
    left, right = st.columns([1, 1.3])
    with left:
        st.dataframe(behind_tables.before_after(found.table), hide_index=True, alt="Counts before and after")
    with right:
        st.html(el("div", *(el("p", words) for words in found.words), cls="cse-card"))
