"""What a sheet hides or leaves out, told from its XML: openpyxl reads past it and says nothing."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cse_geo.intake.codes import FileCode, Problem, problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 1 << 20
_SAID = 20  # rows named one by one; more say nothing new
_P = rb"<(?:\w+:)?"  # some writers put a prefix before every name
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_HIDDEN_ROW = re.compile(_P + rb'row\b[^>]*\bhidden="(?:1|true)"[^>]*(?<!/)>\s*' + _P + rb"c\b")
_HIDDEN_COLUMN = re.compile(_P + rb'col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\bmin="(\d+)"')
# A formula whose result is an empty text has t="str": that one was worked out.
_NO_VALUE = re.compile(
    _P + rb'c\b(?![^>]*\bt="str")[^>]*\br="[A-Z]+(\d+)"[^>]*>\s*' + _P + rb"f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)  # fmt: skip
_MERGED = re.compile(_P + rb'mergeCell\b[^>]*\bref="[A-Z]+(\d+):[A-Z]+(\d+)"')


@dataclass
class _Found:
    """What the XML of a sheet says that its cells do not."""

    hidden_rows: int = 0
    hidden_columns: list[int] = field(default_factory=list)
    no_value: list[int] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)


def notes_of_sheet(data: bytes, part: str, *, header: int, width: int, last: int) -> list[Problem]:
    """Return what is to be said of a sheet that hides rows or columns of its table.

    Parameters
    ----------
    data
        The workbook.
    part
        The sheet's part of it.
    header, width, last
        The row of names, the number of names, and the last row of the table.

    Raises
    ------
    InputRefusedError
        If cells of the table would be lost: merged over several rows, or formulas without a result.
    """
    found = _Found()
    for block in _blocks(data, part):
        found.hidden_rows += len(_HIDDEN_ROW.findall(block))
        found.hidden_columns += [int(n) for n in _HIDDEN_COLUMN.findall(block)]
        found.no_value += [int(n) for n in _NO_VALUE.findall(block) if header < int(n) <= last]
        rows = ((int(a), int(b)) for a, b in _MERGED.findall(block))
        found.merged += [first for first, end in rows if first < end and header < first <= last]
    lost = [problem(FileCode.FORMULA_WITHOUT_VALUE, row=row) for row in sorted(set(found.no_value))[:_SAID]]
    lost += [problem(FileCode.MERGED_ROWS, row=row) for row in sorted(set(found.merged))[:_SAID]]
    if lost:
        refuse(*lost)
    said = [problem(FileCode.HIDDEN_ROWS, limit=found.hidden_rows)] if found.hidden_rows else []
    columns = any(n <= width for n in found.hidden_columns)
    return [*said, problem(FileCode.HIDDEN_COLUMNS)] if columns else said


def _blocks(data: bytes, part: str) -> Iterator[bytes]:
    """Yield the XML of a part, cut between rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as stream:
        rest = b""
        while block := stream.read(_BLOCK):
            whole = rest + block
            ends = [match.end() for match in _ROW_END.finditer(whole)]
            cut = ends[-1] if ends else 0
            yield whole[:cut]
            rest = whole[cut:]
        yield rest
