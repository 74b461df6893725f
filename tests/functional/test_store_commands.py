"""One store from its making to its backup, by commands alone, on the demo region's files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
RETURNS = ROOT / "sample_data" / "returns"


@pytest.fixture
def store(run: Callable, environ: dict[str, str], tmp_path: Path) -> Path:
    """A new store with forces, councils and postcodes of the demo region."""
    path = tmp_path / "store"
    environ["CSE_GEO_STORE"] = str(path)
    assert run("init").code == 0
    for layer in ("police_force", "local_authority"):
        assert run("boundaries", "add", ROOT / "boundaries" / f"{layer}.geojson", "--layer", layer).code == 0
    assert run("gazetteer", "add", ROOT / "sample_data" / "codepoint.csv", "--kind", "codepoint").code == 0
    return path


def test_a_store_is_made_once_with_a_key_only_its_owner_reads(run: Callable, environ: dict[str, str]) -> None:
    environ["CSE_GEO_STORE"] = environ["HOME"] + "/s"
    first = run("init")
    assert first.code == 0
    key = Path(re.search(r"Its key: (\S+)\. ", first.said).group(1))
    assert (key.stat().st_mode & 0o777, len(key.read_text().strip())) == (0o600, 64)
    again = run("init")
    assert (again.code, "is not overwritten" in again.said) == (5, True)


@pytest.mark.usefixtures("store")
def test_a_return_is_imported_once_and_every_rejected_row_is_told(run: Callable, tmp_path: Path) -> None:
    file, mapping = RETURNS / "police_varnshire__2024H1.csv", RETURNS / "police_varnshire.toml"
    told = tmp_path / "problems.csv"
    arguments = ("import", file, "--agency", "police_varnshire", "--map", mapping, "--problems", told)
    dry = run(*arguments, "--dry-run")
    assert (dry.code, "nothing saved" in dry.said) == (0, True)
    ran = run(*arguments, "--period", "2024-01..2024-06")
    assert ran.code == 0
    receipt = re.search(r"Receipt ([0-9a-f]{8}): ([\d,]+) new", ran.said)
    problems = pd.read_csv(told)
    rejected = problems[problems["severity"] == "row"]
    assert set(rejected["column"]) >= {"handling_code", "child_key", "review_date"}
    again = run(*arguments)
    assert (again.code, "imported before" in again.said, receipt.group(1) in again.said) == (0, True, True)


@pytest.mark.usefixtures("store")
def test_without_its_mapping_the_same_file_is_refused_by_its_columns(run: Callable, tmp_path: Path) -> None:
    file = RETURNS / "police_varnshire__2024H1.csv"
    ran = run("import", file, "--agency", "police_varnshire")
    assert (ran.code, "Refused" in ran.said) == (3, True)
    suggested = tmp_path / "m.toml"
    assert run("import", file, "--agency", "police_varnshire", "--suggest", suggested).code == 0
    assert "[columns]" in suggested.read_text("utf-8")


@pytest.mark.usefixtures("store")
def test_what_the_store_holds_is_found_laid_over_and_written(run: Callable, tmp_path: Path) -> None:
    for half in ("2024H1", "2024H2"):
        file = RETURNS / f"social_care__{half}.csv"
        assert run("import", file, "--agency", "social_care").code == 0
    found = run("hotspots", "-o", tmp_path / "h.gpkg")
    assert (found.code, "Mapped " in found.said) == (0, True), found.said
    shared = run("cross-border", "--layer", "police_force", "-o", tmp_path / "x.csv")
    assert shared.code == 0, shared.said
    assert set(pd.read_csv(tmp_path / "x.csv").columns) >= {"hotspot", "code", "share_records", "straddles"}
    wrong = run("cross-border", "--layer", "parish", "-o", tmp_path / "y.csv")
    assert (wrong.code, "it has: local_authority, police_force" in wrong.said) == (2, True)


@pytest.mark.usefixtures("store")
def test_layers_gazetteers_and_the_audit_trail_are_listed(run: Callable) -> None:
    layers = run("boundaries", "list").said
    assert ("police_force" in layers, "local_authority" in layers) == (True, True)
    assert "codepoint" in run("gazetteer", "list").said
    shown = run("audit", "show", "--last", "5").said
    assert ("consultation" in shown, "tester" in shown) == (True, True)
    assert "none edited, missing or moved" in run("audit", "verify").said


def test_nothing_is_done_for_somebody_who_does_not_say_who_and_why(
    run: Callable, store: Path, environ: dict[str, str]
) -> None:
    del environ["CSE_GEO_REFERENCE"]
    ran = run("boundaries", "list", "--store", store)
    assert (ran.code, "set CSE_GEO_USER, CSE_GEO_AGENCY and CSE_GEO_REFERENCE" in ran.said) == (4, True)


def test_a_wrong_key_or_no_store_is_told_in_words(
    run: Callable, store: Path, environ: dict[str, str]
) -> None:
    environ["CSE_GEO_KEY"] = "0" * 64
    assert run("verify", "--store", store).code == 5
    assert run("verify", "--store", store.parent / "nothing").code == 5
    environ["CSE_GEO_KEY"] = "short"
    assert run("verify", "--store", store).code == 5


def test_a_backup_comes_back_whole(
    run: Callable, store: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    assert "Whole: every page" in run("verify").said
    assert run("backup", tmp_path / "copy").code == 0
    assert run("restore", tmp_path / "copy", "--store", store).code == 5
    restored = run("restore", tmp_path / "copy", "--store", tmp_path / "back")
    assert restored.code == 0, restored.said
    assert "police_force" in run("boundaries", "list", "--store", tmp_path / "back").said
    assert "up to date" in run("migrate").said


def test_the_template_is_written_and_refused_while_it_holds_only_examples(
    run: Callable, store: Path, tmp_path: Path
) -> None:
    out = tmp_path / "return.xlsx"
    assert run("template", out).code == 0
    ran = run("import", out, "--agency", "social_care", "--store", store, "--dry-run")
    assert (ran.code, "An example row of the template was left in" in ran.said) == (3, True)


@pytest.mark.usefixtures("store")
@pytest.mark.shared_data
def test_a_police_uk_file_is_recognised_and_is_no_return(run: Callable, shared_data: Path) -> None:
    folder = shared_data / "D" / "mgsf08m002__GEOINFORMATION-IN-SOCIETY" / "2018-12"
    ran = run("import", folder / "2018-12-durham-street.csv", "--agency", "durham")
    assert (ran.code, "this is a police.uk file" in ran.said) == (3, True), ran.said


def test_boundaries_check_saves_nothing(run: Callable) -> None:
    ran = run("boundaries", "check", ROOT / "boundaries" / "csp.geojson")
    assert (ran.code, "areas, vintage" in ran.said) == (0, True), ran.said
