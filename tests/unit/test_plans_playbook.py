"""The playbook: complete, dated, honest about its age, and free of words that blame."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from cse_geo.errors import UsageError
from cse_geo.plans import playbook as pb
from cse_geo.vocabulary import vocabulary

ENTRIES = list(pb.playbook().values())
TODAY = date(2026, 11, 21)
# An entry as it would be once a solicitor has read it on a day.
READ = replace(pb.entry_of("A48"), law_as_at=date(2026, 6, 29), verify_by=date(2026, 12, 26))


def test_every_action_of_the_requirements_is_there_once():
    assert [e.id for e in ENTRIES] == [f"A{n}" for n in range(1, 49)]


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.id for e in ENTRIES])
def test_every_entry_has_owner_power_rank_reference_and_dates(entry):
    assert all((entry.tactic, entry.owner, entry.power, entry.rank, entry.reference))
    assert (entry.law_as_at is None) == (entry.verify_by is None)
    if entry.law_as_at is not None:
        assert entry.law_as_at < entry.verify_by <= entry.law_as_at + timedelta(days=pb.DAYS_UNTIL_STALE)
    assert set(entry.place_types) <= set(vocabulary("place_type").codes)


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.id for e in ENTRIES])
def test_no_word_of_it_blames_a_child_or_promises_safety(entry):
    assert pb.blocked_words(repr(asdict(entry))) == ()


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.id for e in ENTRIES])
def test_no_statement_of_law_leaves_without_reference_date_and_the_solicitor(entry):
    said = pb.law_in_words(entry, today=TODAY)
    if entry.states_law:
        assert entry.reference in said
        assert "solicitor" in said
        assert ("UNCHECKED" in said) == pb.is_unchecked(entry, today=TODAY)
        assert entry.read_from in said  # "" where nothing was read


def test_no_entry_claims_a_day_that_the_notes_do_not_give():
    """The research gives no day on which any whole entry's law was read, so every statement of law is unchecked."""
    law = [e for e in ENTRIES if e.states_law]
    assert [e.id for e in law if e.law_as_at is not None] == []
    assert all(pb.is_unchecked(e, today=TODAY) for e in law)
    assert law
    assert all(e.read_from for e in law if e.source == "read")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.kind in {"policing", "enforcement", "regulation", "person"}],
                         ids=lambda e: e.id)  # fmt: skip
def test_whatever_bears_on_premises_or_people_needs_a_safeguarding_step_first(entry):
    assert entry.needs_safeguarding_first


@pytest.mark.parametrize(
    ("day", "unchecked"),
    [(date(2026, 6, 29), False), (date(2026, 12, 26), False), (date(2026, 12, 27), True), (date(2026, 6, 28), True)],
    ids=["the day", "day 180", "day 181", "before it was read"],
)  # fmt: skip
def test_law_older_than_180_days_is_unchecked(day, unchecked):
    assert pb.is_unchecked(READ, today=day) is unchecked
    assert ("UNCHECKED" in pb.law_in_words(READ, today=day)) is unchecked
    assert "law as at 29 June 2026" in pb.law_in_words(READ, today=day)


def test_law_that_nobody_read_is_unchecked_from_the_first_day():
    entry = replace(READ, source="not_read")
    assert pb.is_unchecked(entry, today=date(2026, 6, 29))
    assert "UNCHECKED" in pb.law_in_words(entry, today=date(2026, 6, 29))


@pytest.mark.parametrize(
    ("old", "now"),
    [("SOPO", "A8"), ("rsho", "A9"), ("ASBO", "A11"), ("harbouring notice", "A7"), ("a23", "A23")],
)
def test_old_names_lead_to_the_present_entry(old, now):
    found = pb.entry_named(old)
    assert found is not None
    assert found.id == now


def test_an_unknown_id_is_refused_and_an_unknown_name_is_none():
    with pytest.raises(UsageError, match="no such action"):
        pb.entry_of("A99")
    assert pb.entry_named("hang them all") is None


def test_entries_for_a_hotel_name_the_notice_first_and_nothing_about_persons():
    found = pb.entries_for(("hotel_bb",))
    assert "A48" in [e.id for e in found[:12]]
    assert not [e.id for e in found if e.outside_tool]


@pytest.mark.parametrize(
    "text", ["a lifestyle choice", "Child prostitute", "she is promiscuous", "a safe area", "child offenders"]
)
def test_the_blocklist_finds_what_it_is_for(text):
    assert pb.blocked_words(text)


def test_plain_words_pass_the_blocklist():
    assert (
        pb.blocked_words("The child is brought to safety first; safeguarding step: social care visits.") == ()
    )


def test_every_owner_is_a_kind_of_agency():
    assert {kind for e in ENTRIES for kind in e.owner} <= set(vocabulary("agency_kind").codes)
