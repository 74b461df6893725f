"""Records go in whole, come out as they went in, are corrected with history, and are erased for good."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cse_geo import schema, store
from cse_geo.errors import SchemaError, StoreError
from tests.store_frames import KEY, locations_of, many, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as made:
        yield made


def details(number: int = 1, *, agency: str = "police1", **more: object) -> store.ImportDetails:
    return store.ImportDetails(agency=agency, sha256=f"{number:064x}", **more)


def save(opened: store.Store, records: pd.DataFrame, number: int = 1) -> store.Receipt:
    agency = records["agency"].iloc[0] if len(records) else "police1"
    return store.save_import(opened, details(number, agency=agency), records, locations_of(records))


def test_records_come_back_as_they_went_in(opened: store.Store) -> None:
    records, locations = many(200, seed=1)
    receipt = store.save_import(opened, details(), records, locations)
    found, places = store.load_records(opened)
    assert_frame_equal(found, records)
    assert_frame_equal(places, locations)
    assert (receipt.n_new, receipt.n_corrected, receipt.n_unchanged, receipt.n_accepted) == (200, 0, 0, 200)


def test_missing_values_and_statuses_come_back_missing(opened: store.Store) -> None:
    records = records_of([{"event_start": pd.NaT, "place_type": None, "handling_code": None}])
    locations = schema.conform(
        pd.DataFrame(
            {"record_id": ["r0"], "status": ["waiting"], "h3_max_res": [-1], "reason": ["text_only"]}
        ),
        schema.LOCATIONS,
    )
    store.save_import(opened, details(), records, locations)
    found, places = store.load_records(opened)
    assert_frame_equal(found, records)
    assert_frame_equal(places, locations)


def test_an_empty_store_gives_empty_frames_of_the_right_columns(opened: store.Store) -> None:
    found, places = store.load_records(opened)
    schema.check(found, schema.RECORDS)
    schema.check(places, schema.LOCATIONS)
    assert (len(found), len(places)) == (0, 0)


def test_the_same_file_again_changes_nothing_and_has_the_same_receipt(opened: store.Store) -> None:
    records = records_of([{}, {}])
    first = save(opened, records)
    version = store.version(opened)
    again = save(opened, records_of([{"place_type": "hotel_bb"}]))  # same bytes cannot hold other rows
    assert again == first
    assert store.version(opened) == version
    assert len(store.load_records(opened)[0]) == 2


def test_the_same_bytes_from_another_agency_are_another_import(opened: store.Store) -> None:
    save(opened, records_of([{}]))
    save(opened, records_of([{"record_id": "x"}], agency="council1"))
    assert len(store.load_records(opened)[0]) == 2


def test_the_same_rows_in_another_order_are_nothing_new(opened: store.Store) -> None:
    records = records_of([{"child_key": "K1"}, {"child_key": "K2"}, {}])
    save(opened, records)
    receipt = save(opened, records.iloc[::-1].assign(row=[9, 8, 7]).reset_index(drop=True), number=2)
    assert (receipt.n_new, receipt.n_corrected, receipt.n_unchanged) == (0, 0, 3)


def test_a_corrected_row_supersedes_and_history_stays(opened: store.Store) -> None:
    save(opened, records_of([{"place_type": "park"}, {}]))
    receipt = save(opened, records_of([{"place_type": "taxi_rank"}, {}]), number=2)
    assert (receipt.n_new, receipt.n_corrected, receipt.n_unchanged) == (0, 1, 1)
    current, _ = store.load_records(opened)
    assert sorted(current["place_type"]) == ["park", "taxi_rank"]
    assert store.record_history(opened, "r0")["place_type"].tolist() == ["park", "taxi_rank"]


def test_a_row_that_stands_twice_in_a_file_counts_once(opened: store.Store) -> None:
    records = records_of([{"place_type": "park"}, {"record_id": "r0", "place_type": "hotel_bb"}])
    receipt = save(opened, records)
    assert (receipt.n_new, receipt.n_repeated) == (1, 1)
    assert store.load_records(opened)[0]["place_type"].tolist() == ["hotel_bb"]


def test_a_nil_return_leaves_a_receipt_and_no_records(opened: store.Store) -> None:
    nil = details(state="nil", period_from=date(2025, 1, 1), period_to=date(2025, 3, 31))
    empty = records_of([])
    receipt = store.save_import(opened, nil, empty, locations_of(empty))
    assert receipt.n_accepted == 0
    assert store.find_receipt(opened, agency="police1", sha256=nil.sha256) == receipt
    assert store.list_imports(opened)["state"].tolist() == ["nil"]


def test_the_receipt_remembers_all_details(opened: store.Store) -> None:
    full = details(
        period_from=date(2025, 1, 1), period_to=date(2025, 3, 31), mapping_sha256="m", vocabulary_version="2026.1",
        definition="under 18", difficulties="two teams did not answer", n_rows=3, n_rejected=1,
        problem_counts={"bad_date": 2},
    )  # fmt: skip
    records = records_of([{}, {}])
    made = store.save_import(opened, full, records, locations_of(records))
    found = store.find_receipt(opened, agency="police1", sha256=full.sha256)
    assert found == made
    assert found is not None
    assert found.details == full


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({}, ["span", "day", "report", "undated"]),
        ({"date_from": date(2025, 2, 1)}, ["span", "day", "report"]),
        ({"date_to": date(2025, 2, 28)}, ["span"]),
        ({"date_from": date(2025, 3, 10), "date_to": date(2025, 3, 10)}, ["day"]),
        ({"date_from": date(2025, 1, 20), "date_to": date(2025, 1, 21)}, ["span"]),
        ({"date_from": date(2025, 5, 1)}, []),
    ],
)
def test_a_period_takes_spans_that_touch_it(
    opened: store.Store, window: dict[str, date], expected: list[str]
) -> None:
    none = {"event_start": pd.NaT, "event_end": pd.NaT}
    day = pd.Timestamp
    save(opened, records_of([
        {"record_id": "span", "event_start": day("2025-01-15"), "event_end": day("2025-02-15")},
        {"record_id": "day", "event_start": day("2025-03-10 23:30")},
        {"record_id": "report", **none, "report_date": day("2025-04-01")},
        {"record_id": "undated", **none},
    ]))  # fmt: skip
    assert store.load_records(opened, **window)[0]["record_id"].tolist() == expected


def test_records_are_chosen_by_agency_type_and_role(opened: store.Store) -> None:
    save(
        opened, records_of([{"place_role": "meeting"}, {"place_type": "hotel_bb", "place_role": "approach"}])
    )
    save(opened, records_of([{"record_id": "c"}], agency="council1"))
    ids = lambda **kw: store.load_records(opened, **kw)[0]["record_id"].tolist()  # noqa: E731
    assert ids(agencies=["council1"]) == ["c"]
    assert ids(place_types=["hotel_bb"]) == ["r1"]
    assert ids(place_roles=["meeting", "approach"], place_types=["park"]) == ["r0"]


def test_frames_that_do_not_belong_together_are_refused(opened: store.Store) -> None:
    records = records_of([{}, {}])
    with pytest.raises(ValueError, match="one row per row"):
        store.save_import(opened, details(), records, locations_of(records).iloc[::-1])
    with pytest.raises(ValueError, match="another agency"):
        store.save_import(opened, details(agency="council1"), records, locations_of(records))
    with pytest.raises(SchemaError, match="lacks record_id"):
        store.save_import(opened, details(), records.drop(columns="record_id"), locations_of(records))
    assert store.version(opened) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"agency": ""}, "agency"),
        ({"sha256": "abc"}, "sha256"),
        ({"state": "lost"}, "state"),
        ({"period_from": date(2025, 2, 1), "period_to": date(2025, 1, 1)}, "period_from"),
    ],
)
def test_wrong_details_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        store.ImportDetails(**{"agency": "a", "sha256": "0" * 64, **wrong})


def test_new_locations_replace_the_old_ones(opened: store.Store) -> None:
    records = records_of([{}, {}])
    save(opened, records)
    moved = locations_of(records, lat=54.5)
    assert store.save_locations(opened, moved) == 2
    assert_frame_equal(store.load_records(opened)[1], moved)
    stranger = moved.assign(record_id=["x", "y"]).astype({"record_id": "str"})
    assert store.save_locations(opened, stranger) == 0


def test_an_erased_child_goes_with_its_history_and_does_not_come_back(opened: store.Store) -> None:
    save(opened, records_of([{"child_key": "K1"}, {"child_key": "K2"}]))
    save(opened, records_of([{"child_key": "K3"}, {"child_key": "K2"}]), number=2)  # r0 corrected
    assert store.erase_subject(opened, "K1") == store.Erasure(n_deleted=2, n_blanked=0)
    receipt = save(
        opened, records_of([{"child_key": "K1", "record_id": "new"}, {"child_key": "K2"}, {}]), number=3
    )
    assert (receipt.n_erased, receipt.n_new, receipt.n_unchanged) == (1, 1, 1)
    assert sorted(store.load_records(opened)[0]["record_id"]) == ["r1", "r2"]


def test_an_erased_record_does_not_come_back_without_its_key(opened: store.Store) -> None:
    save(opened, records_of([{"child_key": "K1"}]))
    store.erase_subject(opened, "K1")
    assert save(opened, records_of([{"child_key": None}]), number=2).n_erased == 1
    assert store.load_records(opened)[0].empty


def test_an_erased_adult_leaves_the_row_without_the_key(opened: store.Store) -> None:
    save(opened, records_of([{"adult_key": "A1"}, {"adult_key": "A2"}]))
    assert store.erase_subject(opened, "A1", column="adult_key") == store.Erasure(n_deleted=0, n_blanked=1)
    save(opened, records_of([{"adult_key": "A1"}, {"adult_key": "A2"}]), number=2)
    assert store.load_records(opened)[0].sort_values("record_id")["adult_key"].isna().tolist() == [
        True,
        False,
    ]


def test_only_person_columns_can_be_erased(opened: store.Store) -> None:
    with pytest.raises(ValueError, match="child_key"):
        store.erase_subject(opened, "x", column="town")


def test_the_summary_counts(opened: store.Store) -> None:
    save(opened, records_of([{}, {"event_start": pd.NaT}]))
    save(opened, records_of([{"place_type": "hotel_bb"}, {"event_start": pd.NaT}]), number=2)
    found = store.summary(opened)
    assert (found.n_records, found.n_superseded, found.n_undated, found.n_imports) == (2, 1, 1, 2)
    assert (found.first_day, found.last_day) == (date(2025, 3, 1), date(2025, 3, 1))
    assert (found.is_synthetic, found.agencies, found.version) == (True, ("police1",), 2)


def test_a_reader_cannot_write_even_by_sql(opened: store.Store) -> None:
    with store.open_store(opened.path, key=KEY, read_only=True) as reader:  # noqa: SIM117 (the inner one raises)
        with pytest.raises(StoreError, match="cannot be written"), reader.reading() as connection:
            connection.exec_driver_sql("DELETE FROM meta")


def test_a_store_opened_for_reading_says_so_when_written(opened: store.Store) -> None:
    with store.open_store(opened.path, key=KEY, read_only=True) as reader:
        with pytest.raises(StoreError, match="for reading only"):
            save(reader, records_of([{}]))
        save(opened, records_of([{}]))
        assert len(store.load_records(reader)[0]) == 1  # readers see what was written after they opened


def test_a_closed_store_says_so(opened: store.Store) -> None:
    opened.close()
    opened.close()
    with pytest.raises(StoreError, match="is closed"):
        store.load_records(opened)


def test_the_versions_of_the_store_form_a_chain(opened: store.Store) -> None:
    for number in (1, 2):
        save(opened, records_of([{"record_id": f"n{number}"}]), number=number)
    assert store.version(opened) == 2
    assert store.verify(opened) == store.Verification((), 2, 0)
    with opened.logging() as connection:
        connection.exec_driver_sql("UPDATE changes SET what = 'nothing' WHERE version = 1")
    assert store.verify(opened).faults == ("the chain of changes breaks at change 1",)
