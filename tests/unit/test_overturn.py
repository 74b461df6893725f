"""What would overturn a hotspot: by hand on Poisson tails, against asking the tail again, and on a whole map."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cse_geo import lattice
from cse_geo.demo.world import WorldParams, make_world
from cse_geo.hotspots import HotspotParams, HotspotResult, find
from cse_geo.hotspots.overturn import overturn
from cse_geo.hotspots.tails import upper_tail
from cse_geo.pipeline.claims import made_by, with_claims


def spot(observed: float, expected: float, p: float) -> pd.DataFrame:
    return pd.DataFrame({"hotspot": ["H01"], "observed": [observed], "expected": [expected], "p_value": [p]})


def line_at(p: float) -> pd.DataFrame:
    """Return the windows of a map whose line lies at p: one passes there, one does not."""
    return pd.DataFrame({"p_value": [p, 0.5], "q_value": [0.04, 1.0]})


def test_by_hand_on_a_poisson_count_of_mean_one() -> None:
    """P(X >= 5) = 0.00366, P(X >= 4) = 0.01899 (Abramowitz and Stegun 26.7): of 8, four fewer leave 4, above 0.01."""
    p = float(stats.poisson.sf(7, 1.0))
    got = overturn(spot(8, 1.0, p), line_at(0.01), q=0.05)
    assert got["fewer"].tolist() == [4.0]
    assert got["words"].iloc[0].startswith("What would overturn it: about 4 of the 8 counted")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 60), st.floats(0.05, 8.0), st.sampled_from([0.5, 0.9, 1.0, 1.4, 3.0]), st.floats(1e-6, 0.05)
)  # fmt: skip
def test_so_many_fewer_cross_the_line_and_one_less_does_not(
    observed: int, mean: float, spread: float, line: float
) -> None:
    """Whatever the family (binomial, Poisson, negative binomial) that made p."""
    p = float(upper_tail(observed, mean, mean * spread))
    if not 1e-280 < p <= line:
        return
    fewer = overturn(spot(observed, mean, p), line_at(line), q=0.05)["fewer"].iloc[0]
    left = observed - int(fewer)
    tails = upper_tail([left, left + 1], mean, mean * spread)
    assert left == 0 or tails[0] > line * (1 - 1e-6)
    assert tails[1] <= line * (1 + 1e-6)


def test_where_nothing_was_expected_all_of_them_would_have_to_go() -> None:
    assert overturn(spot(8, 0.0, 0.0), line_at(0.01), q=0.05)["fewer"].tolist() == [8.0]


def test_without_expected_counts_it_cannot_be_told() -> None:
    got = overturn(spot(8, float("nan"), 1e-6), line_at(0.01), q=0.05)
    assert np.isnan(got["fewer"].iloc[0])
    assert got["words"].tolist() == [""]
    assert overturn(spot(8, 1.0, 1e-6).head(0), line_at(0.01), q=0.05).empty


def test_run_again_without_so_many_children_the_hotspot_goes() -> None:
    """The number holds line and level still; the engine, run again without the children, agrees within three."""
    world = make_world(7, WorldParams(n_records=1000, extra=12))
    result, rows = find(world.cell_records, world.exposure), world.cell_records
    told = overturn(result.hotspots, result.tested, q=0.05)
    off = []
    for label, fewer in zip(told["hotspot"], told["fewer"], strict=True):
        window = _strongest_window(result, label)
        inside = rows["cell"].isin(window) & (rows["subject"] >= 0)
        children = np.unique(rows.loc[inside, "subject"])
        gone = [
            n
            for n in range(1, len(children) + 1)
            if not find(rows[~rows["subject"].isin(children[:n])], world.exposure)
            .cells["cell"]
            .isin(window)
            .any()
        ]
        off.append(min(gone) - fewer)
    assert np.abs(off).max() <= 3
    assert np.abs(np.mean(off)) <= 1.5


def _strongest_window(result: HotspotResult, label: str) -> np.ndarray:
    cells = result.cells.loc[result.cells["hotspot"] == label, "cell"]
    near = np.unique(np.concatenate([lattice.disk(int(cell), 1) for cell in cells]))
    tested = result.tested[result.tested["cell"].isin(near)].sort_values("p_value", kind="stable")
    return lattice.disk(int(tested["cell"].iloc[0]), 1)


def test_each_hotspot_leaves_with_its_claims() -> None:
    world = make_world(7, WorldParams(n_records=1000, extra=20))
    params = HotspotParams()
    result = find(world.cell_records, world.exposure, params=params)
    agreement = pd.DataFrame(
        {"hotspot": ["H01", "H01"], "method": ["poisson_scan", "gi_star"], "agrees": [True, False]}
    )
    table = with_claims(result, params, agreement)
    assert table["other_methods"].iloc[0] == "gi_star: does not; poisson_scan: agrees"
    assert set(table["parameters"]) == {made_by(result, params)}
    assert "q=0.05" in table["parameters"].iloc[0]
    assert (table["overturned_by"] >= 1).all()
    assert with_claims(result, params)["other_methods"].tolist() == [""] * len(table)


@pytest.mark.parametrize("p", [1e-300, 1e-20])
def test_a_chance_too_small_for_the_line_to_matter_needs_nearly_all(p: float) -> None:
    got = overturn(spot(40, 0.01, p), line_at(0.01), q=0.05)
    assert 35 <= got["fewer"].iloc[0] <= 40
