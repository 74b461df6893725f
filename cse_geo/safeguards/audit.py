"""The audit log: who did what, for whom and why, chained by hashes and written before the answer leaves."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cse_geo import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    import pandas as pd

    from cse_geo.safeguards.access import Session

# The six words of the ICO's guidance on logging (Part 3 of the Data Protection Act 2018).
ACTIONS = ("collection", "alteration", "consultation", "disclosure", "combination", "erasure")
FIRST = "0" * 64
_HASHED = tuple(name for name in schema.AUDIT.names if name != "hash")
# `what` names a pipeline call and the id of a query, receipt or release: nothing that a record could hold.
_WHAT = re.compile(r"[a-z0-9_]{1,40}(:[0-9a-f]{1,64})?")
_SHA256 = re.compile(r"([0-9a-f]{64})?")
_MOST_CHARACTERS = 120


class Log(Protocol):
    """A place that keeps entries in order, one at a time, and never changes them."""

    def append(self, make: Callable[[int, str], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Add the entry made from the next number and the hash of the entry before."""

    def read(self, *, after: int = 0) -> pd.DataFrame:
        """Return the entries with a number above `after`, in order."""


@dataclass(frozen=True)
class Event:
    """One thing done with the data, without any of the data."""

    action: str
    what: str  # name of the call, then a colon and an id where there is one
    n_rows: int = 0
    recipient: str = ""
    export_sha256: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            message = f"`action` must be one of {', '.join(ACTIONS)}."
            raise ValueError(message)
        if not _WHAT.fullmatch(self.what):
            message = (
                "`what` must be the name of a call, with the hexadecimal id of a query where there is one."
            )
            raise ValueError(message)
        if not _SHA256.fullmatch(self.export_sha256) or len(self.recipient) > _MOST_CHARACTERS:
            message = "`export_sha256` must be 64 hexadecimal digits, and `recipient` at most 120 characters."
            raise ValueError(message)


@dataclass(frozen=True)
class Head:
    """The newest entry at one moment, sealed, for a second party to keep."""

    seq: int
    hash: str
    time: str
    seal: str


@dataclass(frozen=True)
class AuditReport:
    """What a check of the log found; `faults` is empty where nothing was touched."""

    n_entries: int
    faults: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was touched."""
        return not self.faults


def query_id(parameters: Mapping[str, Any]) -> str:
    """Return sixteen characters that name a query by its parameters: the same query, the same name."""
    text = json.dumps(parameters, sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def record(log: Log, session: Session, event: Event, *, now: datetime) -> int:
    """Write an entry and return its number; call it before the answer leaves.

    Raises
    ------
    StoreError
        If the entry cannot be kept. Then nothing may leave: no entry, no answer.
    """

    def make(seq: int, previous: str) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "seq": seq,
            "time": now.isoformat(timespec="microseconds"),
            "user": session.user,
            "role": session.rule.code,
            "agency": session.agency,
            "purpose": session.purpose,
            "reference": session.reference,
            **asdict(event),
            "previous": previous,
        }
        return {**entry, "hash": hash_of([entry[name] for name in _HASHED])}

    return int(log.append(make)["seq"])


def hash_of(values: list[Any]) -> str:
    """Return the SHA-256 of the values of an entry, in the order of AUDIT without `hash`."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def verify(entries: pd.DataFrame, *, heads: Iterable[Head] = (), secret: bytes = b"") -> AuditReport:
    """Check a whole log.

    Parameters
    ----------
    entries
        AUDIT, from the first entry.
    heads
        Sealed heads that a second party kept. A chain alone cannot tell that its end was cut off, or that
        everything after an edited entry was hashed anew; a head can.
    secret
        The key of the heads' seals.

    Returns
    -------
    AuditReport
        Its faults name the numbers of entries that were edited, are missing, or stand in the wrong place.
    """
    schema.check(entries, schema.AUDIT)
    columns = [entries[name].tolist() for name in schema.AUDIT.names]
    faults: list[str] = []
    previous, last, hashes = FIRST, 0, {0: FIRST}
    for row in zip(*columns, strict=True):
        seq, found = row[0], row[-1]
        if seq != last + 1:
            faults.append(_gap(last, seq))
        elif row[-2] != previous:
            faults.append(f"entry {seq} does not follow from the one before: one of them was rewritten")
        if hash_of(list(row[:-1])) != found:
            faults.append(f"entry {seq} was edited")
        previous, last = found, max(last, seq)
        hashes[seq] = found
    faults += [fault for head in heads if (fault := _head_fault(head, hashes, secret))]
    return AuditReport(len(entries), tuple(faults))


def sign_head(log: Log, *, secret: bytes, now: datetime) -> Head:
    """Return the newest entry, sealed, to be kept by a second party."""
    entries = log.read()
    seq, last = (int(entries["seq"].iloc[-1]), str(entries["hash"].iloc[-1])) if len(entries) else (0, FIRST)
    time = now.isoformat(timespec="microseconds")
    return Head(seq, last, time, _seal(seq, last, time, secret))


def head_to_text(head: Head) -> str:
    """Return a head as one line of text."""
    return json.dumps(asdict(head), sort_keys=True)


def head_from_text(text: str) -> Head:
    """Return the head in a line of text.

    Raises
    ------
    ValueError
        If it is no head.
    """
    try:
        content = json.loads(text)
        return Head(int(content["seq"]), str(content["hash"]), str(content["time"]), str(content["seal"]))
    except (ValueError, KeyError, TypeError):
        message = "`text` is not a sealed head of an audit log."
        raise ValueError(message) from None


def _gap(last: int, seq: int) -> str:
    if seq <= last:
        return f"entry {seq} stands in the wrong place"
    missing = f"entry {last + 1} is" if seq == last + 2 else f"entries {last + 1} to {seq - 1} are"
    return f"{missing} missing"


def _head_fault(head: Head, hashes: dict[int, str], secret: bytes) -> str:
    if not hmac.compare_digest(head.seal, _seal(head.seq, head.hash, head.time, secret)):
        return f"the kept head of entry {head.seq} has a broken seal"
    if head.seq not in hashes:
        return f"the log ends before entry {head.seq}, which a second party has seen"
    if hashes[head.seq] != head.hash:
        return f"the log up to entry {head.seq} is not the one that a second party has seen"
    return ""


def _seal(seq: int, last: str, time: str, secret: bytes) -> str:
    return hmac.new(secret, f"{seq}|{last}|{time}".encode(), "sha256").hexdigest()
