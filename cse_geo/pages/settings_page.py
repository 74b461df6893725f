"""The administrator's page: who may sign in; an account shut here gets nothing more at once."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import door, source
from cse_geo.pipeline import accounts_view, disable_account

session = door.session()
opened = source.opened_store()
accounts = accounts_view(opened, session)
st.title("Settings")
st.header("Accounts")
st.write("`cse-geo user add` makes accounts, while the app is stopped. What is shut here is shut at once.")
st.dataframe(accounts, hide_index=True, width="stretch")
active = accounts.loc[accounts["active"] == "yes", "user"].tolist() if len(accounts) else []
name = st.selectbox("Account to shut", active, index=None)
if name and st.button("Shut this account"):
    st.success(disable_account(opened, session, str(name)))
