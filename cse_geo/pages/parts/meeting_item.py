"""One place in large type: what changed, the map, what is known, what to ask; and the form of a decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.documents.drawing import MapParams
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.outputs.packs import alt_of, counted, picture_of, share_words, source_flag
from cse_geo.pages.parts import meeting_source
from cse_geo.pages.parts.actions_list import action_html
from cse_geo.pages.parts.meeting_agenda import state_html
from cse_geo.views_meeting import Decision

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_meeting import Item, MeetingView

_DUE_DAYS, _REVIEW_DAYS = 14, 42  # a fortnight to act; places are reviewed every six weeks
_SAID = "decided_said"
_MAP = MapParams(width=760, height=520)


def draw(view: MeetingView, item: Item) -> None:
    """Draw one place: the left half is the map and the numbers, the right half what is known and asked."""
    st.html(_head(item, view.k))
    left, right = st.columns([1.15, 1])
    with left:
        picture = picture_of(view, item, params=_MAP)
        left.image(picture, width="stretch", alt=alt_of(item))
        left.html(_months(item))
    right.html(el("div", *_known(item), cls="cse-known"))


def draw_form(view: MeetingView, item: Item, session: Session) -> None:
    """Draw what was decided about the place, and the form of a new decision."""
    said = st.session_state.pop(_SAID, "")
    if said:
        st.success(said)
    if item.actions:
        st.html(
            joined(
                el("h2", "Decided", cls="cse-h2"),
                el("div", *(action_html(a) for a in item.actions), cls="cse-actions"),
            )
        )
    st.html('<h2 class="cse-h2">Decide</h2>')
    offered = [code for code, _ in item.suggestions]
    codes = [*offered, *(c for c in view.playbook if c not in offered)]
    labels = {c: f"{c} {view.playbook[c]}" for c in codes}
    owners = {a.code: a.label for a in view.agencies}
    today = view.today or view.as_of
    with st.form(f"decide_{item.key}", border=True):
        act, who, due, review = st.columns([3, 2, 1, 1])
        code = act.selectbox("Action", codes, format_func=lambda c: labels[c])
        # Nobody by default: the first agency of the alphabet must not own an action because nobody looked.
        owner = who.selectbox(
            "Who does it", ["", *owners], format_func=lambda a: owners.get(a, "choose an agency")
        )
        due_on = due.date_input("Due", value=today + timedelta(days=_DUE_DAYS), format="DD/MM/YYYY")
        seen_on = review.date_input("Review", value=today + timedelta(days=_REVIEW_DAYS), format="DD/MM/YYYY")
        step, holder, by = st.columns([3, 2, 2])
        words = step.text_input("First: what protects the children concerned", max_chars=300)
        keeper = holder.selectbox(
            "Who does that", ["", *owners], format_func=lambda a: owners.get(a, "nobody yet")
        )
        decider = by.text_input("Decided by (a post)", value="Chair of the meeting", max_chars=120)
        if st.form_submit_button("Keep this decision", type="primary"):
            _keep(session, Decision(
                item.where, item.cells, item.resolution, item.area_codes, code, owner, _day(due_on), _day(seen_on),
                words, keeper, decider, today,
            ))  # fmt: skip
    st.caption(
        "Policing, enforcement and licensing steps are kept only when the safeguarding step and its owner are named. "
        "Nothing here acts by itself; anything about a person is decided by the police outside this tool."
    )


def _keep(session: Session, decision: Decision) -> None:
    try:
        st.session_state[_SAID] = meeting_source.decide(session, decision)
    except CseGeoError as error:
        st.error(str(error))
        return
    st.rerun()  # what was decided stands above the form at once


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.max


def _head(item: Item, k: int) -> Html:
    flags = [state_html(item)]
    forces = [s.name for s in item.shares if s.layer == "police_force"]
    if item.is_shared:
        flags.append(el("span", f"Shared: {' and '.join(forces)}", cls="cse-flag cse-shared"))
        flags.append(el("span", f"Leads: {item.lead}" if item.lead else "Nobody leads", cls="cse-flag"))
    elif item.is_near_line:
        flags.append(el("span", "Within 1 km of a force boundary", cls="cse-flag"))
    if source := source_flag(item):
        flags.append(el("span", source, cls="cse-flag"))
    facts = (
        (counted(item.recent, k), "children now"), (counted(item.earlier, k), "in as long before"),
        (str(item.n_records), "records in all"), (str(item.n_children), "children with a key"),
        (str(item.n_agencies), "agencies"),
    )  # fmt: skip
    return joined(
        el("h2", f"{item.key}  {item.headline}", cls="cse-place"),
        el("div", *flags, cls="cse-flags"),
        el("p", item.change, cls="cse-change"),
        el("div", *(el("div", el("b", n), el("span", w)) for n, w in facts), cls="cse-facts cse-big"),
    )


def _known(item: Item) -> list[Html]:
    parts = (
        ("Questions to ask", item.questions), ("When", (item.times,)), ("What happened there", item.roles),
        ("Kinds of place", item.types), ("Forms", item.forms), ("Reported by", item.sources),
        ("Links to other places", item.links),
        ("Whose area", tuple(f"{s.name} {share_words(s)}" for s in item.shares)),
        ("Public places in or within 300 m", item.context),
    )  # fmt: skip
    made = []
    for title, items in parts:
        if items and title == "Questions to ask":
            made.append(
                el("section", el("h3", title), el("ul", *(el("li", i) for i in items)), cls="cse-ask")
            )
        elif items:
            made.append(el("section", el("h3", title), el("p", ", ".join(items))))
    return made


def _months(item: Item) -> Html:
    if not item.months:
        return joined()
    most = max(1, *(n for _, n in item.months))
    bars = [el("b", style=f"height:{100 * n / most:.0f}%") for _, n in item.months]
    said = ", ".join(f"{month}: {n}" for month, n in item.months)
    axis = (
        el("span", item.months[0][0]),
        el("span", f"most in a month: {most}"),
        el("span", item.months[-1][0]),
    )
    return joined(
        el(
            "div",
            *bars,
            cls="cse-months",
            attributes={"role": "img", "aria-label": f"Records by month: {said}"},
        ),
        el("div", *axis, cls="cse-axis", attributes={"aria-hidden": "true"}),
    )
