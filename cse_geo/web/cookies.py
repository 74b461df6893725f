"""The cookie that names a browser's visit: unguessable, read by no script, sent by no other site."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COOKIE = "cse_visit"


def named(cookies: Mapping[str, str]) -> str:
    """Return the visit that a request's cookies name; empty where they name none."""
    value = cookies.get(COOKIE, "")
    return value if isinstance(value, str) else ""


def new_cookie() -> bytes:
    """Return the header value that names a new visit; no script can read it and no other site sends it."""
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Strict".encode("ascii")
