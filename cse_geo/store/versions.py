"""Schema changes that survive being killed: one transaction around all of them, started at once.

Alembic's default on SQLite lets each statement commit by itself; a process killed between two of them leaves
a schema that neither the old nor the new program can use. Here the connection has begun with BEGIN IMMEDIATE
before Alembic sees it, and SQLite's DDL is transactional, so the file is either as before or as after.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cse_geo.errors import StoreError

if TYPE_CHECKING:
    import sqlalchemy as sa

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(connection: sa.Connection, *, scripts: Path = SCRIPTS) -> None:
    """Bring the schema to the newest version within the transaction that `connection` has begun."""
    directory = _directory(scripts)
    head = directory.get_current_head()

    def steps(revision: tuple[str, ...], _context: MigrationContext) -> object:
        # Alembic's own `upgrade` command asks the same way; there is no public one that takes a connection.
        return directory._upgrade_revs(head or "head", revision)  # type: ignore[arg-type]  # noqa: SLF001

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
        environment.run_migrations()


def found_revision(connection: sa.Connection) -> str:
    """Return the schema version of a database; empty where it has none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def newest_revision(scripts: Path = SCRIPTS) -> str:
    """Return the schema version that this program is for."""
    return _directory(scripts).get_current_head() or ""


def check_version(connection: sa.Connection, name: str, *, scripts: Path = SCRIPTS) -> None:
    """Raise StoreError unless the schema is the one this program is for."""
    found, wanted = found_revision(connection), newest_revision(scripts)
    if found == wanted:
        return
    if is_known(found, scripts):
        message = (
            f"The store {name} is of an older version ({found}); "
            "run `cse-geo migrate` (it makes a backup first)."
        )
    elif found:
        message = (
            f"The store {name} is of a newer version ({found}) than this program ({wanted}); "
            "install the newer program."
        )
    else:
        message = f"The store {name} holds no schema of cse_geo."
    raise StoreError(message)


def is_known(revision: str, scripts: Path = SCRIPTS) -> bool:
    """Return whether this program knows the schema version `revision`."""
    return revision in {script.revision for script in _directory(scripts).walk_revisions()}


def _directory(scripts: Path) -> ScriptDirectory:
    return ScriptDirectory(str(scripts))
