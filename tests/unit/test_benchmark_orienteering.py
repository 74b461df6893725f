"""The benchmark command on files that are no instance and on instances with nothing to visit: words, nothing lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.orienteering import NoInstanceError, main, read_instance

if TYPE_CHECKING:
    from pathlib import Path

HEAD, BASE = "1 1 1 1\n0 0\n", "0 0 0 0 0 0 0 0 {end}\n"
STOP = "{i} {x} 4 10 {score} 1 1 1 {opens} {closes}\n"


def windows(*stops: dict[str, object], end: int = 100) -> str:
    usual = {"x": 3, "score": 7, "opens": 0, "closes": 50}
    return (
        HEAD + BASE.format(end=end) + "".join(STOP.format(i=i + 1, **usual | s) for i, s in enumerate(stops))
    )


def answers(path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    path.write_text(text, "ascii")
    main([str(path), "--cpu-s", "0.05"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty."),
        ("\n \n", "it is empty."),
        ("hello there\n", "line 1 holds something that is not a number."),
        (windows({"x": "nan"}), "line 4 holds something that is not a number."),
        (windows({"score": -1}), "line 4 has a score below 0."),
        ("1 2 3\n", "the first line must be"),
        (HEAD, "it has no start."),
        (HEAD + "0 0 0 0 0\n", "line 3 is too short for a point."),
        (windows() + "1 3 4\n", "line 4 is too short for a point."),
        ("10 1\n0 0 0\n", "it has no start and end."),
        ("10 1\n0 0 0\n1 1\n", "line 3 is too short for a point."),
        ("10 1\n0 0 0\n1 1 0\n2 2 -5\n", "line 4 has a score below 0."),
    ],
)
def test_a_file_that_is_no_instance_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "some.txt").write_text(text, "ascii")
    with pytest.raises(NoInstanceError) as refused:
        read_instance(tmp_path / "some.txt", vehicles=1)
    assert str(refused.value).startswith(said)


def test_the_other_files_are_still_solved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.txt").write_text(windows({}), "ascii")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe")
    files = [str(tmp_path / name) for name in ("missing.txt", "bytes.txt", "good.txt")]
    with pytest.raises(SystemExit) as over:
        main([*files, "--cpu-s", "0.05"])
    said = capsys.readouterr()
    assert over.value.code == 1
    assert (json.loads(said.out)["instance"], json.loads(said.out)["score"]) == ("good", 7)
    assert said.err.splitlines() == [
        "missing.txt: it cannot be read as plain text.",
        "bytes.txt: it cannot be read as plain text.",
    ]


def test_stops_that_cannot_be_visited_are_named_and_the_rest_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stops = ({}, {"x": 300, "score": 9}, {"opens": 60, "score": 9}, {"score": 0})
    line = answers(tmp_path / "few.txt", windows(*stops), capsys)
    assert (line["score"], line["routes"]) == (7, [["1"]])
    assert line["left_out"] == {
        "2": "It is too far to be reached in its hours and be back before the shift ends.",
        "3": "Its hours end before they begin: it is never open.",
        "4": "Nothing is expected there at any time it can be visited.",
    }


def test_no_stop_and_a_shift_without_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = answers(tmp_path / "none.txt", windows(), capsys)
    assert (nothing["score"], nothing["routes"]) == (0, [[]])
    line = answers(tmp_path / "zero.txt", windows({}, end=0), capsys)
    assert (line["score"], line["routes"]) == (0, [[]])
    assert line["notes"] == ["Unit v0 has a shift without any time in it."]
    assert list(line["left_out"]) == ["1"]


@pytest.mark.parametrize(
    "wrong",
    [["--vehicles", "0"], ["--cpu-s", "nan"], ["--cpu-s", "-1"], ["--seed", "-1"], ["--optima", "no.csv"]],
)
def test_wrong_settings_are_refused_before_anything_is_read(wrong, capsys) -> None:
    with pytest.raises(SystemExit) as over:
        main(["missing.txt", *wrong])
    assert over.value.code == 2
    assert wrong[0] in capsys.readouterr().err
