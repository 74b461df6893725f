"""A release takes two people: what one proposes is served only once another approved it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, StoreError, UsageError
from cse_geo.pipeline import releases
from cse_geo.safeguards import auditor
from cse_geo.views import MapQuery, Session
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = date(2025, 6, 1)
GOOD = "correct horse battery"
BUILDER = safeguards.Session("ana", "analyst", "problem_profile", "police1", "PP-7")
ADMIN = safeguards.Session("ivy", "administrator", "administration", "police1")


@pytest.fixture(params=[True, False], ids=["made up", "real"])
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY, synthetic=request.param) as made:
        records = records_of([{"record_id": f"of-{c}", "child_key": c} for c in "ABCDEFGH"])
        places = locations_of(records)
        places["lat"] += [0.0005 * (at % 2) for at in range(len(places))]
        store.save_import(made, store.ImportDetails("police1", "1" * 64), records, places)
        yield made


def propose(opened: store.Store) -> str:
    """Build the release for care and return its id."""
    builder = safeguards.step_into("analyst", synthetic=True) if opened.is_synthetic else BUILDER
    pipeline.build_next_release(opened, session=builder, audience="care", today=DAY)
    return str(store.list_releases(opened)["release_id"].iloc[0])


def officer(opened: store.Store, user: str = "dee") -> safeguards.Session:
    if opened.is_synthetic:
        return safeguards.step_into("oversight", synthetic=True)
    return safeguards.Session(user, "oversight", "oversight", "council1")


def test_nothing_is_served_before_a_second_person_approves(opened: store.Store) -> None:
    release_id = propose(opened)
    assert releases.newest_release(opened, "care") is None
    told = pipeline.approve_releases(opened, session=officer(opened))
    served = releases.newest_release(opened, "care")
    assert served is not None
    assert served.release_id == release_id
    assert ("second, fictional person" in told[0]) == opened.is_synthetic
    by = store.load_release_steps(opened)["made_by"].tolist()
    assert by == (["demo", "second-demo-person"] if opened.is_synthetic else ["ana", "dee"])
    entry = store.audit_log(opened).read().iloc[-1]
    assert (entry["action"], entry["what"], entry["user"]) == (
        "disclosure",
        f"release_approve:{release_id}",
        by[1],
    )


def test_a_page_of_a_release_role_says_the_same_before_and_after_a_proposal(tmp_path: Path) -> None:
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as opened:
        visitor = Session(role="care", demo=True)
        before = pipeline.map_view(opened, visitor, MapQuery())
        propose(opened)
        after = pipeline.map_view(opened, visitor, MapQuery())
        assert (after.ledger.words, str(after.method)) == (before.ledger.words, str(before.method))
        assert "approved by a second person" in after.ledger.words


def test_a_refused_release_is_never_served_and_the_next_may_be_built(opened: store.Store) -> None:
    release_id = propose(opened)
    with pytest.raises(UsageError, match="waits for another person"):
        propose(opened)
    pipeline.refuse_releases(opened, session=officer(opened), release_ids=(release_id,))
    assert releases.newest_release(opened, "care") is None
    assert propose(opened) == release_id  # the same records, the same bytes
    pipeline.approve_releases(opened, session=officer(opened), release_ids=(release_id,))
    assert releases.newest_release(opened, "care") is not None
    with pytest.raises(UsageError, match="No release waits"):
        pipeline.approve_releases(opened, session=officer(opened))


def test_who_built_it_and_who_may_not_approve_are_refused(opened: store.Store) -> None:
    propose(opened)
    for role in ("steward", "analyst", "outreach", "administrator"):
        with pytest.raises(NotPermittedError):
            pipeline.approve_releases(opened, session=safeguards.step_into(role, synthetic=True))
    if not opened.is_synthetic:
        with pytest.raises(NotPermittedError, match="another person has to"):
            pipeline.approve_releases(opened, session=officer(opened, "ana"))
    with pytest.raises(UsageError, match="No release of this id waits"):
        pipeline.approve_releases(opened, session=officer(opened), release_ids=("0" * 16,))
    assert releases.newest_release(opened, "care") is None


def test_what_the_auditor_opens_is_not_approved(opened: store.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(opened)
    found = auditor.Attack(n_cells=1, n_statements=1, n_targets=1, pinned=(2,), n_contradictory=0)
    monkeypatch.setattr(auditor, "attack_releases", lambda _: found)
    with pytest.raises(StoreError, match="1 counts below k"):
        pipeline.approve_releases(opened, session=officer(opened))
    assert releases.newest_release(opened, "care") is None


def test_a_release_of_before_approvals_waits_for_anybody_who_may(opened: store.Store) -> None:
    """A store that an older program wrote has releases without steps: nobody approved them."""
    made = safeguards.release_from_json(str(store.load_release(opened, propose(opened))))
    with store.init_store(opened.path.with_name("old"), key=KEY, synthetic=opened.is_synthetic) as old:
        store.save_release(
            old, release_id=made.release_id, audience="care", content=made.content, signatures=store.load_signatures(opened),
        )  # fmt: skip
        assert releases.newest_release(old, "care") is None
        pipeline.approve_releases(old, session=officer(old))
        assert releases.newest_release(old, "care") is not None


def add(opened: store.Store, name: str, *children: str) -> None:
    records = records_of([{"record_id": f"of-{c}", "child_key": c} for c in children])
    places = locations_of(records)
    places["lat"] += [0.0005 * (at % 2) for at in range(len(places))]
    store.save_import(opened, store.ImportDetails("police1", name * 64), records, places)


def test_after_an_erasure_a_group_waits_until_a_new_series_is_started(tmp_path: Path) -> None:
    """Eight children released, one erased, four more come. Without a new start the group would wait for ever."""
    analyst = safeguards.step_into("analyst", synthetic=True)
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as opened:
        add(opened, "1", *"ABCDEFGH")
        propose(opened)
        pipeline.approve_releases(opened, session=officer(opened))
        with pytest.raises(UsageError, match="nothing to start anew for"):
            pipeline.rebase(opened, session=analyst, today=DAY)
        store.erase_subject(opened, "A")
        add(opened, "2", *"IJKLM")
        later = date(2026, 6, 1)
        pipeline.build_next_release(opened, session=analyst, audience="care", today=later)
        blocked = pipeline.approve_releases(opened, session=officer(opened))
        assert "served now" in blocked[-1]
        made = releases.newest_release(opened, "care")
        assert made is not None
        assert made.groups.empty  # the difference would be the erased child

        told = pipeline.rebase(opened, session=analyst, today=later)
        assert told[0] == "Retired: 2 releases, which held 1 records that were deleted since."
        assert releases.newest_release(opened, "care") is None  # until somebody approves
        pipeline.approve_releases(opened, session=officer(opened))
        served = releases.newest_release(opened, "care")
        assert served is not None
        assert served.groups["n_children"].tolist() == [10]  # twelve, in steps of five
        left = store.load_signatures(opened)
        assert set(left["record_id"]) == {f"of-{c}" for c in "BCDEFGHIJKLM"}
        states = pipeline.release_list(opened, session=analyst)
        assert sorted(states["state"]) == ["approved"] * 3 + ["retired"] * 2
        assert "derived no count below k" in pipeline.check_releases(opened, session=analyst)[1]
        with pytest.raises(UsageError, match="nothing to start anew for"):
            pipeline.rebase(opened, session=analyst, today=later)


def test_a_new_series_does_not_let_new_children_be_told_from_the_old(tmp_path: Path) -> None:
    """Two newcomers beside an erasure still wait: the survivors' classes are those of everything released."""
    analyst = safeguards.step_into("analyst", synthetic=True)
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as opened:
        add(opened, "1", *"ABCDEFGHIJ")
        propose(opened)
        pipeline.approve_releases(opened, session=officer(opened))
        store.erase_subject(opened, "A")
        add(opened, "2", *"KL")
        told = pipeline.rebase(opened, session=analyst, today=date(2026, 6, 1))
        # For outreach, nine known children are under its ten: there the whole group waits.
        waits = [word.split(";")[1].split()[0] for word in told if "wait for the next release" in word]
        assert waits == ["2", "2", "11"]
        classes = store.load_signatures(opened).groupby("signature")["subject"].nunique()
        assert (classes[classes.index > 0] >= 5).all()


