"""Keeping nothing too long: overdue records go, held ones stay, and a person is erased by pseudonym."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import safeguards, schema, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline.gate import Act, enter
from cse_geo.safeguards import accounts

if TYPE_CHECKING:
    from cse_geo.safeguards import Session

# From its review date a record is hidden from all but its steward, who has this long to review it.
GRACE_DAYS = 90


def run_retention(
    opened: store.Store, *, session: Session, today: date | None = None, dry_run: bool = False
) -> tuple[str, ...]:
    """Delete the records whose review is overdue by more than the grace; return sentences with counts.

    Records under a legal hold stay, hidden like every overdue record. A record without a review date counts
    as overdue: it should not have come in.

    Raises
    ------
    NotPermittedError
        If the role may not erase.
    """
    safeguards.require(session, "erase")
    day = today or datetime.now(UTC).date()
    records, _ = store.load_records(opened)
    records = records[_in_reach(session, records)]
    overdue = ~(records["review_date"] >= pd.Timestamp(day))
    due = ~(records["review_date"] >= pd.Timestamp(day - timedelta(days=GRACE_DAYS)))
    held = _is_held(records, store.load_holds(opened, on=day))
    going = records.loc[due & ~held, "record_id"].astype("str").tolist()
    told = (
        f"{int(overdue.sum()):,} records are past their review date and hidden; {len(going):,} are to go, more "
        f"than {GRACE_DAYS} days past it."
    )
    words = (told, f"{int((due & held).sum()):,} stay because of a legal hold.")
    if dry_run:
        return (*words, "Nothing was deleted: this was a trial.")
    enter(opened, session, Act("erase", "erasure", "retention_run", len(going)))
    n = store.delete_records(opened, going)
    return (
        *words,
        f"Deleted {len(going):,} records ({n:,} rows with their history). Backups still hold them.",
    )


def hold(opened: store.Store, asked: store.Hold, *, session: Session) -> str:
    """Put a legal hold in force: nothing deletes these records before its day.

    Raises
    ------
    UsageError
        If no current record of the agency has this event reference.
    """
    safeguards.require(session, "erase")
    _require_own(session, asked.agency)
    accounts.check_reference(asked.reference)
    records, _ = store.load_records(opened, agencies=[asked.agency])
    n = int((records["event_ref"] == asked.event_ref).sum())
    if not n:
        message = "No record of this agency has this event reference."
        raise UsageError(message)
    enter(opened, session, Act("erase", "alteration", "hold_add", n))
    number = store.save_hold(opened, asked, set_by=session.user)
    return f"Hold {number}: {n:,} records stay until {asked.until.isoformat()} for {asked.reference}."


def end_hold(opened: store.Store, number: int, *, session: Session) -> str:
    """End a legal hold."""
    safeguards.require(session, "erase")
    held = store.load_holds(opened, on=date.min)
    ours = held[held["number"] == number]
    if ours.empty:
        message = "There is no hold of this number in force; `cse-geo retention holds` shows them."
        raise UsageError(message)
    _require_own(session, str(ours["agency"].iloc[0]))
    enter(opened, session, Act("erase", "alteration", "hold_end"))
    store.end_hold(opened, number)
    return f"Hold {number} is ended."


def list_holds(opened: store.Store, *, session: Session, today: date | None = None) -> pd.DataFrame:
    """Return the holds in force that concern the session's agency."""
    safeguards.require(session, "erase")
    found = store.load_holds(opened, on=today or datetime.now(UTC).date())
    enter(opened, session, Act("erase", "consultation", "hold_list", len(found)))
    return found[found["agency"] == session.agency] if session.agency else found


def erase(opened: store.Store, key: str, *, session: Session, kind: str = "child") -> str:
    """Erase a person by pseudonym; a keyed digest stays, so that the pseudonym does not come back.

    Raises
    ------
    UsageError
        If records about it are under a legal hold: a person decides first.
    NotPermittedError
        If records of other agencies name it too: each agency erases its own, or all agree.
    """
    safeguards.require(session, "erase")
    column = f"{kind}_key"
    if column not in schema.PERSON_COLUMNS:
        message = "`--kind` must be child, adult or vehicle."
        raise UsageError(message)
    records, _ = store.load_records(opened)
    named = records[records[column] == key]
    if not named[_in_reach(session, named)].index.equals(named.index):
        message = "Other agencies hold records under this pseudonym: they have to agree to its erasure."
        raise NotPermittedError(message)
    if _is_held(named, store.load_holds(opened, on=datetime.now(UTC).date())).any():
        message = "Some of these records are under a legal hold; end the hold first, or leave them."
        raise UsageError(message)
    # The log says that somebody was erased, and not who: the digest in it is keyed by the store.
    act = Act("erase", "erasure", "erase_subject", len(named), {"of": _digest(opened, column, key)})
    enter(opened, session, act)
    done = store.erase_subject(opened, key, column=column)
    return (
        f"Erased: {done.n_deleted:,} rows deleted, {done.n_blanked:,} keys blanked. It will not come back with a "
        "later return. Backups made before still hold it until they are deleted."
    )


def _in_reach(session: Session, records: pd.DataFrame) -> pd.Series:
    # In the demo the person at the command line has no agency and stands for all of them.
    own = records["agency"] == session.agency
    return own | (session.synthetic and not session.agency)


def _require_own(session: Session, agency: str) -> None:
    if not (session.agency == agency or (session.synthetic and not session.agency)):
        message = f"The role {session.rule.title} does this for its own agency only."
        raise NotPermittedError(message)


def _is_held(records: pd.DataFrame, holds: pd.DataFrame) -> pd.Series:
    held = set(zip(holds["agency"], holds["event_ref"], strict=True))
    pairs = zip(records["agency"], records["event_ref"], strict=True)
    return pd.Series([pair in held for pair in pairs], index=records.index, dtype="bool")


def _digest(opened: store.Store, column: str, key: str) -> str:
    secret = opened.secret("erasure log")
    return hashlib.blake2b(f"{column}|{key}".encode(), key=secret, digest_size=8).hexdigest()
