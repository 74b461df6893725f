"""`cse-geo geocode` and `gazetteer add` on spreadsheets as agencies and councils really send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from cse_geo import intake, store
from cse_geo.errors import InputRefusedError
from tests.faults import build as b
from tests.faults import ugly as u
from tests.text_gazetteer import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.functional.conftest import Ran

PLACES = [["12 Peel St, Ashford", "a"], ["somewhere in Ashford", "b"]]
NAMES = ["Where", "Team"]
TITLES = [["Northshire Council"], ["Places of concern"], []]


@pytest.fixture
def made(tmp_path: Path, environ: Mapping[str, str], run: Callable[..., Ran]) -> Path:
    """A synthetic store whose gazetteers came as ugly as the files: titles above the names, semicolons."""
    folder = tmp_path / "store"
    store.init_store(folder, key=store.find_key(folder, environ, create=True), synthetic=True).close()
    table = rows()
    addresses = table[table["kind"] == "address"].drop(columns=["kind", "basis"])
    towns = table[table["kind"] == "settlement"].drop(columns=["kind", "basis"]).assign(kind="town")
    book = openpyxl.Workbook()
    for line in [["Register of addresses"], ["Published April 2025"], [], list(addresses)]:
        book.active.append(line)
    for line in addresses.astype("object").where(addresses.notna(), None).to_numpy().tolist():
        book.active.append(line)
    (tmp_path / "addresses.xlsx").write_bytes(b.saved(book))
    towns.to_csv(tmp_path / "towns.csv", index=False, sep=";", encoding="utf-16")
    for name, kind in (("addresses.xlsx", "addresses"), ("towns.csv", "settlements")):
        assert run("gazetteer", "add", tmp_path / name, "--kind", kind, "--store", folder).code == 0
    return folder


@pytest.mark.parametrize(
    ("content", "own_rows", "said"),
    [
        (u.xlsx([*TITLES, NAMES, *PLACES]), ["5", "6"], "rows_above_header"),
        (u.text([*TITLES, NAMES, *PLACES]), ["5", "6"], "rows_above_header"),
        (u.text([NAMES, *PLACES], delimiter=";"), ["2", "3"], ""),
        (u.text([NAMES, *PLACES], delimiter="\t", encoding="utf-16"), ["2", "3"], ""),
        (u.text([["Where", "Côté"], *PLACES], encoding="cp1252"), ["2", "3"], "read_as_windows_1252"),
        (u.text([["Lleoliad", "Tîm"], *PLACES]), ["2", "3"], ""),
        (u.text([["", *NAMES, ""], *[["", *place, ""] for place in PLACES]]), ["2", "3"], ""),
        (b"sep=;\r\n" + u.text([NAMES, *PLACES], delimiter=";"), ["3", "4"], ""),
        (u.text([NAMES, [*PLACES[0], ""], PLACES[1][:1]]), ["2", "3"], ""),
    ],
    ids=["titles-xlsx", "titles-csv", "semicolons", "tabs-utf16", "cp1252", "welsh", "blank-columns", "sep", "short"],
)  # fmt: skip
def test_it_is_placed_row_by_row(
    tmp_path: Path, made: Path, run: Callable[..., Ran], content: bytes, own_rows: list[str], said: str
) -> None:
    (tmp_path / "in.xls").write_bytes(content)
    ran = run("geocode", tmp_path / "in.xls", "-o", tmp_path / "out.csv", "--store", made)
    assert (ran.code, said in ran.said) == (0, True), ran.said
    out = pd.read_csv(tmp_path / "out.csv", dtype="str", encoding="utf-8-sig", keep_default_na=False)
    assert out["geo_status"].tolist() == ["located", "area"]
    assert out["geo_row"].tolist() == own_rows


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (u.text([["Where", "where"], *PLACES]), "duplicate_column"),
        (u.text([NAMES, *PLACES, ["x", "a", "more"]]), "too_many_cells"),
        (u.text([NAMES, *PLACES, ["Caffè è", "é"]]) + "Pâté,x\r\n".encode("cp1252"), "mixed_encoding"),
        (u.text([NAMES, ["a\0b", "c"]]), "nul_bytes"),
        (b'Where,Team\r\n"12 Peel St,a\r\n', "unbalanced_quote"),
        (u.text([NAMES]), "no_rows"),
        (b"", "empty_file"),
        (u.locked(), "locked_workbook"),
        (u.old_workbook(), "old_workbook"),
        (u.html_table(), "xml_file"),
        (u.merged_rows(), "merged_rows"),
        (u.formulas(kept=False), "formula_without_value"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_refused_with_a_table(
    tmp_path: Path, made: Path, run: Callable[..., Ran], content: bytes, code: str
) -> None:
    (tmp_path / "in.xlsx").write_bytes(content)
    ran = run("geocode", tmp_path / "in.xlsx", "-o", tmp_path / "out.csv", "--store", made)
    assert (ran.code, code in ran.said, "Peel" in ran.said) == (3, True, False), ran.said
    assert not (tmp_path / "out.csv").exists()


def test_numbers_that_are_none_are_said_and_no_wrong_place_comes_of_them(
    tmp_path: Path, made: Path, run: Callable[..., Ran]
) -> None:
    table = [
        ["where", "lat", "lon", "easting", "northing", "uprn", "geo_level", "=1+1"],
        ["", "53,48", "-2,24", "", "", "", "old", ""],
        ["", "", "", "01634567890", "01634567891", "", "", ""],
        ["", "-2.24", "53.48", "", "", "", "", ""],
        ["", "", "", "", "", "1.00E+11", "", ""],
        ["", "", "", "384 000", "398 000", "", "", ""],
    ]
    (tmp_path / "in.csv").write_bytes(u.text(table))
    ran = run("geocode", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--store", made)
    assert ran.code == 0, ran.said
    assert ("1 cells are not plain numbers" in ran.said, "column_replaced" in ran.said) == (True, True)
    out = pd.read_csv(tmp_path / "out.csv", dtype="str", encoding="utf-8-sig", keep_default_na=False)
    assert out["geo_status"].tolist() == ["none", "refused", "refused", "refused", "located"]
    assert out["geo_level"][4] == "coordinate"
    assert "'=1+1" in out.columns  # no formula leaves, in a heading either


def test_a_long_table_comes_back_in_pieces_with_its_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(
        u.text([["Report"], [], ["Where", "Team", "Kind"], *[[str(i), "a\nb", "c"] for i in range(250)]])
    )
    table = intake.open_table(path)
    chunks = list(table.chunks(100))
    assert [len(chunk) for chunk in chunks] == [100, 100, 50]
    assert (chunks[0].index[0], chunks[2].index[-1]) == (4, 253)
    assert pd.concat(chunks)["Where"].astype("int").tolist() == list(range(250))


def test_every_row_that_does_not_fit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(u.text([NAMES, ["p", "q", "r"], *PLACES, ["p", "", "", "r"], ["p", "q", "", " "]]))
    with pytest.raises(InputRefusedError) as refused:
        intake.open_table(path)
    problems = refused.value.problems
    assert isinstance(problems, pd.DataFrame)
    assert problems["row"].tolist() == [2, 5]
