"""Signed files of group counts: written, sealed, opened, and refused in words when anything about them is wrong.

The seal is an HMAC-SHA256 under a key that the partners share. It shows that a file is as one of them wrote it;
it does not show which of them, and whoever holds the key can make one. Partners who do not trust one another to
that degree need a key for each pair.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from cse_geo import lattice
from cse_geo.errors import InputRefusedError
from cse_geo.safeguards.grouped import Group

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "cse_geo.exchange/1"
METHOD = "disjoint groups of cells, each of at least k distinct children"
KEY_BYTES = 32
_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Head:
    """What a file says of itself: who, when, how it was counted and cut."""

    sender: str  # code of the force area
    sender_name: str
    sequence: int
    made_on: str
    expires_on: str
    period_from: str
    period_to: str
    resolution: int
    k: int
    definition: str
    threshold: str
    policy: str  # digest of the policy it was gated under
    marking: str = ""  # handling, recipient, purpose, expiry, window and number of the copy, in one line
    method: str = METHOD
    schema: str = SCHEMA


@dataclass(frozen=True)
class ExchangeFile:
    """A file that was opened and believed."""

    head: Head
    groups: tuple[Group, ...]
    digest: str


@dataclass(frozen=True)
class Expected:
    """What a file is held against when it comes in."""

    own: str  # code of the receiving force; empty = none
    k: int
    today: date
    seen: Mapping[str, tuple[int, str]]  # sender -> newest sequence kept, its digest
    digests: frozenset[str]


def new_exchange_key() -> str:
    """Return a new shared key as text for a key file."""
    return secrets.token_hex(KEY_BYTES)


def key_from_text(text: str) -> bytes:
    """Return the key of a key file.

    Raises
    ------
    InputRefusedError
        If it is not a key of this kind.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        _refuse(
            "This is not an exchange key: make one with `cse-geo exchange key`, and share it by a safe way."
        )
    return key


def seal(head: Head, groups: tuple[Group, ...], key: bytes) -> str:
    """Return the text of a file.

    Raises
    ------
    ValueError
        If a group holds fewer than `k` children or two groups share a cell: such a file is never written.
    """
    _check_groups(head, groups)
    body = {
        "head": asdict(head),
        "groups": [{"cells": lattice.to_text(g.cells), "children": g.n_children} for g in groups],
    }
    return (
        json.dumps({"body": body, "key": _key_id(key), "seal": _seal(body, key)}, sort_keys=True, indent=0)
        + "\n"
    )


def unseal(text: str, key: bytes) -> ExchangeFile:
    """Return the file in `text`, if it is as one of the key's holders wrote it.

    Raises
    ------
    InputRefusedError
        If it is no such file, was sealed with another key, was changed, is of another version, or
        breaks its own promise (a group under k, cells twice).
    """
    if len(text) > _MOST_BYTES:
        _refuse("The file is too large to be an exchange file.")
    try:
        content = json.loads(text)
        body, key_id, mark = content["body"], str(content["key"]), str(content["seal"])
    except (ValueError, KeyError, TypeError):
        _refuse(
            "This is not an exchange file: ask the sender for the file as `cse-geo exchange export` wrote it."
        )
    if key_id != _key_id(key):
        _refuse("The file was sealed with another key than yours: agree with the sender on one key file.")
    if not hmac.compare_digest(mark, _seal(body, key)):
        _refuse("The file was changed after it was sealed: do not use it, and tell the sender.")
    return _parsed(body)


def check_incoming(file: ExchangeFile, expected: Expected) -> None:
    """Refuse a believed file that must not be taken in now.

    Raises
    ------
    InputRefusedError
        If it is your own, known already, older than one kept from the sender, run out, dated ahead, or gated at
        a smaller k than this store's policy asks.
    """
    head = file.head
    newest = expected.seen.get(head.sender, (0, ""))[0]
    if head.sender == expected.own:
        _refuse("This is your own file: it holds nothing that your store does not.")
    if file.digest in expected.digests:
        _refuse("This file was imported before: nothing changes by importing it again.")
    if head.sequence <= newest:
        _refuse(
            f"The file is number {head.sequence} of this sender, and number {newest} is kept already: an older "
            "file, or a number used twice. Ask for the newest one."
        )
    if _day(head.expires_on) < expected.today:
        _refuse("The file is out of date: its own expiry has passed. Ask for a new one.")
    if _day(head.made_on) > expected.today:
        _refuse("The file is dated in the future: check the clocks of both sides.")
    if head.k < expected.k:
        _refuse(
            f"The file shows groups of {head.k} children, and this store's policy asks at least {expected.k}."
        )


def differences(files: list[ExchangeFile]) -> tuple[str, ...]:
    """Return what must be said before numbers of these files are compared or pooled."""
    told = {
        "definition": "They do not count the same thing (definitions differ)",
        "threshold": "They report from different levels of concern (thresholds differ)",
        "k": "They were cut at different k",
        "policy": "They were gated under different policies",
    }
    words = [
        f"{said}: " + "; ".join(f"{f.head.sender_name}: {getattr(f.head, name)}" for f in files) + "."
        for name, said in told.items()
        if len({getattr(f.head, name) for f in files}) > 1
    ]
    if len({(f.head.period_from, f.head.period_to) for f in files}) > 1:
        periods = "; ".join(
            f"{f.head.sender_name}: {f.head.period_from} to {f.head.period_to}" for f in files
        )
        words.append(f"Their periods differ: {periods}.")
    return tuple(words)


def _parsed(body: dict[str, object]) -> ExchangeFile:
    try:
        head = Head(**body["head"])  # type: ignore[arg-type]
        groups = tuple(
            Group(tuple(lattice.from_text(g["cells"]).tolist()), int(g["children"]))
            for g in body["groups"]  # type: ignore[attr-defined]
        )
        days = [_day(v) for v in (head.made_on, head.expires_on, head.period_from, head.period_to)]
    except (KeyError, TypeError, ValueError):
        _refuse("The file's layout is not the one this version reads: both sides need the same version.")
    if head.schema != SCHEMA or head.method != METHOD:
        _refuse(f"The file is not of the kind {SCHEMA}: both sides need the same version.")
    if days[2] > days[3]:
        _refuse("The file's period ends before it begins.")
    try:
        _check_groups(head, groups)
    except ValueError as broken:
        _refuse(f"The file breaks its own promise: {broken}")
    return ExchangeFile(head, groups, digest_of(body))


def digest_of(body: dict[str, object]) -> str:
    """Return what names the content of a file, whatever its layout on disk."""
    return hashlib.sha256(_canonical(body)).hexdigest()


def _check_groups(head: Head, groups: tuple[Group, ...]) -> None:
    cells = [cell for group in groups for cell in group.cells]
    if any(g.n_children < head.k or not g.cells for g in groups) or head.k < 2:
        message = "a group holds fewer children than k."
        raise ValueError(message)
    if len(set(cells)) != len(cells):
        message = "two groups share a cell."
        raise ValueError(message)
    if any(lattice.resolution_of(cell) != head.resolution for cell in cells):
        message = "cells are not of the resolution it names."
        raise ValueError(message)


def _seal(body: object, key: bytes) -> str:
    return hmac.new(key, _canonical(body), hashlib.sha256).hexdigest()


def _canonical(body: object) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"cse_geo exchange key" + key).hexdigest()[:16]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _refuse(message: str) -> NoReturn:
    raise InputRefusedError(message)
