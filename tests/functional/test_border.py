"""Across the border from the command line, on a small synthetic store: list, decide, files, exchange, refusals."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from cse_geo import lattice, pipeline, safeguards, schema, store, views
from cse_geo.cli.main import cli
from cse_geo.cli.settings import Settings
from cse_geo.errors import InputRefusedError, NotPermittedError, UsageError
from cse_geo.pipeline import crossborder, leads
from cse_geo.pipeline.crossborder import border_answer
from cse_geo.pipeline.gate import session_of
from cse_geo.safeguards import exchange
from cse_geo.views_border import BorderQuery
from tests.store_frames import KEY

MIDDLE = 1.0  # the line between the two forces
CLUMP_LON = MIDDLE


def areas():
    boxes = {"XA": shapely.box(0.6, 53.8, MIDDLE, 54.2), "XB": shapely.box(MIDDLE, 53.8, 1.4, 54.2)}
    rows = [
        {"layer": layer, "code": f"{code}{suffix}", "name": f"{code} {layer}", "vintage": "2024", "geometry": shape}
        for code, shape in boxes.items()
        for layer, suffix in (("police_force", ""), ("local_authority", "1"))
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        schema.conform(gpd.GeoDataFrame(rows, geometry="geometry", crs=4326), schema.AREAS), crs=4326
    )


def records(seed=3):
    rng = np.random.default_rng(seed)
    spread = [(rng.uniform(53.85, 54.15), rng.uniform(0.65, 1.35)) for _ in range(260)]
    clump = [(54.0 + rng.normal(0, 0.004), MIDDLE + rng.normal(0, 0.006)) for _ in range(26)]
    rows = []
    for at, (lat, lon) in enumerate(spread + clump):
        day = pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(rng.integers(0, 360)))
        rows.append(
            {"record_id": f"r{at}", "row": at + 2, "agency": "pol_a" if lon < MIDDLE else "pol_b", "event_ref": f"e{at}",
             "event_start": day, "event_end": day, "report_date": day, "place_role": "meeting", "place_type": "park",
             "child_key": f"C-{at if at >= 260 else at % 120}", "vehicle_key": f"V-{at % 9}", "handling_code": "P",
             "lat": lat, "lon": lon}
        )  # fmt: skip
    made = schema.conform(pd.DataFrame(rows), schema.RECORDS)
    where = made.assign(
        status="located",
        level="coordinate",
        r95_m=20.0,
        evidence="given_coordinate",
        provenance="test",
        h3_max_res=9,
    )
    return made, schema.conform(where, schema.LOCATIONS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("border") / "s"
    agencies = [
        {"agency": "pol_a", "name": "A Police", "kind": "police", "force": "XA", "definition": "statutory"},
        {
            "agency": "pol_b",
            "name": "B Police",
            "kind": "police",
            "force": "XB",
            "definition": "flagged offences",
        },
    ]
    cells = lattice.cover(shapely.box(0.6, 53.8, 1.4, 54.2), 8)
    _, lon = lattice.centres_of(cells)
    district = np.where(lon < MIDDLE, "XA1", "XB1")
    exposure = pd.DataFrame({"cell": cells, "children": 10.0, "footfall": 10.0, "district": district})
    with store.init_store(path, key=KEY, synthetic=True) as opened:
        store.save_agencies(opened, schema.conform(pd.DataFrame(agencies), schema.AGENCIES))
        store.save_areas(opened, areas())
        store.save_exposure(opened, schema.conform(exposure, schema.EXPOSURE))
        rows, places = records()
        for at, agency in enumerate(("pol_a", "pol_b")):
            own = (rows["agency"] == agency).to_numpy()
            pair = rows[own].reset_index(drop=True), places[own].reset_index(drop=True)
            store.save_import(opened, store.ImportDetails(agency, str(at) * 64), *pair)
    return path


def session(role="analyst"):
    return safeguards.step_into(role, synthetic=True)


@pytest.fixture
def opened(folder):
    with store.open_store(folder, key=KEY) as made:
        yield made


@pytest.fixture
def run(folder):
    settings = Settings.from_environ(
        {"CSE_GEO_KEY": KEY if isinstance(KEY, str) else KEY.hex(), "CSE_GEO_STORE": str(folder)}
    )

    def call(*arguments):
        return CliRunner().invoke(cli, [str(a) for a in arguments], obj=settings)

    return call


def test_a_hotspot_on_the_line_is_shared_and_unowned_until_a_person_decides(opened):
    view = border_answer(opened, session(), BorderQuery())
    (spot,) = view.shared.itertuples()
    assert spot.straddles
    assert spot.forces in {"XA police_force + XB police_force", "XB police_force + XA police_force"}
    assert pd.isna(spot.lead)
    assert view.who["share_records"].sum() == pytest.approx(1)
    assert view.who["share_reported"].sum() == pytest.approx(1)
    made = pipeline.decision_of_operator(
        session=session(), lead="XB", next_step="joint_patrol", decided_on=date(2026, 1, 9)
    )
    words = pipeline.decide_on(opened, spot.hotspot, session=session(), query=BorderQuery(), decision=made)
    assert "lead XB police_force; Joint patrol" in words
    again = border_answer(opened, session("meeting_member"), BorderQuery(resolution=7))
    assert again.shared["lead"].tolist() in (
        [],
        ["XB police_force"],
    )  # the place keeps its decision in other cells
    assert border_answer(opened, session(), BorderQuery()).shared["decided_on"].iloc[0] == pd.Timestamp(
        "2026-01-09"
    )


def test_a_decision_at_the_page_is_shown_without_running_the_engine_again(opened):
    visitor = views.Session(role="analyst", demo=True)
    view = pipeline.border_view(opened, visitor, BorderQuery())
    kept = crossborder._analysis(opened, session_of(opened, visitor), BorderQuery())
    cells = tuple(lattice.to_text(view.hotspot_cells.loc[view.hotspot_cells["hotspot"] == "H01", "cell"]))
    made = pipeline.decision_made(
        cells, 8, lead="", next_step="review", decided_by="chair", decided_on=date(2026, 2, 2)
    )
    pipeline.decide_at_page(opened, visitor, made)
    again = pipeline.border_view(opened, visitor, BorderQuery())
    assert again.shared["next_step"].iloc[0] == "No step now; look again at the next meeting"
    assert pd.isna(again.shared["lead"].iloc[0])
    assert crossborder._analysis(opened, session_of(opened, visitor), BorderQuery()) is kept


def test_forces_that_count_differently_are_warned_about(opened):
    (words,) = border_answer(opened, session(), BorderQuery()).warnings
    assert "do not count the same thing" in words
    assert "flagged offences" in words


def test_flows_and_links_rest_on_five_children_or_are_withheld(opened):
    view = border_answer(opened, session(), BorderQuery())
    assert (view.flows["n_children"] >= 5).all()
    assert (view.cell_flows["n_children"] >= 5).all()
    assert view.links.loc[view.links["kind"] == "vehicle", "n_keys"].tolist() == [9]
    assert view.withheld["flows between cells"] > 0


@pytest.mark.parametrize("role", ["outreach", "licensing", "patrol", "board"])
def test_roles_outside_meetings_do_not_see_the_page(opened, role):
    with pytest.raises(NotPermittedError, match="does not have this page"):
        border_answer(opened, session(role), BorderQuery())


@pytest.mark.parametrize(
    ("lead", "step", "cells", "words"),
    [("ZZ", "review", ("a",), "--lead"), ("", "hang_up", ("a",), "--next-step"), ("", "review", (), "cells")],
)
def test_a_decision_that_says_nothing_true_is_refused(opened, lead, step, cells, words):
    with pytest.raises(UsageError, match=words):
        leads.decide(
            opened, session=session(), decision=store.Decision(cells, 8, lead, step, "x", date(2026, 1, 1))
        )


def test_a_suggestion_goes_to_the_first_on_two_counts():
    who = pd.DataFrame(
        {"force": ["A", "B"], "name": ["Ansel", "Brack"], "share_records": [0.4, 0.6], "share_children": [0.4, 0.6],
         "n_sites": [9, 3], "first_report": pd.to_datetime(["2025-01-01", "2025-02-01"])}
    )  # fmt: skip
    assert leads.suggest_lead(who) == (
        "A", "Ansel: 40% of its children, 9 of 12 sites; most sites, first report. A suggestion; people decide.",
    )  # fmt: skip
    tied = who.assign(n_sites=3, first_report=pd.NaT)
    assert leads.suggest_lead(tied)[0] == "B"  # nobody is first twice: the one with most children


def test_the_whole_answer_leaves_as_workbook_and_map(run, tmp_path):
    for name in ("all.xlsx", "all.gpkg", "shares.csv"):
        done = run("cross-border", "-o", tmp_path / name)
        assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    assert book.sheetnames[:3] == ["Notes", "Shared list", "Who sees what"]
    assert book["Shared list"]["R2"].value == "synthetic"
    assert pyogrio.read_info(tmp_path / "all.gpkg")["features"] == 1
    assert run("cross-border", "-o", tmp_path / "a.xlsx", "--type", "park").exception is not None


def test_list_decide_and_contacts_from_the_command_line(run, tmp_path):
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(
        "agency,layer,area,post,reach\npol_a,police_force,xa POLICE_FORCE,=CSE desk,desk@a.example\n", "utf-8"
    )
    assert "1 contacts kept" in run("border", "contacts", contacts).output
    assert "desk@a.example" in run("border", "contacts").output
    listed = run("border", "list")
    assert listed.exit_code == 0, listed.output
    decided = run("border", "decide", "H01", "--lead", "XA police_force", "--next-step", "share_records")
    assert "lead XA police_force" in decided.output


def test_counts_go_out_and_come_in_and_are_pooled_without_records(opened, tmp_path):
    key, days = tmp_path / "key", (date(2025, 1, 1), date(2025, 12, 31))
    pipeline.write_key(key)
    assert key.stat().st_mode & 0o077 == 0
    kw = {"key_file": key, "session": session()}
    today = date(2026, 1, 15)
    for force, definition in (("XA", "statutory"), ("XB", "flagged")):
        request = pipeline.ExportRequest(force, *days, definition, today=today)
        words = pipeline.export_counts(opened, tmp_path / f"{force}.json", request=request, **kw)
        assert "each of at least 5 children" in words[0]
    again = pipeline.ExportRequest("XA", date(2025, 6, 1), date(2026, 6, 1), today=today)
    with pytest.raises(UsageError, match="overlap a period"):
        pipeline.export_counts(opened, tmp_path / "again.json", request=again, **kw)
    body = json.loads((tmp_path / "XA.json").read_text("utf-8"))["body"]
    assert min(g["children"] for g in body["groups"]) >= 5
    assert "C-" not in (tmp_path / "XA.json").read_text("utf-8")
    pooled = pipeline.pool_exchanges(opened, **kw)
    together = border_answer(opened, session(), BorderQuery())
    assert shapely.intersects(pooled.table.geometry.union_all(), together.hotspots.geometry.union_all())
    assert any("definitions differ" in w for w in pooled.sentences)
    with store.init_store(tmp_path / "other", key=KEY, synthetic=True) as other:
        taken = pipeline.import_counts(other, tmp_path / "XB.json", own="XA", today=today, **kw)
        assert "Definition: flagged" in taken[1]
        with pytest.raises(InputRefusedError, match="imported before"):
            pipeline.import_counts(other, tmp_path / "XB.json", own="XA", today=today, **kw)
        with pytest.raises(InputRefusedError, match="your own file"):
            pipeline.import_counts(other, tmp_path / "XA.json", own="XA", today=today, **kw)
        with pytest.raises(UsageError, match="two or more forces"):
            pipeline.pool_exchanges(other, **kw)
        assert pipeline.list_exchanges(other, session=session())["direction"].tolist() == ["in"]
    with pytest.raises(UsageError, match="never overwritten"):
        pipeline.write_key(key)
    assert exchange.SCHEMA in (tmp_path / "XA.json").read_text("utf-8")


def test_fetching_needs_an_address_and_says_which_are_known(run, tmp_path):
    refused = run("boundaries", "fetch", "csp", "-o", tmp_path / "x.geojson")
    assert isinstance(refused.exception, UsageError)
    assert "local_authority, police_force, ward" in str(refused.exception)
    plain = run("boundaries", "fetch", "csp", "-o", tmp_path / "x.geojson", "--address", "http://a.example/x")
    assert isinstance(plain.exception, UsageError)
