"""Specs: what a frame must have is said in one sentence, with counts and never a value."""

from __future__ import annotations

import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.errors import SchemaError

SPECS = [s for s in vars(schema).values() if isinstance(s, schema.FrameSpec)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
def test_an_empty_frame_meets_its_spec(spec: schema.FrameSpec) -> None:
    assert schema.check(schema.empty(spec), spec).empty
    assert len(set(spec.names)) == len(spec.names)


def test_check_names_every_fault_and_no_value() -> None:
    frame = pd.DataFrame({"hotspot": ["canary", None], "cell": [1.5, 2.0], "extra": [0, 0]})
    with pytest.raises(SchemaError) as caught:
        schema.check(frame, schema.HOTSPOT_CELLS)
    assert str(caught.value) == (
        "`hotspot_cells` frame: has unexpected extra; hotspot has 1 missing of 2; cell is float64, not int64."
    )


def test_conform_fills_what_is_absent_as_missing() -> None:
    frame = schema.conform(pd.DataFrame({"record_id": ["r"], "row": [2], "agency": ["a"]}), schema.RECORDS)
    assert schema.check(frame, schema.RECORDS)["lat"].isna().all()


@pytest.mark.parametrize(
    ("r95_m", "finest"),
    [
        (0.0, 10),
        (39.6, 10),
        (39.7, 9),
        (104.5, 9),
        (104.6, 8),
        (276.6, 8),
        (276.7, 7),
        (731.5, 7),
        (731.6, -1),
    ],
)
def test_finest_resolution_is_055_of_the_edge(r95_m: float, finest: int) -> None:
    assert schema.finest_resolution(r95_m) == finest


def test_no_column_may_hold_a_protected_characteristic_or_a_name() -> None:
    banned = (
        "ethnic",
        "national",
        "relig",
        "race",
        "dob",
        "birth",
        "nhs",
        "phone",
        "surname",
        "forename",
        "notes",
    )
    names = " ".join(n for spec in SPECS for n in spec.names)
    assert not [word for word in banned if word in names]
