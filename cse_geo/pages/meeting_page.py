"""The meeting page: one place at a time in large type, the next one keystroke away, decisions made as they fall."""

from __future__ import annotations

import streamlit as st

from cse_geo.pages.parts import (
    actions_list,
    door,
    look,
    meeting_agenda,
    meeting_item,
    meeting_record,
    meeting_source,
    meeting_steps,
)

session = door.session()
query = meeting_steps.query()
view = meeting_source.meeting_view(session, query)
door.role_menu(view.roles, view.role)
look.title("Meeting", under=f"{view.window}, against {view.before} and before", synthetic=view.synthetic)
meeting_steps.draw_controls(view)
at = meeting_steps.draw_steps(view)
meeting_record.remember(view, at)
if at == 0:
    meeting_agenda.draw(view)
    meeting_agenda.draw_papers(view, session)
elif at <= len(view.items):
    meeting_item.draw(view, view.items[at - 1])
    meeting_item.draw_form(view, view.items[at - 1], session)
else:
    actions_list.draw(session, effects=True)
    meeting_record.draw(view, session)
st.html(meeting_agenda.foot_html(view))
