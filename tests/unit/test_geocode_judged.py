"""The judge of the geocoder's benchmark, on answers made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.geocode import figures, judged

_TEN = (  # kind, resolvable, status, level, r95_m, x, door, right
    ("address", True, "located", "address", 20.0, 0.0, True, True),
    ("address", True, "located", "address", 20.0, 50.0, True, True),
    ("address", True, "located", "address", 90.0, 60.0, True, False),  # 50 m is the bar, whatever the radius
    ("address", True, "located", "near_anchor", 120.0, 110.0, True, True),
    ("premises", True, "located", "street", 200.0, 150.0, False, True),
    ("premises", True, "area", "town", 3_000.0, np.nan, False, False),
    ("premises", False, "waiting", None, np.nan, np.nan, False, False),
    ("absent", False, "located", "address", 20.0, 400.0, True, False),
    ("absent", False, "located", "street", 500.0, 400.0, False, True),
    ("vague", False, "located", "street", 500.0, 0.0, False, True),
)


def _judged() -> pd.DataFrame:
    kind, resolvable, status, level, r95, x, *_ = zip(*_TEN, strict=True)
    queries = pd.DataFrame({"kind": kind, "resolvable": resolvable, "x": 0.0, "y": 0.0}, index=range(5, 15))
    answers = pd.DataFrame(
        {"status": status, "level": level, "evidence": "e", "reason": None, "r95_m": r95, "x": x, "y": 0.0}
    )
    return judged(queries, answers)


def test_doors_and_what_is_right() -> None:
    got = _judged()
    assert got["door"].tolist() == [row[-2] for row in _TEN]
    assert got["right"].tolist() == [row[-1] for row in _TEN]


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("recall_door", 3 / 6),
        ("recall_point", 4 / 6),
        ("precision_door", 3 / 5),
        ("wrong_250", 2 / 10),  # the absent door, and the vague text with a point
        ("absent_door_wrong", 1 / 2),
        ("vague_points", 1),
    ],
)
def test_figures(figure: str, value: float) -> None:
    assert figures(_judged())[figure] == pytest.approx(value)
