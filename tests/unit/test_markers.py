"""Markers in the store and through the gate: closed lists, own agency, taken back, in the log, never a word of anybody's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from cse_geo import pipeline, safeguards, schema, store
from cse_geo.errors import NotPermittedError, UsageError
from cse_geo.pipeline import Marker
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANALYST = safeguards.Session("a1", "analyst", "problem_profile", "police1", "M1")
STEWARD = safeguards.Session("s1", "steward", "data_quality", "police1")
TODAY = date(2026, 6, 1)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        names = pd.DataFrame(
            {"agency": ["police1", "school"], "name": ["Police One", "School"], "kind": "police"}
        )
        store.save_agencies(made, schema.conform(names, schema.AGENCIES))
        box = shapely.box(1.0, 53.0, 2.0, 54.0)
        areas = pd.DataFrame(
            {"layer": ["local_authority"], "code": ["L1"], "name": ["Town"], "vintage": ["2025"]}
        )
        frame = gpd.GeoDataFrame(areas.astype("str"), geometry=[box], crs=4326)
        store.save_areas(made, schema.conform(frame, schema.AREAS))
        yield made


def test_a_marker_is_kept_listed_and_taken_back_and_the_log_knows(opened: store.Store) -> None:
    asked = Marker(date(2026, 3, 1), "training", "school", "L1")
    said = pipeline.add_marker(opened, asked, session=ANALYST, today=TODAY)
    assert said == "Marker 1: 2026-03-01, staff were trained to recognise or to record."
    listed = pipeline.list_markers(opened, session=ANALYST)
    assert listed.to_numpy().tolist() == [[1, "2026-03-01", "training", "school", "L1"]]
    assert pipeline.remove_marker(opened, 1, session=ANALYST) == "Marker 1 is taken back."
    assert pipeline.list_markers(opened, session=ANALYST).empty
    with pytest.raises(UsageError, match="no marker of this number"):
        pipeline.remove_marker(opened, 1, session=ANALYST)
    # Its number is not used again.
    assert pipeline.add_marker(opened, asked, session=ANALYST, today=TODAY).startswith("Marker 2")
    log = store.audit_log(opened).read()
    assert log["what"].str.partition(":")[0].tolist() == [
        "marker_add", "marker_list", "marker_remove", "marker_list", "marker_add",
    ]  # fmt: skip
    assert set(log["action"]) == {"alteration", "consultation"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            Marker(date(2026, 3, 1), "rumour"),
            "The kind must be one of training, operation, contributor, system",
        ),
        (
            Marker(date(2026, 3, 1), "training", "nobody"),
            "The agency must be one of this store's: police1, school",
        ),
        (Marker(date(2026, 3, 1), "training", "", "L9"), "The area must be a council of this store: L1"),
        (Marker(date(2026, 6, 2), "training"), "The day must lie between the year 2000 and today"),
        (Marker(date(1999, 12, 31), "training"), "The day must lie between"),
    ],
)
def test_what_is_on_no_list_is_refused_with_the_list(opened: store.Store, asked: Marker, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        pipeline.add_marker(opened, asked, session=ANALYST, today=TODAY)
    assert store.load_markers(opened).empty


@pytest.mark.parametrize("agency", ["", "school"])
def test_a_steward_marks_for_its_own_agency_only(opened: store.Store, agency: str) -> None:
    with pytest.raises(NotPermittedError, match="for its own agency only"):
        pipeline.add_marker(opened, Marker(date(2026, 3, 1), "system", agency), session=STEWARD, today=TODAY)
    pipeline.add_marker(opened, Marker(date(2026, 3, 1), "system", "police1"), session=STEWARD, today=TODAY)
    pipeline.add_marker(opened, Marker(date(2026, 3, 1), "system", "school"), session=ANALYST, today=TODAY)
    with pytest.raises(NotPermittedError, match="for its own agency only"):
        pipeline.remove_marker(opened, 2, session=STEWARD)
    assert len(store.load_markers(opened)) == 2


@pytest.mark.parametrize("role", ["meeting_member", "patrol", "licensing", "oversight", "administrator"])
def test_every_other_role_is_refused(opened: store.Store, role: str) -> None:
    purpose = safeguards.role_of(role).purposes[0] if hasattr(safeguards, "role_of") else ""
    session = safeguards.Session("u", role, purpose, "police1", "M1")
    for act in (
        lambda: pipeline.add_marker(opened, Marker(date(2026, 3, 1), "system", "police1"), session=session),
        lambda: pipeline.remove_marker(opened, 1, session=session),
        lambda: pipeline.list_markers(opened, session=session),
    ):
        with pytest.raises(NotPermittedError):
            act()


def test_a_marker_is_a_new_version_of_the_store(opened: store.Store) -> None:
    """Answers are kept by version: the next map must know of it."""
    before = store.version(opened)
    number = store.save_marker(opened, Marker(date(2026, 3, 1), "system"), set_by="a1")
    assert store.version(opened) == before + 1
    assert store.end_marker(opened, number)
    assert not store.end_marker(opened, number)
    assert store.version(opened) > before + 1
