"""Tests of cse_geo/hotspots/scan/inputs.py and columns.py: every problem is told, none quotes a record."""

from __future__ import annotations

import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.errors import InputRefusedError
from cse_geo.hotspots.scan import ScanParams, scan, scan_files

LOCATIONS = "id,x_m,y_m\nA,0,0\nB,100,0\nC,5000,0\n"
CASES = "id,date,cases\nA,2024-01-01,2\nB,2024/1/2,1\nC,2024-01-31,1\n"
POPULATION = "id,population\nA,10\nB,10\nC,100\n"
CONTROLS = "id,controls\nB,3\nC,9\n"

POISSON = ScanParams(model="poisson", max_radius_m=200, seed=1, replicates=9)
BERNOULLI = ScanParams(model="bernoulli", max_radius_m=200, seed=1, replicates=9)
PERMUTATION = ScanParams(
    model="space-time-permutation",
    max_radius_m=200,
    seed=1,
    replicates=9,
    max_days=7,
    study_end=pd.Timestamp("2024-01-31").date(),
)


def run(tmp_path, params, **texts):
    given = {"cases": CASES, "locations": LOCATIONS} | texts
    paths = {}
    for name, text in given.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text)
    return scan_files(paths.pop("cases"), params=params, **paths)


def refused(tmp_path, params, **texts) -> pd.DataFrame:
    with pytest.raises(InputRefusedError) as error:
        run(tmp_path, params, **texts)
    return schema.check(error.value.problems, schema.PROBLEMS)


def test_a_good_file_of_each_model_is_scanned(tmp_path):
    assert run(tmp_path, POISSON, population=POPULATION).total_cases == 4
    assert run(tmp_path, BERNOULLI, controls=CONTROLS).total_cases == 4
    assert run(tmp_path, PERMUTATION).clusters["members"].tolist() == [("A",)]


@pytest.mark.parametrize(
    ("params", "texts", "row", "column", "code"),
    [
        (PERMUTATION, {"cases": CASES + "Z,2024-01-05,1\n"}, 5, "id", "unknown_id"),
        (PERMUTATION, {"cases": CASES + "A,2024-01-05,-1\n"}, 5, "cases", "not_a_count"),
        (PERMUTATION, {"cases": CASES + "A,2024-01-05,1.5\n"}, 5, "cases", "not_a_count"),
        (PERMUTATION, {"cases": CASES + "A,2024-01-05,\n"}, 5, "cases", "not_a_count"),
        (PERMUTATION, {"cases": CASES + "A,,1\n"}, 5, "date", "missing_date"),
        (PERMUTATION, {"cases": CASES + "A,31/01/2024,1\n"}, 5, "date", "not_a_date"),
        (PERMUTATION, {"cases": CASES + "A,2024-02-01,1\n"}, 5, "date", "outside_study"),
        (PERMUTATION, {"cases": "id,cases\nA,1\n"}, 0, "date", "missing_column"),
        (PERMUTATION, {"cases": "id,date,cases\nA,2024-01-01,1\n"}, 0, "cases", "no_cases"),
        (PERMUTATION, {"cases": "id,date,cases\n"}, 0, "cases", "no_cases"),
        (PERMUTATION, {"population": POPULATION}, 0, "", "not_used"),
        (PERMUTATION, {"locations": LOCATIONS + "A,1,1\n"}, 5, "id", "repeated_id"),
        (PERMUTATION, {"locations": LOCATIONS + ",1,1\n"}, 5, "id", "missing_id"),
        (PERMUTATION, {"locations": LOCATIONS + "D,1,east\n"}, 5, "y_m", "not_a_coordinate"),
        (PERMUTATION, {"locations": "id,lat,lon\nA,91,0\n"}, 2, "lat", "not_a_coordinate"),
        (PERMUTATION, {"locations": "id,x_m,y_m\n"}, 0, "", "no_locations"),
        (PERMUTATION, {"locations": "id,x_m\nA,1\n"}, 0, "y_m", "missing_column"),
        (POISSON, {}, 0, "", "no_population"),
        (POISSON, {"population": "id,people\nA,1\n"}, 0, "population", "missing_column"),
        (POISSON, {"population": POPULATION + "Z,1\n"}, 5, "id", "unknown_id"),
        (POISSON, {"population": POPULATION + "A,1\n"}, 5, "id", "repeated_id"),
        (POISSON, {"population": "id,population\nA,1\nB,-1\n"}, 3, "population", "not_an_amount"),
        (POISSON, {"population": "id,population\nA,1\n"}, 0, "population", "cases_without_population"),
        (POISSON, {"population": "id,population\nA,0\n"}, 0, "population", "no_population"),
        (BERNOULLI, {}, 0, "", "no_controls"),
        (BERNOULLI, {"controls": "id,controls\nA,0\n"}, 0, "controls", "no_controls"),
        (BERNOULLI, {"controls": CONTROLS + "A,0.5\n"}, 4, "controls", "not_a_count"),
        (PERMUTATION, {"cases": CASES + "A,2024-01-055,1\n"}, 5, "date", "not_a_date"),
        (PERMUTATION, {"cases": CASES + "A,2024-01-05x,1\n"}, 5, "date", "not_a_date"),
        (PERMUTATION, {"cases": "id,date,cases,cases\nA,2024-01-05,1,1\n"}, 0, "cases", "repeated_column"),
        (PERMUTATION, {"cases": "id,date,ID\nA,2024-01-05,A\n"}, 0, "id", "repeated_column"),
        (PERMUTATION, {"locations": "id,x,x_m,y\nA,1,2,3\n"}, 0, "x_m", "repeated_column"),
        (PERMUTATION, {"locations": "id;x_m;y_m\nA;1,5;2\n"}, 2, "x_m", "not_a_coordinate"),
        (PERMUTATION, {"locations": "id,lat,lon\nA,-1.5,54\nB,0.2,52\n"}, 0, "lat", "swapped_coordinates"),
    ],
)  # fmt: skip
def test_each_problem_is_told_by_row_and_column(tmp_path, params, texts, row, column, code):
    problems = refused(tmp_path, params, **texts)
    assert (row, column, code) in set(zip(problems["row"], problems["column"], problems["code"], strict=True))


