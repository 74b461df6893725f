"""Pseudonyms: keyed, per kind and epoch, in the form that returns take; and the command that makes them."""

from __future__ import annotations

import csv
import hashlib
import hmac
import re
import stat
from typing import TYPE_CHECKING

import pytest

from cse_geo.errors import UsageError
from cse_geo.safeguards.pseudonyms import pseudonym, read_key

if TYPE_CHECKING:
    from pathlib import Path

HEX = "0123456789abcdef" * 4
SECRET = bytes.fromhex(HEX)


def make(identifier: str = "ref 12", *, kind: str = "child", epoch: str = "2026", key: bytes = SECRET) -> str:
    return pseudonym(identifier, key=key, kind=kind, epoch=epoch)


def test_it_is_an_hmac_by_hand() -> None:
    said = b"cse-geo\x1fchild\x1f2026\x1fREF12"
    assert make() == "C-" + hmac.new(SECRET, said, hashlib.sha256).hexdigest()[:16]


@pytest.mark.parametrize("same", ["REF 12", "ref12", " Ref 12 ", "\uff32\uff25\uff26 12"])
def test_spelling_makes_no_difference(same: str) -> None:
    assert make(same) == make()


def test_another_kind_epoch_key_or_person_is_another_pseudonym() -> None:
    others = [
        make(kind="adult"), make(kind="vehicle"), make(epoch="2027"), make(key=b"\1" * 32), make("ref 13"), make(),
    ]  # fmt: skip
    assert len({o[2:] for o in others}) == len(others)
    assert [o[0] for o in others[:3]] == ["A", "V", "C"]
    assert all(re.fullmatch("[CAV]-[0-9a-f]{16}", o) for o in others)


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, HEX + "00"])
def test_a_key_has_64_hexadecimal_digits(text: str) -> None:
    with pytest.raises(UsageError, match="64 hexadecimal"):
        read_key(text)
    assert read_key(f" {HEX}\n") == SECRET


@pytest.mark.parametrize(("identifier", "kind"), [("", "child"), (" ", "child"), ("x", "school")])
def test_nothing_to_make_one_of(identifier: str, kind: str) -> None:
    with pytest.raises(UsageError):
        make(identifier, kind=kind)


def test_the_command_makes_a_key_once_and_replaces_a_column(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from cse_geo.cli.pseudonym import pseudonym as command

    key, source, out = tmp_path / "agency.key", tmp_path / "in.csv", tmp_path / "out.csv"
    run = CliRunner().invoke
    assert run(command, ["--key-file", str(key), "--new-key"]).exit_code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert isinstance(run(command, ["--key-file", str(key), "--new-key"]).exception, UsageError)
    source.write_text("event_ref,child_key\nE1,ref 12\nE2,\nE3,REF12\n", "utf-8")
    arguments = [
        str(source),
        "--column",
        "child_key",
        "--epoch",
        "2026",
        "--key-file",
        str(key),
        "-o",
        str(out),
    ]
    done = run(command, arguments)
    assert (done.exit_code, "3 rows, 1 pseudonyms" in done.output) == (0, True)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["child_key"] for r in rows] == [rows[0]["child_key"], "", rows[0]["child_key"]]
    assert "ref 12" not in out.read_text()
    arguments[2] = "town"
    assert isinstance(run(command, arguments).exception, UsageError)
