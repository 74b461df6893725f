"""A store made from files by commands alone: agencies, coverage, denominators, places, background, then returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import lattice, pipeline, store

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "sample_data"


@pytest.fixture
def made(run: Callable, environ: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "store"
    environ["CSE_GEO_STORE"] = str(path)
    assert run("init").code == 0
    return path


def layers(run: Callable) -> None:
    for layer in ("police_force", "local_authority"):
        assert run("boundaries", "add", ROOT / "boundaries" / f"{layer}.geojson", "--layer", layer).code == 0


def opened(path: Path, environ: dict[str, str]) -> store.Store:
    return store.open_store(path, key=store.find_key(path, environ, create=False), read_only=True)


def test_what_is_missing_is_told_before_and_gone_after(
    run: Callable, made: Path, environ: dict[str, str], demo_home: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    assert "concentration, not risk" in run("context", "list").said
    layers(run)
    for kind, name in (
        ("agencies", "agencies.csv"),
        ("coverage", "coverage.csv"),
        ("background", "basemap.geojson"),
    ):
        ran = run("context", "add", DATA / name, "--kind", kind)
        assert (ran.code, "kept" in ran.said) == (0, True), ran.said
    assert run("gazetteer", "add", DATA / "places.csv", "--kind", "premises").code == 0
    ran = run("context", "add", DATA / "exposure.csv", "--kind", "denominators")
    assert (ran.code, "100.0% of the children" in ran.said) == (0, True), ran.said
    demo, demo_environ = demo_home
    with opened(made, environ) as mine, opened(demo, demo_environ) as theirs:
        for load in (store.load_agencies, store.load_coverage, store.load_places, store.load_basemap):
            pd.testing.assert_frame_equal(pd.DataFrame(load(mine)), pd.DataFrame(load(theirs)))
        ours = store.load_exposure(mine, 9)
    file = pd.read_csv(DATA / "exposure.csv")
    written = ours.assign(cell=lattice.to_text(ours["cell"])).merge(file, on="cell", suffixes=("", "_file"))
    assert len(written) == len(ours)
    for name in ("children", "footfall"):
        assert written[name].tolist() == written[f"{name}_file"].tolist()
        assert written[name].sum() == pytest.approx(file[name].sum())
    assert written["district"].tolist() == written["district_file"].tolist()


def test_a_table_that_refers_to_what_the_store_lacks_says_what_to_do_first(run: Callable, made: Path) -> None:
    ran = run("context", "add", DATA / "coverage.csv", "--kind", "coverage")
    assert (ran.code, "boundaries add" in ran.said) == (2, True)
    layers(run)
    ran = run("context", "add", DATA / "coverage.csv", "--kind", "coverage")
    assert (ran.code, "unknown_agency" in ran.said, made.exists()) == (3, True, True)


def test_a_return_with_its_period_answers_for_the_councils_of_its_force(
    run: Callable, made: Path, environ: dict[str, str]
) -> None:
    layers(run)
    assert run("context", "add", DATA / "agencies.csv", "--kind", "agencies").code == 0
    file = DATA / "returns" / "police_eastmarra__2024.csv"
    ran = run("import", file, "--agency", "police_eastmarra", "--period", "2024-01..2024-03")
    assert (ran.code, "and 3 months" in ran.said) == (0, True), ran.said
    with opened(made, environ) as mine:
        coverage = store.load_coverage(mine)
        truth = pd.read_csv(DATA / "coverage.csv")
    asked = truth[(truth["agency"] == "police_eastmarra") & (truth["state"] != "not_asked")]["area"].unique()
    assert set(coverage["area"]) == set(asked)
    assert set(coverage["state"]) == {"returned"}
    assert coverage["month"].nunique() == 3


@pytest.mark.parametrize("kind", pipeline.CONTEXT_KINDS)
def test_a_file_that_is_none_of_it_is_refused_in_words(
    kind: str, run: Callable, made: Path, tmp_path: Path
) -> None:
    layers(run)
    file = tmp_path / "notes.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    ran = run("context", "add", file, "--kind", kind)
    assert (ran.code, "Traceback" in ran.said, made.exists()) == (3, False, True), ran.said
