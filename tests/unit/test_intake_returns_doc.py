"""docs/returns.md says what the code does: its tables are the code's, its example mapping reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cse_geo.intake import SENTENCES as FILE_SENTENCES
from cse_geo.intake import Limits, Mapping
from cse_geo.intake.codes import NOTES as FILE_NOTES
from cse_geo.intake.codes import ROWS as FILE_ROWS
from cse_geo.intake.notes import note_rows
from cse_geo.schema import CODED_COLUMNS
from cse_geo.validate import SENTENCES as ROW_SENTENCES
from cse_geo.validate import severity_of
from cse_geo.vocabulary import vocabulary

DOC = Path(__file__).resolve().parents[2] / "docs" / "returns.md"


def columns_table() -> str:
    lines = ["| column | needed | values | what it holds |", "|---|---|---|---|"]
    return "\n".join(
        [
            *lines,
            *(f"| `{name}` | {needed} | {values} | {what} |" for name, needed, values, what in note_rows()),
        ]
    )


def lists_table() -> str:
    lines = ["| list | codes |", "|---|---|"]
    names = dict.fromkeys(CODED_COLUMNS.values())
    return "\n".join([*lines, *(f"| `{name}` | {', '.join(vocabulary(name).codes)} |" for name in names)])


def problems_table() -> str:
    severities = {
        code: "row" if code in FILE_ROWS else "note" if code in FILE_NOTES else "file"
        for code in FILE_SENTENCES
    }
    told = {str(code): (severities[code], words) for code, words in FILE_SENTENCES.items()}
    told |= {str(code): (severity_of(code), words) for code, words in ROW_SENTENCES.items()}
    order = ("file", "row", "note")
    ranked = sorted(told.items(), key=lambda item: (order.index(item[1][0]), item[0]))
    lines = ["| severity | code | what it says |", "|---|---|---|"]
    return "\n".join(
        [
            *lines,
            *(f"| {severity} | `{code}` | {words.replace('|', '/')} |" for code, (severity, words) in ranked),
        ]
    )


@pytest.mark.parametrize(
    ("name", "make"), [("columns", columns_table), ("lists", lists_table), ("problems", problems_table)]
)
def test_table_is_the_code_s(name: str, make):
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", DOC.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert found.group(1) == make()


def test_the_example_mapping_reads():
    (text,) = re.findall(r"```toml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    mapping = Mapping.from_toml(text)
    assert mapping.dayfirst
    assert mapping.columns["event_ref"] == "Ref No"


def test_limits_in_the_text_are_the_limits():
    text = DOC.read_text("utf-8")
    limits = Limits()
    for number in (
        f"{limits.max_bytes // 1_000_000} MB",
        f"{limits.max_rows:,} rows",
        f"{limits.max_columns} columns",
    ):
        assert number in text


def test_one_code_means_one_severity_in_both_stages():
    shared = {str(code) for code in FILE_SENTENCES} & {str(code) for code in ROW_SENTENCES}
    assert shared == {"no_rows", "unknown_column"}
