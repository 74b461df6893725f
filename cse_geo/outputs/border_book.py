"""The cross-border answer as a workbook: one sheet per table, every text cell through the formula guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font

from cse_geo.outputs.guard import guard_cell

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.outputs.tables import Marking
    from cse_geo.views_border import BorderView

_WIDEST = 60


def write_border_book(view: BorderView, path: Path, *, marking: Marking) -> None:
    """Write the answer to an XLSX file; it appears whole or not at all.

    Sheets: Notes (marking, warnings, what is withheld), Shared list, Who sees what, Movement (between areas),
    Movement of cells, Links, Edge check.
    """
    book = Workbook()
    _notes_sheet(book.active, view, marking)
    sheets = {
        "Shared list": view.shared,
        "Who sees what": view.who,
        "Movement": view.flows.drop(columns=["lat", "lon", "to_lat", "to_lon"]),
        "Movement of cells": view.cell_flows,
        "Links": view.links,
        "Edge check": view.edge,
    }
    for title, frame in sheets.items():
        _table_sheet(book.create_sheet(title), frame, marking)
    part = path.with_name(f".{path.name}.part")
    try:
        book.save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _notes_sheet(sheet: Any, view: BorderView, marking: Marking) -> None:  # noqa: ANN401 (openpyxl has no types)
    sheet.title = "Notes"
    withheld = [
        f"{n:,} {what} rest on fewer than {view.k} children: withheld."
        for what, n in view.withheld.items()
        if n
    ]
    lines = (
        marking.label, marking.title, f"Data: {marking.data}", marking.statement, view.ledger_words,
        *view.warnings, *view.notes, *withheld,
    )  # fmt: skip
    for line in lines:
        sheet.append([guard_cell(line)])
    sheet["A1"].font = Font(bold=True)
    sheet.oddHeader.center.text = marking.label.replace("&", "&&")
    sheet.column_dimensions["A"].width = 2 * _WIDEST


def _table_sheet(sheet: Any, frame: pd.DataFrame, marking: Marking) -> None:  # noqa: ANN401
    # On every sheet and in every row: a sheet that is cut out of the book still says whose it was.
    table = frame.assign(data=marking.data, marking=marking.label)
    sheet.append([str(name) for name in table.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in table.itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    sheet.freeze_panes = "A2"
    sheet.oddHeader.center.text = marking.label.replace("&", "&&")
    for column in sheet.columns:
        longest = max((len(str(c.value)) for c in column if c.value is not None), default=8)
        sheet.column_dimensions[column[0].column_letter].width = min(_WIDEST, longest + 2)


def _cell(value: Any) -> Any:  # noqa: ANN401 (a cell may hold anything)
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.generic):
        return value.item()
    return guard_cell(value) if isinstance(value, str) else value
