"""Every byte of every file that patrols, licensing and outreach carry: nothing beyond what the role may see.

The store holds canaries: texts and numbers that stand nowhere else. A file in which one is found has let it out.
"""

from __future__ import annotations

import re
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from cse_geo import lattice, safeguards, schema, store
from cse_geo.outputs import plan_files
from cse_geo.outputs.premises import SheetCover
from cse_geo.pipeline import meeting_packs, plans_licensing, plans_papers, plans_rounds, releases
from cse_geo.pipeline.answers import build_next_release
from cse_geo.pipeline.plans_outreach import outreach_for
from cse_geo.pipeline.plans_patrol import patrol_for
from cse_geo.views_plans import Appointment, PlanQuery
from tests import pdf_text, plan_store
from tests.store_frames import KEY, locations_of, records_of

QUERY = PlanQuery(on=date(2026, 2, 6), explore=True, appointments=(Appointment("20:30", "54.02,1.04", 20),))
# A busy place with three children only, and one that is not for tasking: neither may be found in any file.
FEW, BARRED = (54.051, 0.953), (53.947, 1.051)
CENTRES = (
    (54.0, 1.0, "takeaway_fastfood", 40),
    (54.031, 1.021, "park", 40),
    (*FEW, "park", 3),
    (*BARRED, "park", 40),
)
AGENCIES = {"police1": "Qxagencyonez Police", "health1": "Qxagencytwoz Health"}
CANARIES = {
    "child's key": r"QXCHILD\d", "record id": r"QXRECORD\d", "event": r"QXEVENT\d", "adult's key": "QXADULT", "vehicle": "QXVEHICLE",
    "text of a place": "qxlocationtext", "name of an agency": "qxagency", "code of an agency": r"\b(police1|health1)\b",
    "grade": "police_intelligence_log", "who barred it": "qxsetter", "safeguarding step": "qxstep",
    "that it is barred": r"embargo|not for tasking|set aside", "kind of concern": "exploitation|victim|grooming",
}  # fmt: skip


def frames():
    rng = np.random.default_rng(5)
    rows, points = [], []
    for lat, lon, kind, children in CENTRES:
        for n in range(60):
            points.append((lat + rng.normal(0, 0.0006), lon + rng.normal(0, 0.0006)))
            rows.append((kind, f"QXCHILD{lat:.3f}{n % children:02d}", None))
    for _ in range(80):
        points.append((rng.uniform(53.9, 54.1), rng.uniform(0.85, 1.15)))
        rows.append(("pub", f"QXCHILD{len(rows):04d}Z", None))
    for n in range(7):  # what settles on one business of the register
        points.append((54.0009, 1.0))
        rows.append(("takeaway_fastfood", f"QXCHILD9{n}", ("Public place 1", "501")))
    day = pd.Timestamp("2025-03-01")
    records = records_of([
        {"record_id": f"QXRECORD{n}", "event_ref": f"QXEVENT{n}", "child_key": key, "place_type": kind, "place_role": "meeting",
         "adult_key": "QXADULT1", "vehicle_key": "QXVEHICLE1", "location_text": "qxlocationtextz",
         "event_start": day + pd.Timedelta(days=n % 300, hours=17 + n % 6), "report_date": day + pd.Timedelta(days=n % 300 + 2),
         "record_type": "police_intelligence_log", "source_grade": "1", "intelligence_grade": "B", "checked_status": "checked",
         "premises_name": said[0] if said else None, "uprn": said[1] if said else None, "town": "Port Ansel",
         "agency": list(AGENCIES)[n % 2]}
        for n, (kind, key, said) in enumerate(rows)
    ])  # fmt: skip
    return records, locations_of(records).assign(lat=[p[0] for p in points], lon=[p[1] for p in points])


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    made = store.init_store(tmp_path_factory.mktemp("leaks") / "s", key=KEY)
    records, locations = frames()
    for agency in AGENCIES:
        own = (records["agency"] == agency).to_numpy()
        details = store.ImportDetails(
            agency=agency, sha256=agency.encode().hex().ljust(64, "0"), state="returned"
        )
        store.save_import(
            made, details, records[own].reset_index(drop=True), locations[own].reset_index(drop=True)
        )
    table = pd.DataFrame(
        {"agency": list(AGENCIES), "name": list(AGENCIES.values()), "kind": ["police", "health"]}
    )
    store.save_agencies(made, schema.conform(table, schema.AGENCIES))
    store.save_places(made, plan_store.places())
    store.save_basemap(made, plan_store.basemap())
    halves = [shapely.box(0.5, 53.5, 1.0, 54.5), shapely.box(1.0, 53.5, 1.5, 54.5)]
    areas = {
        "layer": "police_force",
        "code": ["F1", "F2"],
        "name": ["Ansel", "Brack"],
        "vintage": "2025",
        "geometry": halves,
    }
    store.save_areas(
        made, gpd.GeoDataFrame(areas, crs=4326), store.LayerSource("test", "none", "0" * 64, "2025", ())
    )
    around = lattice.disk(int(lattice.cells_of([BARRED[0]], [BARRED[1]], 8)[0]), 1)
    store.save_embargo(
        made, tuple(lattice.to_text(around)), resolution=8, until=date(2026, 12, 1), by="qxsetterz"
    )
    here = tuple(lattice.to_text(lattice.cells_of([54.0009], [1.0], 8)))
    store.save_action(made, store.Action(
        here, 8, "Port Ansel", "police1", "A23", "2026-02-20", "2026-03-20", "Chair", "2026-02-01", safeguarding_step="qxstepz",
        safeguarding_owner="health1"), by="p_analyst")  # fmt: skip
    for audience in releases.audiences():
        build_next_release(made, session=session("analyst"), audience=audience, today=date(2026, 1, 31))
    yield made
    made.close()


