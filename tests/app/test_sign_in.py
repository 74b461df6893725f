"""The door of a real store: nothing before signing in, nothing after signing out or being disabled."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError
from cse_geo.pages.parts import source
from cse_geo.pipeline import Account, Attempt, signin
from cse_geo.safeguards import accounts
from tests.conftest import ROOT
from tests.store_frames import KEY, locations_of, records_of

MAIN = ROOT / "cse_geo" / "pages" / "main.py"
GOOD = "correct horse battery"
ADMIN = safeguards.Session("root", "administrator", "administration", "police1", "R-1")
CANARY = "canary_place_name"


@pytest.fixture
def real(tmp_path, monkeypatch):
    cheap = accounts.argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_HASHER", cheap)
    folder = tmp_path / "real"
    with store.init_store(folder, key=KEY) as made:
        records = records_of([{"record_id": f"of-{c}", "child_key": c, "town": CANARY} for c in "ABCDEFGH"])
        details = store.ImportDetails("police1", "1" * 64)
        store.save_import(made, details, records, locations_of(records))
        pipeline.add_user(made, Account("ana", "analyst", "police1"), session=ADMIN, password=GOOD)
    monkeypatch.setenv("CSE_GEO_STORE", str(folder))
    monkeypatch.setenv("CSE_GEO_KEY", KEY)
    monkeypatch.setenv("CSE_GEO_DEMO", "0")
    monkeypatch.setattr(source, "_instead", [])
    source._opened.clear()
    yield
    source._store().close()
    source._opened.clear()
    signin._live.clear()
    signin._failures.clear()


def app():
    return AppTest.from_file(str(MAIN), default_timeout=60)


def sign_in(at, *, password=GOOD, reference="PP-7"):
    at.text_input[0].input("ana")
    at.text_input[1].input(password)
    at.selectbox[0].select("problem_profile")
    at.text_input[2].input(reference)
    return at.button[0].click().run()


def said(at):
    """Everything that was sent to the browser in this run."""
    return str(at._tree) + " ".join(str(e.proto) for e in at.get("html"))


def shows_form_only(at):
    return (
        [t.value for t in at.title] == ["Sign in"]
        and "hotspots, ranked" not in said(at)
        and not at.dataframe
        and CANARY not in said(at)
    )


@pytest.mark.usefixtures("real")
def test_before_signing_in_there_is_a_form_and_nothing_else():
    at = app().run()
    assert not at.exception
    assert shows_form_only(at)
    assert store.audit_log(source._store()).read()["what"].tolist() == ["user_add"]


@pytest.mark.usefixtures("real")
def test_a_wrong_password_shows_the_form_again_in_words():
    at = sign_in(app().run(), password="wrong")  # noqa: S106 (a wrong one)
    assert "were not signed in" in at.error[0].value
    assert shows_form_only(at)


@pytest.mark.usefixtures("real")
def test_who_signed_in_sees_the_map_until_the_account_is_disabled():
    at = sign_in(app().run())
    assert not at.exception
    assert "records" in said(at)
    assert "Signed in: ana" in at.sidebar.markdown[0].value
    what = [w.partition(":")[0] for w in store.audit_log(source._store()).read()["what"]]
    assert what[:3] == ["user_add", "sign_in", "map_view"]
    assert not [s for s in at.sidebar.selectbox if s.label == "See the demo as"]
    pipeline.disable_user(source._store(), "ana", session=ADMIN)
    at.run()
    assert "disabled or changed" in at.warning[0].value
    assert shows_form_only(at)


@pytest.mark.usefixtures("real")
def test_signing_out_leaves_nothing_behind():
    at = sign_in(app().run())
    at.sidebar.button[0].click().run()
    assert shows_form_only(at)
    assert not signin._live
    assert [key for key in ("token", "kept", "options") if key in at.session_state] == []


@pytest.mark.usefixtures("real")
def test_saying_that_it_is_a_demo_does_not_open_a_real_store(monkeypatch):
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    for role in ("", "analyst", "steward", "oversight"):
        monkeypatch.setenv("CSE_GEO_ROLE", role)
        at = app().run()
        assert "sign in" in at.error[0].value
        assert "hotspots, ranked" not in said(at)
        assert CANARY not in said(at)
        assert not at.dataframe


def page(name):
    return AppTest.from_file(str(MAIN.with_name(f"{name}_page.py")), default_timeout=60)


@pytest.mark.usefixtures("real")
def test_an_administrator_shuts_an_account_and_sees_no_record():
    pipeline.add_user(
        source._store(), Account("kay", "administrator", "police1"), session=ADMIN, password=GOOD
    )
    token = pipeline.sign_in(source._store(), Attempt("ana", "problem_profile", "PP-7", GOOD), environ={})
    at = page("settings").run()
    at.text_input[0].input("kay")
    at.text_input[1].input(GOOD)
    at.selectbox[0].select("administration")
    at.button[0].click().run()
    assert not at.exception
    assert at.dataframe[0].value["user"].tolist() == ["ana", "kay"]
    assert "argon2" not in said(at)
    at.selectbox[0].select("ana").run()
    at.main.button[0].click().run()
    assert "ana is disabled" in at.success[0].value
    with pytest.raises(NotPermittedError, match="disabled or changed"):
        pipeline.signed_in(source._store(), token)
    assert CANARY not in said(at)


@pytest.mark.parametrize("role", ["analyst", "outreach", "steward"])
def test_the_audit_and_settings_pages_open_for_their_roles_only(role, tmp_path, monkeypatch):
    with store.init_store(tmp_path / "made_up", key=KEY, synthetic=True):
        pass
    monkeypatch.setenv("CSE_GEO_STORE", str(tmp_path / "made_up"))
    monkeypatch.setenv("CSE_GEO_KEY", KEY)
    monkeypatch.setenv("CSE_GEO_DEMO", "1")
    monkeypatch.setattr(source, "_instead", [])
    source._opened.clear()
    for name, own in (("audit", "oversight"), ("settings", "administrator")):
        monkeypatch.setenv("CSE_GEO_ROLE", own)
        opened = page(name).run()
        assert not opened.exception
        assert opened.title[0].value in ("Audit", "Settings")
        monkeypatch.setenv("CSE_GEO_ROLE", role)
        refused = page(name).run()
        assert not refused.title
        assert not refused.dataframe
    source._store().close()
    source._opened.clear()


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("path", sorted(MAIN.parent.glob("*_page.py")), ids=lambda path: path.stem)
def test_every_page_asks_at_its_door_before_it_shows_anything(path):
    at = AppTest.from_file(str(path), default_timeout=60).run()
    assert not at.exception
    assert shows_form_only(at), path.stem
