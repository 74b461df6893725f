"""What may leave: a release or an operational view object, with its marking; by type, and by who calls whom."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cse_geo import schema
from cse_geo.errors import SchemaError
from cse_geo.outputs.tables import Marking, write_frame
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "cse_geo"
# What a paper, a plan or a workbook may be made of: answers narrowed to a role, and nothing else.
VIEWS = {"MeetingView", "PlanView", "LicensingView", "BorderView", "Document", "Release"}
# The calls of `outputs` that make what leaves.
MAKERS = {
    "write_frame", "write_border_book", "plan_bytes", "plan_document", "premises_document", "premises_json",
    "premises_xlsx", "meeting_pack", "profile_pack", "board_pack", "match_document",
}  # fmt: skip
# Who may make them without a session's marking: the caller's own files, which are in no store.
OWN_FILES = {"points", "match_papers"}


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)]


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
    }


@pytest.mark.parametrize("module", ["border_book", "gpx", "ics", "packs", "plan_files", "premises"])
def test_papers_and_plans_are_made_of_views_only(module: str) -> None:
    """Every function that makes bytes, a document or a file takes a view first."""
    makers = [
        f
        for f in functions_of(PACKAGE / "outputs" / f"{module}.py")
        if not f.name.startswith("_")
        and (f.name in MAKERS or ast.unparse(f.returns or ast.Constant(None)) == "bytes")
    ]
    assert makers
    assert {ast.unparse(f.args.args[0].annotation) for f in makers if f.args.args[0].annotation} <= VIEWS
    assert all(f.args.args[0].annotation for f in makers)


def test_a_table_is_written_with_a_marking_that_cannot_be_left_out() -> None:
    (function,) = [f for f in functions_of(PACKAGE / "outputs" / "tables.py") if f.name == "write_frame"]
    at = [a.arg for a in function.args.kwonlyargs].index("marking")
    assert function.args.kw_defaults[at] is None


@pytest.mark.parametrize("path", sorted((PACKAGE / "pipeline").glob("*.py")), ids=lambda p: p.stem)
def test_whoever_lets_something_leave_marks_it_for_its_session(path: Path) -> None:
    names = names_in(path)
    if names & MAKERS and path.stem not in OWN_FILES:
        assert names & {"marking_for", "heading_of"}, (
            "nothing leaves a store without a marking of its session"
        )


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_markings_are_made_in_one_place(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("Marking")]
    homes = {"pipeline/marking.py", "pipeline/points.py", "pipeline/evaluation.py"}
    if str(path.relative_to(PACKAGE)) not in homes:
        assert not made


@pytest.mark.parametrize("column", [*schema.PERSON_COLUMNS, "record_id", "event_ref", "subject"])
def test_a_table_of_records_or_children_is_refused(column: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"cell": ["a"], column: ["x"]})
    with pytest.raises(SchemaError, match=column):
        write_frame(frame, tmp_path / "out.csv", marking=Marking("synthetic", "t", "s"))
    assert list(tmp_path.iterdir()) == []
