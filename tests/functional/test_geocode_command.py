"""`cse-geo geocode`: any CSV placed, stopped and gone on with, reported; other columns and damage refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import store
from cse_geo.pipeline import geocoding
from tests.text_gazetteer import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.functional.conftest import Ran

_TEXTS = ("12 Peel St, Ashford", "somewhere in Ashford", "12 Peel St", "=1+1", "")


@pytest.fixture
def made(tmp_path: Path, environ: Mapping[str, str], run: Callable[..., Ran]) -> Path:
    """A synthetic store with the gazetteer of the tests."""
    folder = tmp_path / "store"
    store.init_store(folder, key=store.find_key(folder, environ, create=True), synthetic=True).close()
    table = rows()
    addresses, other = table[table["kind"] == "address"], table[table["kind"] == "settlement"]
    addresses.drop(columns=["kind", "basis"]).to_csv(tmp_path / "addresses.csv", index=False)
    other.drop(columns=["kind", "basis"]).assign(kind="town").to_csv(tmp_path / "towns.csv", index=False)
    for name, kind in (("addresses.csv", "addresses"), ("towns.csv", "settlements")):
        assert run("gazetteer", "add", tmp_path / name, "--kind", kind, "--store", folder).code == 0
    return folder


def test_any_csv_is_placed_and_reported(tmp_path: Path, made: Path, run: Callable[..., Ran]) -> None:
    pd.DataFrame({"Where": _TEXTS, "team": list("aabbb")}).to_csv(tmp_path / "in.csv", index=False)
    ran = run(
        "geocode",
        tmp_path / "in.csv",
        "-o",
        tmp_path / "out.csv",
        "--store",
        made,
        "--by",
        "team",
        "--report",
        tmp_path / "r.csv",
    )
    assert (ran.code, "1 have a place of their own" in ran.said) == (0, True)
    out = pd.read_csv(tmp_path / "out.csv", dtype="str", encoding="utf-8-sig", keep_default_na=False)
    assert out["geo_status"].tolist() == ["located", "area", "waiting", "waiting", "none"]
    assert out["geo_level"].tolist()[:2] == ["address", "town"]
    assert out["geo_r95_m"][0] == "20.0"
    assert out["Where"][3] == "'=1+1"  # no formula leaves
    assert out["geo_lat"][1] == ""  # an area has no point
    report = pd.read_csv(tmp_path / "r.csv", encoding="utf-8-sig").set_index(["dimension", "value"])
    assert report.loc[("team", "a"), ["n", "placed", "share_placed"]].tolist() == [2, 1, 0.5]
    assert report.loc[("class", "text_number_street_place"), "n"] == 1
    assert not list(tmp_path.glob(".*parts"))


def test_stopped_work_goes_on_where_it_stopped(
    tmp_path: Path, made: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    pd.DataFrame({"Where": [*_TEXTS] * 50}).to_csv(tmp_path / "in.csv", index=False)
    arguments = (
        "geocode",
        tmp_path / "in.csv",
        "-o",
        tmp_path / "out.csv",
        "--store",
        made,
        "--rows-at-a-time",
        "100",
    )
    place, placed = geocoding._placed, []

    def stops(chunk: pd.DataFrame, *rest: object) -> pd.DataFrame:
        placed.append(len(chunk))
        if len(placed) == 2:
            raise KeyboardInterrupt
        return place(chunk, *rest)

    monkeypatch.setattr(geocoding, "_placed", stops)
    assert run(*arguments).code == 130
    assert not (tmp_path / "out.csv").exists()
    assert run(*arguments).code == 0
    assert placed == [100, 100, 100, 50]  # the first hundred were not placed again
    assert len(pd.read_csv(tmp_path / "out.csv")) == 250


@pytest.mark.parametrize(
    ("text", "arguments", "code", "words"),
    [
        ("a,b\n1,2\n", (), 3, "--text"),
        ("where\nx\n", ("--text", "words"), 2, "no column words"),
        ("where\nx\n", ("--by", "team"), 2, "no column team"),
        ("", (), 3, "The file is empty"),
        ("where\n12 Peel St, Ashford\n", (), 3, "too_many_cells"),
        ("where,team\nx,a\n12 Peel St, Ashford,a\n", (), 3, "too_many_cells"),
    ],
)
def test_what_cannot_be_placed_is_said(  # noqa: PLR0913, PLR0917 (fixtures and the table's columns)
    tmp_path: Path,
    made: Path,
    run: Callable[..., Ran],
    text: str,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    (tmp_path / "in.csv").write_text(text, "utf-8")
    ran = run("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made, *arguments)
    assert (ran.code, words in ran.said) == (code, True), ran.said


def test_the_index_lies_beside_the_releases_and_is_opened_again(
    tmp_path: Path, made: Path, run: Callable[..., Ran]
) -> None:
    (tmp_path / "in.csv").write_text('where\n"12 Peel St, Ashford"\n', "utf-8")
    for _ in range(2):
        assert run("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made).code == 0
    assert len(list((Path(made) / "gazetteer").glob("words-*/index.json"))) == 1


def test_parts_of_other_gazetteers_are_never_mixed_in(
    tmp_path: Path, made: Path, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    pd.DataFrame({"Where": ["3 New Road, Ashford"] * 200}).to_csv(tmp_path / "in.csv", index=False)
    arguments = (
        "geocode",
        tmp_path / "in.csv",
        "-o",
        tmp_path / "out.csv",
        "--store",
        made,
        "--rows-at-a-time",
        "100",
    )
    place, chunks = geocoding._placed, []

    def stops(chunk: pd.DataFrame, *rest: object) -> pd.DataFrame:
        chunks.append(len(chunk))
        if len(chunks) == 2:
            raise KeyboardInterrupt
        return place(chunk, *rest)

    monkeypatch.setattr(geocoding, "_placed", stops)
    assert run(*arguments).code == 130
    # A second list of addresses of the same unknown vintage: its name in the provenance is the same.
    new = pd.DataFrame(
        {"number": ["3"], "street": ["New Road"], "town": ["Ashford"], "lat": [53.5], "lon": [-2.0]}
    )
    new.to_csv(tmp_path / "more.csv", index=False)
    assert run("gazetteer", "add", tmp_path / "more.csv", "--kind", "addresses", "--store", made).code == 0
    assert run(*arguments).code == 0
    assert chunks == [100, 100, 100, 100]  # both parts were placed again
    assert set(pd.read_csv(tmp_path / "out.csv")["geo_level"]) == {"address"}


def test_the_report_says_who_is_missing_and_draws_it(
    tmp_path: Path, made: Path, run: Callable[..., Ran]
) -> None:
    good, bad = "12 Peel St, Ashford", "12 Peel St"
    teams = ["north"] * 60 + ["<b>south</b>"] * 60
    where = [good] * 55 + [bad] * 5 + [good] * 20 + [bad] * 40
    pd.DataFrame({"where": where, "team": teams}).to_csv(tmp_path / "in.csv", index=False)
    for name in ("r.csv", "r.html", "r.pdf"):
        ran = run("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made, "--by", "team",
                  "--report", tmp_path / name)  # fmt: skip
        assert (ran.code, "1 groups of rows are placed less often" in ran.said) == (0, True), ran.said
    report = pd.read_csv(tmp_path / "r.csv", encoding="utf-8-sig", keep_default_na=False)
    rows = report.set_index(["dimension", "value"])
    south = rows.loc[("team", "<b>south</b>")]
    # 20 of 60; Wilson's 95 % interval by hand: 0.2273 to 0.4594
    assert south[["n", "placed", "waiting", "differs"]].tolist() == [60, 20, 40, "less"]
    assert south[["low", "high"]].astype(float).tolist() == pytest.approx([0.2273, 0.4594], abs=2e-4)
    assert rows.loc[("team", "north"), "differs"] == "more"
    assert set(report["dimension"]) >= {"status", "level", "class", "reason", "source", "area", "team"}
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "33 % of 60 rows were placed (23 to 46), of all others 92 %" in page
    assert (page.count("<svg"), "<b>south</b>" in page, "src=" in page or "https:" in page) == (
        7, False, False,
    )  # fmt: skip
    assert (tmp_path / "r.pdf").read_bytes()[:5] == b"%PDF-"
    assert (
        run(
            "geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made, "--report", "r.doc"
        ).code
        == 2
    )
