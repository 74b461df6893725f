"""Keeping a store in order: backup, restore, verify, migrate, and reading its audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import store
from cse_geo.errors import StoreError
from cse_geo.pipeline.gate import Act, enter
from cse_geo.safeguards import audit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from cse_geo.safeguards import Session


def backup_store(path: Path, out: Path, *, environ: Mapping[str, str]) -> str:
    """Copy a store to a new folder under the same key; return what to do with it."""
    with store.open_store(path, key=store.find_key(path, environ), read_only=True) as opened:
        target = store.backup(opened, out)
    return f"The backup is ready: {target}. It is encrypted under the same key; keep the key elsewhere."


def restore_store(path: Path, source: Path, *, environ: Mapping[str, str]) -> str:
    """Put a backup back as a new store at `path`; return what was found in it.

    Raises
    ------
    StoreError
        If the backup is not whole, or a store stands at `path`.
    """
    found = store.restore(source, path, key=store.find_key(source, environ))
    return f"Restored: version {found.version} of the store, {found.audit_seq:,} audit entries."


def verify_store(path: Path, *, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Check every page, the references, the history, the manifest and the audit trail; return sentences.

    Raises
    ------
    StoreError
        If anything is wrong; the message says what.
    """
    with store.open_store(path, key=store.find_key(path, environ), read_only=True) as opened:
        found = store.verify(opened)
        report = audit.verify(store.audit_log(opened).read())
    faults = (*found.faults, *report.faults)
    if faults:
        message = f"The store is not whole: {'; '.join(faults)}."
        raise StoreError(message)
    return (
        f"Whole: every page, version {found.version} of the store.",
        f"Audit trail whole: {report.n_entries:,} entries.",
    )


def migrate_store(path: Path, *, environ: Mapping[str, str]) -> str:
    """Bring a store to this version's schema; return where the backup lies that was made first."""
    backup = store.migrate(path, key=store.find_key(path, environ))
    return "The store is up to date." if backup is None else f"Migrated. The backup before it: {backup}."


def audit_entries(opened: store.Store, *, session: Session, last: int) -> pd.DataFrame:
    """Return the last entries of the audit trail; reading it is itself an entry."""
    enter(opened, session, Act("read_audit", "consultation", "audit_show", last))
    entries = store.audit_log(opened).read().tail(last)
    return entries[
        ["seq", "time", "user", "role", "agency", "purpose", "reference", "action", "what", "n_rows"]
    ]


def verify_audit(opened: store.Store, *, session: Session) -> tuple[str, ...]:
    """Check the chain of the audit trail; return sentences.

    Raises
    ------
    StoreError
        If an entry was edited, cut or moved; the message names which.
    """
    enter(opened, session, Act("read_audit", "consultation", "audit_verify"))
    report = audit.verify(store.audit_log(opened).read())
    if not report.is_whole:
        message = f"The audit trail is not whole: {'; '.join(report.faults)}."
        raise StoreError(message)
    return (
        f"Whole: {report.n_entries:,} entries, none edited, missing or moved.",
        "A cut end can only be seen against a head that a second party kept.",
    )
