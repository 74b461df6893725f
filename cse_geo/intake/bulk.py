"""Tables of any length, some rows at a time: text as it stands, nothing but the row of names and the width judged.

Returns are read by `read_table`, whole and in a child process; these are files of the analyst's own, of which every
row comes back out.
"""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.intake.codes import FileCode, Problem, problem, problems_frame, refuse
from cse_geo.intake.delimited import SEP_LINE, UTF8_LETTER, delimiter_of, filled, records_of, unmarked_utf16
from cse_geo.intake.heading import take_heading
from cse_geo.intake.raw import Limits, clean_header
from cse_geo.intake.sandbox import read_table_sandboxed
from cse_geo.intake.sniff import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

_LIMITS = Limits(max_rows=1_000_000_000)
_BLOCK = 1 << 20
_SAID = 200  # rows told one by one before a file is refused for them
_START = 1 << 17  # characters by which the delimiter is told


@dataclass(frozen=True)
class BulkTable:
    """A table to be read some rows at a time.

    Attributes
    ----------
    names : of its columns; one without a name is called after its position
    problems : PROBLEMS frame of what is to be said of the file
    """

    names: tuple[str, ...]
    problems: pd.DataFrame
    _path: Path
    _layout: _Layout | None
    _frame: pd.DataFrame | None

    def chunks(self, rows: int) -> Iterator[pd.DataFrame]:
        """Yield frames of text of at most `rows` rows, by the file's own row numbers; an empty cell is empty text."""
        if self._frame is not None:
            for start in range(0, len(self._frame), rows):
                yield self._frame.iloc[start : start + rows]
        elif self._layout is not None:
            yield from _text_chunks(self._path, self._layout, self.names, rows)


@dataclass(frozen=True)
class _Layout:
    """How delimited text is to be read."""

    encoding: str
    delimiter: str
    hint: bool  # a first line that names the delimiter
    header: int  # the row of names


def open_table(path: Path) -> BulkTable:
    """Return a CSV of any length, or a workbook or GeoJSON of at most 50 MB, to be read some rows at a time.

    Raises
    ------
    InputRefusedError
        If the file is no table, a column occurs twice, or rows have more cells than there are names: each said.
    """
    with path.open("rb") as file:
        kind = kind_of(file.read(_BLOCK) if not _is_zip(path) else path.read_bytes())
    if kind != "csv":
        return _whole(path)
    return _surveyed(path)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _whole(path: Path) -> BulkTable:
    raw = read_table_sandboxed(path, name=path.name)
    frame = raw.frame.fillna("").set_axis(pd.Index(raw.rows, name="row"))
    return BulkTable(raw.columns, raw.problems, path, None, frame)


def _surveyed(path: Path) -> BulkTable:
    """Read delimited text once: its names, and whether every row fits below them."""
    layout, names, problems = _layout_of(path)
    ragged: list[Problem] = []
    n_rows = 0
    for number, cells in _below(path, layout):
        n_rows += 1
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            ragged.append(problem(FileCode.TOO_MANY_CELLS, row=number))
            if len(ragged) == _SAID:
                break
    if ragged:
        refuse(*ragged)
    if not n_rows:
        refuse(problem(FileCode.NO_ROWS))
    return BulkTable(names, problems_frame(problems), path, layout, None)


def _layout_of(path: Path) -> tuple[_Layout, tuple[str, ...], list[Problem]]:
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(_START)
    hint = SEP_LINE.match(start)
    delimiter = hint.group(1) if hint else delimiter_of(start[hint.end() if hint else 0 :])
    layout = _Layout(encoding, delimiter, hint is not None, 0)
    with _records(path, layout) as records:
        heading, _ = take_heading(filled(records))
    named = clean_header(heading.cells, limits=_LIMITS)
    named += [""] * (len(heading.cells) - len(named))
    names = tuple(name or f"column {i}" for i, name in enumerate(named, 1))
    said = [problem(FileCode.READ_AS_WINDOWS_1252)] if encoding == "cp1252" else []
    return _Layout(encoding, delimiter, hint is not None, heading.row), names, said + heading.problems


def _encoding_of(path: Path) -> str:
    """Return UTF-16 or UTF-8 where the whole file is that, else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    whole, letters = True, 0
    with path.open("rb") as file:
        start = file.read(4096)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        if unmarked := unmarked_utf16(start):
            return unmarked
        file.seek(0)
        while block := file.read(_BLOCK):
            if 0 in block:
                refuse(problem(FileCode.NUL_BYTES))
            letters += len(UTF8_LETTER.findall(block))
            whole = whole and _decodes(decoder, block, final=False)
    if whole and _decodes(decoder, b"", final=True):
        return "utf-8-sig"
    if letters >= 2:
        refuse(problem(FileCode.MIXED_ENCODING))
    return "cp1252"


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(block, final=final)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _records(path: Path, layout: _Layout) -> Iterator[Iterator[tuple[int, list[str]]]]:
    with path.open(encoding=layout.encoding, newline="") as file:
        if layout.hint:
            file.readline()
        yield _numbered(file, layout)


def _numbered(file: TextIO, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    offset = 1 if layout.hint else 0
    try:
        for number, cells in records_of(file, layout.delimiter, _LIMITS):
            yield number + offset, cells
    except UnicodeDecodeError:
        refuse(problem(FileCode.UNKNOWN_ENCODING))


def _below(path: Path, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    with _records(path, layout) as records:
        for number, cells in records:
            if number > layout.header and cells:  # a line of nothing is no row; a row of empty cells is one
                yield number, cells


def _text_chunks(path: Path, layout: _Layout, names: tuple[str, ...], rows: int) -> Iterator[pd.DataFrame]:
    width = len(names)
    records = _below(path, layout)
    while held := list(islice(records, rows)):
        numbers = pd.Index([number for number, _ in held], name="row")
        yield _frame_of([(cells + [""] * (width - len(cells)))[:width] for _, cells in held], names, numbers)


def _frame_of(rows: list[list[str]], names: tuple[str, ...], numbers: pd.Index) -> pd.DataFrame:
    columns = zip(*rows, strict=True)
    return pd.DataFrame(
        index=numbers,
        data={name: pd.array(cells, dtype="str") for name, cells in zip(names, columns, strict=True)},
    )
