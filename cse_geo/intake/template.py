"""The blank return: a workbook with drop-downs, notes on every column, marked examples, and details."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cse_geo.intake.notes import DETAILS_QUESTIONS, NOTES, note_rows
from cse_geo.intake.sheets import DETAILS, SHEET
from cse_geo.schema import CODED_COLUMNS, RETURN_COLUMNS
from cse_geo.vocabulary import version, vocabulary

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = 5_000  # rows with drop-downs; more rows may be pasted below them
_HEAD = PatternFill("solid", fgColor="FF1D3557")
_NEEDED = PatternFill("solid", fgColor="FF7A1F3D")
_GREY = Font(italic=True, color="FF666666")
_WIDE = {
    "location_text": 40,
    "leg_to_location_text": 30,
    "premises_name": 24,
    "record_type": 26,
    "place_type": 22,
}
_EPOCH = (2026, 1, 1, 0, 0, 0)  # the zip's clock: the same template is the same bytes
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

# Made up: the place does not exist. Marked by EXAMPLE in event_ref, and never read as records.
_EXAMPLES = (
    {name: note.example for name, note in NOTES.items() if note.example} | {"event_ref": "EXAMPLE-1"},
    {
        "event_ref": "EXAMPLE-2", "record_type": "return_interview_disclosure", "event_start": "2025-02-27",
        "report_date": "2025-03-02", "place_role": "pick_up", "place_type": "taxi_rank",
        "location_text": "rank by the station, Exampleton", "source_grade": "2", "intelligence_grade": "C",
        "handling_code": "C", "review_date": "2027-03-02",
    },
)  # fmt: skip


def write_template(path: Path) -> None:
    """Write the blank return to `path` as XLSX; the same version of the tool writes the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path.write_bytes(template_bytes())


def template_bytes() -> bytes:
    """Return the blank return as XLSX bytes: sheets Return, Details, Notes and Lists."""
    book = openpyxl.Workbook()
    lists = _lists_sheet(book.create_sheet("Lists"))
    _return_sheet(book.active, lists)
    _details_sheet(book.create_sheet(DETAILS, 1))
    _notes_sheet(book.create_sheet("Notes", 2))
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_clock(buffer.getvalue())


def _return_sheet(sheet: Any, lists: dict[str, str]) -> None:  # noqa: ANN401 - openpyxl has no types
    sheet.title = SHEET
    sheet.append(list(RETURN_COLUMNS))
    for example in _EXAMPLES:
        sheet.append([example.get(name) for name in RETURN_COLUMNS])
    for number, name in enumerate(RETURN_COLUMNS, 1):
        letter = get_column_letter(number)
        # text everywhere: a spreadsheet turns 3-4 into a date and long numbers into 1.2E+11
        sheet.column_dimensions[letter].number_format = "@"
        sheet.column_dimensions[letter].width = _WIDE.get(name, 16)
        for row in range(2, 2 + len(_EXAMPLES)):
            sheet.cell(row, number).font = _GREY
        for row in range(2, 502):
            sheet.cell(row, number).number_format = "@"
        _head(sheet.cell(1, number), needed=NOTES[name].needed == "yes")
        sheet.add_data_validation(_rule_of(name, f"{letter}2:{letter}{_ROWS + 1}", lists))
    sheet.freeze_panes = "B2"


def _rule_of(name: str, cells: str, lists: dict[str, str]) -> DataValidation:
    """Return the drop-down (coded columns) or the note (all columns) that a spreadsheet shows at a cell."""
    if name in CODED_COLUMNS:
        # a warning, not a stop: aliases are read too
        rule = DataValidation(
            type="list", formula1=lists[CODED_COLUMNS[name]], allow_blank=True, errorStyle="warning"
        )
        rule.error = "Not a code of the list; see the sheet Lists."
    else:
        rule = DataValidation(type=None, allow_blank=True)
    rule.promptTitle, rule.prompt = name, NOTES[name].what[:250]
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(cells)
    return rule


def _lists_sheet(sheet: Any) -> dict[str, str]:  # noqa: ANN401
    """Write each list as two columns, code and meaning; return list name -> its cells as a formula."""
    ranges = {}
    for i, name in enumerate(dict.fromkeys(CODED_COLUMNS.values())):
        terms = vocabulary(name).terms
        code, label = 2 * i + 1, 2 * i + 2
        _head(sheet.cell(1, code, name), needed=False)
        _head(sheet.cell(1, label, f"{name}: meaning"), needed=False)
        for row, term in enumerate(terms.values(), 2):
            sheet.cell(row, code, term.code).number_format = "@"
            sheet.cell(row, label, term.label)
        letter = get_column_letter(code)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[get_column_letter(label)].width = 40
        ranges[name] = f"Lists!${letter}$2:${letter}${len(terms) + 1}"
    return ranges


def _details_sheet(sheet: Any) -> None:  # noqa: ANN401
    for row, (question, words) in enumerate(DETAILS_QUESTIONS, 1):
        sheet.cell(row, 1, question).font = Font(bold=True)
        sheet.cell(row, 2).number_format = "@"
        sheet.cell(row, 3, words).font = _GREY
    rule = DataValidation(type="list", formula1='"yes,no"', allow_blank=True)
    rule.add(f"B{len(DETAILS_QUESTIONS)}")
    sheet.add_data_validation(rule)
    for letter, width in (("A", 26), ("B", 40), ("C", 90)):
        sheet.column_dimensions[letter].width = width


def _notes_sheet(sheet: Any) -> None:  # noqa: ANN401
    intro = (
        f"Return of places linked to child sexual exploitation; lists of version {version()}.",
        "Places, never people: no names, dates of birth, NHS numbers, phone numbers, registrations,",
        "home addresses, notes, ethnicity, nationality or religion. A column not listed refuses the file.",
        "Write over the grey example rows or delete them; rows that begin with EXAMPLE are not read.",
        "This is not a referral route. If a child is in immediate danger call 999.",
    )
    for line in intro:
        sheet.append([line])
    sheet.append([])
    sheet.append(["column", "needed", "values", "what it holds"])
    for cell in sheet[sheet.max_row]:
        _head(cell, needed=False)
    for row in note_rows():
        sheet.append(list(row))
        sheet.cell(sheet.max_row, 4).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 24), ("B", 12), ("C", 28), ("D", 100)):
        sheet.column_dimensions[letter].width = width


def _head(cell: Any, *, needed: bool) -> None:  # noqa: ANN401
    cell.font = Font(bold=True, color="FFFFFFFF")
    cell.fill = _NEEDED if needed else _HEAD


def _without_clock(data: bytes) -> bytes:
    """Return the same workbook with every time stamp fixed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>2026-01-01T00:00:00Z", content)
            fixed = zipfile.ZipInfo(entry.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, content)
    return out.getvalue()
