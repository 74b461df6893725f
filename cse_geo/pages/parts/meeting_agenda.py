"""The first and last step of a meeting: the agenda made from the map, and the actions that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.outputs.packs import BANNER, LIMITS, now_and_before
from cse_geo.pages.parts import meeting_source
from cse_geo.pipeline.meeting_packs import PackRequest

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import Item, MeetingView


def draw(view: MeetingView) -> None:
    """Draw the agenda: counts, the places in order, who has not returned, single reports."""
    st.html(_counts(view))
    left, right = st.columns([1.9, 1])
    left.html(_list(view))
    right.html(_beside(view))


def draw_papers(view: MeetingView, session: Session) -> None:
    """Draw the buttons that make the pack; a copy is numbered when it is made, not before."""
    st.html('<h2 class="cse-h2">Papers</h2>')
    kind, form, who, make = st.columns([1.4, 1, 2, 1], vertical_alignment="bottom")
    chosen = kind.selectbox("Paper", ["meeting", "board"], format_func=str.capitalize, key="pack_kind")
    suffix = form.selectbox("As", [".pdf", ".html"], format_func=lambda s: s[1:].upper(), key="pack_as")
    reader = who.text_input("Whose copy", value="the members of the meeting", key="pack_for", max_chars=120)
    request = PackRequest(kind=chosen, suffix=suffix, recipient=reader, query=view.query)
    if make.button("Make it", key="pack_make", width="stretch"):
        with st.spinner("Drawing the maps and setting the pages ..."):
            st.session_state["pack_made"] = (request, meeting_source.paper(session, request))
    # A paper of another kind, period or reader must not be saved as this one.
    before, made = st.session_state.get("pack_made", (None, None))
    if before != request:
        return
    if isinstance(made, str):
        st.error(made)
    elif made is not None:
        st.download_button(f"Save {made.name}", made.content, file_name=made.name, key="pack_save")
        st.caption(made.words)


def foot_html(view: MeetingView) -> Html:
    """Return what every view of the meeting says at its foot."""
    left_out = tuple(f"Left out of this view: {w.reason}: {w.count}." for w in view.withheld)
    items = [el("li", words) for words in (BANNER, *LIMITS, *left_out, view.ledger.words)]
    return el("footer", el("ul", *items, cls="cse-notes"), cls="cse-text")


def _counts(view: MeetingView) -> Html:
    shared = sum(i.is_shared and not i.lead for i in view.items)
    pairs = (
        (shared, "shared by forces, nobody leads"),
        *((sum(i.state == s for i in view.items), s) for s in ("new", "growing")),
        (sum(i.state == "quiet" for i in view.items), "quiet: moved, ended or unreported"),
        (sum(a.is_late for a in view.due), "actions late"),
    )
    return el(
        "div", *(el("div", el("b", str(n)), el("span", words)) for n, words in pairs), cls="cse-facts cse-big"
    )


def _list(view: MeetingView) -> Html:
    rows = [
        el("tr", el("td", str(n)), el("td", el("b", f"{i.key} "), i.headline), el("td", state_html(i)),
           el("td", now_and_before(i, view.k)), el("td", _who(i)))
        for n, i in enumerate(view.items, 1)
    ]  # fmt: skip
    head = el(
        "tr",
        *(
            el("th", w, attributes={"scope": "col"})
            for w in ("No.", "Place", "Change", "Children", "Who leads")
        ),
    )
    table = el("table", el("thead", head), el("tbody", *rows), cls="cse-agenda")
    return table if rows else el("p", "No place stands out. Single reports may still matter.")


def state_html(item: Item) -> Html:
    """Return the state of a place as a badge that does not rest on colour."""
    marks = {"new": "\u2605", "growing": "\u25b2", "fading": "\u25bd", "quiet": "\u25cb", "steady": "="}
    return el(
        "span", f"{marks.get(item.state, '?')} {item.state}", cls=f"cse-state cse-{item.state.split()[0]}"
    )


def _who(item: Item) -> str:
    if item.lead:
        return item.lead
    return (
        "Nobody yet"
        if item.is_shared
        else next((a.owner for a in item.actions if a.status == "open"), "no action")
    )


def _beside(view: MeetingView) -> Html:
    parts = [
        ("Who has not returned", view.not_returned or ("Everyone who was asked has returned.",)),
        ("Nobody knows anything about", view.silent),
        ("New single reports outside these places", view.emerging),
    ]
    shown = [joined(el("h2", t), el("ul", *(el("li", w) for w in items))) for t, items in parts if items]
    return el("div", el("p", view.since), *shown, cls="cse-card cse-side")
