"""Local accounts and identities a proxy hands over: passwords hashed with argon2, headers sealed and short-lived."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

import argon2

from cse_geo.errors import NotPermittedError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

FEWEST_CHARACTERS = 14
MOST_CHARACTERS = 200  # argon2 takes any length; a megabyte of it would only keep the server busy
# A proxy's identity is good for the moment it is handed over, not for a copy made of it.
_HEADER_SECONDS = 120
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")
# A meeting, operation or tasking has a number; a sentence or a person's name has no place in the log.
_REFERENCE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9/._-]{1,39}")

# RFC 9106, the second recommended choice: 64 MiB, three passes, four lanes (the library's default).
_HASHER = argon2.PasswordHasher()
# What an unknown name is checked against, so that it takes as long as a known one.
_NOBODY = _HASHER.hash("a password that nobody has")


def check_user_name(name: str) -> str:
    """Return a user name that may stand in the log.

    Raises
    ------
    UsageError
        If it has other characters than letters, digits and `._@-`, or more than 64.
    """
    if not _USER.fullmatch(name):
        message = (
            "A user name has 2 to 64 letters, digits or any of . _ @ - and begins with a letter or digit."
        )
        raise UsageError(message)
    return name


def check_reference(reference: str) -> str:
    """Return a reference (of a meeting, operation, tasking) that may stand in the log.

    Raises
    ------
    NotPermittedError
        If it holds spaces or no digit: a reference is a number, never a sentence or a name.
    """
    if reference and not _REFERENCE.fullmatch(reference):
        message = "A reference has a number, no spaces, and at most 40 characters, such as MACE-2026-04."
        raise NotPermittedError(message)
    return reference


def hash_password(password: str, *, user: str) -> str:
    """Return the argon2id string of a password.

    Raises
    ------
    UsageError
        If it is shorter than 14 characters, longer than 200, one character repeated, or holds the user's name.
    """
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        message = f"A password has {FEWEST_CHARACTERS} to {MOST_CHARACTERS} characters; three words will do."
        raise UsageError(message)
    if user.lower() in password.lower() or len(set(password)) < 5:
        message = "A password must not hold the user's name, nor be a few characters repeated."
        raise UsageError(message)
    return _HASHER.hash(password)


def is_password(secret: str, password: str) -> bool:
    """Return whether `password` is the one behind `secret`; an empty secret takes as long, and is never it."""
    try:
        return _HASHER.verify(secret or _NOBODY, password[:MOST_CHARACTERS]) and bool(secret)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def seal_identity(user: str, *, secret: bytes, now: datetime) -> str:
    """Return the header by which a trusted proxy hands a person over: name, moment, seal."""
    said = f"{user}|{int(now.timestamp())}"
    return f"{said}|{_seal(said, secret)}"


def identity_in(header: str, *, secret: bytes, now: datetime) -> str:
    """Return the user name in a proxy's header.

    Raises
    ------
    NotPermittedError
        If there is no header, its seal is not the proxy's, or it is older than two minutes. The words are the
        same for all three.
    """
    said, _, seal = header.rpartition("|")
    user, _, moment = said.rpartition("|")
    good = hmac.compare_digest(_seal(said, secret).encode(), seal.encode()) and moment.isdigit()
    if not (good and abs(now.timestamp() - int(moment)) <= _HEADER_SECONDS and _USER.fullmatch(user)):
        message = "The proxy in front of this app did not say who you are. Nothing was opened."
        raise NotPermittedError(message)
    return user


def _seal(said: str, secret: bytes) -> str:
    return hmac.new(secret, f"cse-geo identity|{said}".encode(), "sha256").hexdigest()
