"""Accounts of a real store: add, list, disable; each change is an entry in the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import safeguards, store
from cse_geo.errors import UsageError
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.safeguards import accounts

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.safeguards import Session

Account = store.User


def add_user(opened: store.Store, user: store.User, *, session: Session, password: str = "") -> str:
    """Add a person, or put new role, agency and password in place of the old; return what was done.

    Without a password the person can only come through the trusted proxy or the identity provider.

    Raises
    ------
    UsageError
        If the name, the agency, a purpose or the password will not do.
    """
    safeguards.require(session, "manage_users")
    rule = safeguards.role_of(user.role)
    accounts.check_user_name(user.user)
    if not user.agency:
        message = "`--agency` must name the person's agency."
        raise UsageError(message)
    unknown = [p for p in user.purposes if p not in rule.purposes]
    if unknown:
        message = f"`--purpose` must be one of the role's: {', '.join(rule.purposes)}."
        raise UsageError(message)
    secret = accounts.hash_password(password, user=user.user) if password else ""
    enter(opened, session, Act("manage_users", "alteration", "user_add"))
    store.save_user(opened, replace(user, role=rule.code, secret=secret))
    how = "with a password" if password else "through the trusted proxy or identity provider only"
    return f"{user.user} may sign in as {rule.title}, {how}."


def disable_user(opened: store.Store, name: str, *, session: Session) -> str:
    """Disable an account; what its sessions ask next is refused.

    Raises
    ------
    UsageError
        If there is no such account, or it is one's own.
    """
    safeguards.require(session, "manage_users")
    account = next((u for u in store.load_users(opened) if u.user == name), None)
    if account is None:
        message = "There is no account of this name; `cse-geo user list` shows them."
        raise UsageError(message)
    if name == session.user:
        message = "Nobody disables their own account: another administrator has to."
        raise UsageError(message)
    enter(opened, session, Act("manage_users", "alteration", "user_disable"))
    store.save_user(opened, replace(account, is_active=False, secret=""))
    return f"{name} is disabled; sessions that are open get nothing more."


def list_users(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return every account: name, role, agency, purposes, how it signs in, whether it is active."""
    accounts_ = store.load_users(opened)
    enter(opened, session, Act("manage_users", "consultation", "user_list", len(accounts_)))
    return pd.DataFrame(
        [
            {
                "user": u.user,
                "role": u.role,
                "agency": u.agency,
                "purposes": ", ".join(u.purposes) or "all of the role",
                "signs in by": "password" if u.secret else "proxy or identity provider",
                "active": "yes" if u.is_active else "no",
            }
            for u in accounts_
        ],
        columns=["user", "role", "agency", "purposes", "signs in by", "active"],
    )


def accounts_view(opened: store.Store, visitor: views.Session) -> pd.DataFrame:
    """Return the accounts for the administrator's page.

    Raises
    ------
    NotPermittedError
        If the role does not have the page.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "settings")
    return list_users(opened, session=session)


def disable_account(opened: store.Store, visitor: views.Session, name: str) -> str:
    """Disable an account from the administrator's page; return what was done."""
    session = session_of(opened, visitor)
    safeguards.require_page(session, "settings")
    return disable_user(opened, name, session=session)
