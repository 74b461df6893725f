"""What stands beside and below the cluster to decide: the next ones, the decisions so far, the aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cse_geo.outputs.maps.html import Html, el
from cse_geo.pages.parts import review_source
from cse_geo.pages.parts.review_card import counted

if TYPE_CHECKING:
    import pandas as pd

    from cse_geo.views import Session
    from cse_geo.views_review import ReviewView

_SHOWN = 12
_CHOICES = ("Keys", "Decisions so far", "Aliases")
_ACTIONS = {"accept": "accepted", "reject": "rejected", "keep_area": "kept at an area", "undo": "undone"}


def next_html(view: ReviewView, at: int) -> Html:
    """Return the clusters that follow, as a list."""
    rows = view.clusters.iloc[at + 1 : at + 1 + _SHOWN]
    if rows.empty:
        return el("p", "This is the last one.")
    items = [
        el(
            "li",
            el("strong", row.label),
            f" \u2013 {counted(row.n_records, 'record')}, effect {row.effect:,.1f}",
        )
        for row in rows.itertuples()
    ]
    return el("ol", *items, cls="cse-notes", attributes={"start": str(at + 2)})


def draw(view: ReviewView, *, session: Session) -> None:
    """Draw the decisions and the aliases, each one click away."""
    asked = st.segmented_control(
        "More about the queue", _CHOICES, default=_CHOICES[0], required=True, key="review_more"
    )
    if asked == "Decisions so far":
        _draw_decisions(view, session)
    elif asked == "Aliases":
        _draw_aliases(view, session)
    else:
        st.caption(
            "Keys: 1, 2, 3 accept a candidate; A it is a default location; X none of them, or a real place; "
            "K keep at the area; N next; B back; U undo. Everything can be undone and stays on record. "
            "One cluster in twenty is asked of a second person."
        )


def decisions_table(view: ReviewView) -> pd.DataFrame:
    """Return the decisions as the page shows them, newest first."""
    rows = view.reviews
    return rows.assign(
        level=rows["level"].fillna("\u2013"),
        what=rows["action"].map(_ACTIONS),
        when=rows["decided_at"].str[:16].str.replace("T", " ", regex=False),
    )[["number", "what", "kind", "n_records", "level", "decided_by", "when"]].rename(
        columns={"number": "No.", "what": "What", "kind": "Kind", "n_records": "Records", "level": "Level",
                 "decided_by": "By", "when": "When (UTC)"}
    )  # fmt: skip


def _draw_decisions(view: ReviewView, session: Session) -> None:
    if view.reviews.empty:
        st.info("Nothing has been decided yet.")
        return
    st.dataframe(decisions_table(view), hide_index=True, alt="Decisions of the review queue, newest first")
    undone = set(view.reviews.loc[view.reviews["action"] == "undo", "refers_to"])
    rows = view.reviews[(view.reviews["action"] != "undo") & ~view.reviews["number"].isin(undone)]
    numbers = rows["number"].tolist()
    if not numbers:
        return
    chosen = st.selectbox("Take back decision number", numbers, key="undo_number")
    st.button(
        "Take it back", key="undo_one", on_click=review_source.undo, args=(session, int(chosen or numbers[0]))
    )


def _draw_aliases(view: ReviewView, session: Session) -> None:
    if view.aliases.empty:
        st.info("No alias has been proposed. Propose one beside a cluster's candidates.")
        return
    rows = view.aliases
    shown = rows[["number", "alias", "level", "agency", "proposed_by", "approved_by", "valid_to"]]
    st.dataframe(shown, hide_index=True, alt="Aliases")
    waiting = rows.loc[(rows["approved_by"] == "") & (rows["withdrawn_at"] == ""), "number"].tolist()
    if waiting:
        chosen = st.selectbox("Agree to alias number", waiting, key="alias_number")
        st.button(
            "Agree as the second person", key="alias_agree", on_click=review_source.approve_alias,
            args=(session, int(chosen or waiting[0])),
        )  # fmt: skip
