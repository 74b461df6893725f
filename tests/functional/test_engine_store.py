"""Place types, evaluation, trend and stability on the demo store, and evaluation on a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo import lattice, pipeline, places, schema, views
from cse_geo.errors import NotPermittedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("demo")
QUERY = views.MapQuery(resolution=7)


@pytest.fixture
def demo(demo_home: tuple[Path, dict[str, str]]) -> tuple[Path, dict[str, str]]:
    """The demo store's folder and its environment."""
    return demo_home


def test_place_types_are_told_by_chance_and_never_by_count(
    run: Callable, environ: dict, demo: tuple, tmp_path: Path
) -> None:
    environ.update(demo[1])
    out = tmp_path / "places.json"
    ran = run("places", "--store", demo[0], "--role", "exploitation", "-o", out)
    assert ran.code == 0, ran.said
    assert "A count alone is no finding" in ran.said
    written = json.loads(out.read_text("utf-8"))
    rows = pd.DataFrame(written["rows"])
    assert written["marking"]["data"] == "synthetic"
    assert rows.loc[rows["is_finding"], "q_value"].max() <= places.FINDING
    assert not set(rows["place_type"]) & {"private_residence", "childrens_home", "refuge"}
    assert run("places", "--store", demo[0], "--role", "exploitation", "-o", out).code == 0
    again = json.loads(out.read_text("utf-8"))
    assert again["rows"] == written["rows"]
    assert again["marking"]["copy"] > written["marking"]["copy"]  # two copies of the same answer


def test_a_store_is_evaluated(run: Callable, environ: dict, demo: tuple, tmp_path: Path) -> None:
    environ.update(demo[1])
    out = tmp_path / "scores.csv"
    ran = run("evaluate", "--store", demo[0], "--train-until", "2025-09-30", "--horizon", "92", "-o", out)
    assert ran.code == 0, ran.said
    table = pd.read_csv(out)
    assert set(table["method"]) == {"mixture", "kde", "last_period"}
    assert (table["pai"] > 1).all()
    assert (table["hit_rate_low"] <= table["hit_rate"]).all()
    assert (table["hit_rate"] <= table["hit_rate_high"]).all()


def test_a_file_is_evaluated_and_needs_dates(run: Callable, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lat, lon = 53.8 + rng.normal(0, 0.02, 800), 1.35 + rng.normal(0, 0.03, 800)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 120, 800), unit="D")
    frame = pd.DataFrame({"latitude": lat, "longitude": lon, "date": day.date})
    frame.to_csv(tmp_path / "points.csv", index=False)
    frame.drop(columns="date").to_csv(tmp_path / "undated.csv", index=False)
    arguments = ("--train-until", "2025-03-31", "--horizon", "30", "-o", tmp_path / "out.csv")
    ran = run("evaluate", tmp_path / "points.csv", *arguments)
    assert ran.code == 0, ran.said
    assert "records learned from" in ran.said
    refused = run("evaluate", tmp_path / "undated.csv", *arguments)
    assert (refused.code, "needs a column of dates" in refused.said) == (2, True)


def test_the_card_says_how_a_hotspot_changes_and_how_stable_it_is(demo: tuple) -> None:
    path, environ = demo
    with pipeline.open_app_store(str(path), environ) as opened:
        analyst = views.Session(role="analyst", demo=True)
        view = pipeline.map_view(opened, analyst, QUERY)
        table = pipeline.hotspot_stability(opened, analyst, QUERY)
        again = pipeline.hotspot_stability(opened, analyst, QUERY)
        agreed = pipeline.hotspot_agreement(opened, analyst, QUERY)
        for ask in (pipeline.hotspot_stability, pipeline.hotspot_agreement):
            with pytest.raises(NotPermittedError):
                ask(opened, views.Session(role="public", demo=True), QUERY)
    schema.check(view.trend, schema.TREND)
    schema.check(table, schema.STABILITY)
    assert view.trend["hotspot"].tolist() == view.hotspots["hotspot"].tolist() == table["hotspot"].tolist()
    assert (table["draws"] == 50).all()
    pd.testing.assert_frame_equal(table, again)
    schema.check(agreed, schema.AGREEMENT)
    assert len(agreed) == 3 * len(table)


RURAL = views.MapQuery(resolution=8, rural=True)


def test_the_rural_map_holds_cells_of_two_sizes_and_every_part_of_it_answers(demo: tuple) -> None:
    path, environ = demo
    with pipeline.open_app_store(str(path), environ) as opened:
        analyst = views.Session(role="analyst", demo=True)
        small = pipeline.map_view(opened, analyst, views.MapQuery(resolution=8))
        view = pipeline.map_view(opened, analyst, RURAL)
        stable = pipeline.hotspot_stability(opened, analyst, RURAL)
        agreed = pipeline.hotspot_agreement(opened, analyst, RURAL)
        coarse = view.hotspots.loc[view.hotspots["resolution"] == 7, "hotspot"].iloc[0]
        behind = pipeline.hotspot_more(opened, analyst, RURAL, coarse)
        patrol = pipeline.map_view(opened, views.Session(role="patrol", demo=True), RURAL)
    assert set(view.hotspots["resolution"]) == {7, 8}
    sizes = lattice.resolutions_of(view.cells["cell"])
    inside = lattice.parents_of(view.cells["cell"].to_numpy()[sizes == 8], 7)
    assert not np.isin(inside, view.cells["cell"].to_numpy()[sizes == 7]).any()
    assert small.ledger.mapped < view.ledger.mapped
    # A park that lies across the line between large and small cells counts by its parts on either side.
    assert view.cells["n_records"].sum() == pytest.approx(view.ledger.mapped, rel=0.002)
    assert any(note.startswith("Size of cells chosen") for note in view.notes)
    assert view.density is None
    assert stable["hotspot"].tolist() == view.hotspots["hotspot"].tolist()
    assert (stable.loc[stable["hotspot"] == coarse, "kept"] > 0).all()
    assert set(agreed["method"]) == {
        "poisson_scan",
        "space_time_scan",
    }  # counts of two sizes cannot be compared
    assert behind is not None
    assert lattice.resolutions_of(patrol.cells["cell"]).max(initial=0) <= 8
    assert (view.hotspots["n_records"] >= 5).all()
    assert (view.hotspots["n_children"] >= 3).all()


def test_rural_hotspots_are_written_and_asked_of_a_store_alone(
    run: Callable, environ: dict, demo: tuple, tmp_path: Path
) -> None:
    environ.update(demo[1])
    out = tmp_path / "rural.csv"
    ran = run("hotspots", "--rural", "--store", demo[0], "-o", out)
    assert ran.code == 0, ran.said
    assert (
        "chosen by how well records are placed, before anything was tested: about 5 km\u00b2 in " in ran.said
    )
    assert set(pd.read_csv(out)["resolution"]) == {7, 8}
    (tmp_path / "points.csv").write_text("latitude,longitude\n53.8,1.35\n")
    refused = run("hotspots", tmp_path / "points.csv", "--rural", "-o", out)
    assert (refused.code, "`--rural` goes with a store" in refused.said) == (2, True)
    finer = run("hotspots", "--rural", "--resolution", "9", "--store", demo[0], "-o", out)
    assert (finer.code, "`--rural` chooses" in finer.said) == (2, True)
