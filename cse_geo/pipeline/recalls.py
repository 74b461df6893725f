"""Correction notices: one per exported copy, saying what to change and never why; sent, and acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import safeguards, store
from cse_geo.errors import UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.pipeline import corrections
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.marking import marking_for

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.safeguards import Session
    from cse_geo.views_plans import Told

# What to change. Why stays in the store: a notice travels as far as the copy did.
_CHANGES = {
    "wrong_business": "Take {name} out of it wherever it is named: it should not have been named.",
    "detail": "A detail about {name} has changed. Stop using what it says of it, and ask for a new copy.",
    "named_again": "The earlier notice about {name} no longer holds.",
}
_STATEMENT = "Destroy the copies that you passed on or made, or pass this notice on to whoever holds them."


def list_copies(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return every copy that left: number, kind, recipient, by whom, when, how many notices are open."""
    _require(session)
    kept = store.load_copies(opened)
    enter(opened, session, Act("view", "consultation", "copies_list", len(kept)))
    waiting = pd.Series([t.copy for t in _notices(opened) if not t.told_at], dtype="str").value_counts()
    names = ["copy", "kind", "recipient", "made_by", "made_at"]
    return kept.assign(notices_open=kept["copy"].map(waiting).fillna(0).astype("int64"))[
        [*names, "notices_open"]
    ]


def write_notices(opened: store.Store, folder: Path, *, session: Session) -> tuple[str, ...]:
    """Write a notice for each copy whose holder was not told yet, and keep that it was sent; return sentences.

    Raises
    ------
    NotPermittedError
        If the role does not export.
    UsageError
        If the folder does not exist.
    """
    _require(session)
    if not folder.is_dir():
        message = "`--output` must be a folder that exists."
        raise UsageError(message)
    told = []
    for one in [t for t in _notices(opened) if not t.told_at]:
        enter(opened, session, Act("export", "disclosure", "correction_notice", 1))
        path = folder / f"notice-{one.correction}-{one.copy}.txt"
        write_text(_text_of(one, session), path)
        store.save_told(opened, correction=one.correction, copy=one.copy, by=session.user)
        told.append(f"{path.name}: to {one.recipient}, who holds copy {one.copy}.")
    return tuple(told) or ("No copy waits for a notice.",)


def acknowledge(opened: store.Store, *, session: Session, correction: int, copy: str) -> str:
    """Keep that whoever holds a copy has confirmed the correction; return what was kept.

    Raises
    ------
    UsageError
        If no notice of this correction was sent for this copy.
    """
    _require(session)
    sent = {(t.correction, t.copy) for t in _notices(opened) if t.told_at}
    if (correction, copy) not in sent:
        message = "No notice of this correction was sent for this copy; `cse-geo copies notices` writes them."
        raise UsageError(message)
    enter(opened, session, Act("export", "alteration", "correction_acknowledged", 1))
    store.save_told(opened, correction=correction, copy=copy, by=session.user, kind="acknowledged")
    return f"Kept: whoever holds copy {copy} has made correction {correction}."


def _require(session: Session) -> None:
    safeguards.require(session, "export")


def _notices(opened: store.Store) -> tuple[Told, ...]:
    return corrections.told_list(opened, store.load_places(opened))


def _text_of(one: Told, session: Session) -> str:
    marking = marking_for(session, title="Correction notice", statement=_STATEMENT, recipient=one.recipient)
    lines = (
        marking.label,
        "",
        f"Correction notice {one.correction} for copy {one.copy} ({one.what.replace('_', ' ')}, {one.made_at})",
        "",
        _CHANGES[one.kind].format(name=one.name),
        _STATEMENT,
        f"When it is done, tell whoever sent you this: correction {one.correction}, copy {one.copy}.",
    )
    return "\n".join(lines) + "\n"
