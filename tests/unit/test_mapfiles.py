"""The ways of an extract, read in bulk, against the same file asked node by node; odd ways; files that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import osmium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osmium.filter import KeyFilter

from cse_geo.errors import InputRefusedError
from cse_geo.mapfiles import Ways, osm_ways

if TYPE_CHECKING:
    from pathlib import Path

MORE = ("lit", "access")
PLACES = {
    1: (-2.9876543, 51.5),
    2: (0.0, 51.25),
    7: (-0.0000001, 51.2500001),
    9_000_000_000: (179.9999999, -89.5),
}


def written(path: Path, ways: list[tuple[list[int], dict[str, str]]]) -> Path:
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as file:
        for node, at in PLACES.items():
            file.add_node(osmium.osm.mutable.Node(id=node, location=at))
        for i, (nodes, tags) in enumerate(ways):
            file.add_way(osmium.osm.mutable.Way(id=i + 1, nodes=nodes, tags=tags))
    return path


def told(ways: Ways) -> list[tuple[dict[str, str], list[tuple[int, float, float]]]]:
    nodes = list(zip(ways.refs.tolist(), ways.lon.tolist(), ways.lat.tolist(), strict=True))
    starts = [int(ways.sizes[:i].sum()) for i in range(len(ways.sizes))]
    return [
        (ways.tags[t], nodes[a : a + n])
        for t, a, n in zip(ways.tagged.tolist(), starts, ways.sizes.tolist(), strict=True)
    ]


def plain(path: Path) -> list[tuple[dict[str, str], list[tuple[int, float, float]]]]:
    """The same by asking for each node: slow, and nothing to misread."""
    return [
        (
            {t.k: t.v for t in way.tags if t.k in ("highway", *MORE)},
            [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()],
        )
        for way in osmium.FileProcessor(str(path)).with_locations().with_filter(KeyFilter("highway"))
        if way.is_way()
    ]


# The text form writes signs of Unicode's last plane wrongly; no tag that is read holds one.
WORDS = st.text(st.characters(max_codepoint=0xFFFFF, exclude_categories=("Cs", "Cc")), max_size=8)
TAGS = st.dictionaries(
    st.sampled_from(["highway", "lit", "access", "name", "Thighway", "n"]), WORDS, max_size=4
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(st.sampled_from([*PLACES, 404, 405]), max_size=5), TAGS), max_size=6))
def test_bulk_reading_equals_asking_node_by_node(tmp_path: Path, ways) -> None:
    path = written(tmp_path / "some.osm.pbf", ways)
    assert told(osm_ways(path, "highway", MORE)) == plain(path)


def test_signs_that_the_text_form_escapes_and_nodes_that_are_not_there(tmp_path: Path) -> None:
    tags = {"highway": "a b,c=d%e@f", "name": "x,highway=path", "lit": "sunset-23:00"}
    path = written(tmp_path / "odd.osm.pbf", [([404, 1, 405, 2, 404], tags), ([], {"highway": "path"})])
    assert told(osm_ways(path, "highway", MORE)) == [
        ({"highway": "a b,c=d%e@f", "lit": "sunset-23:00"}, [(1, *PLACES[1]), (2, *PLACES[2])]),
        ({"highway": "path"}, []),
    ]


def test_a_set_of_tags_is_kept_once(tmp_path: Path) -> None:
    ways = [([1, 2], {"highway": "path", "name": str(i)}) for i in range(5)]
    found = osm_ways(written(tmp_path / "same.osm.pbf", ways), "highway")
    assert (found.tags, found.tagged.tolist()) == ([{"highway": "path"}], [0] * 5)


@pytest.mark.shared_data
def test_a_real_extract_is_the_same_read_either_way(shared_data: Path) -> None:
    path = shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf"
    assert told(osm_ways(path, "highway", MORE)) == plain(path)


def test_a_cut_file_is_refused_in_words(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.osm.pbf", [([1, 2], {"highway": "path"})]).read_bytes()
    (tmp_path / "cut.osm.pbf").write_bytes(whole[: len(whole) - 20])
    with pytest.raises(InputRefusedError, match="not an OpenStreetMap PBF"):
        osm_ways(tmp_path / "cut.osm.pbf", "highway")
