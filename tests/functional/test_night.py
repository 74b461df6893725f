"""A map file brings in how ways are lit and when places are open: the evening route keeps to both, and says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import osmium
import pytest
from osmium.osm.mutable import Node, Way

from cse_geo import store, views
from cse_geo.outputs import plan_files
from cse_geo.pipeline.gate import session_of
from cse_geo.pipeline.hours import KIND, hours_of
from cse_geo.pipeline.plans_outreach import outreach_view
from cse_geo.pipeline.reference import add_gazetteer
from cse_geo.plans.opening import parse_hours
from cse_geo.views_plans import PlanQuery
from tests import pdf_text, plan_store

QUERY = PlanQuery(on=date(2026, 2, 6))  # a Friday
STEP = 0.0009  # the places of plan_store lie so far apart on one meridian
# Along the meridian a path without light; beside it a street that is lit, 30 m to the east.
EAST = 0.00045


def extract(path, *, lit="no"):
    """Write a PBF: an unlit path past every place, a lit street beside it, lanes between, hours of three places."""
    nodes, ways = [], []
    for row in range(14):
        lat = plan_store.LAT + STEP * (row - 1)
        nodes += [
            Node(id=100 + row, location=(plan_store.LON, lat)),
            Node(id=200 + row, location=(plan_store.LON + EAST, lat)),
        ]
        ways.append(
            Way(id=300 + row, nodes=[100 + row, 200 + row], tags={"highway": "residential", "lit": "yes"})
        )
    ways.append(Way(id=400, nodes=[100 + row for row in range(14)], tags={"highway": "path", "lit": lit}))
    ways.append(
        Way(id=401, nodes=[200 + row for row in range(14)], tags={"highway": "residential", "lit": "yes"})
    )
    told = {1: "Mo-Su 20:30-23:00", 3: "Sa 10:00-23:00", 5: "24/7", 9: "when the sun shines"}
    for n, hours in told.items():
        tags = {"name": f"Public place {n}", "amenity": "fast_food", "opening_hours": hours}
        nodes.append(Node(id=500 + n, location=(plan_store.LON, plan_store.LAT + STEP * n), tags=tags))
    with osmium.SimpleWriter(str(path)) as file:
        for node in sorted(nodes, key=lambda one: one.id):
            file.add_node(node)
        for way in ways:
            file.add_way(way)
    return path


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("night")
    with plan_store.build(folder / "s") as made:
        session = session_of(made, views.Session(role="analyst", demo=True))
        said = add_gazetteer(made, extract(folder / "night.osm.pbf"), session=session, kind="osm")
        assert "Opening hours of 4 places kept, 3 of them in a form that can be read" in said
        yield made


@pytest.fixture(scope="module")
def walk(opened):
    return outreach_view(opened, views.Session(role="outreach", demo=True), QUERY)


def test_the_register_finds_its_hours_again(opened):
    places = store.load_places(opened)
    places = places[places["register"] == "demo"].sort_values("name").reset_index(drop=True)
    told = dict(zip(places["name"], hours_of(opened, places), strict=True))
    assert told["Public place 1"] == parse_hours("Mo-Su 20:30-23:00")
    assert told["Public place 5"] == parse_hours("24/7")
    assert (told["Public place 9"], told["Public place 0"]) == (None, None)
    assert [release.kind for release in store.list_gazetteer(opened)].count(KIND) == 1


def test_a_place_is_reached_while_it_is_open(walk):
    (pair,) = walk.units
    lines = {line.name: line for line in pair.lines}
    assert "Public place 3" not in lines  # open on Saturdays only
    assert f"{lines['Public place 1'].arrive:%H:%M}" >= "20:30"
    assert lines["Public place 1"].hours == "open until 23:00"
    assert lines["Public place 5"].hours == "open day and night"


def test_ways_keep_to_the_street_that_is_lit_and_every_line_says_how(walk):
    (pair,) = walk.units
    ways = [line.light for line in pair.lines] + [pair.light_home]
    walked = [way for way in ways if way]  # a break at the base after a stop beside it is no way
    assert set(walked) == {"lit"}
    assert any(f"Of {len(walked)} ways {len(walked)} are lit all along" in words for words in walk.words)


def test_where_only_the_path_leads_it_is_said_to_be_unlit(tmp_path):
    """The same places without the street: the path is taken, planned longer, and said to be without light."""
    with plan_store.build(tmp_path / "s") as made:
        session = session_of(made, views.Session(role="analyst", demo=True))
        path = tmp_path / "path.osm.pbf"
        nodes = [
            Node(id=1 + row, location=(plan_store.LON, plan_store.LAT + STEP * (row - 1)))
            for row in range(14)
        ]
        with osmium.SimpleWriter(str(path)) as file:
            for node in nodes:
                file.add_node(node)
            file.add_node(
                Node(
                    id=90,
                    location=(plan_store.LON, plan_store.LAT),
                    tags={"place": "town", "name": "Port Ansel"},
                )
            )
            file.add_way(
                Way(id=100, nodes=[node.id for node in nodes], tags={"highway": "path", "lit": "no"})
            )
        add_gazetteer(made, path, session=session, kind="osm")
        view = outreach_view(made, views.Session(role="outreach", demo=True), QUERY)
        (pair,) = view.units
        assert {
            line.light
            for line, before in zip(pair.lines[1:], pair.lines, strict=False)
            if line.lat != before.lat
        } == {"not lit"}
        for before, line in pairwise(pair.lines):
            metres = abs(line.lat - before.lat) * 111_195
            assert line.travel_minutes >= metres * 2.25 / 80 - 1  # 4.8 km/h are 80 m a minute; 1.5 x 1.5


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".xlsx", ".json", ".geojson"])
def test_the_sheet_says_light_and_hours(walk, suffix):
    cover = plan_files.Cover("the team", "1 February 2026", "C0001")
    text = pdf_text.text_of(plan_files.plan_bytes(replace(walk, synthetic=True), suffix, cover))
    assert "lit" in text
    assert "open day and night" in text or "opendayandnight" in text


@pytest.mark.parametrize(
    ("title", "separator", "encoding"), [("", ",", "utf-8"), ("Register of premises;;;;;\n", ";", "utf-16")]
)
def test_a_register_with_a_column_of_opening_hours_is_met_by_uprn_or_by_name_and_point(
    tmp_path, title, separator, encoding
):
    file = tmp_path / "premises.csv"
    text = (
        "Name,Type,UPRN,Lat,Lon,Opening Hours\n"
        "Another name,takeaway,501,,,Mo-Su 17:00-23:30\n"  # by UPRN, whatever it is called there
        f"Public place 2,takeaway,,{plan_store.LAT + 2 * STEP},{plan_store.LON},24/7\n"
        f"Public place 3,takeaway,,{plan_store.LAT + 0.02},{plan_store.LON},24/7\n"  # another of that name, 2 km off
        "Public place 4,takeaway,504,,,\n"
    )
    file.write_text(title + text.replace(",", separator), encoding)
    with plan_store.build(tmp_path / "s") as made:
        session = session_of(made, views.Session(role="analyst", demo=True))
        said = add_gazetteer(made, file, session=session, kind="premises")
        places = plan_store.places()
        told = dict(zip(places["name"], hours_of(made, places), strict=True))
    assert "Opening hours of 3 places kept, 3 of them in a form that can be read" in said
    assert told["Public place 1"] == parse_hours("Mo-Su 17:00-23:30")
    assert told["Public place 2"] == parse_hours("24/7")
    assert [told[f"Public place {n}"] for n in (3, 4, 5)] == [None, None, None]
