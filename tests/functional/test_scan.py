"""`scan`: the command gives SaTScan's printed digits, and refuses in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIELDS = (
    "rank",
    "members",
    "centre_id",
    "radius_m",
    "start_date",
    "end_date",
    "observed",
    "expected",
    "statistic",
    "p_value",
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Twelve places on a line, 200 m apart, each of 100 people; eight of ten cases at the third and fourth."""
    (tmp_path / "locations.csv").write_text(
        "id,x_m,y_m\n" + "".join(f"L{i:02d},{200 * i},0\n" for i in range(12))
    )
    (tmp_path / "population.csv").write_text(
        "id,population\n" + "".join(f"L{i:02d},100\n" for i in range(12))
    )
    (tmp_path / "cases.csv").write_text("id,cases\nL02,4\nL03,4\nL08,1\nL10,1\n")
    return tmp_path


def scan_of(folder: Path, *more: object) -> list[object]:
    return ["scan", folder / "cases.csv", "--locations", folder / "locations.csv", *more]


@pytest.mark.shared_data
def test_poisson_equals_satscan(run: Callable, shared_data: Path, tmp_path: Path) -> None:
    folder, out = shared_data / "D" / "scan_oracle" / "006_poisson", tmp_path / "out.json"
    radius = _plain(folder)["maximum_radius_m"]
    arguments = scan_of(folder, "--model", "poisson", "--population", folder / "population.csv",
                        "--max-radius-m", radius, "--replicates", 99, "--seed", 1, "-o", out)  # fmt: skip
    assert run(*arguments).code == 0
    _assert_equal(out, folder)


@pytest.mark.shared_data
def test_prospective_permutation_equals_satscan(run: Callable, shared_data: Path, tmp_path: Path) -> None:
    folder, out = shared_data / "D" / "scan_oracle" / "064_stp_prosp", tmp_path / "out.json"
    plain = _plain(folder)
    arguments = scan_of(
        folder, "--model", "space-time-permutation", "--max-radius-m", plain["maximum_radius_m"],
        "--max-days", plain["maximum_window_days"], "--aggregate-days", plain["time_aggregation_days"],
        "--prospective", "--study-start", plain["study_start"], "--study-end", plain["study_end"],
        "--replicates", 99, "--seed", 1, "-o", out,
    )  # fmt: skip
    assert run(*arguments).code == 0
    _assert_equal(out, folder)
    assert all("recurrence_interval_days" in cluster for cluster in _clusters(out))


def test_the_best_circle_by_hand(run: Callable, files: Path) -> None:
    """Two places of twelve hold 8 of 10 cases: E = 10 / 6, LLR = 8 ln 4.8 + 2 ln (2 / (25 / 3))."""
    out = files / "out.json"
    arguments = scan_of(files, "--model", "poisson", "--population", files / "population.csv",
                        "--max-radius-m", 500, "--replicates", 199, "--seed", 7, "-o", out)  # fmt: skip
    ran = run(*arguments)
    assert ran.code == 0
    assert "10 cases; " in ran.said
    first = _clusters(out)[0]
    assert first["members"] == ["L02", "L03"]
    assert first["observed"] == 8
    assert first["statistic"] == pytest.approx(9.694695, abs=1e-6)
    assert tuple(first) == FIELDS
    assert first["start_date"] is None
    again = out.read_bytes()
    run(*arguments)
    assert out.read_bytes() == again


def test_the_days_of_the_study_are_told(run: Callable, files: Path) -> None:
    """Intervals are laid back from the last day: who leaves it to the cases must be able to see which it was."""
    (files / "cases.csv").write_text("id,date\nL02,2024-01-01\nL03,2024-01-20\nL03,2024-01-20\n")
    given = ["--model", "space-time-permutation", "--max-days", 14, "--aggregate-days", 7, "--max-radius-m", 500,
             "--replicates", 9, "--seed", 1, "-o", files / "out.json"]  # fmt: skip
    said = run(*scan_of(files, *given)).said
    assert "Study from 2024-01-01 to 2024-01-20: the first day is that of the cases" in said
    assert "and the last day is that of the cases unless `--study-end` says otherwise. 3 cases" in said
    said = run(*scan_of(files, *given, "--study-start", "2023-12-25", "--study-end", "2024-01-21")).said
    assert "Study from 2023-12-25 to 2024-01-21. 3 cases" in said


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--model", "poisson"], 2, "`--population` belongs to the poisson model"),
        (["--model", "bernoulli"], 2, "`--controls` belongs to the bernoulli model"),
        (["--model", "space-time-permutation"], 2, "`max_days` is needed"),
        (["--model", "space-time-permutation", "--max-days", "7"], 3, "missing_column"),
        (["--model", "gaussian"], 2, "gaussian"),
    ],
    ids=["no population", "no controls", "no window", "no dates", "no such model"],
)
def test_what_is_wrong_is_said(run: Callable, files: Path, options: list[str], code: int, words: str) -> None:
    ran = run(*scan_of(files, *options, "--max-radius-m", 500, "--seed", 1, "-o", files / "out.json"))
    assert (ran.code, words in ran.said) == (code, True), ran.said
    assert not (files / "out.json").exists()


def _plain(folder: Path) -> dict:
    return json.loads((folder / "params.json").read_text())["plain"]


def _clusters(path: Path) -> list[dict]:
    return json.loads(path.read_text())["clusters"]


def _assert_equal(out: Path, folder: Path) -> None:
    printed = json.loads((folder / "expected.json").read_text())["clusters"]
    assert _clusters(out)
    for ours, theirs in zip(_clusters(out), printed, strict=False):
        for field in ("statistic", "expected", "radius_m"):
            assert ours[field] == pytest.approx(theirs[field], abs=1e-9, rel=0)
        for field in ("rank", "observed", "members", "centre_id"):
            assert ours[field] == theirs[field]
        for field in ("start_date", "end_date"):
            assert ours[field] == theirs.get(field)
