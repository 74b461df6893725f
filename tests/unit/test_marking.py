"""Every export says for whom it is, why, until when, and over which days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import safeguards
from cse_geo.outputs.tables import Marking, write_frame
from cse_geo.pipeline.marking import marking_for

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SESSION = safeguards.Session("ana", "meeting_member", "meeting", "police1", "MACE-2026-04")
LABEL = (
    "OFFICIAL-SENSITIVE | operational | for ana police1 | meeting MACE-2026-04 | not after 2026-03-15 | "
    "data 2025-01-01 to 2025-12-31"
)


def mark() -> Marking:
    window = (date(2025, 1, 1), date(2025, 12, 31))
    return marking_for(SESSION, title="Hotspots", statement="About records.", window=window, now=NOW)


def test_the_label_names_handling_recipient_purpose_expiry_and_window() -> None:
    assert mark().label == LABEL


def test_synthetic_data_say_so_and_an_open_window_is_told() -> None:
    demo = safeguards.step_into("analyst", synthetic=True)
    made = marking_for(demo, title="x", statement="y", window=(None, date(2025, 1, 31)), now=NOW)
    assert (
        made.label
        == "SYNTHETIC DATA | synthetic | for demo | problem profile demo | data the beginning to 2025-01-31"
    )
    assert Marking("open data", "x", "y").label == ""


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_every_row_or_document_carries_it(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{ending}"
    write_frame(pd.DataFrame({"hotspot": ["H01", "H02"]}), path, marking=mark())
    if ending == ".json":
        told = json.loads(path.read_text("utf-8"))["marking"]
        assert (told["label"], told["recipient"]) == (LABEL, "ana police1")
        return
    rows = pd.read_csv(path) if ending == ".csv" else pd.read_parquet(path)
    assert rows["marking"].tolist() == [LABEL] * 2
