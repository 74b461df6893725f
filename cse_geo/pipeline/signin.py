"""Signing in to a real store: who, for which purpose, until when; checked anew before every answer.

Live sessions are kept in this process only. The embedded store has one app, so there is no second one that
could disagree; a restart signs everyone out.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cse_geo import safeguards, store
from cse_geo.errors import NotPermittedError
from cse_geo.pipeline.policies import policy_of
from cse_geo.pipeline.trusted import identity_provider
from cse_geo.pipeline.trusted import proxy_secret as proxy_secret  # noqa: PLC0414 (part of this module's face)
from cse_geo.safeguards import accounts, audit, openid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo.safeguards import Session

# After so many wrong passwords in a row the name is locked for a quarter of an hour, right password or not.
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
IDENTITY_HEADER = "X-Cse-Geo-Identity"
# The same words for an unknown name, a wrong password, a disabled account and a locked one.
_REFUSED = (
    "You were not signed in: the name or the password is not right, the account is disabled, or it is locked "
    "for a quarter of an hour after five wrong passwords."
)


@dataclass(frozen=True)
class Attempt:
    """What somebody at the door says: who, for what, under which reference."""

    user: str
    purpose: str
    reference: str = ""
    password: str = ""
    header: str = ""  # what the trusted proxy said, in its place
    claims: Mapping[str, Any] | None = None  # what the identity provider said, in its place


def ticks() -> float:
    """Return the seconds of a clock that nobody can set."""
    return time.monotonic()


@dataclass
class _Live:
    store_id: str
    session: Session
    seen: datetime
    idle: timedelta
    visit: str = ""  # of the browser that signed in, so that files made for it open nowhere else
    began: datetime | None = None
    # Of a clock that nobody sets: when the session began and was last used, in seconds.
    ticks_began: float = field(default_factory=ticks)
    ticks_seen: float = field(default_factory=ticks)

    def is_over(self, moment: datetime) -> bool:
        """Return whether the session was idle too long or has reached its end, by whichever clock is later.

        The clock on the wall may be set back; the one that counts from the machine's start may not.
        """
        now = ticks()
        idle = max(moment - self.seen, timedelta(seconds=now - self.ticks_seen))
        expires = self.session.expires_at
        if idle > self.idle or (expires is not None and moment >= expires):
            return True
        whole = expires - self.began if expires is not None and self.began is not None else None
        return whole is not None and timedelta(seconds=now - self.ticks_began) >= whole


@dataclass
class _Failures:
    count: int
    last: datetime


_live: dict[str, _Live] = {}
_failures: dict[tuple[str, str], _Failures] = {}
_spent: dict[str, datetime] = {}  # signings in at the identity provider that opened their session here
_guard = threading.Lock()


def purposes_in_words() -> tuple[tuple[str, str, bool], ...]:
    """Return code, title and whether it needs a reference, of every purpose."""
    return tuple((p.code, p.title, p.needs_reference) for p in safeguards.purposes().values())


def sign_in(
    opened: store.Store, attempt: Attempt, *, environ: Mapping[str, str], now: datetime | None = None
) -> str:
    """Return the token of a new session, once the log has its entry.

    Raises
    ------
    NotPermittedError
        If the person is not who they say, or the purpose is not theirs. Which of the reasons is not told.
    StoreError
        If the entry cannot be kept.
    """
    moment = now or datetime.now(UTC)
    account = _account(opened, attempt, environ, moment)
    if account.purposes and attempt.purpose not in account.purposes:
        message = "The purpose is not one of this account's."
        raise NotPermittedError(message)
    policy = policy_of(opened)
    session = safeguards.Session(
        account.user,
        account.role,
        attempt.purpose,
        agency=account.agency,
        reference=accounts.check_reference(attempt.reference),
        expires_at=moment + timedelta(hours=policy.session_hours),
    )
    if attempt.claims is not None:
        _spend(attempt.claims, moment)
    audit.record(store.audit_log(opened), session, audit.Event("consultation", "sign_in"), now=moment)
    token = secrets.token_urlsafe(32)
    with _guard:
        _live[token] = _Live(
            opened.store_id, session, moment, timedelta(minutes=policy.idle_minutes), began=moment
        )
    return token


def signed_in(
    opened: store.Store, token: str, *, now: datetime | None = None, visit: str | None = None
) -> Session:
    """Return the session behind a token, and note that it was used.

    Parameters
    ----------
    opened, token
        The store, and what `sign_in` returned.
    now
        The present moment.
    visit
        Where given, the browser that asks: a session that was taken over from another browser is refused.

    Raises
    ------
    NotPermittedError
        If it was signed out, has run out, was idle too long, or its account was disabled or changed since.
    """
    moment = now or datetime.now(UTC)
    with _guard:
        live = _live.get(token)
    is_elsewhere = live is not None and visit is not None and visit != live.visit
    if live is None or live.store_id != opened.store_id or is_elsewhere:
        message = "You are not signed in."
        raise NotPermittedError(message)
    session = live.session
    live.idle = timedelta(minutes=policy_of(opened).idle_minutes)
    if live.is_over(moment):
        sign_out(token)
        message = "This session has run out; sign in again."
        raise NotPermittedError(message)
    account = _known(opened).get(session.user)
    if (
        account is None
        or not account.is_active
        or (account.role, account.agency) != (session.role, session.agency)
    ):
        sign_out(token)
        message = "This account was disabled or changed; sign in again, or ask your administrator."
        raise NotPermittedError(message)
    live.seen, live.ticks_seen = moment, ticks()
    return session


def sign_out(token: str) -> None:
    """End a session; again is harmless."""
    with _guard:
        _live.pop(token, None)


def bind_visit(token: str, visit: str) -> None:
    """Remember which browser a session is in; files that pages offer are served to that browser only."""
    with _guard:
        if token in _live:
            _live[token].visit = visit


def is_visit_live(visit: str, *, now: datetime | None = None) -> bool:
    """Return whether the browser of this visit has a session that is signed in and not idle."""
    moment = now or datetime.now(UTC)
    with _guard:
        ours = [live for live in _live.values() if visit and live.visit == visit]
    return any(not live.is_over(moment) for live in ours)


def named_by_provider(
    claims: Mapping[str, Any], *, environ: Mapping[str, str], now: datetime | None = None
) -> str:
    """Return the account name in claims that may still open a session; empty where they may not."""
    provider = identity_provider(environ)
    try:
        user = openid.user_in(claims, provider, now=now or datetime.now(UTC)) if provider else ""
    except NotPermittedError:
        return ""
    with _guard:
        return "" if openid.sign_in_id(claims) in _spent else user


def _account(opened: store.Store, attempt: Attempt, environ: Mapping[str, str], now: datetime) -> store.User:
    provider = identity_provider(environ)
    secret = proxy_secret(environ)
    if provider is not None:
        user = openid.user_in(attempt.claims or {}, provider, now=now)
    elif secret:
        user = accounts.identity_in(attempt.header, secret=secret, now=now)
    else:
        return _by_password(opened, attempt, now)
    account = _known(opened).get(user)
    if account is not None and account.is_active:
        return account
    if account is not None:
        _log_refusal(opened, account, now)
    raise NotPermittedError(_REFUSED)


def _spend(claims: Mapping[str, Any], now: datetime) -> None:
    """Let one signing in at the identity provider open one session: its cookie outlives the session by far."""
    once = openid.sign_in_id(claims)
    with _guard:
        for old in [at for at, spent in _spent.items() if now - spent > 2 * openid.FRESH_FOR]:
            del _spent[old]
        is_spent = once in _spent
        _spent[once] = now
    if is_spent:
        message = "That signing in has opened its session already. Sign in at the identity provider again."
        raise NotPermittedError(message)


def _by_password(opened: store.Store, attempt: Attempt, now: datetime) -> store.User:
    account = _known(opened).get(attempt.user)
    # The password is checked whatever else is wrong, so that every refusal takes as long.
    is_right = accounts.is_password(account.secret if account else "", attempt.password)
    at = (opened.store_id, attempt.user)
    with _guard:
        _forget_old_failures(now)
        before = _failures.get(at)
        is_locked = before is not None and before.count >= MOST_FAILURES
        if account is not None and account.is_active and is_right and not is_locked:
            _failures.pop(at, None)
            return account
        count = before.count if before else 0
        # Knocking at a locked door does not lock it longer: nobody can keep another person out for ever.
        last = before.last if before and is_locked else now
        _failures[at] = _Failures(min(count + 1, MOST_FAILURES), last)
    if account is not None:
        _log_refusal(opened, account, now)
    raise NotPermittedError(_REFUSED)


def _forget_old_failures(now: datetime) -> None:
    for at in [at for at, failed in _failures.items() if now - failed.last >= LOCKED_FOR]:
        del _failures[at]


def _log_refusal(opened: store.Store, account: store.User, now: datetime) -> None:
    """Write down a refusal under the account that was asked for; an unknown name is in no log."""
    purpose = safeguards.role_of(account.role).purposes[0]
    session = safeguards.Session(account.user, account.role, purpose, synthetic=True)
    refused = replace(session, agency=account.agency)
    audit.record(store.audit_log(opened), refused, audit.Event("consultation", "sign_in_refused"), now=now)


def _known(opened: store.Store) -> dict[str, store.User]:
    return {account.user: account for account in store.load_users(opened)}
