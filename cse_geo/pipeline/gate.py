"""The first line of every pipeline call: may this session do this, and is it written down before the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import NotPermittedError
from cse_geo.pipeline.signin import signed_in
from cse_geo.safeguards import audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo import views
    from cse_geo.safeguards import Session

# Roles that see their own agency's records would see nothing without one; these are of the fictional region.
DEMO_AGENCIES = {"steward": "police_varnshire", "care": "social_care"}


@dataclass(frozen=True)
class Act:
    """One thing that a session asks to do: the permission it needs, and the word the log has for it."""

    permission: str
    action: str  # one of audit.ACTIONS
    what: str
    n_rows: int = 0
    parameters: Mapping[str, object] | None = None


def enter(opened: store.Store, session: Session, act: Act) -> None:
    """Refuse what the role does not allow; write the entry; only then may an answer leave.

    Raises
    ------
    NotPermittedError
        If the role does not allow it, or the session has run out.
    StoreError
        If the entry cannot be kept: then there is no answer either.
    """
    now = datetime.now(UTC)
    safeguards.require(session, act.permission, now=now)
    what = act.what if act.parameters is None else f"{act.what}:{audit.query_id(act.parameters)}"
    event = audit.Event(action=act.action, what=what, n_rows=act.n_rows)
    audit.record(store.audit_log(opened), session, event, now=now)


def session_of(opened: store.Store, visitor: views.Session) -> Session:
    """Return the session of somebody at a page: who signed in; or, on a synthetic store only, any role.

    Raises
    ------
    NotPermittedError
        If the store is not synthetic and nobody signed in, whatever the app was told about being a demo.
    """
    if visitor.token:
        return signed_in(opened, visitor.token)
    agency = DEMO_AGENCIES.get(safeguards.role_of(visitor.role).code, "")
    return safeguards.step_into(visitor.role, synthetic=opened.is_synthetic, agency=agency)


def operator(opened: store.Store, environ: Mapping[str, str], *, role: str) -> Session:
    """Return the session of the person at the command line, who holds the store's key.

    A synthetic store asks nothing. On real data CSE_GEO_USER and CSE_GEO_AGENCY name the person, and
    CSE_GEO_REFERENCE the meeting, operation or profile that the work is for.

    Raises
    ------
    NotPermittedError
        If the environment does not say who it is and why.
    """
    if opened.is_synthetic:
        return safeguards.step_into(role, synthetic=True)
    user, agency, reference = (environ.get(f"CSE_GEO_{name}", "") for name in ("USER", "AGENCY", "REFERENCE"))
    if not (user and agency and reference):
        message = (
            "This store holds real records: set CSE_GEO_USER, CSE_GEO_AGENCY and CSE_GEO_REFERENCE (the meeting, "
            "operation or profile this is for). They go into the audit trail."
        )
        raise NotPermittedError(message)
    purpose = safeguards.role_of(role).purposes[0]
    return safeguards.Session(user, role, purpose, agency=agency, reference=reference)
