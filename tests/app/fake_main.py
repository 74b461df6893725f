"""The app's entry with one more page, blank: what the benchmark of the map is measured against."""

import streamlit as st

from cse_geo.pages.parts import look
from tests.app.conftest import ROOT


def blank():
    st.write("A blank page.")


look.dress()
pages = ROOT / "cse_geo" / "pages"
st.navigation(
    [
        st.Page(pages / "map_page.py", title="Map", default=True),
        st.Page(blank, title="Blank", url_path="blank"),
    ]
).run()
