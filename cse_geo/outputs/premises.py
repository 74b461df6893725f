"""The licensing list as workbook, sheet per premises and JSON: information for consideration, numbered copies."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from cse_geo.outputs.documents import Bullets, Document, Facts, Page, Ticks, Words
from cse_geo.outputs.guard import guard_cell

if TYPE_CHECKING:
    from cse_geo.views_plans import LicensingView, PremisesLine

_HEAD = (
    "Premises", "Kind", "Town", "Reports (95 %)", "Sources", "Owner", "Power and reference",
    "Evidence and checks missing",
    "Decided", "Id", "Licence number", "Visited on", "Outcome", "Signed by",
)  # fmt: skip
_WIDTHS = (30, 22, 16, 14, 18, 18, 60, 50, 26, 12, 16, 12, 24, 18)


@dataclass(frozen=True)
class SheetCover:
    """What a sheet says of itself."""

    recipient: str
    made_on: str
    copy: str
    marking: str = "OFFICIAL-SENSITIVE"
    label: str = ""  # the whole marking in one line, for files without a head and a foot


def premises_document(view: LicensingView, cover: SheetCover) -> Document:
    """Return one page per premises, with what is missing and boxes for the identity check."""
    pages = tuple(_sheet(line) for line in view.lines) or (
        Page("No premises to consider", (Bullets("", view.words),)),
    )
    return Document(
        "Premises for consideration", cover.marking, cover.recipient, cover.made_on,
        f"to {view.as_of:%-d %B %Y}", cover.copy, view.synthetic,
        (*pages, Page("Read this first", (Bullets("", view.words),))),
    )  # fmt: skip


def premises_json(view: LicensingView, cover: SheetCover) -> bytes:
    """Return the list as JSON with its marking."""
    about = {
        **asdict(cover),
        "data": "synthetic" if view.synthetic else "operational",
        "words": list(view.words),
    }
    whole = {"about": about, "premises": [asdict(line) for line in view.lines]}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def premises_xlsx(view: LicensingView, cover: SheetCover) -> bytes:
    """Return the list as a workbook with empty columns for the officer; every text passes the formula guard."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Premises"
    data = "SYNTHETIC DATA" if view.synthetic else cover.marking
    head = (
        data,
        "Information for consideration",
        f"For {cover.recipient}",
        f"Copy {cover.copy}",
        cover.label,
    )
    sheet.append([guard_cell(words) for words in head])
    sheet.oddHeader.center.text = cover.label.replace("&", "&&")
    sheet.append(list(_HEAD))
    for line in view.lines:
        cells = (
            line.name, line.kind, line.town, line.events, line.sources, line.owner, line.power,
            "; ".join((*line.missing, line.hours)), line.decided, line.place_id,
        )  # fmt: skip
        sheet.append([guard_cell(text) for text in cells])
    for column, width in zip("ABCDEFGHIJKLMN", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=cell.row == 2)
    sheet.freeze_panes = "B3"
    notes = book.create_sheet("Read this first")
    for words in (cover.label, *view.words):
        notes.append([guard_cell(words)])
    notes.column_dimensions["A"].width = 110
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(line: PremisesLine) -> Page:
    where = f"{line.kind}, {line.town}. Id {line.place_id}" + (
        f". In or near hotspot {line.hotspot}" if line.hotspot else ""
    )
    return Page(
        line.name,
        (
            Words("Information for consideration, not a finding.", "warning"), Words(where),
            Facts(((line.events, "reports that settle on it"), (line.sources, "say so"))),
            Bullets("What the playbook offers: owner, evidence needed, power, reference", line.law or (line.power,)),
            Bullets("Still missing", (*line.missing, line.hours)),
            Bullets("Decided", (line.decided or "Nothing has been decided.",)),
            Ticks("Identity check before any step", (
                "Name on the shop front is the name above", "Address is that of the register, not a neighbour's",
                "Licence number: ____________________", "Holder and operator today: checked in the register",
                *line.asks,
            )),
            Ticks("Children first", ("Safeguarding step is done or under way; by: ____________________",)),
            Words("Decided by: ____________________   Signed: ____________________   Date: __________"),
        ),
    )  # fmt: skip
