"""Place types, evaluation, trend and stability on the demo store, and evaluation on a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cse_geo import pipeline, schema, views
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
    assert rows.loc[rows["is_finding"], "q_value"].max() <= 0.05
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
