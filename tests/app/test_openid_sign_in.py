"""Signing in by OpenID Connect, in a real browser, at an identity provider on this machine."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from cse_geo import store
from tests import canary_store
from tests.app import raw
from tests.app.conftest import Server, free_port
from tests.conftest import need
from tests.store_frames import KEY

pytestmark = pytest.mark.browser
HOSTS = "localhost"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    need("Authlib (the extra `oidc`)", present=find_spec("authlib") is not None)
    from tests.app.identity_provider import IdentityProvider

    folder = tmp_path_factory.mktemp("oidc")
    canary_store.build(folder / "s").close()
    provider = IdentityProvider()
    port = free_port()
    file = folder / "provider.toml"
    file.write_text(provider.settings(f"http://{HOSTS}:{port}/oauth2callback"))
    file.chmod(0o600)
    server = Server(["-m", "tests.app.serve", str(folder / "s")], log=folder / "log.txt", port=port, CSE_GEO_KEY=KEY,
                    CSE_GEO_DEMO="0", CSE_GEO_OIDC_FILE=str(file))  # fmt: skip
    server.provider, server.store, server.here = provider, folder / "s", f"http://{HOSTS}:{port}"
    yield server
    server.stop()
    provider.stop()


@pytest.fixture
def provider(world):
    world.provider.user, world.provider.bent = "p_outreach", {}
    world.provider.asked.clear()
    return world.provider


def to_the_provider(seen):
    seen.page.get_by_role("button", name="Sign in with the made-up force").click()
    seen.page.wait_for_load_state()
    seen.page.get_by_role("heading", name="Sign in").wait_for(timeout=60_000)
    seen.quiet()


def give_purpose(seen, purpose, reference="OR-2026-1"):
    seen.page.get_by_label("Purpose", exact=False).first.click()
    seen.page.get_by_role("option", name=purpose).click()
    seen.page.get_by_label("Reference (meeting", exact=False).fill(reference)
    seen.page.get_by_role("button", name="Sign in", exact=True).click()


def signed_in_as(seen, name):
    seen.page.get_by_text(f"Signed in: {name}").wait_for(timeout=90_000)
    seen.quiet()


def entered(seen):
    to_the_provider(seen)
    seen.page.get_by_text("Known to the made-up force as p_outreach").wait_for(timeout=60_000)
    give_purpose(seen, "Outreach route")
    signed_in_as(seen, "p_outreach")


def log_of(world):
    with store.open_store(world.store, key=KEY, read_only=True) as opened:
        return store.audit_log(opened).read()


def test_signing_in_asks_with_pkce_and_opens_the_role_of_the_store_and_not_of_the_token(
    world, provider, visit
):
    seen = visit(world.here)
    entered(seen)
    (asked,) = provider.of("/authorize")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert (asked["response_type"], asked["prompt"], asked["scope"]) == ("code", "login", "openid profile")
    assert asked["nonce"]
    assert asked["state"]
    (exchanged,) = provider.of("/token")
    assert 43 <= len(exchanged["code_verifier"]) <= 128
    assert seen.page.get_by_text("Signed in: p_outreach, Outreach or voluntary sector").is_visible()
    last = log_of(world)
    entry = last[last["what"] == "sign_in"].iloc[-1]
    assert (entry["user"], entry["role"], entry["purpose"], entry["reference"]) == (
        "p_outreach", "outreach", "outreach_route", "OR-2026-1",
    )  # fmt: skip
    # No token is left in the browser, the identity's cookie lasts ten minutes, and no script reads it.
    kept = {cookie["name"]: cookie for cookie in seen.context.cookies()}
    assert not [name for name in kept if name.startswith("_streamlit_user_tokens")]
    assert kept["_streamlit_user"]["httpOnly"]
    assert 0 < kept["_streamlit_user"]["expires"] - _now(seen) <= 601
    assert "qxaccesstokenz" not in str(kept)


def _now(seen):
    return seen.page.evaluate("Date.now() / 1000")


def test_one_signing_in_opens_one_session_and_another_tab_none(world, provider, visit):
    seen = visit(world.here)
    entered(seen)
    other = seen.context.new_page()
    other.goto(world.here)
    other.get_by_role("button", name="Sign in with the made-up force").wait_for(timeout=60_000)
    assert not other.get_by_text("Signed in:").count()
    seen.page.reload()
    seen.page.get_by_role("button", name="Sign in with the made-up force").wait_for(timeout=60_000)
    assert not seen.page.get_by_text("Signed in:").count()


def test_signing_out_takes_the_cookie_back_and_tells_the_provider(world, provider, visit):
    seen = visit(world.here)
    entered(seen)
    seen.page.get_by_role("button", name="Sign out").click()
    seen.page.get_by_role("button", name="Sign in with the made-up force").wait_for(timeout=60_000)
    assert provider.of("/logout")
    assert "_streamlit_user" not in {cookie["name"] for cookie in seen.context.cookies()}


def test_a_cookie_copied_to_another_program_opens_nothing(world, provider, visit):
    seen = visit(world.here)
    entered(seen)
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in seen.context.cookies())
    thief = raw.Wire(world, headers={"Cookie": cookies})
    got = thief.run()
    assert [b.label for b in raw.of_kind(got, "button")] == ["Sign in with the made-up force"]
    thief.close()


@pytest.mark.parametrize(
    "bent",
    [
        {"iat": 1_700_000_000}, {"aud": "another-app"}, {"preferred_username": "nobody at all"},
        {"preferred_username": "Robert'); DROP TABLE"}, {"nonce": "another"}, {"exp": 1_700_000_000},
    ],
    ids=lambda bent: re.sub(r"\W+", " ", str(bent))[:30],
)  # fmt: skip
def test_a_token_that_is_old_or_for_another_app_or_of_nobody_opens_nothing(world, provider, visit, bent):
    provider.bent = bent
    seen = visit(world.here)
    to_the_provider(seen)
    seen.page.get_by_role("button", name="Sign in with the made-up force").wait_for(timeout=60_000)
    assert not seen.page.get_by_text("Known to").count()


def test_somebody_without_an_account_is_refused_in_the_same_words(world, provider, visit):
    provider.user = "stranger1"
    seen = visit(world.here)
    to_the_provider(seen)
    give_purpose(seen, "Outreach route")
    seen.page.get_by_text("You were not signed in").wait_for(timeout=60_000)
    assert not seen.page.get_by_text("Signed in: stranger1").count()


def test_a_disabled_account_gets_nothing_more_in_a_browser_that_is_open(world, provider, visit):
    seen = visit(world.here)
    entered(seen)
    admin = visit(world.here)
    provider.user = "p_administrator"
    to_the_provider(admin)
    give_purpose(admin, "Keep the service running", reference="")
    signed_in_as(admin, "p_administrator")
    admin.page.get_by_role("link", name="Settings").click()
    admin.page.get_by_text("Account to shut").wait_for(timeout=60_000)
    admin.page.get_by_label("Account to shut").click()
    admin.page.get_by_role("option", name="p_outreach").click()
    admin.page.get_by_role("button", name="Shut this account").click()
    admin.page.get_by_text("p_outreach is disabled").wait_for(timeout=60_000)
    seen.page.get_by_role("link", name="Method").click()
    seen.page.get_by_text("This account was disabled or changed").wait_for(timeout=60_000)
    assert not seen.page.get_by_text("Signed in:").count()
