"""GPX as the schema 1.1 asks: names, order and number of elements, attributes, ranges; for every kind of plan.

The schema file itself is not shipped: its rules for the elements we write are stated here by hand.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import pytest

from cse_geo import views
from cse_geo.outputs import plan_files
from cse_geo.pipeline.plans_outreach import outreach_view
from cse_geo.pipeline.plans_patrol import patrol_view
from cse_geo.views_plans import PlanQuery
from tests import plan_store

NS = "{http://www.topografix.com/GPX/1/1}"
# Children of each type in the order of its xsd:sequence (topografix.com/GPX/1/1/gpx.xsd), unbounded ones marked.
_POINT = ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link*", "sym", "type", "fix", "sat", "hdop",
          "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"]  # fmt: skip
_LINE = ["name", "cmt", "desc", "src", "link*", "number", "type", "extensions"]
SEQUENCES = {
    "gpx": ["metadata", "wpt*", "rte*", "trk*", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link*", "time", "keywords", "bounds", "extensions"],
    "wpt": _POINT,
    "rtept": _POINT,
    "trkpt": _POINT,
    "rte": [*_LINE, "rtept*"],
    "trk": [*_LINE, "trkseg*"],
    "trkseg": ["trkpt*", "extensions"],
}


def faults(element: ET.Element) -> list[str]:
    """Return what the schema forbids in an element and everything under it."""
    tag = element.tag.removeprefix(NS)
    found = [] if element.tag.startswith(NS) else [f"{tag}: wrong namespace"]
    if tag not in SEQUENCES:
        return found + [f"{tag}: has children" for _ in element]
    order = [name.rstrip("*") for name in SEQUENCES[tag]]
    many = {name.rstrip("*") for name in SEQUENCES[tag] if name.endswith("*")}
    names = [child.tag.removeprefix(NS) for child in element]
    found += [f"{tag}: no {name} allowed" for name in names if name not in order]
    places = [order.index(name) for name in names if name in order]
    found += [f"{tag}: out of order"] if places != sorted(places) else []
    found += [f"{tag}: two {name}" for name in set(names) - many if names.count(name) > 1]
    if tag in {"wpt", "rtept", "trkpt"}:
        lat, lon = (float(element.attrib.get(name, "nan")) for name in ("lat", "lon"))
        found += [] if -90 <= lat <= 90 and -180 <= lon < 180 else [f"{tag}: lat or lon out of range"]
        found += [] if set(element.attrib) == {"lat", "lon"} else [f"{tag}: attributes"]
    return found + [words for child in element for words in faults(child)]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with plan_store.build(tmp_path_factory.mktemp("gpx") / "s") as made:
        yield made


@pytest.mark.parametrize(
    ("planner", "role", "change"),
    [
        (patrol_view, "patrol", {}),
        (outreach_view, "outreach", {}),
        (patrol_view, "patrol", {"base": "55.5,1.9"}),
    ],
    ids=["patrol", "outreach", "nothing reached"],
)
def test_a_plan_is_valid_gpx_1_1_with_a_track_from_base_to_base(opened, planner, role, change):
    view = planner(opened, views.Session(role=role, demo=True), PlanQuery(on=date(2026, 2, 6), **change))
    made = plan_files.plan_bytes(
        view, ".gpx", plan_files.Cover("the shift", "1 February 2026", "C0001", label="OFFICIAL")
    )
    root = ET.fromstring(made)  # noqa: S314 (our own bytes)
    assert (root.tag, root.attrib["version"]) == (f"{NS}gpx", "1.1")
    assert root.attrib["creator"] == "cse_geo"
    assert faults(root) == []
    assert len(root.findall(f"{NS}wpt")) == sum(len(unit.lines) for unit in view.units)
    for track in root.findall(f"{NS}trk"):
        points = track.findall(f"{NS}trkseg/{NS}trkpt")
        assert [points[0].attrib[k] for k in ("lat", "lon")] == [points[-1].attrib[k] for k in ("lat", "lon")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f'<gpx xmlns="{NS[1:-1]}"><trk/><wpt lat="1" lon="1"/></gpx>', "gpx: out of order"),
        (f'<gpx xmlns="{NS[1:-1]}"><wpt lat="91" lon="1"/></gpx>', "wpt: lat or lon out of range"),
        (f'<gpx xmlns="{NS[1:-1]}"><wpt lat="1" lon="1"><cmt/><name/></wpt></gpx>', "wpt: out of order"),
        (f'<gpx xmlns="{NS[1:-1]}"><case/></gpx>', "gpx: no case allowed"),
        ('<gpx xmlns="http://www.topografix.com/GPX/1/0"/>', "wrong namespace"),
    ],
)
def test_the_check_finds_what_it_is_for(text, fault):
    assert any(fault in words for words in faults(ET.fromstring(text)))  # noqa: S314
