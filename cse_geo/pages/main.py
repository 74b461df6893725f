"""Entry of the app: dress the page, list the pages, run the one that was asked for."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import streamlit as st

from cse_geo.errors import CseGeoError, fault_words
from cse_geo.pages.parts import door, look
from cse_geo.web.settings import read_settings

_HERE = Path(__file__).resolve().parent

look.dress()
page = st.navigation(
    [
        st.Page(_HERE / "map_page.py", title="Map", icon=":material/map:", url_path="map", default=True),
        st.Page(_HERE / "border_page.py", title="Across the border", icon=":material/hub:", url_path="border"),
        st.Page(_HERE / "meeting_page.py", title="Meeting", icon=":material/groups:", url_path="meeting"),
        st.Page(_HERE / "review_page.py", title="Review", icon=":material/rule:", url_path="review"),
        st.Page(_HERE / "patrol_page.py", title="Patrol", icon=":material/local_police:", url_path="patrol"),
        st.Page(_HERE / "outreach_page.py", title="Outreach", icon=":material/directions_walk:", url_path="outreach"),
        st.Page(_HERE / "premises_page.py", title="Premises", icon=":material/storefront:", url_path="premises"),
        st.Page(_HERE / "records_page.py", title="Returns", icon=":material/fact_check:", url_path="returns"),
        st.Page(_HERE / "audit_page.py", title="Audit", icon=":material/policy:", url_path="audit"),
        st.Page(_HERE / "settings_page.py", title="Settings", icon=":material/manage_accounts:", url_path="settings"),
        st.Page(_HERE / "method_page.py", title="Method", icon=":material/menu_book:", url_path="method"),
    ]
)  # fmt: skip
look.untitled()
try:
    page.run()
except CseGeoError as error:
    look.title_if_missing(page.title, synthetic=read_settings(os.environ).demo)
    # These carry a sentence for the reader and never a value from a record.
    st.error(str(error))
    door.role_menu_again()
except Exception as fault:  # noqa: BLE001 (the one broad catch of the pages)
    # Streamlit would log the message, which may hold a value from a record, and speak of a cloud.
    words = fault_words(fault)
    logging.getLogger("cse_geo").error(words)  # noqa: TRY400 (its traceback ends in the message)
    look.title_if_missing(page.title, synthetic=read_settings(os.environ).demo)
    st.error(f"{words} What you did last may not have been kept. Load the page again, or go to another one.")
    door.role_menu_again()
