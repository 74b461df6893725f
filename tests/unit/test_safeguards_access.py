"""The role matrix, cell by cell, and what a session may be computed from."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from itertools import product

import pandas as pd
import pytest

from cse_geo import safeguards
from cse_geo.errors import NotPermittedError
from cse_geo.safeguards import matrix
from cse_geo.safeguards.access import PlaceEvidence
from cse_geo.vocabulary import vocabulary
from tests.store_frames import locations_of, records_of

# The matrix, written a second time by hand from the research note (security 1.5): a change of the data file
# that this table does not know is a failure.
PAGES = {
    "steward": "map imports method",
    "analyst": "map imports meeting explore area patrol premises outreach packs method",
    "meeting_member": "map meeting packs method",
    "patrol": "map patrol method",
    "licensing": "map premises method",
    "care": "map imports method",
    "outreach": "map outreach method",
    "board": "map packs method",
    "public": "method",
    "oversight": "map audit method",
    "administrator": "settings method",
}
ACTIONS = {
    "steward": "view view_points view_premises import correct erase review mark export",
    "analyst": "view view_points view_premises import review reference plan mark build_release export",
    "meeting_member": "view view_premises export",
    "patrol": "view view_premises plan export",
    "licensing": "view view_premises plan export",
    "care": "view view_points view_premises",
    "outreach": "view plan export",
    "board": "view export",
    "public": "view",
    "oversight": "view read_audit break_glass approve_release export",
    "administrator": "manage_users maintain",
}
EXPORTS = {
    "steward": "own_rejects", "analyst": "table map pack", "meeting_member": "pack", "patrol": "plan",
    "licensing": "premises_sheet", "care": "", "outreach": "picture", "board": "board_report", "public": "",
    "oversight": "log", "administrator": "",
}  # fmt: skip
# letter, plane, records, points, premises, finest, k, counts, types, time, hours of an export
SIGHT = {
    "steward": ("A", "operational", "own", "own", "own", 10, 0, "exact", True, "any", 0),
    "analyst": ("B", "operational", "shared", "shared", "graded", 10, 0, "exact", True, "any", 0),
    "meeting_member": ("C", "operational", "shared", "none", "agenda", 9, 5, "exact", True, "day", 336),
    "patrol": ("D", "operational", "shared", "none", "tasked", 10, 5, "banded", False, "band", 72),
    "licensing": ("E", "operational", "shared", "none", "licensed", 8, 5, "banded", True, "quarter", 0),
    "care": ("F", "release", "own", "own", "own", 8, 5, "exact", True, "quarter", 0),
    "outreach": ("G", "release", "none", "none", "none", 8, 10, "banded", False, "quarter", 72),
    "board": ("H", "release", "none", "none", "none", -1, 10, "rounded", True, "year", 0),
    "public": ("I", "release", "none", "none", "none", -1, 10, "rounded", False, "year", 0),
    "oversight": ("J", "release", "none", "none", "none", 8, 5, "exact", True, "quarter", 0),
    "administrator": ("K", "none", "none", "none", "none", -1, 0, "none", False, "none", 0),
}
PURPOSES = {
    "steward": "data_quality", "analyst": "problem_profile named_operation", "meeting_member": "meeting",
    "patrol": "shift_tasking", "licensing": "licensing_decision", "care": "safeguarding_plan",
    "outreach": "outreach_route", "board": "board_trend", "public": "transparency",
    "oversight": "oversight", "administrator": "administration",
}  # fmt: skip
NO_REFERENCE = {"data_quality", "board_trend", "transparency", "oversight", "administration"}


def session(role: str, **more: object) -> safeguards.Session:
    purpose = PURPOSES[role].split()[0]
    plain = {"user": "u", "purpose": purpose, "agency": "police1", "reference": "M1"}
    return safeguards.Session(**{**plain, "role": role, **more})


def test_the_roles_are_exactly_these() -> None:
    assert list(matrix.roles()) == list(SIGHT)
    assert [code for code, _ in safeguards.role_menu()] == list(SIGHT)


@pytest.mark.parametrize(("role", "action"), list(product(SIGHT, [*matrix.ACTIONS, "unheard_of"])))
def test_every_cell_of_role_and_action(role: str, action: str) -> None:
    allowed = action in ACTIONS[role].split()
    assert safeguards.may(session(role), action) == allowed
    if allowed:
        safeguards.require(session(role), action)
        return
    with pytest.raises(NotPermittedError, match=rf"does not allow this \({action}\)") as refusal:
        safeguards.require(session(role), action)
    assert refusal.value.exit_code == 4


@pytest.mark.parametrize(("role", "page"), list(product(SIGHT, [*matrix.PAGES, "unheard_of"])))
def test_every_cell_of_role_and_page(role: str, page: str) -> None:
    if page in PAGES[role].split():
        safeguards.require_page(session(role), page)
        assert page in safeguards.pages_of(session(role))
        return
    with pytest.raises(NotPermittedError, match="does not have this page"):
        safeguards.require_page(session(role), page)


@pytest.mark.parametrize(("role", "kind"), list(product(SIGHT, [*matrix.EXPORTS, "unheard_of"])))
def test_every_cell_of_role_and_export(role: str, kind: str) -> None:
    if kind in EXPORTS[role].split():
        safeguards.require_export(session(role), kind)
        return
    with pytest.raises(NotPermittedError):
        safeguards.require_export(session(role), kind)


@pytest.mark.parametrize("role", SIGHT)
def test_every_cell_of_role_and_sight(role: str) -> None:
    rule = matrix.role_of(role)
    found = (
        rule.letter, rule.plane, rule.records, rule.points, rule.premises, rule.finest, rule.k, rule.counts,
        rule.types, rule.time, rule.export_hours,
    )  # fmt: skip
    assert found == SIGHT[role]
    assert matrix.role_of(rule.letter) == rule


@pytest.mark.parametrize(("role", "purpose"), list(product(SIGHT, [*matrix.purposes(), "curiosity"])))
def test_every_cell_of_role_and_purpose(role: str, purpose: str) -> None:
    if purpose in PURPOSES[role].split():
        assert session(role, purpose=purpose).rule.code == role
        return
    with pytest.raises(NotPermittedError, match="purpose is not one of"):
        session(role, purpose=purpose)


@pytest.mark.parametrize("role", SIGHT)
def test_a_purpose_names_its_meeting_or_operation_where_it_has_one(role: str) -> None:
    if PURPOSES[role].split()[0] in NO_REFERENCE:
        assert session(role, reference="").reference == ""
        return
    with pytest.raises(NotPermittedError, match="needs its meeting"):
        session(role, reference="")


def test_an_unknown_role_may_do_nothing() -> None:
    with pytest.raises(NotPermittedError, match="role is not known"):
        safeguards.Session("u", "director", "meeting", "police1", "M1")


@pytest.mark.parametrize("missing", ["user", "agency"])
def test_a_session_on_real_data_needs_a_person_and_an_agency(missing: str) -> None:
    with pytest.raises(NotPermittedError, match="needs a person and an agency"):
        session("analyst", **{missing: ""})


def test_a_session_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        session("patrol").role = "analyst"  # type: ignore[misc]


@pytest.mark.parametrize("role", SIGHT)
def test_the_role_menu_works_on_synthetic_data_only(role: str) -> None:
    assert safeguards.step_into(role, synthetic=True).rule.code == role
    with pytest.raises(NotPermittedError, match="sign in"):
        safeguards.step_into(role, synthetic=False)


def test_a_session_runs_out() -> None:
    ends = datetime(2026, 1, 1, 12, tzinfo=UTC)
    made = session("analyst", expires_at=ends)
    safeguards.require(made, "view", now=datetime(2026, 1, 1, 11, 59, tzinfo=UTC))
    with pytest.raises(NotPermittedError, match="run out"):
        safeguards.require(made, "view", now=ends)


@pytest.mark.parametrize(("role", "wanted"), list(product(SIGHT, [None, 7, 8, 9, 10])))
def test_the_finest_resolution_is_the_roles(role: str, wanted: int | None) -> None:
    finest = SIGHT[role][5]
    if finest < 0:
        with pytest.raises(NotPermittedError, match="areas, not cells"):
            safeguards.visible_resolution(session(role), wanted)
        return
    assert safeguards.visible_resolution(session(role), wanted) == min(finest, wanted or finest)


def test_a_type_that_no_vocabulary_knows_counts_as_a_home() -> None:
    assert safeguards.display_of("unheard_of") == "home"


# ---------------------------------------- records
AGENCY_CODE = [
    ("police1", "P"),
    ("police1", "C"),
    ("police1", None),
    ("police2", "P"),
    ("police2", "C"),
    ("police2", None),
]
OWN, SHARED = [True, True, True, False, False, False], [True, True, True, True, False, False]


@pytest.mark.parametrize("role", SIGHT)
def test_conditions_keep_a_record_inside_its_agency(role: str) -> None:
    records = records_of([{"agency": a, "handling_code": h} for a, h in AGENCY_CODE])
    scope = SIGHT[role][2]
    if scope == "none":
        with pytest.raises(NotPermittedError, match="sees releases, not records"):
            safeguards.visible_records(session(role), records, locations_of(records))
        return
    seen, places = safeguards.visible_records(session(role), records, locations_of(records))
    expected = records["record_id"][OWN if scope == "own" else SHARED].tolist()
    assert seen["record_id"].tolist() == expected
    assert places["record_id"].tolist() == expected


@pytest.mark.parametrize("role", SIGHT)
def test_exact_points_are_for_the_roles_that_may_see_them(role: str) -> None:
    records = records_of([{"agency": a, "handling_code": h} for a, h in AGENCY_CODE])
    expected = {"own": OWN, "shared": SHARED, "none": [False] * 6}[str(SIGHT[role][3])]
    assert safeguards.visible_points(session(role), records).tolist() == expected


@pytest.mark.parametrize("place_type", [*vocabulary("place_type").codes, "unheard_of"])
def test_a_place_that_is_not_public_is_never_a_point_or_a_name(place_type: str) -> None:
    is_public = safeguards.display_of(place_type) == "public"
    records = records_of([{"place_type": place_type}])
    assert safeguards.visible_points(session("analyst"), records).tolist() == [is_public]
    known = PlaceEvidence(place_type, n_sources=9, is_graded=True, is_listed=True, is_own=True)
    for role in SIGHT:
        named = safeguards.may_name_place(session(role), known)
        assert named == (is_public and SIGHT[role][4] != "none")


@pytest.mark.parametrize("role", ["steward", "analyst", "meeting_member", "patrol", "licensing", "care"])
@pytest.mark.parametrize(
    ("place_type", "finest"),
    [
        ("childrens_home", 7),
        ("refuge", 7),
        ("private_residence", 7),
        ("brothel", None),
        ("park", 10),
        (None, 10),
    ],
)
def test_homes_enter_no_fine_cell_in_any_role(role: str, place_type: str | None, finest: int | None) -> None:
    records = records_of([{"place_type": place_type}])
    _, places = safeguards.visible_records(session(role), records, locations_of(records))
    expected = finest or (10 if role == "analyst" else 7)
    assert places["h3_max_res"].tolist() == [expected]


def test_a_release_is_built_from_records_without_conditions_and_without_fine_homes() -> None:
    rows = [
        {"handling_code": "C"},
        {"place_type": "refuge"},
        {"place_type": "brothel"},
        {},
        {"handling_code": None},
    ]
    records = records_of(rows)
    kept, places = safeguards.releasable_records(records, locations_of(records))
    assert kept["record_id"].tolist() == places["record_id"].tolist() == ["r1", "r2", "r3"]
    assert places["h3_max_res"].tolist() == [7, 7, 10]


def test_what_has_no_cell_at_all_gets_none_by_being_coarsened() -> None:
    records = records_of([{"place_type": "refuge"}])
    locations = locations_of(records).assign(h3_max_res=-1)
    assert safeguards.visible_records(session("analyst"), records, locations)[1]["h3_max_res"].tolist() == [
        -1
    ]


def test_records_past_their_review_date_are_the_stewards_only() -> None:
    day = pd.Timestamp
    records = records_of([{"review_date": day("2026-01-01")}, {"review_date": day("2026-01-02")}, {}])
    pair = (records, locations_of(records))
    today = date(2026, 1, 2)
    assert safeguards.visible_records(session("analyst"), *pair, today=today)[0]["record_id"].tolist() == [
        "r1",
        "r2",
    ]
    assert len(safeguards.visible_records(session("steward"), *pair, today=today)[0]) == 3
    assert len(safeguards.visible_records(session("analyst"), *pair)[0]) == 3


@pytest.mark.parametrize(
    ("role", "evidence", "allowed"),
    [
        ("analyst", {"n_sources": 1}, False),
        ("analyst", {"n_sources": 2}, True),
        ("analyst", {"n_sources": 1, "is_graded": True}, True),
        ("meeting_member", {"n_sources": 2}, False),
        ("meeting_member", {"n_sources": 2, "is_listed": True}, True),
        ("meeting_member", {"n_sources": 1, "is_listed": True}, False),
        ("patrol", {"n_sources": 2, "is_listed": True}, True),
        ("patrol", {"n_sources": 2}, False),
        ("licensing", {"is_graded": True, "is_listed": True}, True),
        ("licensing", {"n_sources": 5, "is_own": True}, False),
        ("care", {"n_sources": 5}, False),
        ("care", {"is_own": True}, True),
        ("steward", {"is_own": True}, True),
        ("outreach", {"n_sources": 5, "is_listed": True, "is_own": True}, False),
    ],
)
def test_who_may_name_a_public_place(role: str, evidence: dict[str, object], *, allowed: bool) -> None:
    assert safeguards.may_name_place(session(role), PlaceEvidence("park", **evidence)) == allowed


def test_a_refusal_does_not_depend_on_the_data() -> None:
    said = []
    for rows in ([], [{"agency": "police2"}], [{"place_type": "refuge"}] * 3):
        records = records_of(rows)
        with pytest.raises(NotPermittedError) as refusal:
            safeguards.visible_records(session("outreach"), records, locations_of(records))
        said.append(str(refusal.value))
    assert len(set(said)) == 1


def test_a_misspelt_word_in_the_matrix_is_an_error() -> None:
    rule = matrix.role_of("patrol")
    for name in ("plane", "records", "points", "premises", "counts", "time"):
        with pytest.raises(ValueError, match="unknown words: al"):
            matrix._check(dataclasses.replace(rule, **{name: "al"}))
    for name in ("pages", "actions", "exports", "purposes"):
        with pytest.raises(ValueError, match="unknown words: al"):
            matrix._check(dataclasses.replace(rule, **{name: frozenset({"al"})}))
