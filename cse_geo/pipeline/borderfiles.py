"""The cross-border answer of a store as a file, and decisions and contacts from the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cse_geo import boundaries, context, intake, lattice, safeguards, store
from cse_geo.errors import UsageError
from cse_geo.outputs.border_book import write_border_book
from cse_geo.outputs.tables import write_frame
from cse_geo.pipeline import leads
from cse_geo.pipeline.crossborder import border_answer
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.marking import marking_for, numbered
from cse_geo.pipeline.points import STATEMENT
from cse_geo.views_border import BorderQuery

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cse_geo.pipeline.points import FindRequest
    from cse_geo.safeguards import Session
    from cse_geo.views_border import BorderView

# Endings for which the whole answer is written, not the one table of shares.
WHOLE = (".xlsx", ".gpkg", ".geojson")


def write_border(
    opened: store.Store, out: Path, *, session: Session, request: FindRequest, layer: str
) -> tuple[str, ...]:
    """Write the whole cross-border answer: a workbook of tables, or a map of the shared hotspots.

    Raises
    ------
    UsageError
        If records are narrowed by agency, type or role (a force's own run would not be its own), or the
        layer is not in the store.
    """
    if request.agencies or request.place_types or request.place_roles:
        message = "`--agency`, `--type` and `--role` do not go with this output: it compares whole forces."
        raise UsageError(message)
    query = BorderQuery(request.date_from, request.date_to, request.resolution, layer)
    view = border_answer(opened, session, query)
    enter(opened, session, Act("export", "disclosure", "border_file", len(view.shared)))
    window = (request.date_from, request.date_to)
    title = "Hotspots on or near a force line"
    marking = marking_for(session, title=title, statement=STATEMENT, window=window)
    marking = numbered(opened, session, marking, kind="border")
    if out.suffix.lower() == ".xlsx":
        write_border_book(view, out, marking=marking)
    else:
        write_frame(shapes_of(view), out, marking=marking)
    return border_sentences(view)


def border_sentences(view: BorderView) -> tuple[str, ...]:
    """Return the answer in sentences: how many are shared, seen only together, gained, unowned."""
    only = int(view.shared["only_together"].sum())
    unowned = int(view.shared["lead"].isna().sum())
    weeks = view.shared["weeks_gained"].dropna()
    gained = f" {len(weeks)} seen alone as well, {_later(float(weeks.median()))}." if len(weeks) else ""
    first = f"{len(view.shared)} hotspots on or near a line; {only} seen only together; {unowned} unowned.{gained}"
    return (first, *view.warnings, view.ledger_words)


def _later(weeks: float) -> str:
    """Return how much later than together a force alone sees it; it may be earlier, where the pool dilutes."""
    n = round(abs(weeks))
    if n == 0:
        return "in the same week as together"
    return f"{n} week{'' if n == 1 else 's'} {'later' if weeks > 0 else 'earlier'} than together (median)"


def shapes_of(view: BorderView) -> pd.DataFrame:
    """Return the shared hotspots with their shapes and everything the list says of them."""
    shapes = view.hotspots[["hotspot", "n_cells", "area_km2", "why", "geometry"]]
    return shapes.merge(view.shared, on="hotspot")


def shared_list(opened: store.Store, *, session: Session, layer: str, resolution: int) -> pd.DataFrame:
    """Return the shared list as the command line prints it."""
    view = border_answer(opened, session, BorderQuery(layer=layer, resolution=resolution))
    names = [
        "hotspot",
        "forces",
        "seen_by",
        "only_together",
        "n_records",
        "suggested_words",
        "lead",
        "next_step",
    ]
    return view.shared.assign(
        lead=view.shared["lead"].fillna(leads.UNOWNED), next_step=view.shared["next_step"].fillna("none yet")
    )[names]


def decide_on(
    opened: store.Store, hotspot: str, *, session: Session, query: BorderQuery, decision: store.Decision
) -> str:
    """Record a decision about a hotspot of the shared list; return it in words.

    Raises
    ------
    UsageError
        If no hotspot of the shared list has that label.
    """
    view = border_answer(opened, session, query)
    if hotspot not in set(view.shared["hotspot"]):
        have = ", ".join(view.shared["hotspot"]) or "none"
        message = f"`HOTSPOT` must be one of the shared list: {have}."
        raise UsageError(message)
    cells = view.hotspot_cells.loc[view.hotspot_cells["hotspot"] == hotspot, "cell"]
    resolution = int(view.hotspots.loc[view.hotspots["hotspot"] == hotspot, "resolution"].iloc[0])
    lead = boundaries.area_namer(store.load_areas(opened), query.layer)(decision.lead) or decision.lead
    made = replace(decision, cells=tuple(lattice.to_text(cells)), resolution=resolution, lead=lead)
    number = leads.decide(opened, session=session, decision=made)
    owner = view.forces.get(made.lead, leads.UNOWNED)
    return f"Decision {number}: {hotspot}, lead {owner}; {leads.NEXT_STEPS[made.next_step]}."


def decision_of_operator(
    *, session: Session, lead: str, next_step: str, decided_on: date | None
) -> store.Decision:
    """Return a decision without its place yet, by whoever holds the session, today if no day is given."""
    day = decided_on or datetime.now(UTC).date()
    return store.Decision((), 0, lead, next_step, session.user or session.role, day, session.reference)


def add_contacts(opened: store.Store, path: Path, *, session: Session) -> int:
    """Keep the contacts of a CSV or XLSX file (agency, layer, area by code or name, post, reach); return how many.

    Raises
    ------
    InputRefusedError
        If anything in the table is to be mended; nothing is kept then.
    """
    table = intake.read_table_sandboxed(path, name=path.name)
    areas = store.load_areas(opened)
    namers = {layer: boundaries.area_namer(areas, layer) for layer in areas["layer"].unique()}
    contacts = context.contacts_of(
        table.frame, table.rows, area_named=lambda layer, area: namers.get(layer, _nowhere)(area)
    )
    return leads.save_contacts(opened, contacts, session=session)


def _nowhere(_: str) -> None:
    """Return no area: the store has no such layer."""


def list_contacts(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return the contacts per agency and area."""
    safeguards.require_page(session, "meeting")
    enter(opened, session, Act("view", "consultation", "border_contacts"))
    return store.load_contacts(opened)
