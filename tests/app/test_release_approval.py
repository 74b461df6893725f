"""The officer's page: a proposal waits there, is approved or refused, and the page says who decided."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from cse_geo import pipeline, safeguards, store
from cse_geo.pages.parts import source
from tests.conftest import ROOT
from tests.store_frames import KEY, locations_of, records_of

PAGE = ROOT / "cse_geo" / "pages" / "audit_page.py"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    path = tmp_path / "s"
    with store.init_store(path, key=KEY, synthetic=True) as opened:
        records = records_of([{"record_id": f"of-{c}", "child_key": c} for c in "ABCDEFGH"])
        places = locations_of(records)
        places["lat"] += [0.0005 * (at % 2) for at in range(len(places))]
        store.save_import(opened, store.ImportDetails("police1", "1" * 64), records, places)
        analyst = safeguards.step_into("analyst", synthetic=True)
        pipeline.build_next_release(opened, session=analyst, audience="care", today=date(2025, 6, 1))
    for name, value in {"STORE": str(path), "DEMO": "1", "KEY": KEY}.items():
        monkeypatch.setenv(f"CSE_GEO_{name}", value)
    source._opened.clear()
    yield path
    source._opened.clear()


def open_page(role="oversight"):
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.session_state["role"] = role
    return app.run()


@pytest.mark.parametrize(
    ("pressed", "state", "said"), [(0, "approved", "it is served now"), (1, "refused", "never served")]
)
def test_a_proposal_is_shown_decided_on_and_gone(folder, pressed, state, said):
    app = open_page()
    assert not app.exception
    assert app.dataframe[0].value["audience"].tolist() == ["care"]
    app = app.button[pressed].click().run()
    assert not app.exception
    words = " ".join(str(box.value) for box in app.success)
    assert "a second, fictional person decides here" in words
    assert said in words
    assert not app.button
    steps = store.load_release_steps(source.opened_store())
    assert steps[["step", "made_by"]].to_numpy().tolist() == [
        ["proposed", "demo"],
        [state, "second-demo-person"],
    ]


@pytest.mark.usefixtures("folder")
def test_a_role_without_the_page_sees_no_proposal():
    app = open_page("analyst")
    assert app.exception
    assert not app.dataframe
