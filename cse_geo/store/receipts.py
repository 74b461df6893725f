"""What is kept of an import: the details a return came with, and the receipt that says what became of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa

from cse_geo.store import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cse_geo.store.folder import Store

STATES = ("returned", "nil", "no_reply", "not_asked")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ImportDetails:
    """What is known of a return before it is saved; no value from its rows.

    `n_rows` counts the rows of the file, `n_rejected` those that validation refused, and `problem_counts`
    how often each code of PROBLEMS was given. A nil return has no rows and the state `nil`.
    """

    agency: str
    sha256: str  # of the file's bytes
    state: str = "returned"
    period_from: date | None = None
    period_to: date | None = None
    mapping_sha256: str = ""
    vocabulary_version: str = ""
    definition: str = ""
    difficulties: str = ""
    n_rows: int = 0
    n_rejected: int = 0
    problem_counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not self.agency:
            message = "`agency` must name the contributing agency."
            raise ValueError(message)
        if not _SHA256.fullmatch(self.sha256):
            message = "`sha256` must be 64 hexadecimal digits."
            raise ValueError(message)
        if self.state not in STATES:
            message = f"`state` must be one of {', '.join(STATES)}."
            raise ValueError(message)
        if self.period_from and self.period_to and self.period_from > self.period_to:
            message = "`period_from` lies after `period_to`."
            raise ValueError(message)


@dataclass(frozen=True)
class Receipt:
    """What became of a return. The same file from the same agency always has the same receipt."""

    import_id: str
    imported_at: str  # UTC, ISO 8601
    details: ImportDetails
    n_new: int
    n_corrected: int
    n_unchanged: int
    n_repeated: int  # rows that stood in the file more than once; the last one counts
    n_erased: int  # rows about an erased subject or record; dropped

    @property
    def n_accepted(self) -> int:
        """Rows of the file that the store now holds."""
        return self.n_new + self.n_corrected + self.n_unchanged

    @property
    def short(self) -> str:
        """The first eight characters of the receipt's id, to say over the telephone."""
        return self.import_id[:8]


def import_id_of(agency: str, sha256: str) -> str:
    """Return the id of the import of one file from one agency: the same pair, the same id."""
    return hashlib.sha256(f"{agency}|{sha256}".encode()).hexdigest()[:16]


def find_receipt(store: Store, *, agency: str, sha256: str) -> Receipt | None:
    """Return the receipt of a file that was imported before, or None."""
    with store.reading() as connection:
        return read_receipt(connection, import_id_of(agency, sha256))


def list_imports(store: Store) -> pd.DataFrame:
    """Return one row per import, newest first: id, time, agency, period, state and counts."""
    with store.reading() as connection:
        statement = sa.select(tables.imports).order_by(
            tables.imports.c.imported_at.desc(), tables.imports.c.import_id
        )
        rows = connection.execute(statement).mappings().all()
    frame = pd.DataFrame(rows, columns=[column.name for column in tables.imports.columns])
    frame["imported_at"] = pd.to_datetime(frame["imported_at"], utc=True).dt.tz_localize(None)
    frame["n_accepted"] = frame["n_new"] + frame["n_corrected"] + frame["n_unchanged"]
    return frame


def read_receipt(connection: sa.Connection, import_id: str) -> Receipt | None:
    """Return the receipt of an import within a transaction, or None."""
    row = (
        connection.execute(sa.select(tables.imports).where(tables.imports.c.import_id == import_id))
        .mappings()
        .first()
    )
    if row is None:
        return None
    counts = sa.select(tables.problem_counts.c.code, tables.problem_counts.c.n).where(
        tables.problem_counts.c.import_id == import_id
    )
    problems = {str(code): int(n) for code, n in connection.execute(counts)}
    return _receipt_of(dict(row), problems)


def write_receipt(connection: sa.Connection, receipt: Receipt) -> None:
    """Insert the row of an import and its counts of problems."""
    details = receipt.details
    connection.execute(
        sa.insert(tables.imports).values(
            import_id=receipt.import_id,
            agency=details.agency,
            sha256=details.sha256,
            imported_at=receipt.imported_at,
            state=details.state,
            period_from=details.period_from.isoformat() if details.period_from else None,
            period_to=details.period_to.isoformat() if details.period_to else None,
            mapping_sha256=details.mapping_sha256,
            vocabulary_version=details.vocabulary_version,
            definition=details.definition,
            difficulties=details.difficulties,
            n_rows=details.n_rows,
            n_rejected=details.n_rejected,
            n_new=receipt.n_new,
            n_corrected=receipt.n_corrected,
            n_unchanged=receipt.n_unchanged,
            n_repeated=receipt.n_repeated,
            n_erased=receipt.n_erased,
        )
    )
    counts = [
        {"import_id": receipt.import_id, "code": code, "n": n}
        for code, n in sorted(details.problem_counts.items())
    ]
    if counts:
        connection.execute(sa.insert(tables.problem_counts), counts)


def _receipt_of(row: dict[str, Any], problems: dict[str, int]) -> Receipt:
    details = ImportDetails(
        agency=row["agency"],
        sha256=row["sha256"],
        state=row["state"],
        period_from=_day(row["period_from"]),
        period_to=_day(row["period_to"]),
        mapping_sha256=row["mapping_sha256"],
        vocabulary_version=row["vocabulary_version"],
        definition=row["definition"],
        difficulties=row["difficulties"],
        n_rows=row["n_rows"],
        n_rejected=row["n_rejected"],
        problem_counts=MappingProxyType(problems),
    )
    counts = {n: int(row[n]) for n in ("n_new", "n_corrected", "n_unchanged", "n_repeated", "n_erased")}
    return Receipt(row["import_id"], row["imported_at"], details, **counts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
