"""The edges of access and audit that a small wrong in the code would move: defaults, frozen facts, exact hashes."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from cse_geo import safeguards, schema
from cse_geo.errors import NotPermittedError, SchemaError
from cse_geo.safeguards import access, audit, matrix
from cse_geo.safeguards.access import PlaceEvidence
from tests.store_frames import locations_of, records_of
from tests.unit.test_safeguards_audit import ANALYST, NOW, SECRET, ListLog, filled

LATER = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


# ---------------------------------------- access
def test_a_session_is_empty_where_nothing_is_said() -> None:
    with pytest.raises(NotPermittedError, match="a person and an agency"):
        safeguards.Session("u", "board", "board_trend")
    with pytest.raises(NotPermittedError, match="needs its meeting"):
        safeguards.Session("u", "meeting_member", "meeting", "police1")
    made = safeguards.Session("u", "board", "board_trend", "police1")
    assert (made.reference, made.synthetic, made.expires_at) == ("", False, None)


def test_the_demo_steps_in_as_demo() -> None:
    made = safeguards.step_into("care", synthetic=True, agency="social_care")
    assert (made.user, made.reference, made.agency, made.synthetic) == ("demo", "demo", "social_care", True)
    assert safeguards.step_into("care", synthetic=True).agency == ""


def test_evidence_of_a_place_is_none_where_nothing_is_said() -> None:
    known = PlaceEvidence("park")
    assert dataclasses.astuple(known) == ("park", 0, False, False, False)
    analyst = safeguards.step_into("analyst", synthetic=True)
    assert not safeguards.may_name_place(analyst, known, min_sources=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        known.n_sources = 2  # type: ignore[misc]


def test_an_export_needs_a_session_that_has_not_run_out() -> None:
    made = safeguards.Session("u", "analyst", "problem_profile", "p", "PP-1", expires_at=NOW)
    for kind in ("table", "unheard_of"):
        with pytest.raises(NotPermittedError, match="run out"):
            safeguards.require_export(made, kind, now=NOW)
    safeguards.require_export(made, "table")


def test_an_export_needs_the_permission_as_well_as_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds_only = dataclasses.replace(matrix.role_of("analyst"), actions=frozenset({"view"}))
    monkeypatch.setattr(access, "role_of", lambda _: kinds_only)
    with pytest.raises(NotPermittedError, match=r"\(export\)"):
        safeguards.require_export(safeguards.step_into("analyst", synthetic=True), "table")


@pytest.mark.parametrize(
    ("points", "actions", "seen"),
    [("shared", {"view_points"}, True), ("none", {"view_points"}, False), ("shared", {"view"}, False)],
)
def test_a_point_takes_the_permission_and_the_scope(
    monkeypatch: pytest.MonkeyPatch, points: str, actions: set[str], *, seen: bool
) -> None:
    odd = dataclasses.replace(matrix.role_of("analyst"), points=points, actions=frozenset(actions))
    session = safeguards.Session("u", "analyst", "problem_profile", "police1", "PP-7")
    monkeypatch.setattr(access, "role_of", lambda _: odd)
    assert safeguards.visible_points(session, records_of([{}])).tolist() == [seen]


def test_a_record_without_a_type_has_no_label_to_hide_and_rows_keep_their_numbers() -> None:
    records = records_of([{"place_type": None}, {"place_type": "refuge"}, {}]).set_axis([7, 5, 3])
    session = safeguards.Session("u", "analyst", "problem_profile", "police1", "PP-7")
    assert safeguards.visible_points(session, records).to_dict() == {7: True, 5: False, 3: True}


def test_a_review_date_is_passed_on_the_day_after_it() -> None:
    records = records_of([{"review_date": pd.Timestamp("2026-01-02")}])
    session = safeguards.Session("u", "analyst", "problem_profile", "police1", "PP-7")
    pair = (records, locations_of(records))
    assert len(safeguards.visible_records(session, *pair, today=date(2026, 1, 2))[0]) == 1
    assert len(safeguards.visible_records(session, *pair, today=date(2026, 1, 3))[0]) == 0


# ---------------------------------------- audit
def test_the_six_words_of_the_log_are_the_guidances() -> None:
    assert audit.ACTIONS == (
        "collection", "alteration", "consultation", "disclosure", "combination", "erasure",
    )  # fmt: skip
    assert audit.FIRST == "0" * 64


def test_an_event_says_nothing_of_what_it_was_not_told_and_cannot_be_changed() -> None:
    event = audit.Event("erasure", "erase")
    assert dataclasses.astuple(event) == ("erasure", "erase", 0, "", "")
    head = audit.sign_head(filled(1), secret=SECRET, now=NOW)
    report = audit.AuditReport(0, ())
    for fact, name in ((event, "what"), (head, "seq"), (report, "faults")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(fact, name, "x")


def test_a_recipient_may_have_a_hundred_and_twenty_characters() -> None:
    assert len(audit.Event("disclosure", "pack", recipient="x" * 120).recipient) == 120


@pytest.mark.parametrize("what", ["x" * 40, "map_view:" + "f" * 64])
def test_the_longest_name_of_a_call_is_taken_and_one_more_is_not(what: str) -> None:
    assert audit.Event("consultation", what).what == what
    with pytest.raises(ValueError, match="`what`"):
        audit.Event("consultation", what + "0")


def test_the_name_of_a_query_is_what_it_was_last_year() -> None:
    """Kept logs are compared by these names: they are pinned, whatever the parameters are made of."""
    assert audit.query_id({"b": date(2026, 1, 2), "a": "é"}) == "5c9e68523702aa41"


def test_the_hash_of_an_entry_is_what_it_was_last_year() -> None:
    """A log that was verified once must verify for ever: the bytes that are hashed are pinned."""
    assert (
        audit.hash_of([1, "é", None, 2.5])
        == "68890835358399a1b6025c5e79fefbfde1fe6126368d64c12e9effb5b96773f6"
    )
    log = filled(2)
    assert log.read()["hash"].tolist() == [
        "ae3d8231e1c9fb855600acef2b40e97aa6456c5800b650ae6a3d058a6fe2398a",
        "58e4c1b57e4ad4e7497ddd20534b22aea36ef3ddf154b90a61e21f1a7ce8812d",
    ]
    assert (
        audit.sign_head(log, secret=SECRET, now=NOW).seal
        == "512e77f0cefda08a60de59b7b75b64391759bf0b3b5118888dc2b2a59a9b5e86"
    )


def test_a_log_of_other_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="lacks purpose"):
        audit.verify(filled(1).read().drop(columns=["purpose"]))


def test_every_fault_is_named_once_and_the_rest_is_checked_on() -> None:
    frame = filled(9).read()
    wrong = frame[frame["seq"] != 2].assign(user=lambda f: f["user"].mask(f["seq"].isin([5, 8]), "eve"))
    faults = audit.verify(wrong.reset_index(drop=True)).faults
    assert faults == ("entry 2 is missing", "entry 5 was edited", "entry 8 was edited")


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ([1], "entry 1 is missing"),
        ([1, 2], "entries 1 to 2 are missing"),
        ([3, 4, 5], "entries 3 to 5 are missing"),
    ],
)
def test_what_is_missing_is_named_by_number(gone: list[int], words: str) -> None:
    frame = filled(7).read()
    assert audit.verify(frame[~frame["seq"].isin(gone)].reset_index(drop=True)).faults == (words,)


def test_an_entry_in_the_wrong_place_does_not_hide_the_next() -> None:
    frame = filled(5).read()
    faults = audit.verify(frame.iloc[[0, 1, 1, 2, 3, 4]].reset_index(drop=True)).faults
    assert faults == ("entry 2 stands in the wrong place",)
    faults = audit.verify(frame.iloc[[0, 3, 1, 2, 4]].reset_index(drop=True)).faults
    assert faults[:3] == (
        "entries 2 to 3 are missing", "entry 2 stands in the wrong place", "entry 3 stands in the wrong place",
    )  # fmt: skip


def test_a_head_is_the_newest_entry_at_its_moment_in_one_line_of_text() -> None:
    log = filled(3)
    head = audit.sign_head(log, secret=SECRET, now=LATER)
    last = log.read().iloc[-1]
    assert (head.seq, head.hash, head.time) == (3, last["hash"], "2026-03-01T10:30:00.000000+00:00")
    text = audit.head_to_text(head)
    assert text.startswith('{"hash": "')
    assert audit.head_from_text(text) == head
    empty = audit.sign_head(ListLog(), secret=SECRET, now=LATER)
    assert (empty.seq, empty.hash) == (0, audit.FIRST)


@pytest.mark.parametrize("name", ["seq", "hash", "time", "seal"])
def test_a_head_with_any_part_changed_has_a_broken_seal(name: str) -> None:
    log = filled(3)
    head = audit.sign_head(log, secret=SECRET, now=NOW)
    forged = dataclasses.replace(head, **{name: 2 if name == "seq" else "0" * 64})
    assert audit.verify(log.read(), heads=[forged], secret=SECRET).faults == (
        f"the kept head of entry {forged.seq} has a broken seal",
    )


def test_every_head_is_compared_not_the_first_alone() -> None:
    log = filled(4)
    heads = [audit.sign_head(log, secret=SECRET, now=NOW)]
    audit.record(log, ANALYST, audit.Event("erasure", "erase"), now=NOW)
    heads.append(audit.sign_head(log, secret=SECRET, now=NOW))
    cut = log.read().iloc[:4]
    faults = audit.verify(cut, heads=heads, secret=SECRET).faults
    assert faults == ("the log ends before entry 5, which a second party has seen",)
    assert audit.verify(log.read(), heads=heads, secret=SECRET).is_whole


@pytest.mark.parametrize(
    "text", ["", "[]", "3", '{"seq": "x", "hash": "", "time": "", "seal": ""}', '{"seq": 1, "hash": ""}']
)
def test_what_is_no_head_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a sealed head"):
        audit.head_from_text(text)


def test_the_log_holds_one_columns_order() -> None:
    assert schema.AUDIT.names[-2:] == ["previous", "hash"]
