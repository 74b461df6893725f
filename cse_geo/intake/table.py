"""Read a return: bytes to a table of text, by what the bytes are and never by the file's name."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cse_geo.intake.codes import FileCode, problem, refuse
from cse_geo.intake.delimited import parse_delimited
from cse_geo.intake.features import parse_json
from cse_geo.intake.raw import Limits, Parsed, RawTable, table_of
from cse_geo.intake.sniff import kind_of
from cse_geo.intake.workbook import parse_workbook

_PARSERS = {"csv": parse_delimited, "xlsx": parse_workbook, "json": parse_json}
_DEFAULTS = Limits()


def read_table(source: Path | bytes, *, name: str, limits: Limits = _DEFAULTS) -> RawTable:  # noqa: ARG001
    """Return the text cells of a CSV, XLSX or GeoJSON return.

    Nothing is converted and no column is guessed: every cell is text as it was typed (a workbook's dates in
    ISO form), an empty cell is missing. No GDAL, no network, nothing is written to disk.

    Parameters
    ----------
    source
        The file, or its bytes.
    name
        The name the sender gave it. It decides nothing and is repeated nowhere: names of files name children.
    limits
        What the file may weigh.

    Raises
    ------
    InputRefusedError
        If the file as a whole cannot be taken; `problems` says why. Rows that cannot be read are in the
        table's `problems` instead.
    """
    data = read_bytes(source, limits)
    return finish(parse(data, limits), hashlib.sha256(data).hexdigest())


def parse(data: bytes, limits: Limits) -> Parsed:
    """Return a parser's result in plain Python: the one step that meets hostile bytes."""
    return _PARSERS[kind_of(data)](data, limits)


def read_bytes(source: Path | bytes, limits: Limits) -> bytes:
    """Return the bytes of `source`, never more than the limit.

    Raises
    ------
    InputRefusedError
        If the file is too large.
    """
    if isinstance(source, bytes):
        data = source
    else:
        with Path(source).open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        refuse(problem(FileCode.FILE_TOO_LARGE, limit=limits.max_bytes // 1_000_000))
    return data


def finish(parsed: Parsed, sha256: str) -> RawTable:
    """Return the table of a parser's result.

    Raises
    ------
    InputRefusedError
        If it has no rows and is not a nil return, or is a nil return with rows.
    """
    nil = parsed.details.get("nil_return", "").strip().lower() in ("yes", "y", "true")
    rejected = any(p[3] == "row" for p in parsed.problems)
    if not parsed.rows and not nil and not rejected:
        refuse(problem(FileCode.NO_ROWS))
    return table_of(parsed, sha256=sha256)
