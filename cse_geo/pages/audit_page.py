"""The officer's page: is the log whole, what should somebody ask about, who looked at what."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import door, release_approval, source
from cse_geo.pipeline import audit_view

session = door.session()
entries, patterns, report = audit_view(source.opened_store(), session)
st.title("Audit")
if report.is_whole:
    st.success(f"Whole: {report.n_entries:,} entries, none edited, missing or moved.")
else:
    st.error(f"The log is not whole: {'; '.join(report.faults)}.")
st.write(
    "A cut end shows only against a head that a second party kept: `cse-geo audit head` makes one, "
    "`cse-geo audit compare` compares."
)
release_approval.section(session)
st.header("Patterns to ask about")
st.write("Each has an innocent reason more often than not. It is a question, never a finding.")
if patterns.empty:
    st.info("No pattern reaches its threshold.")
else:
    st.dataframe(patterns, hide_index=True, width="stretch")
st.header("The last entries")
st.write("Who, in which role, for which purpose, did what. Never what they saw.")
st.dataframe(entries, hide_index=True, width="stretch")
