"""Nothing is kept too long, nothing that a court may ask for goes, and an erased person leaves no byte."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import pipeline, safeguards, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline import Hold
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEWARD = safeguards.Session("s1", "steward", "data_quality", "police1")
TODAY = date(2026, 6, 1)
MARK = "C-00000feedfacebeef"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


def send(opened: store.Store, rows: list[dict[str, object]], *, agency: str = "police1") -> None:
    records = records_of(rows, agency=agency)
    details = store.ImportDetails(agency, str(len(rows) + len(agency)).zfill(64))
    store.save_import(opened, details, records, locations_of(records))


def reviews(*days: str | None) -> list[dict[str, object]]:
    return [
        {"review_date": pd.Timestamp(d) if d else pd.NaT, "event_ref": f"E{n}"} for n, d in enumerate(days)
    ]


def left(opened: store.Store) -> list[str]:
    return sorted(store.load_records(opened)[0]["event_ref"])


def test_records_go_ninety_days_after_their_review_date_and_without_one(opened: store.Store) -> None:
    send(opened, reviews("2027-01-01", "2026-05-31", "2026-03-03", "2026-03-02", None))
    words = pipeline.run_retention(opened, session=STEWARD, today=TODAY)
    assert left(opened) == ["E0", "E1", "E2"]
    assert words[0].startswith("4 records are past their review date and hidden; 2 are to go")
    assert store.audit_log(opened).read()["what"].tolist() == ["retention_run"]


def test_a_trial_deletes_nothing(opened: store.Store) -> None:
    send(opened, reviews("2020-01-01"))
    assert "a trial" in pipeline.run_retention(opened, session=STEWARD, today=TODAY, dry_run=True)[-1]
    assert left(opened) == ["E0"]


def test_a_hold_keeps_records_until_it_ends(opened: store.Store) -> None:
    send(opened, reviews("2020-01-01", "2020-01-01"))
    asked = Hold("R-2026-7", "police1", "E0", date(2026, 12, 31))
    assert "1 records stay until 2026-12-31" in pipeline.hold(opened, asked, session=STEWARD)
    pipeline.run_retention(opened, session=STEWARD, today=TODAY)
    assert left(opened) == ["E0"]
    assert pipeline.list_holds(opened, session=STEWARD, today=TODAY)["reference"].tolist() == ["R-2026-7"]
    assert pipeline.list_holds(opened, session=STEWARD, today=date(2027, 1, 1)).empty
    pipeline.end_hold(opened, 1, session=STEWARD)
    with pytest.raises(UsageError, match="no hold"):
        pipeline.end_hold(opened, 1, session=STEWARD)
    pipeline.run_retention(opened, session=STEWARD, today=TODAY)
    assert left(opened) == []


def test_a_steward_reaches_only_the_own_agencys_records(opened: store.Store) -> None:
    send(
        opened,
        [{"record_id": "x", "review_date": pd.Timestamp("2020-01-01"), "event_ref": "H1", "child_key": MARK}],
        agency="health1",
    )
    pipeline.run_retention(opened, session=STEWARD, today=TODAY)
    assert left(opened) == ["H1"]
    with pytest.raises(NotPermittedError, match="own agency only"):
        pipeline.hold(opened, Hold("R-1", "health1", "H1", TODAY), session=STEWARD)
    with pytest.raises(NotPermittedError, match="Other agencies"):
        pipeline.erase(opened, MARK, session=STEWARD)


def test_only_a_steward_erases(opened: store.Store) -> None:
    for role in ("analyst", "oversight", "administrator"):
        rule = safeguards.role_of(role)
        session = safeguards.Session("p", role, rule.purposes[0], "police1", "R-1")
        for call in (
            lambda who: pipeline.run_retention(opened, session=who),
            lambda who: pipeline.erase(opened, MARK, session=who),
            lambda who: pipeline.hold(opened, Hold("R-1", "police1", "E0", TODAY), session=who),
            lambda who: pipeline.list_holds(opened, session=who),
        ):
            with pytest.raises(NotPermittedError):
                call(session)


def test_wrong_requests_are_said(opened: store.Store) -> None:
    with pytest.raises(UsageError, match="No record of this agency"):
        pipeline.hold(opened, Hold("R-1", "police1", "E0", TODAY), session=STEWARD)
    with pytest.raises(UsageError, match="--kind"):
        pipeline.erase(opened, MARK, session=STEWARD, kind="town")


def test_a_held_person_is_not_erased_in_passing(opened: store.Store) -> None:
    send(opened, [{"event_ref": "E0", "child_key": MARK}])
    pipeline.hold(opened, Hold("R-1", "police1", "E0", date(2099, 1, 1)), session=STEWARD)
    with pytest.raises(UsageError, match="legal hold"):
        pipeline.erase(opened, MARK, session=STEWARD)


def plain_bytes(opened: store.Store) -> bytes:
    """Every page of the database as its reader decrypts it, and every file of the folder as it lies there."""
    with opened.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        rows = [connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables]  # noqa: S608
    files = b"".join(p.read_bytes() for p in sorted(opened.path.rglob("*")) if p.is_file())
    return repr(rows).encode() + files


def test_an_erased_person_leaves_no_byte_in_database_log_or_audit_and_does_not_return(
    opened: store.Store,
) -> None:
    send(opened, [{"record_id": "gone", "event_ref": "E0", "child_key": MARK}, {"record_id": "stays"}])
    assert MARK.encode() in plain_bytes(opened)
    words = pipeline.erase(opened, MARK, session=STEWARD)
    assert words.startswith("Erased: 1 rows deleted")
    assert MARK.encode() not in plain_bytes(opened)
    assert b"'gone'" not in plain_bytes(opened)
    entry = store.audit_log(opened).read().iloc[-1]
    assert (entry["action"], MARK in "".join(map(str, entry))) == ("erasure", False)
    send(opened, [{"record_id": "again", "child_key": MARK}, {"record_id": "b"}, {"record_id": "c"}])
    assert MARK.encode() not in plain_bytes(opened)


def test_deleted_records_leave_no_plain_page_behind(opened: store.Store, tmp_path: Path) -> None:
    """The same file without encryption: what the pages hold after a deletion, freed ones included."""
    send(
        opened,
        [{"record_id": "gone", "event_ref": "MARKED-EVENT-77", "review_date": pd.Timestamp("2020-01-01")}],
    )
    pipeline.run_retention(opened, session=STEWARD, today=TODAY)
    assert (opened.path / "cse_geo.db-wal").stat().st_size == 0
    plain = tmp_path / "plain.db"
    connection = store.engine.connect(opened.database, KEY, mode="rw")
    try:
        connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
        connection.execute("SELECT sqlcipher_export('plain')")
    finally:
        connection.close()
    assert b"police1" in plain.read_bytes()
    assert b"MARKED-EVENT-77" not in plain.read_bytes()
