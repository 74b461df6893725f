"""A shift in which nothing can be visited, as typed: a file all the same, and why it is empty in so many words."""

from __future__ import annotations

import pytest

from cse_geo.cli.main import _run
from cse_geo.cli.settings import Settings
from tests import plan_store
from tests.store_frames import KEY


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty") / "s"
    with plan_store.build(folder):
        return folder


@pytest.fixture
def plan(path, tmp_path, capsys):
    settings = Settings.from_environ({"CSE_GEO_KEY": KEY})

    def call(kind, *arguments):
        out = tmp_path / "plan.json"
        usual = ("plan", kind, "--on", "2026-02-06", "--store", str(path), "-o", str(out))
        code = _run([*usual, *arguments], settings)
        return code, capsys.readouterr().err.splitlines()[-1], out

    return call


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--base", "50.1,-2.0"), "No stop can be planned. No road or path leads there from any base (2)."),
        (
            ("--base", "54.0,1.0", "--start", "20:00", "--end", "20:05"),
            "No stop can be planned. It can only be visited outside every shift (2).",
        ),
    ],
    ids=["base off the network", "shift too short"],
)
def test_an_empty_patrol_says_why_and_is_written_all_the_same(plan, arguments, why) -> None:
    code, said, out = plan("patrol", *arguments)
    assert code == 0
    assert said.endswith(why)
    assert out.stat().st_size > 0


def test_a_shift_without_length_is_refused_before_a_copy_is_made(plan) -> None:
    code, said, out = plan("patrol", "--base", "54.0,1.0", "--start", "20:00", "--end", "20:00")
    assert (code, out.exists()) == (2, False)
    assert said == "The shift has no length: its end must differ from its start."


def test_a_plan_with_stops_says_no_such_thing(plan) -> None:
    code, said, _ = plan("patrol", "--base", "54.0,1.0")
    assert code == 0
    assert "No stop can be planned" not in said
