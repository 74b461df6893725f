"""What the environment may set, read once into a frozen object; stages get numbers, never settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Settings:
    """The environment's part of a command: which store, whose purpose, whether to debug."""

    environ: Mapping[str, str]
    store: str | None
    debug: bool

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read CSE_GEO_STORE and CSE_GEO_DEBUG from `environ`."""
        return cls(environ, environ.get("CSE_GEO_STORE") or None, environ.get("CSE_GEO_DEBUG") == "1")

    def store_path(self, given: str | None) -> Path:
        """Return the folder of the embedded store that was named, by option or environment.

        Raises
        ------
        UsageError
            If no store was named, or a server store was (that engine is not part of this version).
        """
        name = given or self.store
        if not name:
            message = "Name a store: --store FOLDER, or set CSE_GEO_STORE."
            raise UsageError(message)
        if name.startswith(("postgresql://", "postgres://")):
            message = "A server store is not part of this version; name a folder with --store."
            raise UsageError(message)
        return Path(name)


def store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--store` to a command."""
    return click.option("--store", metavar="FOLDER", help="The store; CSE_GEO_STORE sets it too.")(command)
