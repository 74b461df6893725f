"""The parts of the premises page: the list, one premises at a time, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from cse_geo.errors import CseGeoError
from cse_geo.outputs.maps.html import Html, el, joined
from cse_geo.outputs.premises import SheetCover
from cse_geo.pages.parts import source
from cse_geo.pipeline import plans_licensing
from cse_geo.pipeline.gate import session_of

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
        "Hotspot": [x.hotspot or "none" for x in view.lines],
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
        el("h3", "Owner and power"), el("p", f"{line.owner}. {line.power}"),
        el("h3", "Still missing"), el("ul", *(el("li", words) for words in line.missing)),
        el("h3", "Decided"), el("p", line.decided or "Nothing has been decided."),
        cls="cse-card cse-on", attributes={"aria-label": f"Card of {line.name}"},
    )  # fmt: skip


def notes_html(view: LicensingView) -> Html:
    """Return what must be read beside the list."""
    return joined(el("ul", *(el("li", words) for words in view.words), cls="cse-notes"))


def draw_files(view: LicensingView, session: Session) -> None:
    """Draw the button that makes a numbered file."""
    kind, who, make = st.columns([1, 2, 1], vertical_alignment="bottom")
    chosen = kind.selectbox("File", list(_FILES), key="premises_file")
    reader = who.text_input("Whose copy", value="the licensing officer", key="premises_for", max_chars=120)
    if make.button("Make it", key="premises_make", width="stretch"):
        st.session_state["premises_made"] = _made(view, session, _FILES[chosen], reader)
    made = st.session_state.get("premises_made")
    if isinstance(made, str):
        st.error(made)
    elif made is not None:
        st.download_button(f"Save {made.name}", made.content, file_name=made.name, key="premises_save")


def _made(view: LicensingView, session: Session, suffix: str, reader: str) -> Any:  # noqa: ANN401
    opened = _store()
    cover = SheetCover(reader, f"{plans_licensing.today():%-d %B %Y}", plans_licensing.next_copy(opened))
    try:
        return plans_licensing.licensing_paper(opened, session_of(opened, session), view, (suffix, cover))
    except CseGeoError as error:
        return str(error)


def _store() -> Any:  # noqa: ANN401 (the pipeline's own handle)
    return source._store()  # noqa: SLF001 (one door for every page)
