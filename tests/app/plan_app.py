"""The app over a real store, without the first build of the demo region: python tests/app/plan_app.py PORT."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cse_geo.web.app import MAIN_PAGE, MIDDLEWARE, ROUTES

app = st.App(MAIN_PAGE, routes=ROUTES, middleware=MIDDLEWARE)

if __name__ == "__main__":
    from cse_geo.web.serve import options_for

    app.run(config=options_for(int(sys.argv[1])))
