from __future__ import annotations

import sys

import pandas as pd
import pytest

from cse_geo.errors import InputRefusedError
from cse_geo.intake import ChildParams, Limits, read_table, read_table_sandboxed
from tests.faults import build as b

GOOD = b.csv_bytes(b.good_rows()) + b"2025-9,x\r\n"


def test_the_child_gives_the_same_table():
    here, there = read_table(GOOD, name="x"), read_table_sandboxed(GOOD, name="x")
    pd.testing.assert_frame_equal(here.frame, there.frame)
    pd.testing.assert_frame_equal(here.problems, there.problems)
    assert here.rows.tolist() == there.rows.tolist()
    assert (here.sha256, here.kind, here.encoding) == (there.sha256, there.kind, there.encoding)


def test_a_refusal_comes_back_with_its_words():
    with pytest.raises(InputRefusedError, match="more than 3 columns") as refusal:
        read_table_sandboxed(GOOD, name="x", limits=Limits(max_columns=3))
    assert list(refusal.value.problems["code"]) == ["too_many_columns"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of this kind there")
@pytest.mark.parametrize(
    "child", [ChildParams(memory_bytes=60_000_000), ChildParams(wall_seconds=1)], ids=["memory", "clock"]
)
def test_a_child_at_its_limits_is_a_refusal_and_the_next_file_is_read(child: ChildParams):
    many = b.csv_bytes(b.good_rows(100)) * 1500
    with pytest.raises(InputRefusedError, match="had to be stopped") as refusal:
        read_table_sandboxed(many, name="x", child=child)
    assert list(refusal.value.problems["code"]) == ["reader_stopped"]


def test_limits_check_themselves():
    with pytest.raises(ValueError, match="at least 1"):
        ChildParams(cpu_seconds=0)
