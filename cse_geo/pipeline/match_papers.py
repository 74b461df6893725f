"""The match report of a file as a table (CSV) or as a paper with charts (HTML, PDF)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError
from cse_geo.outputs.documents import as_html, as_pdf
from cse_geo.outputs.guard import guard_cell
from cse_geo.outputs.match_book import match_document
from cse_geo.outputs.tables import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.outputs.documents import Document
    from cse_geo.pipeline.geocoding import GeocodeOutcome


def write_match_report(outcome: GeocodeOutcome, path: Path) -> None:
    """Write the report of a file to `path`: .csv, .html or .pdf.

    Raises
    ------
    UsageError
        If the name ends otherwise.
    """
    kind = path.suffix.lower()
    if kind == ".csv":
        report = outcome.report.assign(value=outcome.report["value"].map(guard_cell))
        write_text("\ufeff" + report.to_csv(index=False), path)
    elif kind == ".html":
        write_text(as_html(_document(outcome)), path)
    elif kind == ".pdf":
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(as_pdf(_document(outcome)))
        part.replace(path)
    else:
        message = "`--report` must end in .csv, .html or .pdf."
        raise UsageError(message)


def _document(outcome: GeocodeOutcome) -> Document:
    about = {
        "marking": "OFFICIAL-SENSITIVE", "made_on": datetime.now(UTC).strftime("%d %B %Y"),
        "synthetic": outcome.synthetic,
    }  # fmt: skip
    return match_document(
        outcome.report, said=outcome.words, missing=outcome.missing, notices=outcome.notices, about=about
    )
