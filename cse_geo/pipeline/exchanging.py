"""Exchange without records: a force's counts as a sealed file, others' files in, hotspots from the files alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import boundaries, cells, safeguards, store
from cse_geo.errors import InputRefusedError, UsageError
from cse_geo.outputs.tables import write_text
from cse_geo.pipeline.answers import frames_of
from cse_geo.pipeline.crossborder import layer_of, pool_of
from cse_geo.pipeline.frames import denominators_at, first_day, select
from cse_geo.pipeline.gate import Act, enter
from cse_geo.pipeline.marking import marking_for, next_copy, numbered
from cse_geo.pipeline.points import STATEMENT, FindOutcome, border_words, found_words
from cse_geo.pipeline.pooling import find_in_groups
from cse_geo.safeguards import exchange
from cse_geo.safeguards.grouped import Grouped, group_cells
from cse_geo.views import MapQuery

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.safeguards import Session

EXPIRES_DAYS = 92  # a quarter: the policy's cadence of releases
LAYER = "police_force"
_LAST_MOMENT = pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)


@dataclass(frozen=True)
class ExportRequest:
    """Which force's counts, of which period, and how it counts; resolution is the finest a release may have."""

    force: str
    date_from: date
    date_to: date
    definition: str = ""
    threshold: str = ""
    resolution: int = 8
    today: date | None = None


def write_key(out: Path) -> None:
    """Write a new shared key to a file that only its owner may read.

    Raises
    ------
    UsageError
        If there is a file already.
    """
    if out.exists():
        message = "There is a file of that name: a key is never overwritten."
        raise UsageError(message)
    out.touch(mode=0o600)
    out.write_text(exchange.new_exchange_key() + "\n", encoding="utf-8")


def export_counts(
    opened: store.Store, out: Path, *, key_file: Path, session: Session, request: ExportRequest
) -> tuple[str, ...]:
    """Write a sealed file of a force's counts; return what it holds and what it leaves out, in sentences.

    Records that may be shared without conditions only; homes enter no cell finer than resolution 7, so none of them
    are in a file of resolution 8.

    Raises
    ------
    UsageError
        If the force is no area of the store, the cells are finer than a release may have, or the
        period overlaps one that was exported before: the difference of two files could be a child.
    InputRefusedError
        If no group of k children can be made, or no record has a child key.
    """
    policy = _policy(opened)
    key = exchange.key_from_text(key_file.read_text("utf-8"))
    if request.resolution > policy.finest_release:
        message = f"`--resolution` must be at most {policy.finest_release}: finer cells are not released."
        raise UsageError(message)
    sent = _of(store.load_exchanges(opened), "out", request.force)
    if (
        (sent["period_from"] <= request.date_to.isoformat())
        & (sent["period_to"] >= request.date_from.isoformat())
    ).any():
        message = (
            "`--from` and `--to` overlap a period that was exported before. The difference of two files could point at "
            "a child: choose days that no earlier file covers."
        )
        raise UsageError(message)
    grouped, name = _grouped(opened, request, policy)
    today = request.today or datetime.now(UTC).date()
    marking = marking_for(
        session, title="Counts for a neighbouring force", statement=STATEMENT,
        window=(request.date_from, request.date_to), recipient="partners who hold the key",
    )  # fmt: skip
    expires = (today + timedelta(days=EXPIRES_DAYS)).isoformat()
    head = exchange.Head(
        sender=request.force,
        sender_name=name,
        sequence=int(sent["sequence"].max()) + 1 if len(sent) else 1,
        made_on=today.isoformat(),
        expires_on=expires,
        period_from=request.date_from.isoformat(),
        period_to=request.date_to.isoformat(),
        resolution=request.resolution,
        k=policy.k,
        definition=request.definition or "not stated",
        threshold=request.threshold or "not stated",
        policy=policy.digest,
        marking=replace(marking, expires=expires, copy=next_copy(opened)).label,
    )
    text = exchange.seal(head, grouped.groups, key)
    enter(opened, session, Act("export", "disclosure", "exchange_export", len(grouped.groups)))
    numbered(opened, session, marking, kind="exchange_counts")
    _keep(opened, "out", exchange.unseal(text, key), text)
    write_text(text, out)
    return _exported_words(head, grouped)


def import_counts(
    opened: store.Store,
    path: Path,
    *,
    key_file: Path,
    session: Session,
    own: str = "",
    today: date | None = None,
) -> tuple[str, ...]:
    """Take in another force's file, or refuse it in words; return what it says of itself.

    Raises
    ------
    InputRefusedError
        If it was changed, replayed, is out of date, or does not match.
    """
    key = exchange.key_from_text(key_file.read_text("utf-8"))
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        message = "This is not an exchange file."
        raise InputRefusedError(message) from None
    file = exchange.unseal(text, key)
    kept = store.load_exchanges(opened)
    arrived = kept[kept["direction"] == "in"]
    newest = arrived.sort_values("sequence").drop_duplicates("sender", keep="last")
    seen = {r.sender: (int(r.sequence), r.digest) for r in newest.itertuples()}
    exchange.check_incoming(
        file,
        exchange.Expected(
            own=own,
            k=_policy(opened).k,
            today=today or datetime.now(UTC).date(),
            seen=seen,
            digests=frozenset(kept["digest"]),
        ),
    )
    enter(opened, session, Act("reference", "collection", "exchange_import", len(file.groups)))
    _keep(opened, "in", file, text)
    others = [exchange.unseal(r.content, key) for r in newest.itertuples() if _readable(r.content, key)]
    h = file.head
    period = f"{h.period_from} to {h.period_to}"
    first = f"File {h.sequence} of {h.sender_name}, {period}: {len(file.groups)} groups, k {h.k}."
    return (
        first,
        f"Definition: {h.definition}. Threshold: {h.threshold}.",
        *exchange.differences([*others, file]),
    )


