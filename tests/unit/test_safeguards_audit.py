"""The log: what it takes, and that each of six attacks on it is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import safeguards, schema, store
from cse_geo.errors import StoreError
from cse_geo.safeguards import audit
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SECRET = b"held by the second party"
ANALYST = safeguards.Session("ana", "B", "problem_profile", "police1", "PP-7")


class ListLog:
    """A log in memory, which nobody has to open a store for."""

    def __init__(self) -> None:
        self.entries: list[dict[str, object]] = []

    def append(self, make: object) -> dict[str, object]:
        last = self.entries[-1] if self.entries else {"seq": 0, "hash": audit.FIRST}
        self.entries.append(make(last["seq"] + 1, last["hash"]))
        return self.entries[-1]

    def read(self, *, after: int = 0) -> pd.DataFrame:
        rows = [entry for entry in self.entries if entry["seq"] > after]
        return schema.conform(pd.DataFrame(rows, columns=schema.AUDIT.names), schema.AUDIT)


def filled(n: int) -> ListLog:
    log = ListLog()
    for number in range(n):
        audit.record(log, ANALYST, audit.Event("consultation", f"map_view:{number:x}", number), now=NOW)
    return log


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


def test_an_entry_says_who_what_for_whom_and_why(opened: store.Store) -> None:
    log = store.audit_log(opened)
    event = audit.Event("disclosure", "pack:1f", 12, recipient="Meeting M1", export_sha256="a" * 64)
    assert audit.record(log, ANALYST, event, now=NOW) == 1
    entry = log.read().iloc[0].to_dict()
    assert entry | {"hash": ""} == {
        "seq": 1, "time": "2026-03-01T09:30:00.000000+00:00", "user": "ana", "role": "analyst", "agency": "police1",
        "purpose": "problem_profile", "reference": "PP-7", "action": "disclosure", "what": "pack:1f", "n_rows": 12,
        "recipient": "Meeting M1", "export_sha256": "a" * 64, "previous": "0" * 64, "hash": "",
    }  # fmt: skip


def test_entries_in_a_store_form_a_whole_chain(opened: store.Store) -> None:
    log = store.audit_log(opened)
    for number in range(5):
        assert audit.record(log, ANALYST, audit.Event("consultation", "map_view"), now=NOW) == number + 1
    assert audit.verify(log.read()) == audit.AuditReport(5, ())
    assert log.read(after=3)["seq"].tolist() == [4, 5]
    assert store.verify(opened).audit_seq == 5


def test_an_entry_that_cannot_be_written_is_an_error(opened: store.Store) -> None:
    log = store.audit_log(opened)
    opened.close()
    with pytest.raises(StoreError):
        audit.record(log, ANALYST, audit.Event("consultation", "map_view"), now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "peek"}, {"what": "map of 12 High Street"}, {"what": "map_view:K000123"}, {"what": ""},
        {"what": "map_view:1f "}, {"export_sha256": "abc"}, {"recipient": "x" * 121},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_record_could_hold_does_not_fit_into_an_entry(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="`"):
        audit.Event(**{"action": "consultation", "what": "map_view", **wrong})


@pytest.mark.parametrize("action", audit.ACTIONS)
def test_the_six_actions_are_taken(action: str) -> None:
    assert audit.Event(action, "x").action == action


def test_the_same_query_has_the_same_name() -> None:
    assert audit.query_id({"a": 1, "b": (2, 3)}) == audit.query_id({"b": (2, 3), "a": 1})
    assert audit.query_id({"a": 1}) != audit.query_id({"a": 2})
    assert len(audit.query_id({})) == 16


# ---------------------------------------- the six attacks of the research note (security 4.1)
def rehashed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every hash made anew: what somebody with the program and the key can do."""
    previous, rows = audit.FIRST, []
    for number, row in enumerate(frame.to_dict("records"), start=1):
        row |= {"seq": number, "previous": previous}
        row["hash"] = audit.hash_of([row[name] for name in schema.AUDIT.names if name != "hash"])
        previous = row["hash"]
        rows.append(row)
    return schema.conform(pd.DataFrame(rows), schema.AUDIT)


def edited(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(user=frame["user"].mask(frame["seq"] == 4, "eve"))


def rewritten(frame: pd.DataFrame) -> pd.DataFrame:
    """One entry edited and hashed anew, those after it left alone."""
    row = edited(frame).iloc[3].to_dict()
    new = audit.hash_of([row[name] for name in schema.AUDIT.names if name != "hash"])
    return edited(frame).assign(hash=frame["hash"].mask(frame["seq"] == 4, new))


ATTACKS = {
    "edit a row and hash it anew": (rewritten, "entry 5 does not follow from the one before", True),
    "edit a row": (edited, "entry 4 was edited", True),
    "edit and recompute the tail": (lambda f: rehashed(edited(f)), "up to entry 10 is not the one", False),
    "delete from the middle": (lambda f: f[f["seq"] != 4], "entry 4 is missing", True),
    "delete several from the middle": (
        lambda f: f[~f["seq"].between(4, 6)],
        "entries 4 to 6 are missing",
        True,
    ),
    "delete and recompute": (lambda f: rehashed(f[f["seq"] != 4]), "ends before entry 10", False),
    "reorder": (lambda f: f.iloc[[0, 2, 1, *range(3, 10)]], "stands in the wrong place", True),
    "delete the last": (lambda f: f.iloc[:-1], "ends before entry 10", False),
    "delete the last half": (lambda f: f.iloc[:5], "ends before entry 10", False),
    "delete all": (lambda f: f.iloc[:0], "ends before entry 10", False),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_on_the_log_is_found(name: str) -> None:
    attack, words, is_found_without_head = ATTACKS[name]
    log = filled(10)
    head = audit.sign_head(log, secret=SECRET, now=NOW)
    attacked = attack(log.read()).reset_index(drop=True)
    faults = audit.verify(attacked, heads=[head], secret=SECRET).faults
    assert any(words in fault for fault in faults)
    assert audit.verify(attacked).is_whole != is_found_without_head


def test_an_untouched_log_has_no_fault_and_may_grow_after_the_head() -> None:
    log = filled(3)
    head = audit.head_from_text(audit.head_to_text(audit.sign_head(log, secret=SECRET, now=NOW)))
    audit.record(log, ANALYST, audit.Event("erasure", "erase"), now=NOW)
    report = audit.verify(log.read(), heads=[head], secret=SECRET)
    assert (report.n_entries, report.is_whole) == (4, True)


def test_a_forged_head_is_found() -> None:
    log = filled(3)
    head = audit.sign_head(log, secret=b"another", now=NOW)
    assert audit.verify(log.read(), heads=[head], secret=SECRET).faults == (
        "the kept head of entry 3 has a broken seal",
    )
    with pytest.raises(ValueError, match="not a sealed head"):
        audit.head_from_text('{"seq": 1}')


def test_an_empty_log_is_whole() -> None:
    log = ListLog()
    head = audit.sign_head(log, secret=SECRET, now=NOW)
    assert audit.verify(log.read(), heads=[head], secret=SECRET) == audit.AuditReport(0, ())
