"""Contacts, decisions and exchanged files: kept, replaced or added to, and read back as they were."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from cse_geo import store
from cse_geo.errors import StoreError
from cse_geo.store import tables
from tests.store_frames import KEY


@pytest.fixture
def opened(tmp_path):
    with store.init_store(tmp_path / "s", key=KEY, synthetic=True) as made:
        yield made


def contacts(post):
    return pd.DataFrame(
        [
            {
                "agency": "police_a",
                "layer": "police_force",
                "area": "X1",
                "post": post,
                "reach": "desk@a.example",
            }
        ]
    )


def test_a_contact_is_replaced_by_a_newer_one_of_the_same_agency_and_area(opened):
    store.save_contacts(opened, contacts("old desk"))
    store.save_contacts(opened, contacts("new desk"))
    assert store.load_contacts(opened)["post"].tolist() == ["new desk"]


def test_decisions_are_added_to_and_the_newest_comes_first(opened):
    first = store.Decision(("8a",), 8, "", "meet", "chair", date(2026, 1, 5))
    then = store.Decision(("8a",), 8, "X1", "joint_intelligence", "chair", date(2026, 2, 5), "M-2")
    assert [store.save_decision(opened, d) for d in (first, then)] == [1, 2]
    kept = store.load_decisions(opened)
    assert kept["lead"].tolist() == ["X1", ""]
    assert kept["decided_on"].tolist() == ["2026-02-05", "2026-01-05"]


def test_the_same_sequence_of_a_sender_is_kept_once(opened):
    row = {
        "direction": "in", "sender": "X1", "sequence": 3, "digest": "d", "period_from": "2024-01-01",
        "period_to": "2024-12-31", "content": "{}",
    }  # fmt: skip
    store.save_exchange(opened, row)
    with pytest.raises(StoreError):
        store.save_exchange(opened, row)
    assert store.load_exchanges(opened)["sequence"].tolist() == [3]


def test_the_migration_makes_the_tables_that_the_program_reads(opened):
    with opened.reading() as connection:
        looked = sa.inspect(connection)
        for table in (tables.contacts, tables.border_decisions, tables.exchange_files):
            names = {c["name"] for c in looked.get_columns(table.name)}
            assert names == {c.name for c in table.columns}