def session(role):
    purpose = safeguards.roles()[role].purposes[0]
    return safeguards.Session(f"p_{role}", role, purpose, agency="reader9", reference="M-2026-01")


PLANNERS = {"patrol": patrol_for, "outreach": outreach_for, "licensing": plans_rounds.rounds_for}


def files(opened, role):
    """Every file of the plan that is a role's own, and of the premises list where it has that."""
    view = PLANNERS[role](opened, session(role), QUERY)
    assert any(unit.lines for unit in view.units), "an empty plan proves nothing"
    for suffix in plan_files.FORMATS:
        name = f"{role}{suffix}"
        kind = plans_papers._EXPORTS[view.kind]
        if set(kind) & session(role).rule.exports:
            yield (
                name,
                plans_papers.plan_paper(opened, session(role), view, plans_papers.PlanPaper(suffix)).content,
            )
    if role == "licensing":
        listed = plans_licensing.licensing_for(opened, session(role))
        assert listed.lines, "an empty list proves nothing"
        for suffix in plans_licensing.FORMATS:
            cover = SheetCover("the officer", "6 February 2026", "C0009")
            paper = plans_licensing.licensing_paper(opened, session(role), listed, (suffix, cover))
            yield f"premises{suffix}", paper.content


@pytest.fixture(scope="module")
def told(opened):
    return {role: {name: pdf_text.text_of(made) for name, made in files(opened, role)} for role in PLANNERS}


@pytest.mark.parametrize("role", PLANNERS)
def test_no_byte_of_any_file_holds_a_canary(told, role):
    assert len(told[role]) >= 7
    found = {
        (name, what): re.search(pattern, text, re.IGNORECASE).group()
        for name, text in told[role].items()
        for what, pattern in CANARIES.items()
        if re.search(pattern, text, re.IGNORECASE)
    }
    assert found == {}


@pytest.mark.parametrize("role", PLANNERS)
@pytest.mark.parametrize(("lat", "lon"), [FEW, BARRED], ids=["few children", "not for tasking"])
def test_no_file_leads_to_a_place_with_few_children_or_one_that_is_not_for_tasking(told, role, lat, lon):
    for name, text in told[role].items():
        pairs = re.findall(r"5[34]\.\d{3,}", text)
        near = [p for p in pairs if abs(float(p) - lat) < 0.003]
        beside = [p for p in re.findall(r"\b[01]\.\d{3,}", text) if abs(float(p) - lon) < 0.003]
        assert not (near and beside), name


def test_a_role_that_sees_bands_gets_no_number_of_reports_or_children(told):
    for name, text in told["licensing"].items():
        if not name.endswith((".gpx", ".ics")):  # these hold no reason at all
            assert "medium" in text or "high" in text, name
        assert re.findall(r"\b7 \(\d+ to \d+\)", text) == [], name
    for name, text in told["patrol"].items():
        assert re.findall(r"\b\d+ (?:children|reports|records)\b", text) == [], name


def test_an_outreach_file_says_neither_why_nor_that_there_is_a_map_of_concern(told):
    for name, text in told["outreach"].items():
        found = re.findall(
            r"hotspot|concern|suspect|mean hour|children's records|\bCSE\b",
            text.replace("/Suspects false", ""),
        )
        assert found == [], name


def test_a_members_pack_holds_no_key_and_no_number_under_five(opened):
    request = meeting_packs.PackRequest(suffix=".html")
    text = meeting_packs.pack_for(opened, session("meeting_member"), request).content.decode("utf-8")
    keys = {
        k: CANARIES[k]
        for k in ("child's key", "record id", "event", "adult's key", "vehicle", "text of a place")
    }
    assert {what for what, pattern in keys.items() if re.search(pattern, text, re.IGNORECASE)} == set()
    text = re.sub(
        r"Public places in or within 300 m.*?</ul>", "", text, flags=re.DOTALL
    )  # shops, not reports
    assert re.findall(r"\((?:[1-4])\)", text) == []
    assert re.findall(r"\b[1-4] (?:now|before)\b", text) == []


def test_the_reader_finds_what_is_there(opened, told):
    """A leak test that reads nothing would pass: each format shows that its words come out."""
    for role, words in (("patrol", "point"), ("outreach", "Public place"), ("licensing", "Public place 1")):
        for name, text in told[role].items():
            assert words in text.replace("\ufffd", " ") or words.replace(" ", "") in text, name
    view = patrol_for(opened, session("patrol"), QUERY)
    document = plan_files.plan_document(
        view, plan_files.Cover("QXREADERZ the shift", "1 February 2026", "C0001")
    )
    from cse_geo.outputs.documents import as_pdf

    assert "QXREADERZ" in pdf_text.text_of(as_pdf(document))
