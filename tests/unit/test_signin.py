"""Signing in: bound to a purpose, logged, locked, expired, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline import Account, Attempt, signin
from cse_geo.safeguards import accounts
from cse_geo.views import MapQuery, Session
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = "correct horse battery"
ADMIN = safeguards.Session("root", "administrator", "administration", "police1", "R-1")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA = Attempt("ana", "problem_profile", "PP-7", GOOD)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[store.Store]:
    cheap = accounts.argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_HASHER", cheap)
    with store.init_store(tmp_path / "s", key=KEY) as made:
        pipeline.add_user(made, Account("ana", "analyst", "police1"), session=ADMIN, password=GOOD)
        yield made
    signin._live.clear()
    signin._failures.clear()


def enter(opened: store.Store, attempt: Attempt = ANA, *, now: datetime = NOW, **environ: str) -> str:
    return pipeline.sign_in(opened, attempt, environ=environ, now=now)


def test_a_session_is_bound_to_person_role_agency_purpose_and_reference(opened: store.Store) -> None:
    session = pipeline.signed_in(opened, enter(opened), now=NOW)
    assert (session.user, session.role, session.agency, session.purpose, session.reference, session.synthetic) == (
        "ana", "analyst", "police1", "problem_profile", "PP-7", False,
    )  # fmt: skip
    entry = store.audit_log(opened).read().iloc[-1]
    assert (entry["what"], entry["user"], entry["purpose"], entry["reference"]) == (
        "sign_in", "ana", "problem_profile", "PP-7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt("ana", "problem_profile", "PP-7", "wrong"),
        Attempt("nobody", "problem_profile", "PP-7", GOOD),
        Attempt("ana", "problem_profile", "PP-7", ""),
        Attempt("", "problem_profile", "PP-7", ""),
    ],
    ids=["wrong password", "unknown name", "no password", "nothing"],
)
def test_refusals_do_not_say_which_part_was_wrong(opened: store.Store, attempt: Attempt) -> None:
    with pytest.raises(NotPermittedError) as refused:
        enter(opened, attempt)
    assert str(refused.value) == signin._REFUSED


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (Attempt("ana", "shift_tasking", "T-1", GOOD), "not one of the role"),
        (Attempt("ana", "problem_profile", "", GOOD), "needs its meeting"),
        (Attempt("ana", "problem_profile", "Jane Smith", GOOD), "no spaces"),
        (Attempt("ana", "curiosity", "PP-7", GOOD), "not one of the role"),
    ],
)
def test_no_session_without_a_purpose_of_the_role_and_its_reference(
    opened: store.Store, attempt: Attempt, words: str
) -> None:
    with pytest.raises(NotPermittedError, match=words):
        enter(opened, attempt)
    assert not signin._live


def test_an_account_may_be_narrower_than_its_role(opened: store.Store) -> None:
    narrow = Account("bo", "analyst", "police1", ("named_operation",))
    pipeline.add_user(opened, narrow, session=ADMIN, password=GOOD)
    with pytest.raises(NotPermittedError, match="not one of this account's"):
        enter(opened, Attempt("bo", "problem_profile", "PP-7", GOOD))


def test_five_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour(opened: store.Store) -> None:
    wrong = Attempt("ana", "problem_profile", "PP-7", "wrong")
    for second in range(5):
        with pytest.raises(NotPermittedError):
            enter(opened, wrong, now=NOW + timedelta(seconds=second))
    for minute in (1, 10, 14):  # the right one does not help, and knocking does not lock it longer
        with pytest.raises(NotPermittedError):
            enter(opened, now=NOW + timedelta(minutes=minute))
    assert enter(opened, now=NOW + timedelta(minutes=15, seconds=4))
    assert (store.audit_log(opened).read()["what"] == "sign_in_refused").sum() == 8


def test_four_wrong_passwords_do_not_lock_and_a_right_one_starts_anew(opened: store.Store) -> None:
    wrong = Attempt("ana", "problem_profile", "PP-7", "wrong")
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(NotPermittedError):
                enter(opened, wrong)
        assert enter(opened)


def test_a_session_ends_after_idle_time_and_after_eight_hours(opened: store.Store) -> None:
    token = enter(opened)
    at = NOW
    while at < NOW + timedelta(hours=8) - timedelta(minutes=15):
        at += timedelta(minutes=15)
        pipeline.signed_in(opened, token, now=at)
    with pytest.raises(NotPermittedError, match="run out"):
        pipeline.signed_in(opened, token, now=NOW + timedelta(hours=8))
    token = enter(opened)
    with pytest.raises(NotPermittedError, match="run out"):
        pipeline.signed_in(opened, token, now=NOW + timedelta(minutes=15, seconds=1))
    with pytest.raises(NotPermittedError, match="not signed in"):  # and does not come back
        pipeline.signed_in(opened, token, now=NOW)


def test_a_disabled_account_gets_nothing_more_at_once(opened: store.Store) -> None:
    token = enter(opened, now=datetime.now(UTC))
    pipeline.disable_user(opened, "ana", session=ADMIN)
    with pytest.raises(NotPermittedError, match="disabled or changed"):
        pipeline.map_view(opened, Session(role="analyst", token=token), MapQuery())
    with pytest.raises(NotPermittedError, match="were not signed in"):
        enter(opened)


def test_a_new_role_holds_at_once(opened: store.Store) -> None:
    token = enter(opened)
    pipeline.add_user(opened, Account("ana", "outreach", "police1"), session=ADMIN, password=GOOD)
    with pytest.raises(NotPermittedError, match="disabled or changed"):
        pipeline.signed_in(opened, token, now=NOW)


def test_what_the_browser_claims_of_its_role_changes_nothing(opened: store.Store) -> None:
    """A page may say `role="analyst"`; the token says who it is."""
    pipeline.add_user(opened, Account("kay", "administrator", "police1"), session=ADMIN, password=GOOD)
    token = pipeline.sign_in(opened, Attempt("kay", "administration", "", GOOD), environ={})
    with pytest.raises(NotPermittedError, match="does not have this page"):
        pipeline.map_view(opened, Session(role="analyst", token=token), MapQuery())


def test_signing_out_ends_it_and_again_is_harmless(opened: store.Store) -> None:
    token = enter(opened)
    pipeline.sign_out(token)
    pipeline.sign_out(token)
    with pytest.raises(NotPermittedError, match="not signed in"):
        pipeline.signed_in(opened, token, now=NOW)


def test_a_token_of_another_store_is_none_here(opened: store.Store, tmp_path: Path) -> None:
    token = enter(opened)
    with store.init_store(tmp_path / "other", key=KEY) as other, pytest.raises(NotPermittedError):
        pipeline.signed_in(other, token, now=NOW)


@pytest.mark.parametrize("role", ["analyst", "steward", "public"])
def test_the_demo_menu_opens_no_real_store(opened: store.Store, role: str) -> None:
    visitor = Session(role=role, demo=True, purpose="demonstration")
    with pytest.raises(NotPermittedError, match="sign in"):
        pipeline.map_view(opened, visitor, MapQuery())
    with pytest.raises(NotPermittedError, match="sign in"):
        pipeline.records_view(opened, visitor)


def test_the_proxy_says_who_it_is(opened: store.Store, tmp_path: Path) -> None:
    key = tmp_path / "proxy.key"
    key.write_text("k" * 40)
    key.chmod(0o600)
    header = accounts.seal_identity("ana", secret=b"k" * 40, now=NOW)
    environ = {"CSE_GEO_PROXY_KEY_FILE": str(key)}
    token = enter(opened, Attempt("", "problem_profile", "PP-7", header=header), **environ)
    assert pipeline.signed_in(opened, token, now=NOW).user == "ana"
    with pytest.raises(NotPermittedError, match="did not say who you are"):
        enter(opened, ANA, **environ)  # a password opens nothing where a proxy stands
    stranger = accounts.seal_identity("eve", secret=b"k" * 40, now=NOW)
    with pytest.raises(NotPermittedError, match="were not signed in"):
        enter(opened, Attempt("ana", "problem_profile", "PP-7", header=stranger), **environ)


@pytest.mark.parametrize(("mode", "text"), [(0o644, "k" * 40), (0o600, "short"), (None, "")])
def test_a_proxy_key_that_others_may_read_or_that_is_short_is_refused(
    tmp_path: Path, mode: int | None, text: str
) -> None:
    key = tmp_path / "proxy.key"
    if mode is not None:
        key.write_text(text)
        key.chmod(mode)
    with pytest.raises(UsageError, match="CSE_GEO_PROXY_KEY_FILE"):
        pipeline.proxy_secret({"CSE_GEO_PROXY_KEY_FILE": str(key)})


def test_accounts_are_an_administrators_business(opened: store.Store) -> None:
    for role in ("steward", "oversight"):
        other = safeguards.Session("x1", role, safeguards.role_of(role).purposes[0], "police1")
        for ask in (
            lambda who: pipeline.list_users(opened, session=who),
            lambda who: pipeline.disable_user(opened, "ana", session=who),
            lambda who: pipeline.add_user(opened, Account("eve", "analyst", "a"), session=who, password=GOOD),
        ):
            with pytest.raises(NotPermittedError):
                ask(other)
    assert [u.user for u in store.load_users(opened) if u.is_active] == ["ana"]


def test_what_an_administrator_gets_wrong_is_said(opened: store.Store) -> None:
    for user, words in (
        (Account("bo", "analyst", ""), "--agency"),
        (Account("bo", "analyst", "p", ("shift_tasking",)), "--purpose"),
        (Account("b o", "analyst", "p"), "user name"),
    ):
        with pytest.raises(UsageError, match=words):
            pipeline.add_user(opened, user, session=ADMIN)
    with pytest.raises(UsageError, match="no account"):
        pipeline.disable_user(opened, "nobody", session=ADMIN)
    pipeline.add_user(opened, Account("root", "administrator", "police1"), session=ADMIN)
    with pytest.raises(UsageError, match="another administrator"):
        pipeline.disable_user(opened, "root", session=ADMIN)


def test_the_list_shows_no_secret(opened: store.Store) -> None:
    listed = pipeline.list_users(opened, session=ADMIN)
    assert listed["user"].tolist() == ["ana"]
    assert "argon2" not in listed.to_csv()


def test_a_session_that_was_taken_over_from_another_browser_gets_nothing(opened: store.Store) -> None:
    token = enter(opened)
    signin.bind_visit(token, "visit-of-ana")
    for visit in ("", "visit-of-eve"):
        with pytest.raises(NotPermittedError, match="not signed in"):
            pipeline.signed_in(opened, token, now=NOW, visit=visit)
    assert pipeline.signed_in(opened, token, now=NOW, visit="visit-of-ana").user == "ana"


@pytest.mark.parametrize(
    ("passed", "is_over"),
    [(14 * 60, False), (15 * 60 + 1, True), (8 * 3600, True)],
    ids=["14 min", "idle", "eight hours"],
)
def test_a_clock_that_is_set_back_keeps_no_session_alive(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch, passed: int, *, is_over: bool
) -> None:
    token = enter(opened)
    signin.bind_visit(token, "visit")
    began = signin.ticks()
    monkeypatch.setattr(signin, "ticks", lambda: began + passed)
    back = NOW - timedelta(hours=1)  # by the wall no time has passed at all
    assert signin.is_visit_live("visit", now=back) != is_over
    if not is_over:
        assert pipeline.signed_in(opened, token, now=back).user == "ana"
        return
    with pytest.raises(NotPermittedError, match="run out"):
        pipeline.signed_in(opened, token, now=back)


def test_eight_hours_are_eight_hours_of_use_too_whatever_the_wall_says(
    opened: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = enter(opened)
    began = signin.ticks()
    for minutes in range(10, 8 * 60, 10):
        monkeypatch.setattr(signin, "ticks", lambda at=minutes: began + at * 60)
        assert pipeline.signed_in(opened, token, now=NOW).user == "ana"
    monkeypatch.setattr(signin, "ticks", lambda: began + 8 * 3600)
    with pytest.raises(NotPermittedError, match="run out"):
        pipeline.signed_in(opened, token, now=NOW)
