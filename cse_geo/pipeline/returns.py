"""One return of one agency: read, map its columns, check, place, save; all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, intake, store, validate
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.relocate import locate_params, reference_tables
from cse_geo.vocabulary import version as vocabulary_version

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.safeguards import Session


@dataclass(frozen=True)
class ImportRequest:
    """Whose return it is, how its columns map, what it covers, and whether anything is saved."""

    agency: str
    mapping: Path | None = None
    period: tuple[date, date] | None = None
    dry_run: bool = False
    today: date | None = None  # the day dates are judged against; missing = the machine's day


@dataclass(frozen=True)
class ImportOutcome:
    """What became of a return: its problems row by row, and words with the receipt."""

    problems: pd.DataFrame  # PROBLEMS
    receipt: store.Receipt | None
    by_status: dict[str, int]
    words: str


def import_return(
    opened: store.Store, path: Path, *, session: Session, request: ImportRequest
) -> ImportOutcome:
    """Import a return: CSV, XLSX or GeoJSON.

    Parameters
    ----------
    opened
        The store; open for writing unless it is a dry run.
    path
        The agency's file.
    session
        Who imports, and for what purpose.
    request
        Agency, mapping, period, dry run.

    Returns
    -------
    ImportOutcome
        Problems of every row; the receipt. The same file again gives the same receipt and changes nothing.

    Raises
    ------
    InputRefusedError
        If the file as a whole is refused; its problems say why.
    UsageError
        If the mapping or the agency is not known.
    """
    known = set(store.load_agencies(opened)["agency"])
    if known and request.agency not in known:
        message = f"`--agency` must be one of {', '.join(sorted(known))}."
        raise UsageError(message)
    raw, mapping = _read(path, request)
    again = store.find_receipt(opened, agency=request.agency, sha256=raw.sha256)
    if again is not None:
        return ImportOutcome(
            raw.problems, again, {}, f"{_receipt_words(again)} This file was imported before."
        )
    today = request.today or datetime.now(UTC).date()
    checked = validate.validate(raw, agency=request.agency, today=today)
    if checked.refused:
        message = "the file was not imported; the table of problems says what to mend."
        raise InputRefusedError(message, checked.problems)
    locations = geocode.locate(checked.records, reference_tables(opened), params=locate_params(opened))
    problems = pd.concat(
        [checked.problems, geocode.problems_of(checked.records, locations)], ignore_index=True
    )
    by_status = {str(k): int(v) for k, v in locations["status"].value_counts().items()}
    if request.dry_run:
        words = f"Checked, nothing saved: {_counts(raw, checked.records)} {_places(by_status)}"
        return ImportOutcome(problems, None, by_status, words)
    enter(opened, session, Act("import", "collection", "import_return", len(checked.records)))
    details = _details(raw, checked, request, mapping)
    receipt = store.save_import(opened, details, checked.records, locations)
    return ImportOutcome(problems, receipt, by_status, f"{_receipt_words(receipt)} {_places(by_status)}")


def suggest_mapping(path: Path, out: Path) -> str:
    """Write a suggested mapping of a file's columns for a person to confirm; return what to look at."""
    raw = intake.read_table(path, name=path.name)
    suggestion = intake.suggest_mapping(raw.columns)
    best = {target: ranked[0][0] for target, ranked in suggestion.ranked.items() if ranked}
    taken = set(suggestion.exact.values())
    guessed = {t: c for t, c in best.items() if c not in taken}
    unique = {t: c for t, c in guessed.items() if list(guessed.values()).count(c) == 1}
    mapping = intake.Mapping(columns={**suggestion.exact, **unique}, ignore=suggestion.refused)
    write_text(mapping.to_toml(), out)
    parts = [f"{len(suggestion.exact)} columns are exact, {len(unique)} are guesses to confirm"]
    if suggestion.refused:
        parts.append(f"{len(suggestion.refused)} look like details of a person and are left behind unread")
    if suggestion.unknown:
        parts.append(
            f"{len(suggestion.unknown)} resemble nothing in the return: {', '.join(suggestion.unknown)}"
        )
    return f"Written to {out}: {'; '.join(parts)}. Read it, correct it, then import with --map {out}."


def write_template(out: Path) -> None:
    """Write the blank return (XLSX) for a contributing agency."""
    intake.write_template(out)


def write_problems(problems: pd.DataFrame, out: Path) -> None:
    """Write the whole table of problems as CSV; it never holds a value from a record."""
    write_text("\ufeff" + problems.to_csv(index=False), out)


def _read(path: Path, request: ImportRequest) -> tuple[intake.RawTable, intake.Mapping]:
    mapping = intake.Mapping.from_toml(request.mapping) if request.mapping else intake.Mapping()
    raw = intake.apply_mapping(intake.read_table(path, name=path.name), mapping)
    return raw, mapping


def _details(
    raw: intake.RawTable, checked: validate.Validated, request: ImportRequest, mapping: intake.Mapping
) -> store.ImportDetails:
    period = request.period or (None, None)
    told = raw.details
    codes = checked.problems["code"].value_counts()
    return store.ImportDetails(
        agency=request.agency,
        sha256=raw.sha256,
        state="nil" if checked.nil else "returned",
        period_from=period[0],
        period_to=period[1],
        mapping_sha256=hashlib.sha256(mapping.to_toml().encode()).hexdigest(),
        vocabulary_version=vocabulary_version(),
        definition=told.get("definition", ""),
        difficulties=told.get("difficulties", ""),
        n_rows=len(raw.frame),
        n_rejected=len(raw.frame) - len(checked.records),
        problem_counts={str(k): int(v) for k, v in codes.items()},
    )


def _counts(raw: intake.RawTable, records: pd.DataFrame) -> str:
    return f"{len(raw.frame):,} rows, {len(records):,} accepted, {len(raw.frame) - len(records):,} rejected."


def _receipt_words(receipt: store.Receipt) -> str:
    parts = [
        f"{receipt.n_new:,} new",
        f"{receipt.n_corrected:,} corrected",
        f"{receipt.n_unchanged:,} unchanged",
        f"{receipt.details.n_rejected:,} rejected",
    ]
    if receipt.n_erased:
        parts.append(f"{receipt.n_erased:,} of erased subjects dropped")
    return f"Receipt {receipt.short}: {', '.join(parts)}."


def _places(by_status: dict[str, int]) -> str:
    placed = by_status.get("located", 0) + by_status.get("polygon", 0)
    total = sum(by_status.values())
    return (
        f"{placed:,} of {total:,} have a place of their own; {by_status.get('waiting', 0):,} wait in words."
    )
