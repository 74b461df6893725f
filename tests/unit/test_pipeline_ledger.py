"""The ledger and the coverage grid: every record in one place, and silence told apart from nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cse_geo import schema
from cse_geo.pipeline.frames import Frames, denominators_at, exposure_at, select
from cse_geo.pipeline.ledger import coverage_grid, ledger_of, months_of, silent_areas
from cse_geo.views import IMPORTS, MapQuery

STATUSES = {
    "located": 9,
    "polygon": 9,
    "area": -1,
    "waiting": -1,
    "refused": -1,
    "non_spatial": -1,
    "none": -1,
}


def frames(rows: list[dict[str, object]], coverage: list[tuple[str, str, str, str]] = ()) -> Frames:
    table = pd.DataFrame(rows).assign(record_id=[f"r{n}" for n in range(len(rows))], row=2)
    for name in ("event_start", "event_end", "report_date"):
        table[name] = pd.to_datetime(table[name]) if name in table else pd.NaT
    records = schema.conform(table, schema.RECORDS)
    places = table[["record_id", "status"]].assign(
        h3_max_res=table.get("finest", pd.Series(index=table.index)).fillna(table["status"].map(STATUSES)),
        lat=53.8,
        lon=1.2,
        level="coordinate",
    )
    states = pd.DataFrame(coverage, columns=["agency", "area", "month", "state"])
    councils = gpd.GeoDataFrame(
        {"layer": "local_authority", "code": ["C1", "C2"], "name": ["One", "Two"], "vintage": "2025"},
        geometry=[shapely.box(1, 53, 2, 54), shapely.box(2, 53, 3, 54)],
        crs=4326,
    )
    return Frames(
        records=records,
        locations=schema.conform(places, schema.LOCATIONS),
        agencies=schema.conform(
            pd.DataFrame({"agency": ["p", "c"], "name": ["Police", "Charity"], "kind": "police"}),
            schema.AGENCIES,
        ),
        coverage=schema.conform(states.assign(month=pd.to_datetime(states["month"])), schema.COVERAGE),
        areas=schema.conform(councils, schema.AREAS),
        places=schema.empty(schema.PLACES),
        exposure=schema.empty(schema.EXPOSURE),
        basemap=schema.empty(schema.BASEMAP),
        imports=schema.empty(IMPORTS),
        synthetic=True,
        region="",
    )


def row(
    agency: str = "p", status: str = "located", start: str | None = "2025-01-10", **more: object
) -> dict[str, object]:
    return {"agency": agency, "status": status, "event_start": start, "handling_code": "P", **more}


def test_the_ledger_says_where_every_record_went() -> None:
    data = frames(
        [row(), row(finest=7), row(status="area"), row(status="waiting"), row(status="none"), row(start=None)]
    )
    ledger = ledger_of(select(data, MapQuery(date_from=date(2025, 1, 1))), resolution=9)
    assert (ledger.total, ledger.mapped, ledger.excluded_by_r95, ledger.undated) == (6, 1, 1, 1)
    assert ledger.words == (
        "Mapped 1 of 6 records; not mapped: 1 placed, but not finely enough for cells of this size; "
        "1 known only to an area; 1 waiting for somebody to place their words; 1 without any place; "
        "1 without any date."
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(STATUSES)), st.booleans()), min_size=1, max_size=30),
    st.sampled_from([7, 8, 9, 10]),
)
def test_mapped_and_not_mapped_add_up(rows: list[tuple[str, bool]], resolution: int) -> None:
    data = frames([row(status=s, start="2025-01-10" if dated else None) for s, dated in rows])
    ledger = ledger_of(select(data, MapQuery(date_from=date(2025, 1, 1))), resolution=resolution)
    numbers = [
        int(w.split()[0]) for w in ledger.words.partition("not mapped: ")[2].rstrip(".").split("; ") if w
    ]
    assert ledger.mapped + sum(numbers) == ledger.total == len(rows)


def test_a_suspected_default_location_is_said_apart_from_waiting_words() -> None:
    data = frames([row(), row(status="waiting"), row(status="waiting")])
    data.locations.loc[1, "reason"] = "DEFAULT_LOCATION_SUSPECTED"
    words = ledger_of(select(data, MapQuery()), resolution=9).words
    assert words == (
        "Mapped 1 of 3 records; not mapped: 1 waiting for somebody to place their words; "
        "1 at what looks like a default location, waiting for a person to judge."
    )


def test_where_a_report_was_made_is_no_place_of_an_event_unless_asked_for() -> None:
    data = frames(
        [row(place_role="reported_from"), row(place_role="missing_from"), row(place_role="meeting")]
    )
    chosen = select(data, MapQuery())
    assert chosen.dated[0]["record_id"].tolist() == ["r2"]
    assert ledger_of(chosen, resolution=9).words == (
        "Mapped 1 of 3 records; not mapped: "
        "2 where a report was made or a child went missing from, not where something happened."
    )
    assert len(select(data, MapQuery(place_roles=("missing_from",))).dated[0]) == 1


def test_a_span_counts_where_it_overlaps_and_undated_is_kept_to_be_counted() -> None:
    data = frames(
        [
            row(start="2024-12-01", event_end="2025-02-01"),
            row(start="2024-11-01", event_end="2024-12-31"),
            row(start=None, report_date="2025-01-31"),
            row(start=None),
            row(start="2025-02-01"),
        ]
    )
    chosen = select(data, MapQuery(date_from=date(2025, 1, 1), date_to=date(2025, 1, 31)))
    assert chosen.records["record_id"].tolist() == ["r0", "r2", "r3"]
    assert chosen.undated.tolist() == [False, False, True]
    assert chosen.dated[0]["record_id"].tolist() == ["r0", "r2"]
    assert len(select(data, MapQuery()).dated[0]) == 5


def test_filters_choose_by_agency_type_and_role() -> None:
    data = frames([row(place_type="park", place_role="meeting"), row("c", place_type="park"), row("c")])
    assert select(data, MapQuery(agencies=("c",))).records["record_id"].tolist() == ["r1", "r2"]
    assert select(data, MapQuery(place_types=("park",), place_roles=("meeting",))).records[
        "record_id"
    ].tolist() == ["r0"]


def test_the_grid_shows_the_worst_state_and_counts_records() -> None:
    data = frames(
        [row(), row(), row("c", start="2025-02-03")],
        [
            ("p", "C1", "2025-01-01", "returned"),
            ("p", "C2", "2025-01-01", "no_reply"),
            ("c", "C1", "2025-01-01", "nil"),
            ("c", "C2", "2025-01-01", "not_asked"),
            ("c", "C1", "2025-02-01", "not_asked"),
        ],
    )
    query = MapQuery()
    grid = coverage_grid(data, query, data.records, months=months_of(data, query))
    assert grid[["agency", "name", "state", "n_records"]].to_numpy().tolist() == [
        ["c", "Charity", "nil", 0],
        ["c", "Charity", "not_asked", 1],
        ["p", "Police", "no_reply", 2],
    ]


def test_a_council_nobody_returned_for_is_silent_and_a_nil_return_is_not_silence() -> None:
    data = frames([row()], [("p", "C1", "2025-01-01", "nil"), ("p", "C2", "2025-01-01", "no_reply")])
    silent = silent_areas(data, data.areas, months=months_of(data, MapQuery()))
    assert silent[["code", "name"]].to_numpy().tolist() == [["C2", "Two"]]
    assert "nobody knows" in silent["words"].iloc[0]


def test_a_council_that_the_chosen_agencies_sent_nothing_for_is_silent_on_their_map() -> None:
    data = frames([row()], [("p", "C1", "2025-01-01", "returned"), ("c", "C2", "2025-01-01", "nil")])
    months = months_of(data, MapQuery())
    assert silent_areas(data, data.areas, months=months).empty
    of_police = silent_areas(data, data.areas, months=months, agencies=("p",))
    assert of_police["code"].tolist() == ["C2"]
    assert of_police["words"].iloc[0].startswith("No chosen agency returned anything")
    assert silent_areas(data, data.areas, months=months, agencies=("p", "c")).empty


def test_exposure_at_a_coarser_resolution_keeps_its_sums() -> None:
    from cse_geo import lattice

    cells = lattice.children_of(int(lattice.cells_of([53.8], [1.2], 7)[0]), 9)
    fine = schema.conform(
        pd.DataFrame({"cell": cells, "children": 2.0, "footfall": 1.0, "district": "C1"}), schema.EXPOSURE
    )
    coarse = exposure_at(fine, 8)
    assert (len(coarse), coarse["children"].sum(), set(coarse["district"])) == (7, 98.0, {"C1"})
    with pytest.raises(ValueError, match="finer than the denominators"):
        exposure_at(coarse, 9)
    held = replace(frames([row()]), exposure=coarse)
    assert denominators_at(held, 9) is None  # what is found there is concentration, not a fault
    assert denominators_at(frames([row()]), 8) is None
    assert len(denominators_at(held, 8)) == 7
