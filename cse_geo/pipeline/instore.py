"""Hotspots and borders from a store, for the command line: the same engine and the same gate as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cse_geo import boundaries, safeguards
from cse_geo.errors import UsageError
from cse_geo.hotspots import HotspotParams
from cse_geo.pipeline.answers import visible_frames
from cse_geo.pipeline.claims import with_claims
from cse_geo.pipeline.frames import select
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.ledger import ledger_of
from cse_geo.pipeline.mapview import Found, find
from cse_geo.pipeline.marking import marking_for, numbered
from cse_geo.pipeline.points import STATEMENT, FindOutcome, FindRequest, border_words, found_words
from cse_geo.pipeline.stability import compared
from cse_geo.views import MapQuery

if TYPE_CHECKING:
    from cse_geo import store
    from cse_geo.outputs.tables import Marking
    from cse_geo.pipeline.frames import Frames
    from cse_geo.safeguards import Session


def hotspots_in_store(opened: store.Store, *, session: Session, request: FindRequest) -> FindOutcome:
    """Find hotspots among the records of a store that the session may see (HOTSPOTS).

    With each goes what would overturn it, what made it, and which other methods see it.
    """
    _, found, words = _find(opened, session, request, what="hotspots")
    sentences = (words, *found_words(found.result))
    others = compared(found) if len(found.result.hotspots) else None
    table = with_claims(found.result, HotspotParams(), others)
    marking = numbered(opened, session, _marking(session, request, "Hotspots"), kind="hotspots")
    return FindOutcome(table, marking, sentences)


def cross_border_in_store(
    opened: store.Store, *, session: Session, request: FindRequest, layer: str
) -> FindOutcome:
    """Find hotspots in a store and say which areas of `layer` each touches (HOTSPOT_AREAS).

    Raises
    ------
    UsageError
        If the store has no such layer; the message lists those it has.
    """
    frames, found, words = _find(opened, session, request, what="cross_border")
    areas = frames.areas[frames.areas["layer"] == layer]
    if areas.empty:
        have = ", ".join(sorted(frames.areas["layer"].unique())) or "none"
        message = f"`--layer` must be a layer of the store; it has: {have}."
        raise UsageError(message)
    touched = boundaries.touch(found.result.hotspots, found.points, areas)
    sentences = (words, *found_words(found.result), *border_words(touched))
    marking = _marking(session, request, f"Hotspots across {layer} lines")
    return FindOutcome(touched, numbered(opened, session, marking, kind="cross_border"), sentences)


def _find(
    opened: store.Store, session: Session, request: FindRequest, *, what: str
) -> tuple[Frames, Found, str]:
    safeguards.require_export(session, "table")
    query = MapQuery(
        date_from=request.date_from,
        date_to=request.date_to,
        agencies=request.agencies,
        place_types=request.place_types,
        place_roles=request.place_roles,
        resolution=request.resolution,
        rural=request.rural,
    )
    frames = visible_frames(opened, session)
    selection = select(frames, query)
    found = find(frames, selection, resolution=query.resolution, rural=query.rural)
    n_rows = len(selection.records)
    enter(opened, session, Act("export", "disclosure", what, n_rows, {"query": str(query)}))
    return frames, found, ledger_of(selection, resolution=query.resolution, grain=found.grain).words


def _marking(session: Session, request: FindRequest, title: str) -> Marking:
    window = (request.date_from, request.date_to)
    return marking_for(session, title=title, statement=STATEMENT, window=window)
