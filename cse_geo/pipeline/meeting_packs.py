"""The meeting's papers: made from what the session may see, numbered, kept on the list of copies, audited."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cse_geo import safeguards, store
from cse_geo.errors import UsageError
from cse_geo.outputs import packs
from cse_geo.outputs.documents import Document, as_html, as_pdf
from cse_geo.pipeline.gate import Act, enter, session_of
from cse_geo.pipeline.marking import heading_of, marking_for, next_copy
from cse_geo.pipeline.meeting import meeting_for
from cse_geo.views_meeting import MeetingQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cse_geo import views
    from cse_geo.safeguards import Session
    from cse_geo.views_meeting import MeetingView

FORMATS: Mapping[str, Callable[[Document], bytes]] = {
    ".pdf": as_pdf,
    ".html": lambda document: as_html(document).encode(),
}


@dataclass(frozen=True)
class PackRequest:
    """Which paper, of which place, in which format, for whom."""

    kind: str = "meeting"  # meeting | profile | board
    suffix: str = ".pdf"
    place: str = ""  # label, for a profile
    recipient: str = "the members of the meeting"
    marking: str = "OFFICIAL-SENSITIVE"
    query: MeetingQuery = field(default_factory=MeetingQuery)


@dataclass(frozen=True)
class Paper:
    """A finished file and the number of its copy."""

    name: str
    content: bytes
    copy: str
    words: str


def make_pack(opened: store.Store, visitor: views.Session, request: PackRequest) -> Paper:
    """Return a paper for somebody at a page."""
    return pack_for(opened, session_of(opened, visitor), request)


def pack_for(opened: store.Store, session: Session, request: PackRequest) -> Paper:
    """Return a paper as bytes; its copy is on record before it leaves.

    Raises
    ------
    NotPermittedError
        If the role may not export packs.
    UsageError
        If the kind, the format or the place is not known.
    """
    safeguards.require_export(session, "pack")
    if request.kind not in packs.PACKS or request.suffix not in FORMATS:
        message = f"A pack is one of {', '.join(packs.PACKS)}, as {' or '.join(FORMATS)}."
        raise UsageError(message)
    view = meeting_for(opened, session, request.query)
    copy = next_copy(opened)
    now = datetime.now(UTC)
    marking = marking_for(session, title="", statement="", recipient=request.recipient)
    head = heading_of(marking, handling=request.marking)
    cover = packs.Cover(head, request.recipient, f"{now:%-d %B %Y}", copy)
    content = FORMATS[request.suffix](_document(view, cover, request))
    keep_copy(opened, session, Copy(copy, f"pack_{request.kind}", request.recipient, content, ()))
    words = f"Copy {copy} for {request.recipient}: {len(view.items)} places, {view.window}."
    return Paper(f"{request.kind}-{copy}{request.suffix}", content, copy, words)


@dataclass(frozen=True)
class Copy:
    """A copy that is about to leave: its number, kind, reader, bytes and the ids of places it names."""

    number: str
    kind: str
    recipient: str
    content: bytes
    places: tuple[str, ...]


def keep_copy(opened: store.Store, session: Session, copy: Copy) -> None:
    """Write the audit entry and put the copy on the list that corrections follow."""
    enter(opened, session, Act("export", "disclosure", copy.kind, max(1, len(copy.places))))
    row = {
        "copy": copy.number, "kind": copy.kind, "recipient": copy.recipient, "places": " ".join(copy.places),
        "sha256": hashlib.sha256(copy.content).hexdigest(),
    }  # fmt: skip
    store.save_copy(opened, row, by=session.user)


def _document(view: MeetingView, cover: packs.Cover, request: PackRequest) -> Document:
    if request.kind == "meeting":
        return packs.meeting_pack(view, cover)
    if request.kind == "board":
        return packs.board_pack(view, replace(cover, recipient=request.recipient))
    keys = [item.key for item in view.items]
    if request.place not in keys:
        message = f"`--place` must be one of {', '.join(keys) or 'none: no place is on the agenda'}."
        raise UsageError(message)
    return packs.profile_pack(view, cover, key=request.place)


def write_paper(content: bytes, path: Path) -> None:
    """Write a finished paper to `path`, whole or not at all.

    Raises
    ------
    UsageError
        If the folder does not exist.
    """
    if not path.parent.is_dir():
        message = "`--output`: the folder does not exist."
        raise UsageError(message)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
