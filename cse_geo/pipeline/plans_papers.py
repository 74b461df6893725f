"""Plan files: the plan as a numbered copy, and the log of a round back into the store, apart from records."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.plan_files import FORMATS, Cover, plan_bytes
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.marking import heading_of, marking_for, next_copy
from cse_geo.pipeline.meeting_packs import Copy, Paper, keep_copy

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo import views
    from cse_geo.safeguards import Session
    from cse_geo.views_plans import PlanView, VisitLine

# Which kind of export a plan is for a role: the matrix names them.
_EXPORTS = {"patrol": ("plan", "pack"), "outreach": ("picture", "plan", "pack"),
            "licensing": ("premises_sheet", "pack")}  # fmt: skip
_SEEN = ("nothing_seen", "something_seen", "not_visited")
_PAGES = {"patrol": "patrol", "outreach": "outreach", "licensing": "premises"}
LOG_COLUMNS = ("place", "visited_at", "minutes", "seen")


@dataclass(frozen=True)
class PlanPaper:
    """Which file of a plan, for whom."""

    suffix: str
    recipient: str = "the shift"


def plan_paper(opened: store.Store, session: Session, view: PlanView, paper: PlanPaper) -> Paper:
    """Return a plan as a file; its copy is on record before it leaves.

    Raises
    ------
    NotPermittedError
        If the role may not export this kind of plan.
    UsageError
        If the format is not known.
    """
    allowed = [kind for kind in _EXPORTS[view.kind] if kind in session.rule.exports]
    safeguards.require_export(session, allowed[0] if allowed else "plan")
    if paper.suffix not in FORMATS:
        message = f"A plan is one of {', '.join(FORMATS)}."
        raise UsageError(message)
    copy = next_copy(opened)
    window = (view.query.on, view.query.on)
    marking = marking_for(session, title=view.name, statement="", window=window, recipient=paper.recipient)
    marking = replace(marking, copy=copy)
    made_on = f"{datetime.now(UTC):%-d %B %Y}"
    cover = Cover(paper.recipient, made_on, copy, heading_of(marking), marking.label)
    content = plan_bytes(view, paper.suffix, cover)
    keep_copy(opened, session, Copy(copy, f"plan_{view.kind}", paper.recipient, content, view.places))
    n = sum(not line.is_break for unit in view.units for line in unit.lines)
    words = f"Copy {copy}: {n} stops, {len(view.units)} units. {' '.join(f'{a}: {b}.' for a, b in view.baselines)}"
    if not n:
        words = f"{words.strip()} {_why_none(view)}"
    return Paper(
        f"{view.kind}-{view.query.on.isoformat()}-{copy}{paper.suffix}", content, copy, words.strip()
    )


def _why_none(view: PlanView) -> str:
    """Return why a plan is empty, each reason once with the number of its places; no place is named."""
    reasons = Counter(text.rpartition(": ")[2].rstrip(".") for text in view.unreached)
    said = "; ".join(f"{why} ({count})" for why, count in reasons.most_common())
    return f"No stop can be planned. {said}." if said else "No stop can be planned: no place may be visited."


def save_log(
    opened: store.Store, visitor: views.Session, *, view: PlanView, lines: tuple[VisitLine, ...]
) -> int:
    """Keep what somebody wrote on the page about a round: visits, never records of concern; return how many.

    Raises
    ------
    NotPermittedError
        If the role does not have the page of this plan.
    UsageError
        If nothing was written, or a line does not say one of what a visit can say.
    """
    session = session_of(opened, visitor)
    safeguards.require_page(session, _PAGES[view.kind])
    safeguards.require(session, "plan")
    if not lines:
        message = "Nothing was written: give at least one stop what was seen there."
        raise UsageError(message)
    visits = [
        store.Visit(
            view.kind, view.name, x.place[:120], x.at.isoformat(timespec="minutes"), x.minutes, x.seen
        )
        for x in lines
    ]
    enter(opened, session, Act("plan", "collection", f"log_{view.kind}", len(visits)))
    return store.save_visits(opened, visits, by=session.user)


def kept_log(opened: store.Store, visitor: views.Session, *, view: PlanView) -> tuple[int, int]:
    """Return how many visits are kept for a plan, and how many of them were made."""
    session = session_of(opened, visitor)
    safeguards.require_page(session, _PAGES[view.kind])
    visits = store.load_visits(opened, kind=view.kind)
    own = visits[visits["plan"] == view.name]
    return len(own), int((own["seen"] != "not_visited").sum())


def read_log(opened: store.Store, session: Session, path: Path, *, kind: str, plan: str) -> int:
    """Bring a round's log back in: visits, never records of concern; return how many.

    The file is a CSV of `place, visited_at, minutes, seen`.

    Raises
    ------
    InputRefusedError
        If a column is missing, or a row is not a visit; nothing of the file is kept then.
    """
    safeguards.require_page(session, _PAGES[kind])
    safeguards.require(session, "plan")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except UnicodeDecodeError:
        message = "The log is not a text file in UTF-8: save it as CSV."
        raise InputRefusedError(message) from None
    if not rows:
        message = "The log holds no visit."
        raise InputRefusedError(message)
    if set(rows[0]) != set(LOG_COLUMNS):
        message = (
            f"A log has exactly the columns {', '.join(LOG_COLUMNS)}: nothing about anybody who was met."
        )
        raise InputRefusedError(message)
    visits = [_visit(row, n, kind, plan) for n, row in enumerate(rows, start=2)]
    enter(opened, session, Act("plan", "collection", f"log_{kind}", len(visits)))
    return store.save_visits(opened, visits, by=session.user)


def _visit(row: dict[str, str], n: int, kind: str, plan: str) -> store.Visit:
    try:
        at = datetime.fromisoformat(row["visited_at"]).isoformat(timespec="minutes")
        minutes = int(row["minutes"])
        if row["seen"] not in _SEEN or minutes < 0:
            message = f"Row {n}: `seen` is one of {', '.join(_SEEN)}, and no visit lasts less than no time."
            raise InputRefusedError(message)
    except (TypeError, ValueError):
        message = f"Row {n}: `visited_at` looks like 2026-01-09T19:05, and `minutes` is a whole number."
        raise InputRefusedError(message) from None
    return store.Visit(kind, plan, row["place"][:120], at, minutes, row["seen"])
