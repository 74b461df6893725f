"""The picture of density: made of the cells a role sees and nothing else, off until asked for, labelled."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from cse_geo import lattice, schema, views_more
from cse_geo.outputs.maps.build import Choice, changing_layers
from cse_geo.pipeline import picture
from cse_geo.pipeline.picture import density_of
from cse_geo.views import MapQuery, MapView, Session
from tests.app import fake_view


@pytest.fixture
def view() -> MapView:
    return fake_view.map_view("fake", Session(role="analyst"), MapQuery(resolution=8))


def test_it_is_darkest_where_the_counts_are_and_lighter_away_from_them(view: MapView) -> None:
    one = view.cells.head(1).assign(capped=20.0)
    table = density_of(replace(view, cells=one))
    assert table is not None
    schema.check(table, views_more.DENSITY)
    share = table.set_index("cell")["share"]
    centre = int(one["cell"].iloc[0])
    assert share.max() == 1.0
    assert share[centre] == 1.0
    ring = [c for c in lattice.disk(centre, 1).tolist() if c != centre]
    far = [c for c in lattice.disk(centre, 2).tolist() if c not in {centre, *ring} and c in share.index]
    assert share[ring].max() < 1.0
    assert not far or share[far].max() < share[ring].min() + 0.05


def test_it_is_drawn_from_the_cells_of_the_view_alone(view: MapView) -> None:
    """A view whose fine counts were taken out gives the picture of what is left."""
    left = view.cells.head(30)
    whole, part = density_of(view), density_of(replace(view, cells=left))
    assert whole is not None
    assert part is not None
    reach = np.unique(np.concatenate([lattice.disk(int(c), picture.REACH[8]) for c in left["cell"]]))
    assert set(part["cell"]) <= set(reach.tolist())
    twice = density_of(replace(view, cells=left.assign(capped=left["capped"] * 2)))
    assert twice is not None
    np.testing.assert_allclose(part["share"], twice["share"], rtol=1e-9)


def test_there_is_none_where_there_is_nothing_or_too_much(
    view: MapView, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert density_of(replace(view, cells=view.cells.head(0))) is None
    monkeypatch.setattr(picture, "MOST_CELLS", 10)
    assert density_of(view) is None


def test_its_layer_is_off_at_first_and_says_what_it_is(view: MapView) -> None:
    group = changing_layers(replace(view, density=density_of(view)), choice=Choice())
    rows = [json.loads(str(child.row)) for child in group._children.values()]
    row = next(row for row in rows if row["key"] == "density")
    assert (row["on"], row["note"]) == (False, "a picture, not a test")
    assert all(r["on"] for r in rows if r["key"] in ("cells", "hotspots"))
    plain = changing_layers(view, choice=Choice())
    assert "density" not in [json.loads(str(child.row))["key"] for child in plain._children.values()]
