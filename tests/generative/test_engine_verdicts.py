"""What must not change a verdict does not: turning, moving, renaming, splitting, a far town, a child counted already."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.errors import SchemaError
from cse_geo.hotspots import find
from cse_geo.hotspots.evaluation import EvaluationParams, evaluate
from cse_geo.hotspots.place_types import PlaceTypeParams, place_type_test
from cse_geo.hotspots.scan import ScanParams, scan
from cse_geo.hotspots.trend import trend
from cse_geo.hotspots.trend_units import TrendParams

SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AS_OF = pd.Timestamp("2025-12-31")
CELLS = pd.DataFrame({"hotspot": ["H01", "H02"], "cell": [1, 2]}).astype({"hotspot": "str"})
SEEDS = st.integers(0, 2**32 - 1)


def turned(frame: pd.DataFrame, degrees: float, by: tuple[float, float]) -> pd.DataFrame:
    a = np.radians(degrees)
    x, y = frame["x_m"], frame["y_m"]
    return frame.assign(x_m=x * np.cos(a) - y * np.sin(a) + by[0], y_m=x * np.sin(a) + y * np.cos(a) + by[1])


def records(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 120))
    day = AS_OF - pd.to_timedelta(rng.integers(0, 900, n), unit="D")
    late = pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    frame = pd.DataFrame({"record": np.arange(n), "event": np.arange(n), "cell": rng.integers(1, 5, n), "weight": 1.0,
                          "subject": rng.integers(0, n, n), "agency": rng.choice(["a", "b"], n), "event_start": day,
                          "event_end": day, "report_date": np.minimum(day + late, AS_OF)})  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def verdict(rows: pd.DataFrame) -> pd.DataFrame:
    return trend(rows, CELLS, params=TrendParams(as_of=AS_OF))


HERE = ["hotspot", "word", "recent", "earlier", "ratio", "p_rise", "p_fall", "q_value"]


@SOME
@given(SEEDS, st.integers(1, 10**6))
def test_renaming_children_events_cells_and_order_changes_no_trend(seed: int, shift: int) -> None:
    rows = records(seed)
    renamed = rows.assign(
        subject=rows["subject"] + shift, event=rows["event"] + shift, record=rows["record"] + shift
    )
    renamed = renamed.assign(cell=renamed["cell"] + 70).sample(frac=1, random_state=1, ignore_index=True)
    cells = CELLS.assign(cell=CELLS["cell"] + 70)
    pd.testing.assert_frame_equal(verdict(rows), trend(renamed, cells, params=TrendParams(as_of=AS_OF)))


@SOME
@given(SEEDS)
def test_splitting_agencies_changes_no_trend(seed: int) -> None:
    rows = records(seed)
    split = rows.assign(agency=rows["agency"] + (rows["record"] % 3).astype(str))
    pd.testing.assert_frame_equal(verdict(rows), verdict(split))


@SOME
@given(SEEDS, st.integers(1, 60))
def test_a_far_town_changes_no_word_here(seed: int, n: int) -> None:
    rows = records(seed)
    # Within the days that the records already reach, so that the windows stay.
    far = rows.sample(n, replace=True, random_state=2).assign(cell=999)
    number = 10_000 + np.arange(n)
    far = far.assign(record=number, event=number, subject=number)
    one, two = verdict(rows), verdict(pd.concat([rows, far], ignore_index=True))
    pd.testing.assert_frame_equal(one[HERE], two[HERE])


@SOME
@given(SEEDS, st.integers(1, 81))
def test_more_records_of_a_child_already_counted_change_no_word(seed: int, times: int) -> None:
    rows = records(seed)
    again = pd.concat([rows.iloc[[0]]] * times, ignore_index=True)
    number = 10_000 + np.arange(times)
    more = pd.concat([rows, again.assign(record=number, event=number)], ignore_index=True)
    pd.testing.assert_frame_equal(verdict(rows)[HERE], verdict(more)[HERE])


def places(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 3000, (60, 2))
    types = np.array(["park", "pub", "rank"])[rng.integers(0, 3, 60)]
    spot = at[rng.integers(0, 60, 40)] + rng.normal(size=(40, 2)) * 60
    sites = pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "place_type": types, "stratum": 0})
    return pd.DataFrame({"x_m": spot[:, 0], "y_m": spot[:, 1], "subject": rng.integers(0, 30, 40)}), sites


PLACES = PlaceTypeParams(radius_m=300, seed=1, permutations=99, resamples=19, bandwidth_m=100, min_places=1)


def type_table(spots: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    return place_type_test(spots, sites, params=PLACES).sort_values("place_type", ignore_index=True)


@SOME
@given(SEEDS, st.floats(0, 360), st.floats(-1e5, 1e5))
def test_turning_and_moving_the_world_changes_no_place_type(seed: int, degrees: float, by: float) -> None:
    spots, sites = places(seed)
    moved = type_table(turned(spots, degrees, (by, -by)), turned(sites, degrees, (by, -by)))
    pd.testing.assert_frame_equal(type_table(spots, sites), moved, rtol=1e-6)


@SOME
@given(SEEDS)
def test_a_far_town_changes_neither_what_a_type_gets_nor_what_it_is_due(seed: int) -> None:
    spots, sites = places(seed)
    far = turned(sites, 0, (1e6, 0)).assign(stratum=1)
    one, two = type_table(spots, sites), type_table(spots, pd.concat([sites, far], ignore_index=True))
    pd.testing.assert_frame_equal(
        one[["observed", "expected", "ratio"]], two[["observed", "expected", "ratio"]]
    )


@SOME
@given(SEEDS, st.integers(1, 81))
def test_repeats_of_a_child_at_one_place_change_no_place_type(seed: int, times: int) -> None:
    spots, sites = places(seed)
    spots = spots.drop_duplicates("subject", ignore_index=True)
    more = pd.concat([spots, *[spots.iloc[[0]]] * times], ignore_index=True)
    pd.testing.assert_frame_equal(type_table(spots, sites), type_table(more, sites), rtol=1e-9)


@SOME
@given(SEEDS, st.floats(1, 359), st.booleans())
def test_turning_and_moving_the_world_changes_no_cluster(seed: int, degrees: float, in_time: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(seed)
    where = pd.DataFrame(
        {
            "id": [f"L{i:02d}" for i in range(30)],
            "x_m": rng.uniform(0, 5000, 30),
            "y_m": rng.uniform(0, 5000, 30),
        }
    )
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 60, 80), unit="D")
    cases = pd.DataFrame({"id": rng.choice(where["id"], 80), "date": day})
    people = pd.DataFrame({"id": where["id"], "population": rng.integers(50, 500, 30)})
    time = (
        {"model": "space-time-permutation", "max_days": 21, "aggregate_days": 7}
        if in_time
        else {"model": "poisson"}
    )
    params = ScanParams(max_radius_m=2000, seed=1, replicates=0, **time)
    extra = {} if in_time else {"population": people}
    one = scan(cases if in_time else cases[["id"]], where, params=params, **extra).clusters
    two = scan(
        cases if in_time else cases[["id"]], turned(where, degrees, (3e5, 1e5)), params=params, **extra
    ).clusters
    pd.testing.assert_frame_equal(one, two, rtol=1e-6)


@SOME
@given(SEEDS, st.sampled_from([90, 180, 270]), st.integers(-50, 50))
def test_moving_by_whole_cells_changes_no_score(seed: int, degrees: int, steps: int) -> None:
    rng = np.random.default_rng(seed)
    n = 300
    at = np.vstack([rng.normal(0, 300, (n // 2, 2)), rng.uniform(-2000, 2000, (n // 2, 2))])
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 100, n), unit="D")
    points = pd.DataFrame({"x_m": at[:, 0], "y_m": at[:, 1], "date": day})
    params = EvaluationParams(horizon_days=20, seed=1, area_shares=(0.1,), resamples=19)
    moved = points.assign(x_m=points["x_m"] + 200.0 * steps, y_m=points["y_m"] - 200.0 * steps)
    one, two = (evaluate(p, train_until=pd.Timestamp("2025-03-20"), params=params) for p in (points, moved))
    pd.testing.assert_frame_equal(one, two)
    around = evaluate(turned(points, degrees, (0, 0)), train_until=pd.Timestamp("2025-03-20"), params=params)
    assert around["n_test"].tolist() == one["n_test"].tolist()


@pytest.mark.parametrize("column", ["ethnicity", "nationality", "religion", "child_name"])
def test_what_must_not_count_cannot_even_come_in(column: str) -> None:
    rows = records(1).assign(**{column: "x"})
    for ask in (lambda: find(rows), lambda: verdict(rows)):
        with pytest.raises(SchemaError, match=column):
            ask()
