"""The cross-border page: shared list, who sees what, lead and next step; movement and links one click below."""

from __future__ import annotations

import streamlit as st

from cse_geo.outputs.maps.html import el
from cse_geo.pages.parts import (
    border_lead,
    border_map,
    border_source,
    border_tables,
    door,
    look,
    selectors,
    source,
)
from cse_geo.views_border import BorderQuery

session = door.session()
head = st.container()
first, last, resolution = selectors.when_and_size(source.options(session))
view = border_source.border_view(session, BorderQuery(first, last, resolution))
door.role_menu(view.roles, view.role)
only = int(view.shared["only_together"].sum())
shared = f"{len(view.shared)} hotspots on or near a force line; {only} that no force sees alone"
with head:
    look.title(
        "Across the border",
        under=f"{shared} \u00b7 {selectors.period_words(first, last)}",
        synthetic=view.synthetic,
    )
for words in view.warnings:
    st.warning(words)
chosen = border_map.chosen(view)
left, right = st.columns([1.3, 1])
with left:
    asked = st.segmented_control(
        "Movement drawn on the map and in the matrix", list(border_tables.FLOW_WORDS),
        default="same_child", required=True, format_func=lambda code: border_tables.FLOW_WORDS[code], key="border_kind",
    )  # fmt: skip
    kind = asked or "same_child"
    border_map.draw(view, kind=kind, choice=chosen)
    st.html(border_tables.legend_html(view))
with right:
    st.html('<h2 class="cse-h2">Shared list</h2>')
    border_map.draw_list(view, choice=chosen)
    if chosen.hotspot:
        border_lead.draw(view, session, hotspot=chosen.hotspot)
    else:
        st.info("No hotspot lies on or near a line in this selection.")
if chosen.hotspot:
    st.html(
        el(
            "div",
            border_tables.who_html(view, chosen.hotspot),
            cls="cse-scroll",
            attributes={"tabindex": "0"},
        )
    )
st.html('<h2 class="cse-h2">Where children move</h2>')
st.html(el("div", border_tables.matrix_html(view, kind), cls="cse-scroll", attributes={"tabindex": "0"}))
st.html('<h2 class="cse-h2">Areas joined by the same keys, without names</h2>')
st.dataframe(
    border_tables.links_table(view), hide_index=True, alt="Areas joined by the same pseudonymous keys"
)
st.html('<h2 class="cse-h2">What changes when the neighbours\u2019 records are missing</h2>')
st.dataframe(
    border_tables.edge_table(view), hide_index=True, alt="Hotspots whose verdict changes at the edge"
)
st.html(border_tables.notes_html(view))
