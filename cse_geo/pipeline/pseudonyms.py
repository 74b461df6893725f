"""Pseudonyms for an agency's own machine: the command's part that touches files."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from cse_geo.outputs.tables import write_text
from cse_geo.safeguards.pseudonyms import pseudonym, read_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["pseudonym", "read_key", "write_rows"]


def write_rows(rows: Sequence[Mapping[str, str]], names: Sequence[str], out: Path) -> None:
    """Write rows as CSV, whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(names), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    write_text(text.getvalue(), out)
