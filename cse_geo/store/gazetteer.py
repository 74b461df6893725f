"""Open reference tables (postcodes, UPRNs): one Parquet file per release, never changed once written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pandas as pd
import sqlalchemy as sa

from cse_geo import schema
from cse_geo.errors import StoreError
from cse_geo.store import tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from pathlib import Path

    from cse_geo.store.folder import Store

# What kind of frame each kind of release holds; a kind that is not named here is kept as it comes.
SPECS = {
    "codepoint": schema.POSTCODES,
    "onspd": schema.POSTCODES,
    "nspl": schema.POSTCODES,
    "uprn": schema.UPRNS,
}


class ReleaseLike(Protocol):
    """What a reader of reference files says about the file it read."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def vintage(self) -> str: ...  # noqa: D102
    @property
    def licence(self) -> str: ...  # noqa: D102
    @property
    def attribution(self) -> str: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class GazetteerRelease:
    """One release of one kind of reference table, as the store keeps it."""

    kind: str
    vintage: str
    licence: str
    attribution: str
    sha256: str  # of the publisher's file
    rows: int
    file: str  # name inside the gazetteer folder
    added_at: str


def save_gazetteer(store: Store, frame: pd.DataFrame, release: ReleaseLike) -> GazetteerRelease:
    """Keep a reference table as a release of its kind; the same source file again changes nothing.

    Parameters
    ----------
    store
        Open for writing.
    frame
        POSTCODES or UPRNS as the kind asks (`SPECS`), else any frame.
    release
        Kind, vintage, licence, attribution and the source file's SHA-256.
    """
    if release.kind in SPECS:
        schema.check(frame, SPECS[release.kind])
    name = _file_name(release)
    for known in list_gazetteer(store):
        if known.kind == release.kind and known.sha256 == release.sha256:
            return known
    path = store.gazetteer / name
    new = path.with_suffix(".new")
    frame.to_parquet(new, index=False, compression="zstd")
    digest = _sha256_of(new)
    new.replace(path)
    kept = GazetteerRelease(
        release.kind, release.vintage, release.licence, release.attribution, release.sha256,
        len(frame), name, now_text(),
    )  # fmt: skip
    with store.writing("gazetteer") as connection:
        connection.execute(
            sa.insert(tables.gazetteer).values(
                kind=kept.kind,
                file=kept.file,
                vintage=kept.vintage,
                licence=kept.licence,
                attribution=kept.attribution,
                sha256=kept.sha256,
                file_sha256=digest,
                n_rows=kept.rows,
                added_at=kept.added_at,
            )
        )
    return kept


def list_gazetteer(store: Store) -> list[GazetteerRelease]:
    """Return every release, newest of each kind first."""
    c = tables.gazetteer.c
    statement = sa.select(
        c.kind, c.vintage, c.licence, c.attribution, c.sha256, c.n_rows, c.file, c.added_at
    ).order_by(c.kind, c.added_at.desc())
    with store.reading() as connection:
        return [GazetteerRelease(*row) for row in connection.execute(statement)]


def load_gazetteer_release(store: Store, release: GazetteerRelease) -> pd.DataFrame:
    """Return the frame of one release of `list_gazetteer`.

    Raises
    ------
    StoreError
        If the file is missing or is not the one that was saved.
    """
    path = store.gazetteer / release.file
    if not path.exists() or _sha256_of(path) != _known_digest(store, release):
        message = (
            f"The reference table {release.file} is missing or damaged; "
            "add it again (`cse-geo gazetteer add`)."
        )
        raise StoreError(message)
    frame = pd.read_parquet(path)
    return schema.conform(frame, SPECS[release.kind]) if release.kind in SPECS else frame


def _known_digest(store: Store, release: GazetteerRelease) -> str:
    c = tables.gazetteer.c
    with store.reading() as connection:
        where = (c.kind == release.kind, c.file == release.file)
        return str(connection.execute(sa.select(c.file_sha256).where(*where)).scalar())


def _file_name(release: ReleaseLike) -> str:
    # The name is made of nothing that could leave the folder.
    parts = (re.sub(r"[^a-z0-9-]+", "-", text.lower()) for text in (release.kind, release.vintage))
    # Of a file read with a mapping the checksum goes on behind a plus sign.
    digest, _, mapped = release.sha256.partition("+")
    return f"{'_'.join(parts)}_{digest[:12]}{f'-{mapped[:8]}' if mapped else ''}.parquet"


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
