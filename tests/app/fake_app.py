"""The app over the made-up pipeline of `fake_view`; started by tests and the benchmark."""

import os
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cse_geo.pages.parts import source
from cse_geo.web.app import MAIN_PAGE, MIDDLEWARE, ROUTES
from tests.app import fake_view

source.use(fake_view)
main = Path(__file__).with_name("fake_main.py") if "CSE_GEO_FAKE_CELLS" in os.environ else MAIN_PAGE
app = st.App(main, routes=ROUTES, middleware=MIDDLEWARE)

if __name__ == "__main__":
    from cse_geo.web.serve import options_for

    app.run(config=options_for(int(sys.argv[1])))
