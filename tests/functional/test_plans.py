"""Plans and packs from a store: what every file may hold, who may have it, and bad input in words."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date

import gpxpy
import icalendar
import pytest

from cse_geo import lattice, store, views
from cse_geo.errors import InputRefusedError, NotPermittedError, UsageError
from cse_geo.outputs import plan_files
from cse_geo.outputs.documents.pdf import _plain
from cse_geo.pipeline import actions, meeting_packs, plans_licensing, plans_papers
from cse_geo.pipeline.answers import map_view
from cse_geo.pipeline.gate import session_of
from cse_geo.pipeline.meeting import meeting_view
from cse_geo.pipeline.plans_outreach import outreach_view
from cse_geo.pipeline.plans_patrol import patrol_view
from cse_geo.views import MapQuery
from cse_geo.views_meeting import Decision, MeetingQuery, Outcome
from cse_geo.views_plans import PlanQuery
from tests import plan_store

QUERY = PlanQuery(on=date(2026, 2, 6))
COVER = plan_files.Cover("the shift", "1 February 2026", "C0001")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with plan_store.build(tmp_path_factory.mktemp("plans") / "s") as made:
        yield made


def visitor(role):
    return views.Session(role=role, demo=True)


@pytest.fixture(scope="module")
def patrol(opened):
    return patrol_view(opened, visitor("patrol"), QUERY)


@pytest.fixture(scope="module")
def outreach(opened):
    return outreach_view(opened, visitor("outreach"), QUERY)


def text_of(view, suffix):
    """Every readable byte of a file: a workbook unzipped, a PDF as the words that went into it and its raw bytes."""
    made = plan_files.plan_bytes(view, suffix, COVER)
    if suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(made)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if suffix == ".pdf":
        return json.dumps(_plain(plan_files.plan_document(view, COVER))) + made.decode("latin-1").replace(
            "/Suspects false", ""
        )  # a word of the format
    return made.decode("utf-8")


# Keys, sources, grades, kinds of event: nothing of it may be on paper that a shift or a pair carries.
FORBIDDEN = (
    plan_store.KEY_START,
    "police1",
    "health1",
    "Sound Health",
    "intelligence",
    "victim",
    "suspect",
    "hotspot",
    "exploitation",
    "EV1",
)


@pytest.mark.parametrize("suffix", plan_files.FORMATS)
def test_no_byte_of_a_patrol_file_tells_more_than_places_and_hours(patrol, suffix):
    said = text_of(patrol, suffix).lower()
    assert [
        w for w in (*FORBIDDEN, "Takeaway", "takeaway_fastfood", "Railway station") if w.lower() in said
    ] == []
    assert "synthetic data" in said or '"data": "synthetic"' in said


@pytest.mark.parametrize("suffix", plan_files.FORMATS)
def test_no_byte_of_an_outreach_file_says_why_a_place_is_on_it(outreach, suffix):
    said = text_of(outreach, suffix).lower()
    assert [
        w for w in (*FORBIDDEN, "children's records", "mean hour", "police_force") if w.lower() in said
    ] == []
    assert "synthetic data" in said or '"data": "synthetic"' in said


def test_a_patrol_visits_for_ten_to_sixteen_minutes_within_the_shift_and_says_why(patrol):
    lines = [line for unit in patrol.units for line in unit.lines]
    assert lines
    assert all(10 <= line.minutes <= 16 and line.reason and line.cost for line in lines)
    assert all(18 <= line.arrive.hour < 23 for line in lines)
    assert [name for name, _ in patrol.baselines] == ["Top-10 list in rank order", "Shift boxes"]


def test_stations_are_the_railway_polices_alone(opened, patrol):
    rail = patrol_view(opened, visitor("patrol"), replace(QUERY, unit_kind="rail_police"))
    south = {round(line.lat, 2) for unit in rail.units for line in unit.lines}
    assert south == {53.97}
    assert 53.97 not in {round(line.lat, 2) for unit in patrol.units for line in unit.lines}


def test_a_place_not_for_tasking_leaves_no_trace(tmp_path):
    with plan_store.build(tmp_path / "s") as made:
        cell = lattice.to_text(lattice.disk(int(lattice.cells_of([54.0], [1.0], 8)[0]), 1))
        store.save_embargo(made, tuple(cell), resolution=8, until=date(2026, 3, 1), by="demo")
        view = patrol_view(made, visitor("patrol"), QUERY)
        walk = outreach_view(made, visitor("outreach"), QUERY)
        later = patrol_view(made, visitor("patrol"), replace(QUERY, on=date(2026, 3, 6)))
    said = " ".join(text_of(v, s) for v in (view, walk) for s in (".json", ".html"))
    assert not [w for w in ("embargo", "not for tasking", "left out", "withheld") if w in said.lower()]
    assert 54.0 not in {round(line.lat, 2) for unit in view.units for line in unit.lines}
    assert 54.0 in {round(line.lat, 2) for unit in later.units for line in unit.lines}


def test_only_the_vetted_analyst_reads_that_a_hotspot_is_not_for_tasking(tmp_path):
    with plan_store.build(tmp_path / "s") as made:
        query = MapQuery(resolution=8)
        before = map_view(made, visitor("analyst"), query)
        label = before.hotspots["hotspot"].iloc[0]
        cells = before.hotspot_cells.loc[before.hotspot_cells["hotspot"] == label, "cell"]
        store.save_embargo(
            made, tuple(lattice.to_text(cells[:1])), resolution=8, until=date(2099, 1, 1), by="demo"
        )
        after = map_view(made, visitor("analyst"), query)
        assert (before.not_for_tasking, after.not_for_tasking) == (frozenset(), frozenset({label}))
        for role in ("patrol", "meeting_member", "licensing"):
            assert map_view(made, visitor(role), query).not_for_tasking == frozenset()


def test_the_same_seed_gives_the_same_plan_and_another_night_may_differ(opened, patrol):
    again = patrol_view(opened, visitor("patrol"), QUERY)
    assert [unit.lines for unit in again.units] == [unit.lines for unit in patrol.units]


def test_a_pair_walks_from_base_to_base_with_check_ins_and_short_legs(outreach):
    (pair,) = outreach.units
    assert pair.unit == "Pair 1"
    assert pair.check_ins
    assert all(line.travel_minutes <= 12 for line in pair.lines)
    assert f"{pair.returns:%H:%M}" <= "22:50"


def test_gpx_and_calendar_are_read_by_others(outreach):
    gpx = gpxpy.parse(plan_files.plan_bytes(outreach, ".gpx", COVER).decode())
    assert len(gpx.waypoints) == len(outreach.units[0].lines)
    assert (len(gpx.routes), len(gpx.tracks)) == (1, 1)
    calendar = icalendar.Calendar.from_ical(plan_files.plan_bytes(outreach, ".ics", COVER))
    titles = [str(e["summary"]) for e in calendar.walk("VEVENT")]
    assert sum("check in" in t for t in titles) == len(outreach.units[0].check_ins)


@pytest.mark.parametrize(
    ("planner", "role", "change", "said"),
    [
        (patrol_view, "patrol", {"end": "18:00"}, "no length"),
        (patrol_view, "patrol", {"start": "six"}, "looks like 18:00"),
        (patrol_view, "patrol", {"base": "Nowhere"}, "a town of the map"),
        (patrol_view, "patrol", {"base": "0,0"}, "in the United Kingdom"),
        (patrol_view, "patrol", {"force": "F9"}, "code of a force area"),
        (outreach_view, "outreach", {"end": "18:00"}, "no length"),
    ],
)
def test_bad_settings_are_refused_in_words(opened, planner, role, change, said):
    with pytest.raises(UsageError, match=said):
        planner(opened, visitor(role), replace(QUERY, **change))


def test_a_base_off_every_road_still_gives_a_plan_that_says_so(opened):
    view = patrol_view(opened, visitor("patrol"), replace(QUERY, base="55.5,1.9"))
    assert [line for unit in view.units for line in unit.lines] == []
    assert view.unreached or any("network" in w or "road" in w for w in view.words)


def test_an_empty_register_is_said_in_words(tmp_path):
    with store.init_store(tmp_path / "s", key="ab" * 32, synthetic=True) as made:
        store.save_basemap(made, plan_store.basemap())
        with pytest.raises(UsageError, match="register is empty"):
            outreach_view(made, visitor("outreach"), QUERY)
        with pytest.raises(UsageError, match="register is empty"):
            plans_licensing.licensing_view(made, visitor("analyst"))


def test_a_meeting_without_any_record_is_said_in_words(tmp_path):
    with store.init_store(tmp_path / "s", key="ab" * 32, synthetic=True) as made:
        store.save_basemap(made, plan_store.basemap())
        with pytest.raises(UsageError, match="No record with a date"):
            meeting_view(made, visitor("analyst"), MeetingQuery())


@pytest.mark.parametrize(
    ("planner", "role"), [(patrol_view, "outreach"), (outreach_view, "patrol"), (patrol_view, "public")]
)
def test_a_role_without_the_page_gets_no_plan(opened, planner, role):
    with pytest.raises(NotPermittedError):
        planner(opened, visitor(role), QUERY)


def test_a_log_comes_back_as_visits_and_never_as_records(opened, tmp_path):
    session = session_of(opened, visitor("patrol"))
    good, bad = tmp_path / "log.csv", tmp_path / "bad.csv"
    good.write_text("place,visited_at,minutes,seen\nPort Ansel,2026-02-06T19:05,12,nothing_seen\n")
    bad.write_text(
        "place,visited_at,minutes,seen,name\nPort Ansel,2026-02-06T19:05,12,nothing_seen,somebody\n"
    )
    before = len(store.load_records(opened)[0])
    assert plans_papers.read_log(opened, session, good, kind="patrol", plan="C0001") == 1
    with pytest.raises(InputRefusedError, match="exactly the columns"):
        plans_papers.read_log(opened, session, bad, kind="patrol", plan="C0001")
    assert store.load_visits(opened, kind="patrol")["minutes"].tolist() == [12]
    assert len(store.load_records(opened)[0]) == before


def decision(item, **change):
    made = Decision(item.where, item.cells, item.resolution, item.area_codes, "A25", "health1", date(2026, 2, 20), date(2026, 3, 20),
                    "social care reviews", "health1", "Chair", date(2026, 2, 6))  # fmt: skip
    return replace(made, **change)


def test_a_meeting_decides_and_the_outcome_may_be_that_nothing_changed(opened):
    view = meeting_view(opened, visitor("analyst"), MeetingQuery())
    item = view.items[0]
    with pytest.raises(UsageError, match="what protects the children"):
        actions.record_decision(opened, visitor("analyst"), decision(item, safeguarding_step=""))
    with pytest.raises(UsageError, match="named or described a person"):
        actions.record_decision(
            opened, visitor("analyst"), decision(item, safeguarding_step="call 07700 900123")
        )
    with pytest.raises(NotPermittedError):
        actions.record_decision(opened, visitor("patrol"), decision(item))
    number = actions.record_decision(opened, visitor("analyst"), decision(item))
    seen = next(
        i for i in meeting_view(opened, visitor("analyst"), MeetingQuery()).items if i.key == item.key
    )
    assert [a.number for a in seen.actions] == [number]
    with pytest.raises(UsageError, match="few words"):
        actions.record_outcome(
            opened, visitor("analyst"), Outcome(number, "no_effect_seen", " ", date(2026, 3, 20))
        )
    actions.record_outcome(
        opened, visitor("analyst"), Outcome(number, "no_effect_seen", "reports go on", date(2026, 3, 20))
    )
    assert store.load_actions(opened)[-1].status == "no_effect_seen"
    assert len(store.action_history(opened, number)) == 2


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_a_pack_is_numbered_on_the_list_of_copies_and_holds_no_key(opened, suffix):
    before = len(store.load_copies(opened))
    paper = meeting_packs.make_pack(
        opened, visitor("meeting_member"), meeting_packs.PackRequest(suffix=suffix, recipient="the chair")
    )
    assert paper.content[:5] in {b"%PDF-", b"<!DOC"}
    assert plan_store.KEY_START.encode() not in paper.content
    assert len(store.load_copies(opened)) == before + 1


def test_a_role_without_packs_gets_none_and_an_unknown_place_is_refused(opened):
    with pytest.raises(NotPermittedError):
        meeting_packs.make_pack(opened, visitor("patrol"), meeting_packs.PackRequest())
    with pytest.raises(UsageError, match="--place"):
        meeting_packs.make_pack(
            opened, visitor("analyst"), meeting_packs.PackRequest(kind="profile", place="H99")
        )


def test_an_evening_of_many_stops_is_one_page_of_paper(outreach):
    """A second page is left behind in the office: as many stops, ways and check-ins as a long evening has, on one."""
    (pair,) = outreach.units
    lines = tuple(
        replace(
            pair.lines[n % len(pair.lines)],
            number=n + 1,
            light=("lit", "not lit for 180 m, lighting not known for 90 m")[n % 2],
        )
        for n in range(14)
    )
    ticks = tuple(pair.check_ins[0] for _ in range(5))
    long = replace(outreach, units=(replace(pair, lines=lines, check_ins=ticks, light_home="lit"),))
    assert pages_of(plan_files.plan_bytes(long, ".pdf", COVER)) == 1
    longer = replace(long, units=(replace(pair, lines=lines * 4, check_ins=ticks),))
    assert pages_of(plan_files.plan_bytes(longer, ".pdf", COVER)) > 1  # so that the count is one


def pages_of(content):
    return max(int(found) for found in re.findall(rb"/Count (\d+)", content))
