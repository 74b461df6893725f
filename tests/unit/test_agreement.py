"""Which methods agree: a lasting cluster, a new one, crowds that the denominators explain, and none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots import find
from cse_geo.hotspots.agreement import AgreementParams, agreement

CENTRE = int(lattice.cells_of([53.8], [1.35], 8)[0])
DISK = np.sort(lattice.disk(CENTRE, 12))
PARAMS = AgreementParams(seed=1, replicates=99)


def exposure() -> pd.DataFrame:
    frame = pd.DataFrame({"cell": DISK, "children": 10.0, "footfall": 1.0, "district": "D1"})
    return schema.conform(frame, schema.EXPOSURE)


def world(n_here: int, *, days_ago: int) -> pd.DataFrame:
    """Return records over two years everywhere, and children at the centre over the last `days_ago` days."""
    rng = np.random.default_rng(1)
    cell = np.concatenate([rng.choice(DISK, 200), np.full(n_here, CENTRE)])
    ago = np.concatenate([rng.integers(0, 730, 200), rng.integers(0, days_ago, n_here)])
    day = pd.Timestamp("2025-12-31") - pd.to_timedelta(ago, unit="D")
    n = len(cell)
    frame = pd.DataFrame({"record": np.arange(n), "event": np.arange(n), "subject": np.arange(n), "cell": cell,
                          "weight": 1.0, "agency": "a", "event_start": day, "event_end": day, "report_date": day})  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def of(rows: pd.DataFrame) -> dict[str, bool]:
    table = agreement(find(rows, exposure()), rows, exposure(), params=PARAMS)
    schema.check(table, schema.AGREEMENT)
    first = table[table["hotspot"] == "H01"].set_index("method")
    assert first["p_value"].isna().tolist() == (~first["agrees"]).tolist()
    return first["agrees"].to_dict()


def test_a_lasting_cluster_is_seen_by_all_but_the_scan_for_what_is_new() -> None:
    assert of(world(20, days_ago=730)) == {"poisson_scan": True, "space_time_scan": False, "gi_star": True}


def test_a_new_cluster_is_seen_by_all() -> None:
    assert of(world(15, days_ago=30)) == {"poisson_scan": True, "space_time_scan": True, "gi_star": True}


def test_words_say_what_agreement_is_worth() -> None:
    rows = world(20, days_ago=730)
    table = agreement(find(rows, exposure()), rows, exposure(), params=PARAMS)
    assert table["words"].head(3).tolist() == [
        "Seen too by the Poisson scan, which allows for having looked at every circle.",
        "Not seen by the space-time scan, which needs no denominators but sees only what is new.",
        "Seen too by concentration (Gi*), which is not risk.",
    ]


def test_without_hotspots_there_is_nothing_to_agree_on() -> None:
    rows = world(0, days_ago=1)
    assert agreement(find(rows, exposure()), rows, exposure(), params=PARAMS).empty


@pytest.mark.parametrize(("name", "value"), [("level", 0.0), ("replicates", 5)])
def test_settings_are_checked(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        AgreementParams(**{"seed": 1, name: value})
