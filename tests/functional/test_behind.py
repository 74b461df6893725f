"""What stands behind a hotspot of the demo store, by role; the log has an entry before each answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cse_geo import pipeline, safeguards, schema, store, views, views_more
from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUERY = views.MapQuery(resolution=8)


@pytest.fixture(scope="module")
def opened(demo_home: tuple[Path, dict[str, str]]) -> Iterator[store.Store]:
    path, environ = demo_home
    with pipeline.open_app_store(str(path), environ) as made:
        yield made


def as_role(role: str) -> views.Session:
    return views.Session(role=role, demo=True, purpose="demonstration")


def first(opened: store.Store, role: str) -> str:
    return str(pipeline.map_view(opened, as_role(role), QUERY).hotspots["hotspot"].iloc[0])


def test_the_analyst_sees_months_hours_pairs_and_sites(opened: store.Store) -> None:
    more = pipeline.hotspot_more(opened, as_role("analyst"), QUERY, first(opened, "analyst"))
    assert more is not None
    schema.check(more.months, schema.TREND_MONTHS)
    schema.check(more.profile, schema.PROFILE)
    schema.check(more.near_repeat, views_more.NEAR_REPEAT)
    schema.check(more.sites, views_more.SITES)
    assert more.profile["share"].sum() == pytest.approx(1.0)
    assert bool(more.months["is_incomplete"].iloc[-1])
    assert (more.months["high"] >= more.months["n_records"] - 1e-9).all()
    last = store.audit_log(opened).read().iloc[-1]
    assert (last["what"].partition(":")[0], last["action"]) == ("hotspot_more", "consultation")


@pytest.mark.parametrize(
    ("role", "hours", "sites"), [("meeting_member", False, False), ("steward", True, True)]
)
def test_hours_and_points_are_for_the_roles_that_may_see_them(
    opened: store.Store, role: str, *, hours: bool, sites: bool
) -> None:
    spots = pipeline.map_view(opened, as_role(role), QUERY).hotspots
    if spots.empty:
        pytest.skip("this role's own records make no hotspot")
    more = pipeline.hotspot_more(opened, as_role(role), QUERY, str(spots["hotspot"].iloc[0]))
    assert more is not None
    assert (more.profile is not None, more.sites is not None) == (hours, sites)


@pytest.mark.parametrize("role", ["patrol", "licensing", "outreach", "oversight"])
def test_a_role_without_exact_counts_gets_nothing(opened: store.Store, role: str) -> None:
    assert pipeline.hotspot_more(opened, as_role(role), QUERY, "H01") is None
    day = date(2025, 3, 1)
    assert pipeline.hotspot_before_after(opened, as_role(role), QUERY, "H01", day) is None
    assert pipeline.markers_at_page(opened, as_role(role)) is None


def test_a_hotspot_that_is_not_there_is_refused(opened: store.Store) -> None:
    with pytest.raises(UsageError, match="no such hotspot"):
        pipeline.hotspot_more(opened, as_role("analyst"), QUERY, "H99")


def test_before_and_after_compares_as_many_cells_elsewhere(opened: store.Store) -> None:
    hotspot = first(opened, "analyst")
    found = pipeline.hotspot_before_after(opened, as_role("analyst"), QUERY, hotspot, date(2025, 3, 1))
    assert found is not None
    n = found.table.set_index("place")["n_cells"]
    assert n["the hotspot"] == n["cells like the hotspot"]
    assert n["two cells round it"] == n["cells like the ring"]
    assert any("Weighted displacement difference" in words for words in found.words)
    with pytest.raises(UsageError, match="less than 28 days"):
        pipeline.hotspot_before_after(opened, as_role("analyst"), QUERY, hotspot, date(2023, 1, 1))


def test_a_marker_stands_on_the_next_map_and_in_its_trend(opened: store.Store) -> None:
    role = as_role("analyst")
    before = pipeline.map_view(opened, role, QUERY)
    as_of = before.trend["as_of"].iloc[0]
    day = as_of.date()
    said = pipeline.mark_at_page(opened, role, pipeline.Marker(day, "operation"))
    view = pipeline.map_view(opened, role, QUERY)
    assert len(view.markers) == len(before.markers) + 1
    assert view.trend["marked"].str.contains("an operation or campaign").all()
    assert view.trend["words"].str.contains("Marked in that time").all()
    assert view.trend["word"].tolist() == before.trend["word"].tolist()
    assert pipeline.unmark_at_page(opened, role, int(said.split()[1].rstrip(":"))).endswith("taken back.")
    assert len(pipeline.map_view(opened, role, QUERY).markers) == len(before.markers)


def test_each_hotspot_leaves_the_store_with_what_would_overturn_it_and_who_else_sees_it(
    opened: store.Store,
) -> None:
    session = safeguards.step_into("analyst", synthetic=True)
    table = pipeline.hotspots_in_store(opened, session=session, request=pipeline.FindRequest()).table
    assert (table["overturned_by"] >= 1).all()
    assert (table["overturned_by"] <= table["observed"]).all()
    assert table["overturn"].str.startswith("What would overturn it: about").all()
    assert table["parameters"].str.contains("k_ring=1; q=0.05").all()
    assert (table["other_methods"].str.count(";") == 2).all()
    card = pipeline.map_view(opened, as_role("analyst"), QUERY).overturn
    assert list(card.values()) == table["overturn"].tolist()
    assert pipeline.map_view(opened, as_role("patrol"), QUERY).overturn == {}
