"""The map page: selectors, ledger, one map, the hotspots beside it, everything else one click below."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import (
    below,
    chosen,
    door,
    guide,
    hotspot_card,
    hotspot_table,
    ledger,
    look,
    selectors,
    source,
    stable,
    the_map,
)

session = door.session()
options = source.options(session)
head = st.container()
query = selectors.query_from(options)
view = source.map_view(session, query)
door.role_menu(view.roles, view.role)
with head:
    look.title("Hotspots", under=selectors.words_of(query, options), synthetic=view.synthetic)
guide.draw()
ledger.draw(view)
if view.query.rural and view.notes:
    st.caption(view.notes[-1])  # which councils have large cells, and why
if view.ledger.total == 0:
    st.warning(
        "No records match. That is not the same as nothing happening: look at who returned what below."
    )
choice = chosen.current(view)
left, right = st.columns([1.62, 1])
with left:
    the_map.draw(view, choice=choice)
with right, st.container(height=the_map.HEIGHT_PX, border=False):
    st.html(f'<h2 class="cse-h2">{len(view.hotspots)} hotspots, ranked</h2>')
    if len(view.hotspots):
        hotspot_table.draw(view, choice=choice)
        hotspot_card.draw(view, hotspot=choice.hotspot)
        stable.draw(session, view, hotspot=choice.hotspot)
    else:
        st.info("No hotspot in this selection. That does not mean that nothing happens here.")
the_map.draw_legend(view)
below.draw(session, view, hotspot=choice.hotspot)
