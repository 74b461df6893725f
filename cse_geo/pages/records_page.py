"""The page of returns: what came in, from whom, with what definition, and what nobody answered."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import coverage, door, ledger, look, match_chart, returns, source

session = door.session()
view = source.records_view(session)
door.role_menu(view.roles, view.role)
look.title(
    "Returns and coverage", under="What each agency sent, and what it did not", synthetic=view.synthetic
)
st.html(ledger.ledger_html(view.ledger, coverage=view.coverage, withheld=()))
coverage.draw(view.coverage)
match_chart.draw(view.match)
st.html('<h2 class="cse-h2">What each agency means by its numbers</h2>')
returns.draw_agencies(view.agencies)
st.html('<h2 class="cse-h2">Files imported</h2>')
returns.draw_imports(view.imports)
