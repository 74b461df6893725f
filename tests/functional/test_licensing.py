"""Premises: who is told a name, rounds with travel, corrections that follow every copy."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pandas as pd
import pytest

from cse_geo import lattice, schema, store, views
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.outputs.premises import SheetCover
from cse_geo.pipeline import corrections, plans_licensing, plans_papers, plans_rounds
from cse_geo.pipeline.gate import session_of
from cse_geo.pipeline.roles import role_in_words
from cse_geo.plans import patrol
from cse_geo.plans.opening import parse_hours
from cse_geo.views_plans import PlanQuery, PremisesLine
from tests import plan_store
from tests.store_frames import locations_of, records_of

DAY = date(2026, 2, 6)
QUERY = PlanQuery(on=DAY)
NAMES = {"P1": "Takeaway 1", "P2": "Takeaway 2", "P3": "Zodiac Grill"}


def reports(name, uprn, n, *, agencies=("police1", "health1"), status="checked"):
    return [
        {"event_start": pd.Timestamp("2025-06-01") + pd.Timedelta(days=k), "report_date": pd.Timestamp("2025-07-01"),
         "place_type": "takeaway_fastfood", "place_role": "meeting", "child_key": f"CHILDKEYL{uprn}{k:02d}",
         "event_ref": f"L{uprn}{k}", "record_type": "police_intelligence_log", "premises_name": name, "uprn": uprn,
         "town": "Port Ansel", "checked_status": status, "agency": agencies[k % len(agencies)]}
        for k in range(n)
    ]  # fmt: skip


def store_with(folder, rows):
    """A store whose register has Takeaway 1, Takeaway 2 next door and Zodiac Grill up the road."""
    made = store.init_store(folder, key=plan_store.KEY, synthetic=True)
    places = pd.DataFrame({
        "place_id": list(NAMES), "name": list(NAMES.values()), "place_type": "takeaway_fastfood",
        "lat": [54.0, 54.00009, 54.004], "lon": 1.0, "town": "Port Ansel", "uprn": ["501", "502", "503"], "register": "demo",
    })  # fmt: skip
    store.save_places(made, schema.conform(places, schema.PLACES))
    store.save_basemap(made, plan_store.basemap())
    names = pd.DataFrame(
        {
            "agency": ["police1", "health1"],
            "name": ["Ansel Police", "Sound Health"],
            "kind": ["police", "health"],
        }
    )
    store.save_agencies(made, schema.conform(names, schema.AGENCIES))
    records = records_of(rows)
    locations = locations_of(records).assign(lat=54.002, lon=1.0, status="located", r95_m=400.0)
    for agency in ("police1", "health1"):
        own = (records["agency"] == agency).to_numpy()
        details = store.ImportDetails(
            agency=agency, sha256=agency.encode().hex().ljust(64, "0"), state="returned"
        )
        store.save_import(
            made, details, records[own].reset_index(drop=True), locations[own].reset_index(drop=True)
        )
    return made


def visitor(role="analyst"):
    return views.Session(role=role, demo=True)


def decide(opened, action="A23"):
    cell = lattice.to_text(lattice.cells_of([54.004], [1.0], 8))
    store.save_action(opened, store.Action(
        tuple(cell), 8, "Port Ansel", "licensing", action, "2026-02-20", "2026-03-20", "Chair", "2026-02-01",
        safeguarding_step="social care reviews", safeguarding_owner="health1"), by="demo")  # fmt: skip


@pytest.fixture
def opened(tmp_path):
    with store_with(tmp_path / "s", reports("Zodiac Grill", "503", 8)) as made:
        yield made


def named(view):
    return [line.name for line in view.lines]


def test_the_source_reports_own_case_takeaway_1_and_2_swapped_names_neither(tmp_path):
    """Records that give one takeaway's name with its neighbour's address put both in doubt; a third is still named."""
    rows = [
        *reports("Takeaway 1", "502", 6),
        *reports("Takeaway 2", "501", 6),
        *reports("Zodiac Grill", "503", 6),
    ]
    with store_with(tmp_path / "s", rows) as made:
        view = plans_licensing.licensing_view(made, visitor())
    assert named(view) == ["Zodiac Grill"]
    assert any(words.startswith("2 of those left out are mixed up") for words in view.words)


def test_one_swapped_record_among_true_ones_is_enough_to_name_neither(tmp_path):
    rows = [*reports("Takeaway 1", "501", 6), *reports("Takeaway 1", "502", 1)]
    with store_with(tmp_path / "s", rows) as made:
        assert named(plans_licensing.licensing_view(made, visitor())) == []


def test_rumour_alone_names_nobody(tmp_path):
    with store_with(tmp_path / "s", reports("Zodiac Grill", "503", 8, status="raw")) as made:
        assert named(plans_licensing.licensing_view(made, visitor())) == []


def test_the_licensing_role_is_told_a_name_only_after_a_decision_and_in_bands(opened):
    assert named(plans_licensing.licensing_view(opened, visitor("licensing"))) == []
    decide(opened)
    (line,) = plans_licensing.licensing_view(opened, visitor("licensing")).lines
    assert (line.name, line.events) == ("Zodiac Grill", "medium")
    assert "decided by Chair on 2026-02-01" in line.decided


def test_a_line_says_what_the_playbook_offers_with_owner_evidence_reference_and_the_solicitor(opened):
    (line,) = plans_licensing.licensing_view(opened, visitor()).lines
    assert line.law[0].split()[0] == "A27"  # made for few kinds of business
    assert all(
        "Owner:" in law and "Reference:" in law and "UNCHECKED" in law and "solicitor" in law
        for law in line.law
    )
    assert "hours" in line.hours.lower()


def test_ranks_operators_and_vehicles_are_three_lines_to_fill_in(opened):
    from cse_geo.pipeline.plans_licensing_words import line_of
    from cse_geo.plans.licensing import Premises

    firm = Premises("P9", 4, 1.1, 10.2, 6, ("a", "b"), is_confirmed=True, in_doubt=False)
    row = {
        "place_type": "taxi_firm_office",
        "name": "Anchor Cars",
        "town": "Port Ansel",
        "lat": 54.0,
        "lon": 1.0,
    }
    line = line_of(firm, row, ("", ""), session_of(opened, visitor()))
    assert [words.split()[0] for words in line.asks] == ["Rank", "Operator", "Vehicles"]
    assert any("An operator" in words for words in line.missing)


def sheet(opened, suffix=".xlsx", role="analyst"):
    session = session_of(opened, visitor(role))
    view = plans_licensing.licensing_for(opened, session)
    cover = SheetCover("the licensing officer", "6 February 2026", plans_licensing.next_copy(opened))
    return plans_licensing.licensing_paper(opened, session, view, (suffix, cover))


def test_a_correction_finds_every_copy_takes_the_name_off_and_says_who_was_told(opened):
    first, second = sheet(opened), sheet(opened, ".pdf")
    told = corrections.correct(
        opened, visitor(), place_id="P3", kind="wrong_business", words="the shop next door was meant"
    )
    assert [line.copy for line in told] == [first.copy, second.copy]
    assert {line.told_at for line in told} == {""}
    corrections.tell(opened, visitor(), correction=told[0].correction, copy=first.copy)
    view = plans_licensing.licensing_view(opened, visitor())
    assert named(view) == []
    assert any("corrected as the wrong business" in words for words in view.words)
    assert [bool(line.told_at) for line in view.corrected] == [True, False]
    later = sheet(opened)
    assert later.copy not in [
        line.copy for line in plans_licensing.licensing_view(opened, visitor()).corrected
    ]
    corrections.correct(
        opened, visitor(), place_id="P3", kind="named_again", words="checked on the spot: it was this one"
    )
    assert named(plans_licensing.licensing_view(opened, visitor())) == ["Zodiac Grill"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": " "}, "few words"),
        ({"place_id": "P99"}, "no business of this id"),
        ({"kind": "gossip"}, "A correction is one of"),
        ({"words": "ring 07700 900123"}, "named or described a person"),
        ({"words": "a lifestyle choice"}, "not kept here"),
    ],
)
def test_a_correction_that_must_not_be_kept_is_refused_in_words(opened, change, said):
    given = {"place_id": "P3", "kind": "detail", "words": "the number of the street was wrong", **change}
    with pytest.raises(UsageError, match=said):
        corrections.correct(opened, visitor(), **given)
    assert store.load_corrections(opened).empty


def test_nobody_is_told_of_a_copy_that_does_not_exist_and_other_roles_correct_nothing(opened):
    with pytest.raises(UsageError, match="No such copy"):
        corrections.tell(opened, visitor(), correction=1, copy="C0001")
    with pytest.raises(NotPermittedError):
        corrections.correct(opened, visitor("patrol"), place_id="P3", kind="detail", words="w")


def test_a_round_visits_what_may_be_named_and_its_copy_is_on_the_list_of_that_business(opened):
    view = plans_rounds.rounds_view(opened, visitor(), replace(QUERY, rounds=2))
    lines = [line for unit in view.units for line in unit.lines]
    assert [(line.name, line.minutes) for line in lines] == [("Zodiac Grill", 20)]
    assert any("Opening hours are known of none of these" in words for words in view.words)
    assert any("Information for consideration" in words for words in view.words)
    paper = plans_papers.plan_paper(
        opened, session_of(opened, visitor()), view, plans_papers.PlanPaper(".xlsx")
    )
    assert store.load_copies(opened, place="P3")["copy"].tolist() == [paper.copy]
    (line,) = plans_rounds.appointments(view)
    assert "Zodiac" not in line
    assert line.endswith(" 20")


def test_a_place_that_is_not_for_tasking_is_on_no_list_and_no_round(opened):
    cells = tuple(lattice.to_text(lattice.disk(int(lattice.cells_of([54.004], [1.0], 9)[0]), 1)))
    store.save_embargo(opened, cells, resolution=9, until=date(2030, 1, 1), by="demo")
    view = plans_licensing.licensing_view(opened, visitor())
    assert named(view) == []
    assert not [w for w in ("tasking", "embargo") if w in " ".join(view.words).lower()]
    assert not plans_rounds.rounds_view(opened, visitor(), QUERY).places


def lines_at(*points):
    return tuple(
        PremisesLine(f"Q{n}", f"Shop {n}", "Takeaway or fast food", "Port Ansel", "", "6 (2 to 13)", "2 independent agencies",
                     "Licensing", "A23", (), "", lat=lat, lon=lon, rank=rank)
        for n, (lat, lon, rank) in enumerate(points, start=1)
    )  # fmt: skip


def rounds(opened, lines, query, weeks=None):
    from cse_geo.pipeline.answers import frames_of

    rule = session_of(opened, visitor()).rule
    asked = plans_rounds.Asked(
        query, patrol.shift_of(query.start, query.end, query.on.weekday()), frozenset(), role_in_words(rule),
        weeks or (None,) * len(lines),
    )  # fmt: skip
    return plans_rounds.rounds_of(lines, frames_of(opened), asked)


def test_rounds_of_several_days_keep_neighbours_together_and_say_what_found_no_room(opened):
    near = [(54.0 + k / 2000, 1.0, 2.0) for k in range(4)]
    far = [(54.06 + k / 2000, 1.08, 2.0) for k in range(4)]
    view = rounds(opened, lines_at(*near, *far), replace(QUERY, start="18:00", end="20:30", rounds=2))
    groups = [{round(line.lat, 2) for line in unit.lines} for unit in view.units]
    assert sum(len(unit.lines) for unit in view.units) == 8
    assert min(map(len, groups)) == 1  # one round at least stays in one neighbourhood
    assert view.units[1].leaves.date() > view.units[0].leaves.date()
    short = rounds(opened, lines_at(*near, *far), replace(QUERY, start="18:00", end="18:50", rounds=1))
    assert len(short.unreached) == 8 - sum(len(u.lines) for u in short.units)
    assert all("no room" in words or "reach" in words or "time" in words for words in short.unreached)


def test_a_business_is_visited_while_it_is_open_on_whichever_day_that_is(opened):
    """QUERY's day is a Friday: one shop opens on Saturdays only, one on Tuesdays only, one late, one is not known."""
    lines = lines_at(*[(54.0 + k / 2000, 1.0, 2.0) for k in range(4)])
    weeks = tuple(map(parse_hours, ("Sa 18:00-23:00", "Tu 10:00-23:00", "Fr,Sa 21:30-02:00", "")))
    view = rounds(opened, lines, replace(QUERY, rounds=2), weeks)
    met = {line.name: line for unit in view.units for line in unit.lines}
    assert set(met) == {"Shop 1", "Shop 3", "Shop 4"}
    assert (met["Shop 1"].arrive.weekday(), met["Shop 1"].hours) == (5, "open until 23:00")
    assert f"{met['Shop 3'].arrive:%H:%M}" >= "21:30"
    assert met["Shop 3"].hours == "open until 02:00"
    assert met["Shop 4"].hours == ""
    (shut,) = view.unreached
    assert shut.startswith("Shop 2: it is not open in these hours")
    assert any("known of 2 of these 3" in words for words in view.words)


def test_premises_no_road_leads_to_say_so(opened):
    view = rounds(opened, lines_at((54.0, 1.0, 2.0), (55.5, 1.9, 9.0)), QUERY)
    assert any(words.startswith("Shop 2: ") and "road" in words for words in view.unreached)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"rounds": 0}, "1 to 10"), ({"rounds": 11}, "1 to 10"), ({"end": "18:00"}, "no length")],
)
def test_bad_rounds_are_refused_in_words(opened, change, said):
    with pytest.raises(UsageError, match=said):
        plans_rounds.rounds_view(opened, visitor(), replace(QUERY, **change))


def test_the_sheet_and_the_workbook_hold_the_line_and_no_record(opened):
    made = sheet(opened)
    with zipfile.ZipFile(BytesIO(made.content)) as book:
        said = " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    assert "Zodiac Grill" in said
    assert "Information for consideration" in said
    assert [w for w in ("CHILDKEY", "police1", "Sound Health", "L5030") if w in said] == []
    told = json.loads(sheet(opened, ".json").content)
    assert [line["name"] for line in told["premises"]] == ["Zodiac Grill"]
