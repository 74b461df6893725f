"""One return of one agency: read, map its columns, check, place, save; all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import geocode, intake, safeguards, store, validate
from cse_geo.errors import InputRefusedError, NotPermittedError, UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.pipeline.contexts import cover_return
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.relocate import locate_params, reference_tables
from cse_geo.vocabulary import version as vocabulary_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cse_geo.safeguards import Session


# Records of all crime, every point moved before it was published: never a return of an agency.
_OPEN_DATA = (
    "this is a police.uk file: open data of all crime, whose points were moved to fixed map points before they "
    "were published. It is no return. Look at it with `cse-geo hotspots FILE`, which says how far it can be believed."
)


@dataclass(frozen=True)
class ImportRequest:
    """Whose return it is, how its columns map, what it covers, and whether anything is saved."""

    agency: str
    mapping: Path | None = None
    period: tuple[date, date] | None = None
    dry_run: bool = False
    today: date | None = None  # the day dates are judged against; missing = the machine's day
    synthetic: bool = False  # whether the person says that every record in the file is made up


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
    NotPermittedError
        If the session may not import, or not for this agency.
    UsageError
        If the mapping or the agency is not known, or a return that is not said to be made up is sent to a
        synthetic store, or the other way about.
    """
    _require_import(opened, session, request)
    known = set(store.load_agencies(opened)["agency"])
    if known and request.agency not in known:
        message = f"`--agency` must be one of {', '.join(sorted(known))}."
        raise UsageError(message)
    raw, mapping = _read(path, request)
    again = store.find_receipt(opened, agency=request.agency, sha256=raw.sha256)
    if again is not None:
        # Said again where the first import was stopped before it could say so.
        _cover(opened, request, nil=again.details.state == "nil")
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
    words = f"{_receipt_words(receipt)} {_places(by_status)} {_cover(opened, request, nil=checked.nil)}"
    return ImportOutcome(problems, receipt, by_status, words.strip())


def _cover(opened: store.Store, request: ImportRequest, *, nil: bool) -> str:
    """Note which areas and months the agency has answered for, where the return says its period."""
    if request.period is None or request.dry_run:
        return ""
    n_areas, n_months = cover_return(opened, request.agency, period=request.period, nil=nil)
    return f"Answered for {n_areas} areas and {n_months} months." if n_areas else ""


def _require_import(opened: store.Store, session: Session, request: ImportRequest) -> None:
    safeguards.require(session, "import")
    if session.rule.records == "own" and session.agency != request.agency:
        message = f"The role {session.rule.title} imports the returns of its own agency only."
        raise NotPermittedError(message)
    if opened.is_synthetic and not request.synthetic:
        # Anyone may step into any role here: a real return in this store would be open to everyone.
        message = (
            "This store is for synthetic data and lets anyone choose their role, so a real return does not "
            "belong in it. Make a store with `cse-geo init`; or say --synthetic if every record is made up."
        )
        raise UsageError(message)
    if request.synthetic and not opened.is_synthetic:
        message = "This store holds real records: made-up ones among them would become hotspots. Leave out --synthetic."
        raise UsageError(message)


def suggest_mapping(path: Path, out: Path) -> str:
    """Write a suggested mapping of a file's columns for a person to confirm; return what to look at."""
    raw = intake.read_table_sandboxed(path, name=path.name)
    suggestion = intake.suggest_mapping(raw.columns)
    columns = suggestion.best()
    mapping = intake.Mapping(columns=columns, ignore=suggestion.refused)
    write_text(mapping.to_toml(), out)
    n_guessed = len(columns) - len(suggestion.exact)
    parts = [f"{len(suggestion.exact)} columns are exact, {n_guessed} are guesses to confirm"]
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
    table = intake.read_table_sandboxed(path, name=path.name)
    if intake.recognise_police_uk(table.columns):
        raise InputRefusedError(_OPEN_DATA)
    return intake.apply_mapping(table, mapping), mapping


def _details(
    raw: intake.RawTable, checked: validate.Validated, request: ImportRequest, mapping: intake.Mapping
) -> store.ImportDetails:
    told = raw.details
    period = request.period or _period_told(told)
    codes = checked.problems["code"].value_counts()
    return store.ImportDetails(
        agency=request.agency,
        sha256=raw.sha256,
        state="nil" if checked.nil else "returned",
        period_from=period[0],
        period_to=period[1],
        mapping_sha256=hashlib.sha256(mapping.to_toml().encode()).hexdigest(),
        vocabulary_version=vocabulary_version(),
        definition=told.get("definition_and_threshold", ""),
        difficulties=told.get("difficulties", ""),
        n_rows=checked.counts["rows"],
        n_rejected=checked.counts["rejected"],
        problem_counts={str(k): int(v) for k, v in codes.items()},
    )


def _period_told(told: Mapping[str, str]) -> tuple[date | None, date | None]:
    """Return the period that a workbook's Details sheet states; what is no date there counts as not said."""
    try:
        first, last = (date.fromisoformat(told.get(name, "")[:10]) for name in ("period_from", "period_to"))
    except ValueError:
        return None, None
    return (first, last) if first <= last else (None, None)


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
