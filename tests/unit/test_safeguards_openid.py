"""What an identity provider may say, read strictly; and the files in which the operator names whom to trust."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline import Account, Attempt, signin
from cse_geo.pipeline.trusted import identity_provider
from cse_geo.safeguards import openid
from cse_geo.web import openid as edge
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
T = NOW.timestamp()
HERE = openid.Provider(
    issuer="https://id.force.example", metadata_url="https://id.force.example/.well-known/openid-configuration",
    client_id="cse-geo", client_secret="s" * 16, redirect_uri="https://map.force.example/oauth2callback",
)  # fmt: skip
SAID = {
    "iss": "https://id.force.example", "aud": "cse-geo", "sub": "7", "preferred_username": "ana", "iat": T, "exp": T + 300,
    "nonce": "n1", "role": "analyst",
}  # fmt: skip
FILE = "\n".join(f'{name} = "{value}"' for name, value in dataclasses.asdict(HERE).items())
PASSWORD = "correct horse battery"  # noqa: S105 (of a made-up person)
ADMIN = safeguards.Session("root", "administrator", "administration", "police1", "R-1")


@pytest.mark.parametrize(
    "said",
    [{}, {"aud": ["x", "cse-geo"]}, {"iat": T - 600}, {"iat": T + 120}, {"exp": T - 119}, {"iat": int(T)}],
    ids=str,
)
def test_who_is_named_a_moment_ago_for_this_app_is_known(said: dict[str, object]) -> None:
    assert openid.user_in({**SAID, **said}, HERE, now=NOW) == "ana"


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://id.force.example.evil"}, {"iss": None}, {"aud": "other"}, {"aud": ["other"]}, {"aud": None},
        {"aud": "cse-geo2"}, {"iat": T - 601}, {"iat": T + 121}, {"iat": None}, {"iat": True}, {"iat": str(T)},
        {"exp": T - 120}, {"exp": None}, {"nonce": ""}, {"nonce": None}, {"nonce": 3}, {"preferred_username": None},
        {"preferred_username": ""}, {"preferred_username": ["ana"]}, {"preferred_username": "a b"},
        {"preferred_username": "x" * 65}, {"iat": float("nan")},
    ],
    ids=str,
)  # fmt: skip
def test_everything_else_is_refused_in_the_same_words(said: dict[str, object]) -> None:
    with pytest.raises(NotPermittedError, match="did not say who you are, or too long ago"):
        openid.user_in({**SAID, **said}, HERE, now=NOW)


def test_nothing_said_names_nobody() -> None:
    with pytest.raises(NotPermittedError):
        openid.user_in({}, HERE, now=NOW)


@pytest.mark.parametrize(
    ("verified", "known"), [(True, True), (False, False), ("true", False), (None, False)]
)
def test_an_e_mail_address_names_somebody_only_where_the_provider_checked_it(
    verified: object, *, known: bool
) -> None:
    by_mail = dataclasses.replace(HERE, claim="email")
    said = {**SAID, "email": "ana@force.example", "email_verified": verified}
    if known:
        assert openid.user_in(said, by_mail, now=NOW) == "ana@force.example"
        return
    with pytest.raises(NotPermittedError):
        openid.user_in(said, by_mail, now=NOW)


@pytest.mark.parametrize("name", ["iss", "sub", "nonce", "iat"])
def test_each_signing_in_has_a_name_of_its_own(name: str) -> None:
    assert openid.sign_in_id(SAID) == openid.sign_in_id({**SAID, "exp": 0})
    assert openid.sign_in_id(SAID) != openid.sign_in_id({**SAID, name: "other"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://id.force.example"}, {"metadata_url": "ftp://x"}, {"redirect_uri": "http://map.example/oauth2callback"},
        {"redirect_uri": "https://map.example/"}, {"claim": "roles"}, {"client_id": ""}, {"client_secret": "short"},
        {"issuer": "https://"}, {"issuer": "https://[x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_provider_that_will_not_do_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        dataclasses.replace(HERE, **wrong)


@pytest.mark.parametrize("text", ["not toml", "", 'issuer = "https://x"', FILE + '\nrole = "analyst"'])
def test_a_file_that_names_no_provider_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="must be TOML"):
        openid.provider_from(text)


def test_the_file_is_private_and_stands_alone(tmp_path: Path) -> None:
    file, proxy = tmp_path / "p.toml", tmp_path / "proxy.key"
    file.write_text(FILE)
    proxy.write_text("k" * 40)
    proxy.chmod(0o600)
    environ = {"CSE_GEO_OIDC_FILE": str(file)}
    file.chmod(0o644)
    with pytest.raises(UsageError, match="mode 0600"):
        identity_provider(environ)
    file.chmod(0o600)
    assert identity_provider(environ) == HERE
    assert identity_provider({}) is None
    with pytest.raises(UsageError, match="not both"):
        identity_provider({**environ, "CSE_GEO_PROXY_KEY_FILE": str(proxy)})
    file.write_text(" \n")
    with pytest.raises(UsageError, match="empty file"):
        identity_provider(environ)


# ---------------------------------------- the door
@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    file = tmp_path / "p.toml"
    file.write_text(FILE)
    file.chmod(0o600)
    return {"CSE_GEO_OIDC_FILE": str(file)}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        pipeline.add_user(made, Account("ana", "outreach", "vcse1"), session=ADMIN)
        yield made
    signin._live.clear()
    signin._spent.clear()


def asks(**claims: object) -> Attempt:
    return Attempt("eve", "outreach_route", "OR-1", "a password", claims={**SAID, **claims})


def test_role_and_agency_are_the_accounts_whatever_the_token_says(
    opened: store.Store, environ: dict[str, str]
) -> None:
    session = pipeline.signed_in(opened, pipeline.sign_in(opened, asks(), environ=environ, now=NOW), now=NOW)
    assert (session.user, session.role, session.agency) == ("ana", "outreach", "vcse1")
    assert session.expires_at == NOW + timedelta(hours=8)


def test_a_signing_in_opens_one_session_and_a_slip_in_the_form_does_not_spend_it(
    opened: store.Store, environ: dict[str, str]
) -> None:
    slip = dataclasses.replace(asks(), reference="two words")
    with pytest.raises(NotPermittedError, match="no spaces"):
        pipeline.sign_in(opened, slip, environ=environ, now=NOW)
    assert signin.named_by_provider(SAID, environ=environ, now=NOW) == "ana"
    token = pipeline.sign_in(opened, asks(), environ=environ, now=NOW)
    assert signin.named_by_provider(SAID, environ=environ, now=NOW) == ""
    pipeline.sign_out(token)
    for minutes in (0, 6):
        with pytest.raises(NotPermittedError, match="has opened its session already"):
            pipeline.sign_in(opened, asks(), environ=environ, now=NOW + timedelta(minutes=minutes))
    with pytest.raises(NotPermittedError, match="too long ago"):
        pipeline.sign_in(opened, asks(), environ=environ, now=NOW + timedelta(minutes=11))
    assert pipeline.sign_in(opened, asks(nonce="n2"), environ=environ, now=NOW)


def test_what_is_spent_is_forgotten_when_it_could_open_nothing_any_more(
    opened: store.Store, environ: dict[str, str]
) -> None:
    pipeline.sign_in(opened, asks(), environ=environ, now=NOW)
    later = NOW + timedelta(minutes=21)
    pipeline.sign_in(
        opened, asks(nonce="n2", iat=later.timestamp(), exp=later.timestamp() + 9), environ=environ, now=later
    )
    assert len(signin._spent) == 1


def test_where_a_provider_is_named_no_password_opens_anything(
    opened: store.Store, environ: dict[str, str]
) -> None:
    pipeline.add_user(opened, Account("bo", "outreach", "vcse1"), session=ADMIN, password=PASSWORD)
    for claims in (None, {}):
        attempt = Attempt("bo", "outreach_route", "OR-1", PASSWORD, claims=claims)
        with pytest.raises(NotPermittedError, match="did not say who you are"):
            pipeline.sign_in(opened, attempt, environ=environ, now=NOW)
    with pytest.raises(
        NotPermittedError, match="were not signed in"
    ):  # and claims open nothing where none is named
        pipeline.sign_in(opened, asks(), environ={}, now=NOW)
    assert signin.named_by_provider(SAID, environ={}, now=NOW) == ""


def test_a_disabled_account_and_a_stranger_are_refused_alike_and_the_account_in_the_log(
    opened: store.Store, environ: dict[str, str]
) -> None:
    said = []
    pipeline.disable_user(opened, "ana", session=ADMIN)
    for name in ("ana", "nobody1"):
        with pytest.raises(NotPermittedError) as refused:
            pipeline.sign_in(opened, asks(preferred_username=name), environ=environ, now=NOW)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert store.audit_log(opened).read()["what"].tolist() == ["user_add", "user_disable", "sign_in_refused"]


# ---------------------------------------- what the server is told, and what it may leave in a browser
def test_without_its_packages_the_app_does_not_start(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="extra `oidc`"):
        edge.secrets_of(environ)
    assert edge.secrets_of({}) is None


def test_pkce_and_signing_in_anew_are_asked_for_whatever_the_provider_says(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "find_spec", lambda name: name)
    section = edge.secrets_of(environ)["auth"]
    assert section["client_kwargs"] == {
        "scope": "openid profile",
        "code_challenge_method": "S256",
        "prompt": "login",
    }
    assert "expose_tokens" not in section
    assert section["redirect_uri"] == HERE.redirect_uri
    assert len(section["cookie_secret"]) >= 43
    assert edge.secrets_of(environ)["auth"]["cookie_secret"] != section["cookie_secret"]
    assert edge.secrets_of({}) is None


def test_the_server_knows_the_name_that_browsers_have_for_it(environ: dict[str, str]) -> None:
    assert edge.options_of({}) == {}
    assert edge.options_of(environ) == {
        "browser.serverAddress": "map.force.example", "server.allowedHosts": ["127.0.0.1", "localhost", "map.force.example"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        (
            b"set-cookie",
            b"_streamlit_user=x; Max-Age=2592000; Path=/",
            b"_streamlit_user=x; Max-Age=600; Path=/",
        ),
        (b"Set-Cookie", b"_streamlit_user_1=x; max-age=2592000", b"_streamlit_user_1=x; Max-Age=600"),
        (b"set-cookie", b"_streamlit_user_tokens=x; Max-Age=2592000", None),
        (b"set-cookie", b"_streamlit_user_tokens_1=x; Max-Age=2592000", None),
        (b"set-cookie", b"_streamlit_user_tokens=; Max-Age=0", b"_streamlit_user_tokens=; Max-Age=0"),
        (b"set-cookie", b"other=x; Max-Age=2592000", b"other=x; Max-Age=2592000"),
        (b"content-type", b"_streamlit_user=x; Max-Age=2592000", b"_streamlit_user=x; Max-Age=2592000"),
    ],
)
def test_cookies_of_identity_are_short_and_those_of_tokens_do_not_leave(
    name: bytes, value: bytes, left: bytes | None
) -> None:
    assert edge.kept_short(name, value) == (None if left is None else (name, left))