def test_every_bad_row_is_told_and_none_is_quoted(tmp_path):
    bad = "".join(f"secret{n},2024-01-05,-{n}\n" for n in range(1, 1501))
    problems = refused(tmp_path, PERMUTATION, cases=CASES + bad)
    assert problems["code"].value_counts().to_dict() == {"unknown_id": 1001, "not_a_count": 1001}
    assert not problems["message"].str.contains("secret").any()
    assert problems["message"].str.contains("500 more rows").sum() == 2


def test_a_file_that_is_no_csv_is_refused(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputRefusedError, match="cases file cannot be read"):
        scan_files(tmp_path / "bytes.csv", locations=tmp_path / "none.csv", params=POISSON)


def test_rows_longer_than_their_header_are_refused_not_shifted(tmp_path):
    (tmp_path / "long.csv").write_text("id,cases\n1,2,\n2,3,\n", "utf-8")
    (tmp_path / "places.csv").write_text("id,x_m,y_m\n1,0,0\n2,500,0\n", "utf-8")
    with pytest.raises(InputRefusedError, match="more cells than its header"):
        scan_files(tmp_path / "long.csv", locations=tmp_path / "places.csv", params=POISSON)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,cases\nA,2\nB,3,4\n", "more cells than its header, from row 3 on"),
        ('id,cases\n"A,2\nB,3\n', "quotation mark"),
        ("", "cannot be read"),
    ],
)
def test_what_is_no_table_is_told_in_words_and_never_quoted(tmp_path, text, words):
    with pytest.raises(InputRefusedError, match=words):
        run(tmp_path, POISSON, cases=text, population=POPULATION)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_newlines_and_marks_change_nothing(tmp_path, separator, newline, mark):
    usual = run(tmp_path, PERMUTATION)
    for name, text in (("cases", CASES), ("locations", LOCATIONS)):
        other = mark + text.replace(",", separator).replace("\n", newline)
        (tmp_path / f"{name}.csv").write_bytes(other.encode())
    files = scan_files(tmp_path / "cases.csv", locations=tmp_path / "locations.csv", params=PERMUTATION)
    pd.testing.assert_frame_equal(usual.clusters, files.clusters)


def test_a_time_of_day_may_follow_the_date(tmp_path):
    cases = "id,date,cases\nA,2024-01-01 23:50,2\nB,2024/1/2T00:10Z,1\nC,2024-01-31,1\n"
    pd.testing.assert_frame_equal(
        run(tmp_path, PERMUTATION).clusters, run(tmp_path, PERMUTATION, cases=cases).clusters
    )


@pytest.mark.parametrize("rows", ["A,54,-1.5\nB,-1.5,54\n", "A,-33.9,151.2\nB,-33.8,151.1\n", "A,9,9\n"])
def test_places_elsewhere_are_not_called_swapped(tmp_path, rows):
    """Some in Great Britain already; all in Australia; in neither order in Great Britain."""
    found = run(
        tmp_path, PERMUTATION, locations="id,lat,lon\n" + rows, cases="id,date\n" + "A,2024-01-05\n" * 3
    )
    assert found.total_cases == 3


def test_degrees_and_other_column_names_are_read(tmp_path):
    locations = "ID, Latitude ,Longitude\nA,53.80,1.20\nB,53.8005,1.20\nC,53.9,1.3\n"
    result = run(tmp_path, PERMUTATION, locations=locations)
    assert result.clusters["members"].tolist() == [("A",)]


def test_a_row_without_a_count_column_is_one_case():
    cases = pd.DataFrame(
        {
            "id": ["A", "A", "B", "C"],
            "date": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-02", "2024-01-31"]),
        }
    )
    locations = pd.DataFrame({"id": ["A", "B", "C"], "x_m": [0, 100, 5000], "y_m": [0, 0, 0]})
    result = scan(cases, locations, params=PERMUTATION)
    assert result.clusters["observed"].tolist() == [2]
    assert (result.clusters["start_date"].dt.day.tolist(), result.clusters["end_date"].dt.day.tolist()) == (
        [1],
        [1],
    )


def test_rows_of_no_cases_count_for_nothing(tmp_path):
    with_zero = CASES + "A,2024-01-20,0\n"
    one, other = run(tmp_path, PERMUTATION), run(tmp_path, PERMUTATION, cases=with_zero)
    pd.testing.assert_frame_equal(one.clusters, other.clusters)
