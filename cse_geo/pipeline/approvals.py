"""Two people behind a release: one builds it and leaves it as a proposal, another approves or refuses it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.signin import Attempt, sign_in, sign_out, signed_in
from cse_geo.safeguards import auditor

if TYPE_CHECKING:
    from cse_geo import views
    from cse_geo.safeguards import Session

# Made-up data has one visitor, who is everybody: the second person is fictional, and it is said.
SECOND_PERSON = "second-demo-person"
_COLUMNS = ["audience", "release_id", "built_by", "until", "groups", "fewest children", "state"]


@dataclass(frozen=True)
class Kept:
    """A release that the store holds, and where it stands."""

    made: safeguards.Release
    state: str  # proposed | approved | refused | retired
    built_by: str  # empty where an older version of the program built it
    retired_at: str = ""  # the moment of the new start that retired it: releases of one moment are one series


def kept_releases(opened: store.Store) -> list[Kept]:
    """Return every release that is still in the store, newest first; the last step that was taken is its state.

    Raises
    ------
    StoreError
        If a release that the store lists is missing, or is not what was frozen.
    """
    steps = store.load_release_steps(opened)
    state = dict(zip(steps["release_id"], steps["step"], strict=True))
    proposed = steps[steps["step"] == "proposed"]
    built_by = dict(zip(proposed["release_id"], proposed["made_by"], strict=True))
    listed = store.list_releases(opened)
    # A refused release may be built again with the same content, and so with the same id: it is one release.
    names = dict.fromkeys(str(name) for name in listed["release_id"])
    retired = steps[steps["step"] == "retired"]
    at = dict(zip(retired["release_id"], retired["made_at"], strict=True))
    return [
        Kept(_load(opened, n), state.get(n, "proposed"), built_by.get(n, ""), at.get(n, "")) for n in names
    ]


def attacked(kept: list[Kept]) -> tuple[auditor.Attack, int]:
    """Attack releases (newest first) together and series by series; return the first, and all counts derived.

    Where records were erased between two series no single set of records explains both, and the attack on them
    together finds a contradiction instead of a count: so each is attacked alone as well.
    """
    together = auditor.attack_releases([k.made for k in kept[::-1]])
    series = {k.retired_at for k in kept}
    alone = [
        auditor.attack_releases([k.made for k in kept[::-1] if k.retired_at == at]) for at in sorted(series)
    ]
    n_pinned = len(together.pinned)
    return together, n_pinned + (sum(len(a.pinned) for a in alone) if len(series) > 1 else 0)


def second_person(opened: store.Store, session: Session, *, user: str = "", password: str = "") -> Session:
    """Return the session of who approves at the command line: on real data, an account and its password.

    Raises
    ------
    NotPermittedError
        If the account or the password is not right.
    UsageError
        If no account is named.
    """
    if session.synthetic:
        return session
    if not user:
        message = "`--user` must name the account of the person who approves."
        raise UsageError(message)
    token = sign_in(opened, Attempt(user, "oversight", password=password), environ={})
    try:
        return signed_in(opened, token)
    finally:
        sign_out(token)


def approve_releases(
    opened: store.Store, *, session: Session, release_ids: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Approve proposals (all that wait, where none is named), so that they are served; return sentences.

    Everything that was ever published is attacked together with the proposals first.

    Raises
    ------
    NotPermittedError
        If the role does not approve, or the person built it themselves.
    UsageError
        If nothing waits, or an id is none of a proposal.
    StoreError
        If the attack finds a count below k.
    """
    kept = kept_releases(opened)
    chosen = _waiting(kept, session, release_ids)
    who, told = _other(session, chosen)
    shown = [k for k in kept if k.state in {"approved", "retired"} or k in chosen]
    if n_pinned := attacked(shown)[1]:
        message = f"Not approved: the auditor derived {n_pinned} counts below k."
        raise StoreError(message)
    for one in chosen:
        enter(opened, who, Act("approve_release", "disclosure", f"release_approve:{one.made.release_id}"))
    store.save_release_steps(opened, [k.made.release_id for k in chosen], step="approved", by=who.user)
    return (
        *told,
        *(f"Approved for {k.made.audience}: {k.made.release_id}; it is served now." for k in chosen),
    )


def refuse_releases(
    opened: store.Store, *, session: Session, release_ids: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Refuse proposals: they are never served, and the next one may be built at once; return sentences.

    Raises
    ------
    NotPermittedError
        If the role does not approve, or the person built it themselves.
    UsageError
        If nothing waits, or an id is none of a proposal.
    """
    chosen = _waiting(kept_releases(opened), session, release_ids)
    who, told = _other(session, chosen)
    for one in chosen:
        enter(opened, who, Act("approve_release", "alteration", f"release_refuse:{one.made.release_id}"))
    store.save_release_steps(opened, [k.made.release_id for k in chosen], step="refused", by=who.user)
    return (
        *told,
        *(f"Refused for {k.made.audience}: {k.made.release_id}; it is never served." for k in chosen),
    )


def waiting_releases(opened: store.Store, visitor: views.Session) -> pd.DataFrame:
    """Return the proposals for the page of the person who approves them: what they say, and who built them.

    Raises
    ------
    NotPermittedError
        If the role does not approve releases.
    """
    session = session_of(opened, visitor)
    safeguards.require(session, "approve_release")
    waiting = [k for k in kept_releases(opened) if k.state == "proposed"]
    enter(opened, session, Act("approve_release", "consultation", "release_waiting", len(waiting)))
    rows = [
        (
            k.made.audience,
            k.made.release_id,
            k.built_by,
            k.made.facts.until,
            len(k.made.groups),
            k.made.k,
            k.state,
        )
        for k in waiting
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def decide_release(
    opened: store.Store, visitor: views.Session, release_id: str, *, approved: bool
) -> tuple[str, ...]:
    """Approve or refuse one proposal at the page; return sentences."""
    session = session_of(opened, visitor)
    decide = approve_releases if approved else refuse_releases
    return decide(opened, session=session, release_ids=(release_id,))


def _waiting(kept: list[Kept], session: Session, release_ids: tuple[str, ...]) -> list[Kept]:
    safeguards.require(session, "approve_release")
    waiting = {k.made.release_id: k for k in kept[::-1] if k.state == "proposed"}
    if not waiting:
        message = "No release waits for approval."
        raise UsageError(message)
    if not set(release_ids) <= set(waiting):
        message = "No release of this id waits for approval; `cse-geo release list` shows what does."
        raise UsageError(message)
    return [waiting[name] for name in release_ids or waiting]


def _other(session: Session, chosen: list[Kept]) -> tuple[Session, tuple[str, ...]]:
    """Return who decides, and what has to be said of it: never the person who built it."""
    if session.user not in {k.built_by for k in chosen}:
        return session, ()
    if session.synthetic:
        words = "Made-up data: a second, fictional person decides here. On real data it is another account."
        return replace(session, user=SECOND_PERSON), (words,)
    message = "Who built a release does not decide on it: another person has to."
    raise NotPermittedError(message)


def _load(opened: store.Store, release_id: str) -> safeguards.Release:
    content = store.load_release(opened, release_id)
    if content is None:
        message = "A release that the store lists is missing from it."
        raise StoreError(message)
    made = safeguards.release_from_json(content)
    if made.release_id != release_id:
        message = "A stored release is not what was frozen: its content was altered."
        raise StoreError(message)
    return made
