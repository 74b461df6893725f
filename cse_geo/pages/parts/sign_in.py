"""The form at the door of a real store: who, for which purpose, under which reference."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import streamlit as st

from cse_geo.errors import NotPermittedError
from cse_geo.pages.parts import source
from cse_geo.pipeline import Attempt, proxy_secret, purposes_in_words, sign_in, sign_out, signed_in
from cse_geo.pipeline.signin import IDENTITY_HEADER, bind_visit, named_by_provider
from cse_geo.pipeline.trusted import identity_provider
from cse_geo.views import Session
from cse_geo.web.cookies import named

if TYPE_CHECKING:
    from cse_geo import safeguards

_TOKEN = "token"  # noqa: S105 (the name of a place in this session's memory, not a secret)


def session() -> Session:
    """Return who signed in, checked anew in this run; or draw the form and stop the page."""
    opened = source.opened_store()
    token = str(st.session_state.get(_TOKEN, ""))
    if not token:
        _form(opened)
        st.stop()
    try:
        found = signed_in(opened, token, visit=named(st.context.cookies))
    except NotPermittedError as refused:
        _forget()
        st.warning(str(refused))
        _form(opened)
        st.stop()
    _who(found)
    return Session(role=found.role, user=found.user, purpose=found.purpose, agency=found.agency, token=token)


def _form(opened: Any) -> None:  # noqa: ANN401 (the pipeline's own handle)
    provider = identity_provider(os.environ)
    st.title("Sign in")
    st.write(
        "This store holds real records. What you look at, and the purpose you give, are written down and read "
        "by your data protection officer."
    )
    if provider is not None and not _named():
        if st.button(f"Sign in with {provider.title}"):
            st.login()
        return
    by_password = provider is None and not proxy_secret(os.environ)
    if provider is not None:
        st.write(f"Known to {provider.title} as {_named()}. What do you come for?")
    _purpose(opened, by_password=by_password)


def _purpose(opened: Any, *, by_password: bool) -> None:  # noqa: ANN401
    titles = {code: title for code, title, _ in purposes_in_words()}
    with st.form("sign_in", clear_on_submit=True):
        user = st.text_input("Name", max_chars=64) if by_password else ""
        password = st.text_input("Password", type="password", max_chars=200) if by_password else ""
        purpose = st.selectbox("Purpose", list(titles), format_func=lambda code: titles[code])
        reference = st.text_input(
            "Reference (meeting, operation, tasking or plan), such as MACE-2026-04", max_chars=40
        )
        is_sent = st.form_submit_button("Sign in")
    if is_sent:
        header = "" if by_password else str(st.context.headers.get(IDENTITY_HEADER, ""))
        _try(opened, Attempt(user.strip(), str(purpose), reference.strip(), password, header, _claims()))


def _claims() -> dict[str, Any] | None:
    """Return what the identity provider said of this browser; None where people come in another way."""
    if identity_provider(os.environ) is None:
        return None
    return dict(st.user.to_dict()) if st.user.is_logged_in else {}


def _named() -> str:
    return named_by_provider(_claims() or {}, environ=os.environ)


def _try(opened: Any, attempt: Attempt) -> None:  # noqa: ANN401
    try:
        token = sign_in(opened, attempt, environ=os.environ)
    except NotPermittedError as refused:
        st.error(str(refused))
        return
    bind_visit(token, named(st.context.cookies))
    _forget()
    st.session_state[_TOKEN] = token
    st.rerun()


def _who(found: safeguards.Session) -> None:
    with st.sidebar:
        st.write(f"Signed in: {found.user}, {found.rule.title}")
        st.caption(f"Purpose: {found.purpose.replace('_', ' ')} {found.reference}. Written to the log.")
        if st.button("Sign out"):
            sign_out(str(st.session_state[_TOKEN]))
            _forget()
            if identity_provider(os.environ) is not None:
                st.logout()  # takes the cookie back, and ends the session at the provider where it can
                st.stop()
            st.rerun()


def _forget() -> None:
    # Answers that were kept for going back belong to the session that asked for them.
    st.session_state.clear()
