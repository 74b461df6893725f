"""The data protection officer's part: heads to keep elsewhere, checks against them, patterns to ask about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import StoreError, UsageError
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.safeguards import audit, misuse

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cse_geo import views
    from cse_geo.safeguards import Session

_SHORTEST_SECRET = 32


def head_line(opened: store.Store, *, session: Session, secret_file: Path) -> str:
    """Return the newest entry's number and hash, sealed with a secret of the second party, as one line."""
    secret = _secret(secret_file)
    enter(opened, session, Act("read_audit", "disclosure", "audit_head"))
    return audit.head_to_text(audit.sign_head(store.audit_log(opened), secret=secret, now=datetime.now(UTC)))


def verify_with_heads(
    opened: store.Store, *, session: Session, heads: Path, secret_file: Path
) -> tuple[str, ...]:
    """Check the whole log against the heads (one a line) that a second party kept.

    Raises
    ------
    StoreError
        If an entry was edited, cut, moved or hashed anew since one of the heads; the message names which.
    UsageError
        If a line is no head, or the secret is too short.
    """
    secret = _secret(secret_file)
    try:
        kept = [audit.head_from_text(line) for line in heads.read_text("utf-8").splitlines() if line.strip()]
    except ValueError as wrong:
        raise UsageError(str(wrong)) from None
    enter(opened, session, Act("read_audit", "consultation", "audit_verify", len(kept)))
    report = audit.verify(store.audit_log(opened).read(), heads=kept, secret=secret)
    if not report.is_whole:
        message = f"The audit trail is not whole: {'; '.join(report.faults)}."
        raise StoreError(message)
    return (f"Whole: {report.n_entries:,} entries agree with {len(kept)} heads that a second party kept.",)


def misuse_patterns(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return what an officer should ask about; reading it is itself an entry."""
    safeguards.require(session, "read_audit")
    entries = store.audit_log(opened).read()
    enter(opened, session, Act("read_audit", "consultation", "audit_misuse", len(entries)))
    return misuse.patterns(entries)


def audit_view(
    opened: store.Store, visitor: views.Session, *, last: int = 200
) -> tuple[pd.DataFrame, pd.DataFrame, audit.AuditReport]:
    """Return the last entries, the patterns to ask about, and whether the chain is whole, for the officer's page.

    Raises
    ------
    NotPermittedError
        If the role does not have the page.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, "audit")
    enter(opened, session, Act("read_audit", "consultation", "audit_view", last))
    entries = store.audit_log(opened).read()
    shown = entries.tail(last)[::-1].drop(columns=["previous", "hash"]).reset_index(drop=True)
    return shown, misuse.patterns(entries), audit.verify(entries)


def _secret(file: Path) -> bytes:
    secret = file.read_bytes().strip()
    if len(secret) < _SHORTEST_SECRET:
        message = f"The second party's secret must have at least {_SHORTEST_SECRET} characters."
        raise UsageError(message)
    return secret
