"""Place types as findings: what enters the comparison, strata, words; counts alone say nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cse_geo import places, schema
from cse_geo.hotspots.place_types import PlaceTypeParams, place_type_test

LAT, LON = 53.8, 1.35


def register(types: list[str], lat: list[float] | None = None) -> pd.DataFrame:
    n = len(types)
    frame = pd.DataFrame({"place_id": [f"p{i:03d}" for i in range(n)], "place_type": types,
                          "lat": lat or [LAT] * n, "lon": LON, "register": "test"})  # fmt: skip
    return schema.conform(frame, schema.PLACES)


def records(
    place_types: list[str | None], r95_m: float = 20.0, role: str = "meeting"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    n = len(place_types)
    rows = schema.conform(
        pd.DataFrame(
            {
                "record_id": [f"r{i}" for i in range(n)],
                "row": range(n),
                "agency": "a",
                "place_type": place_types,
                "place_role": role,
            }
        ),
        schema.RECORDS,
    )
    where = schema.conform(
        pd.DataFrame(
            {
                "record_id": rows["record_id"],
                "status": "located",
                "lat": LAT,
                "lon": LON,
                "r95_m": r95_m,
                "h3_max_res": 10,
            }
        ),
        schema.LOCATIONS,
    )
    return rows, where


@pytest.mark.parametrize(
    ("place_type", "r95_m", "enters"),
    [
        ("takeaway_fastfood", 20, True), (None, 20, True), ("unknown", 20, True), ("private_residence", 20, False),
        ("refuge", 20, False), ("takeaway_fastfood", 301, False), ("takeaway_fastfood", 300, True),
    ],
)  # fmt: skip
def test_what_enters(place_type: str | None, r95_m: float, *, enters: bool) -> None:
    rows, where = records([place_type], r95_m)
    ready = places.make_ready(rows, where, np.array([0]), register(["pub"]), radius_m=300)
    assert (len(ready.records), ready.left_out) == ((1, 0) if enters else (0, 1))


def test_homes_are_never_a_type_that_is_compared() -> None:
    rows, where = records(["pub"])
    ready = places.make_ready(
        rows, where, np.array([0]), register(["pub", "childrens_home", "refuge", "taxi_rank"]), radius_m=300
    )
    assert ready.places["place_type"].tolist() == ["pub", "taxi_rank"]


def test_records_without_a_key_are_a_subject_each_and_children_keep_theirs() -> None:
    rows, where = records(["pub"] * 4)
    ready = places.make_ready(rows, where, np.array([5, -1, 5, -1]), register(["pub"]), radius_m=300)
    assert ready.records["subject"].tolist() == [5, -2, 5, -4]


def test_strata_part_towns_and_dense_from_thin_streets() -> None:
    """Ten places at one spot, one alone 5 km north, one 60 m from the ten."""
    where = register(["pub"] * 12, lat=[LAT] * 10 + [LAT + 0.05, LAT + 0.0006])
    got = places.strata_of(where)
    assert len(set(got[:10].tolist())) == 1
    assert got[10] not in got[:10]
    assert got[11] == got[0]
    assert places.strata_of(where.head(0)).tolist() == []


def test_roles_with_few_children_are_not_tried() -> None:
    rows, where = records(["pub"] * 5)
    rows["place_role"] = ["meeting"] * 3 + ["pick_up"] * 2
    ready = places.make_ready(rows, where, np.array([0, 0, 1, 2, 3]), register(["pub"]), radius_m=300)
    assert places.roles_to_test(ready, least=2) == ["all", "meeting", "pick_up"]
    assert places.roles_to_test(ready, least=3) == ["all"]
    assert len(places.of_role(ready, "pick_up")) == 2
    assert len(places.of_role(ready, "all")) == 5


def test_words_and_order_of_findings() -> None:
    table = pd.DataFrame({
        "place_role": ["all"] * 3, "place_type": ["pub", "park", "taxi_rank"], "places": [40, 50, 2],
        "observed": [90.0, 20.0, 3.0], "expected": [88.0, 10.0, 1.0], "ratio": [90 / 88, 2.0, 3.0],
        "ratio_low": [0.9, 1.4, np.nan], "ratio_high": [1.2, 2.9, np.nan], "p_value": [0.3, 0.001, np.nan],
        "q_value": [0.3, 0.002, np.nan],
    })  # fmt: skip
    got = places.findings(table)
    assert got["place_type"].tolist() == ["park", "pub", "taxi_rank"]
    assert got["is_finding"].tolist() == [True, False, False]
    assert got["words"].tolist() == [
        (
            "Park: 20.0 children's worth of records, 10.0 expected of places alike, 2.00 times as many (1.40 to 2.90); "
            "a statement about the type of place, not about any one business."
        ),
        "Pub: 90.0 children's worth of records, 88.0 expected of places alike; no more than chance explains.",
        "Taxi rank: too few places of this type to compare.",
    ]


def test_nearer_places_weigh_more() -> None:
    """Two places 50 and 100 m away, bandwidth 100 m: exp(-1/8) against exp(-1/2)."""
    spots = pd.DataFrame({"x_m": [0.0], "y_m": [0.0]})
    sites = pd.DataFrame({"x_m": [50.0, -100.0], "y_m": 0.0, "place_type": ["t", "p"]})
    params = PlaceTypeParams(
        radius_m=300, seed=1, permutations=99, resamples=19, min_places=1, bandwidth_m=100
    )
    got = place_type_test(spots, sites, params=params).set_index("place_type")["observed"]
    near, far = np.exp(-1 / 8), np.exp(-1 / 2)
    assert got.to_dict() == pytest.approx({"t": near / (near + far), "p": far / (near + far)})
