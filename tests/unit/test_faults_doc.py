"""docs/faults.md names tests that exist, once per row of the catalogue."""

from __future__ import annotations

import re

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "faults.md").read_text("utf-8")
ROWS = [line.split("|")[1:-1] for line in TEXT.splitlines() if re.match(r"\| \d", line)]


def test_every_row_of_the_catalogue_stands_there_once() -> None:
    numbers: list[int] = []
    for number, *_ in ROWS:
        first, _, last = number.strip().partition("-")
        numbers += range(int(first), int(last or first) + 1)
    assert numbers == list(range(1, 97))


def test_every_proof_is_a_test_or_says_that_there_is_none() -> None:
    for number, _, _, proof in ROWS:
        named = re.fullmatch(r"`([\w/]+\.py)(?:::(\w+))?`", proof.strip())
        if named is None:
            assert proof.strip().startswith(("not built", "not tested", "not scanned")), number
            continue
        file = ROOT / "tests" / named.group(1)
        assert file.is_file(), number
        assert named.group(2) is None or f"def {named.group(2)}(" in file.read_text("utf-8"), number
