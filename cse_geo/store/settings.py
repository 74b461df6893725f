"""What the partnership decided: the policy in force, who may sign in, what was released."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sa

from cse_geo.store import frames, tables
from cse_geo.store.folder import now_text

if TYPE_CHECKING:
    from cse_geo.store.folder import Store

# What the signature gate must remember of every record that was ever in a release.
SIGNATURE_COLUMNS = ("record_id", "signature", "subject")


@dataclass(frozen=True)
class User:
    """Who may sign in, in which role, for which agency and purposes."""

    user: str
    role: str
    agency: str
    purposes: tuple[str, ...] = ()
    is_active: bool = True
    secret: str = ""  # an argon2 string of a local account; empty where others sign the person in


def save_policy(store: Store, content: str, *, set_by: str) -> int:
    """Put a policy (JSON text) in force; the ones before stay on record. Return its number."""
    table = tables.policies
    with store.writing("policy") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        connection.execute(
            sa.insert(table).values(number=number, content=content, set_by=set_by, set_at=now_text())
        )
    return number


def load_policy(store: Store) -> str | None:
    """Return the policy in force as JSON text, or None where nobody set one."""
    table = tables.policies
    with store.reading() as connection:
        newest = sa.select(table.c.content).order_by(table.c.number.desc()).limit(1)
        found = connection.execute(newest).scalar()
    return None if found is None else str(found)


def save_user(store: Store, user: User) -> None:
    """Save a person's account; one of the same name is replaced."""
    table = tables.users
    with store.writing("user") as connection:
        connection.execute(sa.delete(table).where(table.c.user == user.user))
        connection.execute(
            sa.insert(table).values(
                user=user.user,
                role=user.role,
                agency=user.agency,
                purposes=json.dumps(list(user.purposes)),
                active=user.is_active,
                secret=user.secret,
            )
        )


def load_users(store: Store) -> list[User]:
    """Return every account, by name."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(tables.users).order_by(tables.users.c.user)).mappings().all()
    return [
        User(
            r["user"],
            r["role"],
            r["agency"],
            tuple(json.loads(r["purposes"])),
            bool(r["active"]),
            r["secret"],
        )
        for r in rows
    ]


def save_release(
    store: Store, *, release_id: str, audience: str, content: str, signatures: pd.DataFrame
) -> int:
    """Keep a release: its public `content` (JSON text) and the signatures after it. Return its number.

    `signatures` has the columns `record_id`, `signature` (class number) and `subject` (empty = no key) for
    every record that was in any release; it replaces what was kept before.
    """
    rows = list(zip(*(signatures[name].tolist() for name in SIGNATURE_COLUMNS), strict=True))
    table = tables.releases
    with store.writing("release") as connection:
        number = int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1
        connection.execute(
            sa.insert(table).values(
                number=number, release_id=release_id, audience=audience, content=content, built_at=now_text()
            )
        )
        connection.execute(sa.delete(tables.release_members))
        frames.insert_rows(connection, tables.release_members, SIGNATURE_COLUMNS, rows)
    return number


def load_release(store: Store, release_id: str) -> str | None:
    """Return the public content of a release as JSON text, or None."""
    table = tables.releases
    with store.reading() as connection:
        found = connection.execute(
            sa.select(table.c.content).where(table.c.release_id == release_id).limit(1)
        ).scalar()
    return None if found is None else str(found)


def list_releases(store: Store) -> pd.DataFrame:
    """Return one row per release, newest first: `number`, `release_id`, `audience`, `built_at`."""
    c = tables.releases.c
    statement = sa.select(c.number, c.release_id, c.audience, c.built_at).order_by(c.number.desc())
    with store.reading() as connection:
        rows = connection.execute(statement).fetchall()
    return pd.DataFrame(rows, columns=["number", "release_id", "audience", "built_at"])


def load_signatures(store: Store) -> pd.DataFrame:
    """Return `record_id`, `signature`, `subject` of every record that was in any release."""
    table = tables.release_members
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(*(table.c[name] for name in SIGNATURE_COLUMNS)).order_by(table.c.record_id)
        ).fetchall()
    frame = pd.DataFrame(rows, columns=list(SIGNATURE_COLUMNS))
    return frame.astype({"record_id": "str", "signature": "int64", "subject": "str"})
