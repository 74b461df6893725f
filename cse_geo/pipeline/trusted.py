"""Whom the operator trusts to say who people are: a proxy in front, or an identity provider; named in private files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cse_geo.errors import UsageError
from cse_geo.safeguards import openid

if TYPE_CHECKING:
    from collections.abc import Mapping


def proxy_secret(environ: Mapping[str, str]) -> bytes:
    """Return the secret shared with the trusted proxy; empty where there is none and people have passwords.

    Raises
    ------
    UsageError
        If CSE_GEO_PROXY_KEY_FILE names a file that others may read, or one with fewer than 32 characters.
    """
    secret = _private_file(environ, "CSE_GEO_PROXY_KEY_FILE").strip()
    if 0 < len(secret) < 32:
        message = "CSE_GEO_PROXY_KEY_FILE must hold at least 32 characters."
        raise UsageError(message)
    return secret


def identity_provider(environ: Mapping[str, str]) -> openid.Provider | None:
    """Return the identity provider that people sign in at, or None where there is none.

    Raises
    ------
    UsageError
        If CSE_GEO_OIDC_FILE names a file that others may read or that names no provider; or if there is a
        trusted proxy as well: people are known in one way.
    """
    text = _private_file(environ, "CSE_GEO_OIDC_FILE")
    if not text:
        return None
    if proxy_secret(environ):
        message = "Set CSE_GEO_OIDC_FILE or CSE_GEO_PROXY_KEY_FILE, not both."
        raise UsageError(message)
    return openid.provider_from(text.decode("utf-8", "replace"))


def _private_file(environ: Mapping[str, str], name: str) -> bytes:
    """Return what the file that `environ[name]` names holds; nothing where it names none."""
    if not environ.get(name, ""):
        return b""
    path = Path(environ[name])
    if not path.is_file() or path.stat().st_mode & 0o077:
        message = f"{name} must name a file that only its owner may read (mode 0600)."
        raise UsageError(message)
    held = path.read_bytes()
    if not held.strip():
        message = f"{name} names an empty file."
        raise UsageError(message)
    return held
