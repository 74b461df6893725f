"""The parts of the premises page: the list, one premises at a time, its files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.outputs.premises import SheetCover
from cse_geo.pages.parts import plan_log, plan_parts, source
from cse_geo.pipeline import corrections, plans_licensing, plans_rounds
from cse_geo.pipeline.gate import session_of
from cse_geo.views_plans import PlanQuery

if TYPE_CHECKING:
    from cse_geo.views import Session
    from cse_geo.views_plans import LicensingView, PremisesLine

_FILES = {"Workbook": ".xlsx", "Sheets, PDF": ".pdf", "Sheets, web page": ".html"}


def view_for(session: Session) -> LicensingView:
    """Return the list, kept for this session."""
    kept: dict[Session, LicensingView] = st.session_state.setdefault("premises_kept", {})
    if session not in kept:
        with st.spinner("Telling businesses apart ..."):
            kept[session] = plans_licensing.licensing_view(_store(), session)
    return kept[session]


def draw_list(view: LicensingView) -> None:
    """Draw the table, and the premises of the chosen row."""
    table = pd.DataFrame({
        "Premises": [x.name for x in view.lines], "Kind": [x.kind for x in view.lines],
        "Town": [x.town for x in view.lines],
        "Reports": [x.events for x in view.lines], "Sources": [x.sources for x in view.lines],
        "Decided": [x.decided or "nothing yet" for x in view.lines],
    })  # fmt: skip
    left, right = st.columns([1.5, 1])
    with left:
        state: Any = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row",
                                  key="premises_rows", height=40 + 36 * min(10, len(table)),
                                  row_height=36, alt="Premises by evidence")  # fmt: skip
    rows = state["selection"]["rows"] if state else []
    right.html(card_html(view.lines[rows[0] if rows else 0]))


def card_html(line: PremisesLine) -> Html:
    """Return the card of one premises: what supports it, the power, what is missing."""
    return el(
        "section",
        el("h2", line.name),
        el("p", f"{line.kind}, {line.town}. {line.events} reports settle on it, from {line.sources}."),
        el("h3", "Decided"), el("p", line.decided or "Nothing has been decided."),
        el("h3", "Still missing"), el("ul", *(el("li", words) for words in (*line.missing, line.hours))),
        el("h3", "What the playbook offers: owner, evidence needed, power"), *(_offer(words) for words in line.law),
        cls="cse-card cse-on", attributes={"aria-label": f"Card of {line.name}"},
    )  # fmt: skip


def _offer(words: str) -> Html:
    """Return one entry of the playbook: its tactic in sight, owner, evidence and law one click below."""
    tactic, _, rest = words.partition(". ")
    return el("details", el("summary", tactic), el("p", rest))


def notes_html(view: LicensingView) -> Html:
    """Return what must be read beside the list."""
    return joined(el("ul", *(el("li", words) for words in view.words), cls="cse-notes"))


def draw_files(view: LicensingView, session: Session) -> None:
    """Draw the button that makes a numbered file: of the whole list, or the sheet of one business."""
    which, kind, who, make = st.columns([1.6, 1, 1.6, 1], vertical_alignment="bottom")
    names = {"": "The whole list", **{line.place_id: line.name for line in view.lines}}
    only = which.selectbox("Of which", list(names), format_func=names.__getitem__, key="premises_only")
    chosen = kind.selectbox("File", list(_FILES), key="premises_file")
    reader = who.text_input("Whose copy", value="the licensing officer", key="premises_for", max_chars=120)
    asked = (only, chosen, reader)
    if make.button("Make it", key="premises_make", width="stretch"):
        kept = view if not only else replace(view, lines=tuple(x for x in view.lines if x.place_id == only))
        st.session_state["premises_made"] = (asked, _made(kept, session, _FILES[chosen], reader))
    before, made = st.session_state.get("premises_made", (None, None))
    if before != asked:
        return
    if isinstance(made, str):
        st.error(made)
    elif made is not None:
        st.download_button(
            f"Save {made.name}", made.content, file_name=made.name, key="premises_save", type="primary"
        )
        st.caption(f"{made.words} A correction finds this copy again.")


def draw_round(session: Session) -> None:
    """Draw visits to the premises as rounds with travel, and the lines a patrol planner needs for joint visits."""
    st.html(plan_parts.STYLES)
    first = PlanQuery(on=plans_licensing.today())
    query = plan_parts.shift_controls("licensing", first=first)
    days = st.number_input("Days, one round each", min_value=1, max_value=10, value=1, key="licensing_rounds")
    view = plan_parts.view_for(session, replace(query, rounds=int(days)), plans_rounds.rounds_view)
    plan_parts.remember_towns(view)
    for unit in view.units:
        plan_parts.draw_unit(view, unit)
    st.html(plan_parts.notes_html(view))
    lines = plans_rounds.appointments(view)
    if not lines:
        return
    with st.expander("Joint visits: lines for whoever plans patrols, without a name"):
        st.code("\n".join(lines), language=None)
    plan_parts.draw_files(view, session)


def draw_round_log(session: Session) -> None:
    """Draw the log of the round that was made last."""
    query = plan_parts.last_query("licensing")
    if query is None:
        st.info("Make a visit round first; its stops stand here then.")
        return
    plan_log.draw_table(plan_parts.view_for(session, query, plans_rounds.rounds_view), session)


def draw_corrections(view: LicensingView, session: Session) -> None:
    """Draw the form of a correction, and who holds a copy that it bears on."""
    said = st.session_state.pop("corrected_said", "")
    if said:
        st.success(said)
    with st.form("correct", border=True, clear_on_submit=True):
        which, kind = st.columns([1, 2])
        named = {line.place_id: f"{line.name} ({line.place_id})" for line in view.lines}
        pick = which.selectbox(
            "Business", ["", *named], format_func=lambda i: named.get(i, "by its id, below")
        )
        what = kind.selectbox(
            "What was wrong", list(corrections.WORDS), format_func=corrections.WORDS.__getitem__
        )
        left, right = st.columns([1, 2])
        typed = left.text_input("Or its id, as on the sheet", max_chars=60)
        words = right.text_input("In a few words (no names of people)", max_chars=300)
        if st.form_submit_button("Keep the correction", type="primary"):
            _correct(session, (typed.strip() or pick, what, words))
    if not view.corrected:
        st.info("No copy that names a corrected business is out.")
    for told in view.corrected:
        line, done = st.columns([5, 1], vertical_alignment="center")
        when = f"; told on {told.told_at}" if told.told_at else ""
        copy = f"Copy {told.copy} ({told.what.replace('_', ' ')}, {told.made_at}) is with {told.recipient}{when}."
        line.html(el("p", f"{told.name}: {told.words} {copy}"))
        key = f"told_{told.correction}_{told.copy}"
        if not told.told_at and done.button("Was told", key=key, width="stretch"):
            corrections.tell(_store(), session, correction=told.correction, copy=told.copy)
            _again(f"Kept: the reader of copy {told.copy} was told.")


def _correct(session: Session, given: tuple[str, str, str]) -> None:
    place_id, kind, words = given
    try:
        told = corrections.correct(_store(), session, place_id=place_id, kind=kind, words=words)
    except CseGeoError as error:
        st.error(str(error))
        return
    _again(f"Kept. {len(told)} copies name it; tell whoever holds one.")


def _again(said: str) -> None:
    st.session_state["corrected_said"] = said
    st.session_state.pop("premises_kept", None)
    st.rerun()


def _made(view: LicensingView, session: Session, suffix: str, reader: str) -> Any:  # noqa: ANN401
    opened = _store()
    cover = SheetCover(reader, f"{plans_licensing.today():%-d %B %Y}", plans_licensing.next_copy(opened))
    try:
        return plans_licensing.licensing_paper(opened, session_of(opened, session), view, (suffix, cover))
    except CseGeoError as error:
        return str(error)


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return source._store()  # noqa: SLF001 (one door for every page)
