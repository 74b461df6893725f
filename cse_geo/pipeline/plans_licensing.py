"""Premises for a licensing officer: only those whose identity is settled, by evidence, after a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cse_geo import lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.outputs.documents import as_html, as_pdf
from cse_geo.outputs.premises import SheetCover, premises_document, premises_json, premises_xlsx
from cse_geo.pipeline import corrections, marking
from cse_geo.pipeline import plans_licensing_words as say
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.embargoes import embargoed
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.hours import weeks_of
from cse_geo.pipeline.mapview import find, places_near
from cse_geo.pipeline.meeting_packs import Copy, Paper, keep_copy
from cse_geo.pipeline.roles import role_in_words, roles_in_words
from cse_geo.plans.licensing import Premises, premises_evidence
from cse_geo.plans.playbook import playbook
from cse_geo.views import MapQuery
from cse_geo.views_plans import LicensingView, PremisesLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cse_geo import views
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session

# Kinds of action that a meeting decides before a licensing officer is told a name.
_DISCLOSING = frozenset(e.id for e in playbook().values() if e.kind in {"regulation", "enforcement"})
_RAW = "raw"
FORMATS: Mapping[str, Callable[[LicensingView, SheetCover], bytes]] = {
    ".xlsx": premises_xlsx,
    ".json": premises_json,
    ".pdf": lambda view, cover: as_pdf(premises_document(view, cover)),
    ".html": lambda view, cover: as_html(premises_document(view, cover)).encode(),
}


def licensing_view(opened: store.Store, visitor: views.Session) -> LicensingView:
    """Return the premises for somebody at the page."""
    return licensing_for(opened, session_of(opened, visitor))


def licensing_for(opened: store.Store, session: Session) -> LicensingView:
    """Return the premises that this session may be told, by evidence.

    Raises
    ------
    NotPermittedError
        If the role does not have the page.
    UsageError
        If the place register is empty.
    """
    safeguards.require_page(session, "premises")
    safeguards.require(session, "view_premises")
    frames = visible_frames(opened, session)
    lines, words = premises_of(opened, session, frames)
    view = LicensingView(
        lines, words, role_in_words(session.rule), roles_in_words(), today(), frames.synthetic,
        corrections.told_list(opened, frames.places),
    )  # fmt: skip
    enter(opened, session, Act("view_premises", "consultation", "plan_licensing", len(lines)))
    return view


def premises_of(
    opened: store.Store, session: Session, frames: Frames
) -> tuple[tuple[PremisesLine, ...], tuple[str, ...]]:
    """Return the premises that this session may be told, the best supported first, and what to read beside them.

    Raises
    ------
    UsageError
        If the place register is empty.
    """
    if frames.places.empty:
        message = "The place register is empty: add one first (`cse-geo gazetteer add`); no business can be told apart."
        raise UsageError(message)
    found = premises_evidence(_reports(frames), frames.places)
    kept = _Kept(_listed_cells(opened), corrections.withdrawn(opened), _barred(opened, found, frames.places))
    lines, counts = _lines(frames, session, found, kept)
    ranked = tuple(sorted(lines, key=lambda line: (-line.rank, line.name)))
    weeks = weeks_of(opened, frames.places, [line.place_id for line in ranked])
    told = zip(ranked, weeks, strict=True)
    return tuple(replace(x, hours=say.hours_words(week)) for x, week in told), say.words_of(counts, session)


def licensing_paper(
    opened: store.Store, session: Session, view: LicensingView, paper: tuple[str, SheetCover]
) -> Paper:
    """Return the list as a numbered file; a correction of one of its premises goes to whoever holds it.

    Raises
    ------
    NotPermittedError
        If the role may not export premises.
    UsageError
        If the format is not known.
    """
    suffix, cover = paper
    allowed = [kind for kind in ("premises_sheet", "pack") if kind in session.rule.exports]
    safeguards.require_export(session, allowed[0] if allowed else "premises_sheet")
    if suffix not in FORMATS:
        message = f"A list of premises is one of {', '.join(FORMATS)}."
        raise UsageError(message)
    mark = marking.marking_for(
        session, title="Premises", statement="", window=(None, view.as_of), recipient=cover.recipient
    )
    mark = replace(mark, copy=cover.copy)
    cover = replace(cover, marking=marking.heading_of(mark), label=mark.label)
    content = FORMATS[suffix](view, cover)
    ids = tuple(line.place_id for line in view.lines)
    keep_copy(opened, session, Copy(cover.copy, "premises_sheet", cover.recipient, content, ids))
    words = f"Copy {cover.copy} for {cover.recipient}: {len(ids)} premises. Information for consideration."
    return Paper(f"premises-{cover.copy}{suffix}", content, cover.copy, words)


next_copy = marking.next_copy  # pages and commands number their sheets here


@dataclass(frozen=True)
class _Kept:
    """What people decided that bears on the list: cells of decisions, withdrawn businesses, those not for tasking."""

    listed: dict[int, str]
    withdrawn: frozenset[str]
    barred: frozenset[str]


def _barred(opened: store.Store, found: list[Premises], places: pd.DataFrame) -> frozenset[str]:
    """Return the businesses that nobody is sent to now; nothing says so anywhere."""
    rows = places[places["place_id"].isin([p.place_id for p in found])]
    cells = [lattice.cells_of([r.lat], [r.lon], 9) for r in rows.itertuples()]
    barred = embargoed(opened, cells, on=today())
    return frozenset(str(i) for i, b in zip(rows["place_id"], barred, strict=True) if b)


def _reports(frames: Frames) -> pd.DataFrame:
    """Return the reports that say which business they are about; what is only raw rumour is not among them."""
    records, at = frames.records, frames.locations
    says = (records["premises_name"].notna() | records["uprn"].notna()) & (records["checked_status"] != _RAW)
    kept = says.fillna(value=False).to_numpy(bool)
    rows, places = records[kept], at[kept]
    return pd.DataFrame({
        "agency": rows["agency"].to_numpy(),
        "event": pd.factorize(rows["agency"] + " " + rows["event_ref"].fillna(rows["record_id"]))[0],
        "subject": pd.factorize(rows["child_key"])[0], "name": rows["premises_name"].to_numpy(),
        "uprn": rows["uprn"].to_numpy(), "town": rows["town"].to_numpy(), "lat": places["lat"].to_numpy(),
        "lon": places["lon"].to_numpy(), "r95_m": places["r95_m"].to_numpy(),
    })  # fmt: skip


def _listed_cells(opened: store.Store) -> dict[int, str]:
    """Return the cells that open licensing or enforcement decisions are about, and what was decided."""
    listed = {}
    for action in store.load_actions(opened):
        if action.action in _DISCLOSING and action.status == "open":
            for cell in lattice.from_text(action.cells):
                listed[int(cell)] = f"{action.action}, decided by {action.decided_by} on {action.decided_on}"
    return listed


def _lines(
    frames: Frames, session: Session, found: list[Premises], kept: _Kept
) -> tuple[list[PremisesLine], dict[str, int]]:
    register = frames.places.set_index("place_id")
    counts = {
        "seen": len(found),
        "settled": 0,
        "doubt": sum(p.in_doubt for p in found),
        "few": 0,
        "withdrawn": 0,
    }
    near = _hotspot_of(frames)
    lines = []
    for premises in found:
        row = register.loc[premises.place_id]
        decided = _decided(row, kept.listed)
        evidence = safeguards.PlaceEvidence(
            str(row["place_type"]), n_sources=len(premises.agencies), is_listed=bool(decided)
        )
        if not premises.is_settled or premises.place_id in kept.barred:
            continue
        counts["settled"] += 1
        if premises.place_id in kept.withdrawn:
            counts["withdrawn"] += 1
        elif premises.n_children < session.rule.k:
            counts["few"] += 1
        elif safeguards.may_name_place(session, evidence):
            lines.append(say.line_of(premises, row, (near.get(premises.place_id, ""), decided), session))
    return lines, counts


def _decided(row: Any, listed: dict[int, str]) -> str:  # noqa: ANN401 (a row of PLACES)
    for resolution in {lattice.resolution_of(cell) for cell in listed}:
        cell = int(lattice.cells_of(np.array([row["lat"]]), np.array([row["lon"]]), resolution)[0])
        if cell in listed:
            return listed[cell]
    return ""


def _hotspot_of(frames: Frames) -> dict[str, str]:
    resolution = 8
    spots = find(
        frames, select(frames, MapQuery(resolution=resolution)), resolution=resolution
    ).result.hotspots
    return {
        str(place): str(spot.hotspot)
        for k, spot in reversed(list(enumerate(spots.itertuples())))
        for place in places_near(frames.places, spots.iloc[[k]])["place_id"]
    }


def today() -> date:
    """Return the day a sheet is made."""
    return datetime.now(UTC).date()
