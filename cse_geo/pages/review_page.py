"""The review page: one cluster at a time, by keyboard; what it could be, one decision for all its records."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import door, look, review_card, review_keys, review_lists, review_source

session = door.session()
view = review_source.review_view(session)
door.role_menu(view.roles, view.role)
look.title(
    "Review of places",
    under="One decision places all records of the same words, or judges one suspected default location",
    synthetic=view.synthetic,
)
st.html(review_card.progress_html(view, review_source.made_here(), review_source.last()))
at = review_keys.position(view)
if view.clusters.empty:
    st.success("Nothing waits for you.")
    review_keys.draw_undo(session)
else:
    left, right = st.columns([1.5, 1])
    with left:
        # The card is filled last: whoever sees a cluster's words has its own buttons under the keys already.
        card = st.container()
        alias = review_keys.draw_alias(view, at)
        review_keys.draw(view, at, session=session, alias=alias)
        card.html(review_card.card_html(view, at))
        review_source.drawn(str(view.clusters["cluster"].iloc[at]))
    with right:
        st.html('<h2 class="cse-h2">Next in the queue</h2>')
        st.html(review_lists.next_html(view, at))
review_lists.draw(view, session=session)
