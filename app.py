"""The app's door for `streamlit run app.py`; `cse-geo demo` and `cse-geo serve` start the same one."""

import streamlit as st

from cse_geo.web.app import MAIN_PAGE, MIDDLEWARE, ROUTES, SECRETS

# Streamlit finds the application by reading this line, so it must stand here literally.
app = st.App(MAIN_PAGE, routes=ROUTES, middleware=MIDDLEWARE, secrets=SECRETS)
