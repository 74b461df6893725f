"""boundaries.blind: who sees a hotspot alone, how surely, how much later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo.boundaries.blind import Alone, blind_spots, seen_only_together


def run(hotspots: dict[str, list[int]], q: dict[int, float], **seen: str) -> Alone:
    rows = [(label, cell) for label, cells in hotspots.items() for cell in cells]
    tested = pd.DataFrame({"cell": list(q), "q_value": list(q.values())}).astype(
        {"cell": "int64", "q_value": "float64"}
    )
    dates = {label: pd.Timestamp(day) for label, day in seen.items()}
    return Alone(
        pd.DataFrame(rows, columns=["hotspot", "cell"]).astype({"hotspot": "str", "cell": "int64"}),
        tested,
        dates,
    )


POOLED = run(
    {"H01": [1, 2, 3, 4], "H02": [8, 9]}, {1: 0.001, 2: 0.02, 8: 0.04}, H01="2025-01-06", H02="2025-03-03"
)
FORCES = {
    "W1": run({"H05": [1, 2], "H06": [7]}, {1: 0.01, 2: 0.03, 8: 0.6}, H05="2025-02-03"),
    "E1": run({}, {3: 0.2, 4: 0.3}),
}


def test_by_hand() -> None:
    table = blind_spots(POOLED, FORCES)
    assert table[["hotspot", "force", "seen", "share_cells"]].to_numpy().tolist() == [
        ["H01", "E1", False, 0.0], ["H01", "W1", True, 0.5], ["H02", "E1", False, 0.0], ["H02", "W1", False, 0.0],
    ]  # fmt: skip
    assert table["alone_hotspot"].fillna("-").tolist() == ["-", "H05", "-", "-"]
    assert table["pooled_q"].tolist() == [0.001, 0.001, 0.04, 0.04]
    np.testing.assert_equal(table["alone_q"].to_numpy(), [0.2, 0.01, np.nan, 0.6])
    np.testing.assert_equal(table["weeks_gained"].to_numpy(), [np.nan, 4.0, np.nan, np.nan])


def test_seen_only_together() -> None:
    told = seen_only_together(blind_spots(POOLED, FORCES))
    assert told[["hotspot", "seen_by", "only_together"]].to_numpy().tolist() == [
        ["H01", "W1", False],
        ["H02", "", True],
    ]
    np.testing.assert_equal(told["weeks_gained"].to_numpy(), [4.0, np.nan])


def test_the_least_share_decides() -> None:
    assert blind_spots(POOLED, FORCES, least_share=0.5)["seen"].tolist() == [False, True, False, False]
    assert not blind_spots(POOLED, FORCES, least_share=0.51)["seen"].any()


@pytest.mark.parametrize("share", [0, -1, 1.1])
def test_the_least_share_is_checked(share: float) -> None:
    with pytest.raises(ValueError, match="`least_share` must be above 0"):
        blind_spots(POOLED, FORCES, least_share=share)


def test_nothing_found_nothing_said() -> None:
    table = blind_spots(run({}, {}), FORCES)
    assert table.empty
    assert seen_only_together(table).empty
