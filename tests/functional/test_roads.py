"""A map file brought in once serves the gazetteer, the place register, the background and the roads of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, store
from cse_geo.pipeline import plans
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.ways import network_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.shared_data
def test_plans_use_the_roads_of_an_extract_and_the_map_draws_it(
    run: Callable, environ: dict[str, str], tmp_path: Path, shared_data: Path
) -> None:
    extract = shared_data / "C" / "derived" / "newport_centre_dev.osm.pbf"
    environ["CSE_GEO_STORE"] = str(tmp_path / "store")
    assert run("init").code == 0
    added = run("gazetteer", "add", extract, "--kind", "osm")
    assert (added.code, "kept for plans" in added.said) == (0, True), added.said
    drawn = run("context", "add", extract, "--kind", "background")
    assert (drawn.code, "road_major" in drawn.said) == (0, True), drawn.said
    path = tmp_path / "store"
    with store.open_store(path, key=store.find_key(path, environ, create=False), read_only=True) as opened:
        frames = frames_of(opened)
        network = network_of(frames)
        assert network is not None
        assert len(network.start) > 1000
        assert len(frames.places) > 5
        assert any("OpenStreetMap contributors" in words for words in frames.sources)
        lat, lon = network.lat[[0, 500, 900]], network.lon[[0, 500, 900]]
        travel = plans.travel_of(frames, lat, lon, on_foot=True)
        assert travel.method == "walking on roads and paths"
        assert (travel.seconds >= 0).all()
    assert "network" in run("gazetteer", "list").said
    assert pipeline.GAZETTEER_KINDS.count("network") == 0  # it comes with its gazetteer, never by itself
