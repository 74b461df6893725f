"""The commands of what was decided and done, driven as a person types them, with their words for bad input."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest

from cse_geo import lattice, store
from cse_geo.cli.main import _run
from cse_geo.cli.settings import Settings
from tests import plan_store
from tests.store_frames import KEY


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("act") / "s"
    with plan_store.build(folder) as made:
        cells = tuple(lattice.to_text(lattice.cells_of([54.0], [1.0], 8)))
        store.save_action(made, store.Action(
            cells, 8, "Port Ansel", "police1", "A25", "2026-01-10", "2026-02-20", "Chair", "2025-07-01",
            safeguarding_step="social care reviews", safeguarding_owner="health1"), by="demo")  # fmt: skip
    return folder


@pytest.fixture
def run(path, capsys):
    settings = Settings.from_environ({"CSE_GEO_KEY": KEY})

    def call(*arguments):
        code = _run([*arguments, "--store", str(path)], settings)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_actions_are_listed_concluded_and_compared(run):
    code, out, err = run("act", "list")
    assert (code, out.count("\n")) == (0, 1)
    assert "A25" in out
    assert "every agency" in err
    assert run("act", "outcome", "1", "--status", "no_effect_seen", "--words", "reports go on")[0] == 0
    assert "no_effect_seen" in run("act", "list")[1]
    code, out, _ = run("act", "effect", "1")
    assert code == 0
    assert out.startswith("at the place: ")
    assert "not harm" in out


def test_a_meeting_is_put_on_record_by_agencies(run):
    plain = ("act", "meeting", "--held-on", "2025-12-01", "--from", "2025-06-01", "--to", "2025-12-01")
    code, _, err = run(
        *plain, "--attended", "Ansel Police", "--attended", "Chair", "--seen", "H01 Port Ansel"
    )
    assert (code, err) == (0, "Meeting 1 is on record.\n")
    code, _, err = run(*plain, "--attended", "07700 900123")
    assert code == 2
    assert "named or described a person" in err


def test_ground_is_taken_out_and_put_back_by_its_own_setter(run):
    until = (date.today() + timedelta(days=10)).isoformat()  # noqa: DTZ011
    code, out, _ = run("act", "aside", "--at", "54.0,1.0", "--until", until)
    assert code == 0
    assert out.endswith(f"until {until}\n")
    assert run("act", "aside", "--put-back", "1")[1] == ""
    assert "You have no place 1" in run("act", "aside", "--put-back", "1")[2]
    assert "grid reference" in run("act", "aside", "--at", "nowhere", "--until", until)[2]
    assert "--until" in run("act", "aside", "--at", "54.0,1.0")[2]


def test_a_correction_needs_a_business_of_the_register_and_lists_its_copies(run):
    code, out, err = run(
        "act", "correct", "--place", "P1", "--kind", "wrong_business", "--words", "the neighbour was meant"
    )
    assert (code, out) == (0, "")
    assert "0 copies" in err
    assert (
        "no business of this id"
        in run("act", "correct", "--place", "X", "--kind", "detail", "--words", "w")[2]
    )
    assert "No such copy" in run("act", "told", "1", "C0001")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plan", "patrol", "--end", "18:00"), 2, "no length"),
        (("plan", "patrol", "--base", "99,9"), 2, "in the United Kingdom"),
        (("plan", "patrol", "--now", "23:30"), 2, "between its start and its end"),
        (("plan", "patrol", "--appointment", "20:00", "nowhere", "20"), 2, "grid reference"),
        (("plan", "patrol", "--together", "20:00", "nowhere", "20"), 2, "grid reference"),
        (("plan", "patrol", "--together", "any", "54.0,1.0", "20", "--units", "1"), 2, "needs two units"),
        (("plan", "patrol", "--dropped", "Unit 2"), 2, "give both"),
        (("plan", "patrol", "--now", "20:00", "--dropped", "Unit 9"), 2, "units of this plan"),
        (("plan", "patrol", "--most-minutes", "3"), 2, "10 to 240"),
        (("plan", "outreach", "--base", "Nowhere"), 2, "town of the map"),
        (("plan", "rounds", "--end", "18:00"), 2, "no length"),
    ],
)
def test_bad_input_of_a_plan_is_one_sentence_and_writes_nothing(run, tmp_path, arguments, code, said):
    target = tmp_path / "plan.pdf"
    found, _, err = run(*arguments, "--on", "2026-02-06", "-o", str(target))
    assert found == code
    assert said in err
    assert "Traceback" not in err
    assert not target.exists()


def test_two_units_together_a_limit_and_a_unit_that_goes_home_from_the_command_line(run, tmp_path):
    whole, rest = tmp_path / "whole.json", tmp_path / "rest.json"
    given = (
        "plan",
        "patrol",
        "--on",
        "2026-02-06",
        "--together",
        "any",
        "54.02,1.04",
        "20",
        "--most-minutes",
        "30",
    )
    assert run(*given, "-o", str(whole))[0] == 0
    stops = json.loads(whole.read_text("utf-8"))["stops"]
    both = [(stop["unit"], stop["arrive"]) for stop in stops if "two units" in stop["place"]]
    assert [unit for unit, _ in both] == ["Unit 1", "Unit 2"]
    assert both[0][1] == both[1][1]
    minutes = {}
    for stop in stops:
        if "two units" not in stop["place"]:
            minutes[stop["place"]] = minutes.get(stop["place"], 0) + stop["minutes"]
    assert max(minutes.values()) <= 30
    assert run(*given, "--now", "20:00", "--dropped", "Unit 2", "-o", str(rest))[0] == 0
    left = json.loads(rest.read_text("utf-8"))
    assert {stop["unit"] for stop in left["stops"]} <= {"Unit 1"}
    assert any("Unit 2 goes home" in words for words in left["about"]["read_this_first"])


def test_a_base_off_the_network_still_gives_a_sheet_that_says_so(run, tmp_path):
    target = tmp_path / "plan.html"
    assert run("plan", "patrol", "--on", "2026-02-06", "--base", "55.5,1.9", "-o", str(target))[0] == 0
    assert "from the nearest road" in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no visit"),
        ("place,visited_at,minutes,seen\n", "holds no visit"),
        ("place,visited_at,minutes\nx,2026-02-06T19:00,10\n", "exactly the columns"),
        ("place,visited_at,minutes,seen\nx,tonight,10,nothing_seen\n", "looks like 2026-01-09T19:05"),
        ("place,visited_at,minutes,seen\nx,2026-02-06T19:00,ten,nothing_seen\n", "whole number"),
        ("place,visited_at,minutes,seen\nx,2026-02-06T19:00,10,a girl\n", "is one of nothing_seen"),
        ("place,visited_at,minutes,seen\nx,2026-02-06T19:00,-1,nothing_seen\n", "no visit lasts less"),
    ],
)
def test_a_log_that_is_none_is_refused_with_its_row_and_keeps_nothing(run, path, tmp_path, text, said):
    file = tmp_path / "log.csv"
    file.write_text(text)
    code, _, err = run("plan", "log", str(file), "--kind", "patrol", "--plan", "C0001")
    assert code == 3
    assert said in err
    assert "a girl" not in err
    with store.open_store(path, key=KEY, read_only=True) as opened:
        assert store.load_visits(opened).empty


def test_a_log_that_is_no_text_is_refused(run, tmp_path):
    file = tmp_path / "log.csv"
    file.write_bytes(io.BytesIO(bytes(range(128, 256))).getvalue())
    code, _, err = run("plan", "log", str(file), "--kind", "patrol", "--plan", "C0001")
    assert (code, "UTF-8" in err) == (3, True)
