"""Properties of counting: each record and each child once, whatever the order and the split."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import lattice, schema
from cse_geo.cells import count, count_points

SOME = settings(max_examples=25, deadline=None)
CELLS = lattice.disk(int(lattice.cells_of([54.2], [1.5], 9)[0]), 1)


@st.composite
def cell_records(draw: st.DrawFn) -> pd.DataFrame:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 60))
    frame = pd.DataFrame(
        {
            "record": range(n),
            "cell": rng.choice(CELLS, n),
            "weight": 1.0,
            "subject": rng.integers(-1, 8, n),
            "event": rng.integers(0, n, n),
            "agency": rng.choice(["a", "b", "c"], n),
        }
    )
    return schema.conform(frame, schema.CELL_RECORDS)


@SOME
@given(cell_records(), st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_counts_do_not_depend_on_order_and_keep_every_record(rows, seed, cap):
    order = np.random.default_rng(seed).permutation(len(rows))
    out = count(rows, cap_per_child=cap)
    pd.testing.assert_frame_equal(out, count(rows.iloc[order], cap_per_child=cap))
    assert out["n_records"].sum() == len(rows)
    assert (out["capped"] <= out["n_children"] * cap + out["n_no_key"] + 1e-9).all()
    assert (out["n_children"] + out["n_no_key"] >= 1).all()


@SOME
@given(cell_records())
def test_counts_equal_a_plain_reference(rows):
    out = count(rows).set_index("cell")
    known = rows[rows["subject"] >= 0].groupby("event")["subject"].min()
    for cell, mine in rows.groupby("cell"):
        named = mine["subject"].where(mine["subject"] >= 0, mine["event"].map(known))
        children = set(named.dropna())
        keyless = set(mine.loc[named.isna(), "event"])
        assert out.loc[cell, ["n_children", "n_no_key"]].tolist() == [len(children), len(keyless)]
        assert out.loc[cell, "n_events"] == mine["event"].nunique()
        assert out.loc[cell, "n_agencies"] == mine["agency"].nunique()


@SOME
@given(st.integers(1, 200), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_chunks_do_not_matter(n, size, seed):
    rng = np.random.default_rng(seed)
    lat, lon = 54.2 + rng.normal(0, 0.01, n), 1.5 + rng.normal(0, 0.01, n)
    parts = [(lat[a : a + size], lon[a : a + size], None) for a in range(0, n, size)]
    pd.testing.assert_frame_equal(
        count_points(parts, resolution=9), count_points([(lat, lon, None)], resolution=9)
    )
