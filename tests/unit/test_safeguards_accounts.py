"""Passwords, references and the proxy's header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.safeguards import accounts

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = b"x" * 32
GOOD = "correct horse battery"


@pytest.mark.parametrize(
    "password", ["short", "a" * 13, "x" * 201, "aaaaaaaaaaaaaaa", "my name is ANA ok", ""]
)
def test_weak_passwords_are_refused_in_words_without_the_password(password: str) -> None:
    with pytest.raises(UsageError) as refused:
        accounts.hash_password(password, user="ana")
    assert not password or password not in str(refused.value)


def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    secret = accounts.hash_password(GOOD, user="ana")
    assert secret.startswith("$argon2id$")
    assert accounts.is_password(secret, GOOD)
    assert not accounts.is_password(secret, GOOD + "!")
    assert accounts.hash_password(GOOD, user="ana") != secret  # its own salt


@pytest.mark.parametrize("secret", ["", "plain", "$argon2id$broken"])
def test_no_password_opens_an_account_without_one(secret: str) -> None:
    assert not accounts.is_password(secret, "")
    assert not accounts.is_password(secret, "a password that nobody has")


@pytest.mark.parametrize("name", ["ana", "a.b-c_d", "pc1234@force.example"])
def test_good_user_names(name: str) -> None:
    assert accounts.check_user_name(name) == name


@pytest.mark.parametrize("name", ["", "a", "<b>", "a b", "a|b", "x" * 65, "-ana", "a\nb"])
def test_bad_user_names(name: str) -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        accounts.check_user_name(name)


@pytest.mark.parametrize("reference", ["", "MACE-2026-04", "PP-7", "T/12_a"])
def test_good_references(reference: str) -> None:
    assert accounts.check_reference(reference) == reference


@pytest.mark.parametrize("reference", ["Jane Smith", "Smith", "the girl at no 4", "a" * 41, "=1+1", "7;drop"])
def test_a_reference_is_a_number_and_not_a_sentence(reference: str) -> None:
    with pytest.raises(NotPermittedError) as refused:
        accounts.check_reference(reference)
    assert reference not in str(refused.value)


def test_the_proxy_hands_a_person_over() -> None:
    header = accounts.seal_identity("ana", secret=SECRET, now=NOW)
    assert accounts.identity_in(header, secret=SECRET, now=NOW + timedelta(seconds=119)) == "ana"


def _headers() -> dict[str, str]:
    good = accounts.seal_identity("ana", secret=SECRET, now=NOW)
    return {
        "none": "", "bare name": "ana", "no seal": good.rpartition("|")[0], "another name": good.replace("ana", "eve"),
        "another key": accounts.seal_identity("ana", secret=b"y" * 32, now=NOW), "later": good.replace("|1", "|2"),
        "old": accounts.seal_identity("ana", secret=SECRET, now=NOW - timedelta(seconds=121)),
        "from the future": accounts.seal_identity("ana", secret=SECRET, now=NOW + timedelta(seconds=121)),
        "not ascii": "ana|é|ü", "a name that is none": accounts.seal_identity("<b>", secret=SECRET, now=NOW),
        "superscript": accounts.seal_identity("ana", secret=SECRET, now=NOW).replace("|1", "|¹"),
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(_headers()))
def test_every_other_header_is_refused_in_the_same_words(kind: str) -> None:
    with pytest.raises(NotPermittedError, match="did not say who you are"):
        accounts.identity_in(_headers()[kind], secret=SECRET, now=NOW)