def list_exchanges(opened: store.Store, *, session: Session) -> pd.DataFrame:
    """Return the files sent and received, without their content."""
    enter(opened, session, Act("view", "consultation", "exchange_list"))
    kept = store.load_exchanges(opened)
    return kept.assign(digest=kept["digest"].str[:12]).drop(columns="content")


def pool_exchanges(opened: store.Store, *, key_file: Path, session: Session) -> FindOutcome:
    """Find hotspots in the newest file of every sender, one's own included (HOTSPOTS).

    Raises
    ------
    UsageError
        If fewer than two senders' files are kept, their cells differ in size, or there are no denominators.
    """
    key = exchange.key_from_text(key_file.read_text("utf-8"))
    kept = store.load_exchanges(opened).sort_values("sequence").drop_duplicates("sender", keep="last")
    files = [exchange.unseal(content, key) for content in kept["content"]]
    if len(files) < 2 or len({f.head.resolution for f in files}) > 1:
        message = "Pooling needs the files of two or more forces, with cells of one resolution."
        raise UsageError(message)
    frames = frames_of(opened)
    exposure = denominators_at(frames, files[0].head.resolution)
    if exposure is None:
        message = "Pooling needs denominators: this store has none, or none as fine as the files."
        raise UsageError(message)
    result = find_in_groups({f.head.sender: f.groups for f in files}, exposure)
    enter(opened, session, Act("export", "disclosure", "exchange_pool", len(result.hotspots)))
    points = pd.DataFrame(columns=["hotspot", "lat", "lon", "subject", "agency"])
    touched = boundaries.touch(result.hotspots, points, layer_of(frames, LAYER))
    days = [(date.fromisoformat(f.head.period_from), date.fromisoformat(f.head.period_to)) for f in files]
    window = (min(first for first, _ in days), max(last for _, last in days))
    marking = marking_for(session, title="Hotspots in exchanged counts", statement=STATEMENT, window=window)
    says = "A child in two forces' files counts twice: no key crosses the border."
    words = (*found_words(result), *border_words(touched), *exchange.differences(files), says)
    return FindOutcome(result.hotspots, numbered(opened, session, marking, kind="exchange_pool"), words)


def _exported_words(head: exchange.Head, grouped: Grouped) -> tuple[str, ...]:
    n_cells = sum(len(g.cells) for g in grouped.groups)
    size = f"{len(grouped.groups)} groups over {n_cells:,} cells, each of at least {head.k} children"
    return (
        f"File {head.sequence} of {head.sender_name}: {size}, {head.period_from} to {head.period_to}.",
        "Some children are withheld."
        if grouped.n_withheld
        else "No child with a key and a place is withheld.",
        f"It runs out on {head.expires_on}. Whoever holds the key can open it, and can make such files.",
    )


def _grouped(opened: store.Store, request: ExportRequest, policy: safeguards.Policy) -> tuple[Grouped, str]:
    frames = frames_of(opened)
    areas = layer_of(frames, LAYER)
    names = dict(zip(areas["code"], areas["name"], strict=True))
    if request.force not in names:
        message = f"`--force` must be one of {', '.join(sorted(names))}."
        raise UsageError(message)
    if denominators_at(frames, request.resolution) is None:
        message = "An exchange file needs denominators as fine as its cells: this store has none."
        raise UsageError(message)
    selection = select(frames, MapQuery(date_from=request.date_from, date_to=request.date_to))
    records, locations = safeguards.releasable_records(*selection.dated)
    # A record is in the one file whose period its first day falls in, so that no two files share it.
    begun = first_day(records).between(
        pd.Timestamp(request.date_from), pd.Timestamp(request.date_to) + _LAST_MOMENT
    )
    records, locations = records[begun].reset_index(drop=True), locations[begun].reset_index(drop=True)
    rows = cells.assign(records, locations, resolution=request.resolution, areas=frames.areas)
    pool = pool_of(frames, rows, areas, resolution=request.resolution)
    ground = pool.ground_of(request.force)
    assert ground is not None  # noqa: S101 (there are denominators)
    grouped = group_cells(pool.held_by(request.force)[["cell", "subject"]], ground, k=policy.k)
    if not grouped.groups:
        message = f"Nothing can leave: no area holds {policy.k} children with a key in this period."
        raise InputRefusedError(message)
    return grouped, str(names[request.force])


def _policy(opened: store.Store) -> safeguards.Policy:
    text = store.load_policy(opened)
    return safeguards.Policy() if text is None else safeguards.policy_from_json(text)


def _of(kept: pd.DataFrame, direction: str, sender: str) -> pd.DataFrame:
    return kept[(kept["direction"] == direction) & (kept["sender"] == sender)]


def _keep(opened: store.Store, direction: str, file: exchange.ExchangeFile, text: str) -> None:
    head = file.head
    store.save_exchange(
        opened,
        {
            "direction": direction, "sender": head.sender, "sequence": head.sequence, "digest": file.digest,
            "period_from": head.period_from, "period_to": head.period_to, "content": text,
        },
    )  # fmt: skip


def _readable(text: str, key: bytes) -> bool:
    try:
        exchange.unseal(text, key)
    except InputRefusedError:
        return False
    return True


__all__ = [
    "ExportRequest", "export_counts", "import_counts", "list_exchanges", "pool_exchanges", "write_key",
]  # fmt: skip
