"""Every error a user can cause, with its exit code; none carries a value from a record."""

from __future__ import annotations

import traceback


class CseGeoError(Exception):
    """An error that its reader can mend; shown as one sentence, never as a traceback."""

    exit_code = 1


class UsageError(CseGeoError):
    """The command, a parameter or a setting is wrong."""

    exit_code = 2


class InputRefusedError(CseGeoError):
    """A file was refused; `problems` says why, row by row."""

    exit_code = 3

    def __init__(self, message: str, problems: object = None) -> None:
        super().__init__(message)
        self.problems = problems  # a `PROBLEMS` frame, or None where the whole file is at fault


class NotPermittedError(CseGeoError):
    """The role, purpose, agency or handling code does not allow this."""

    exit_code = 4


class StoreError(CseGeoError):
    """The store is damaged, locked, of another version, or its key is wrong."""

    exit_code = 5


class SchemaError(CseGeoError):
    """A frame does not have the columns and types its spec asks for: our fault, not the user's."""

    exit_code = 1


def fault_words(fault: Exception) -> str:
    """Say that a fault is ours and where, without its message: a message may hold a value from a record."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [f for f in frames if "cse_geo" in f.filename]
    place = f"{ours[-1].name}, line {ours[-1].lineno}" if ours else "outside the package"
    return f"This is a fault of cse_geo, not of your input ({type(fault).__name__} in {place})."