def test_only_who_builds_may_start_a_new_series(opened: store.Store) -> None:
    with pytest.raises(NotPermittedError):
        pipeline.rebase(opened, session=officer(opened))


def test_at_the_command_line_the_second_person_proves_who_they_are(tmp_path: Path) -> None:
    with store.init_store(tmp_path / "s", key=KEY) as opened:
        account = store.User("dee", "oversight", "council1")
        pipeline.add_user(opened, account, session=ADMIN, password=GOOD)
        pipeline.add_user(opened, store.User("bo", "analyst", "police1"), session=ADMIN, password=GOOD)
        typed = officer(opened, "somebody")
        who = pipeline.second_person(opened, typed, user="dee", password=GOOD)
        assert (who.user, who.role, who.agency) == ("dee", "oversight", "council1")
        for user, password in (("dee", "a wrong password"), ("nobody", GOOD)):
            with pytest.raises(NotPermittedError):
                pipeline.second_person(opened, typed, user=user, password=password)
        with pytest.raises(NotPermittedError):  # the purpose is not one of an analyst's
            pipeline.second_person(opened, typed, user="bo", password=GOOD)
        with pytest.raises(UsageError, match="--user"):
            pipeline.second_person(opened, typed)


def test_the_page_shows_what_waits_and_decides(tmp_path: Path) -> None:
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as opened:
        release_id = propose(opened)
        visitor = Session(role="oversight", demo=True)
        waiting = pipeline.waiting_releases(opened, visitor)
        assert waiting["release_id"].tolist() == [release_id]
        assert waiting["state"].tolist() == ["proposed"]
        with pytest.raises(NotPermittedError):
            pipeline.waiting_releases(opened, Session(role="care", demo=True))
        assert "served now" in pipeline.decide_release(opened, visitor, release_id, approved=True)[-1]
        assert pipeline.waiting_releases(opened, visitor).empty
