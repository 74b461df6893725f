"""Which browser asks: files that a page offered are served to the browser that signed in, and to no other.

Streamlit serves them under /media to anyone who has the address, minutes after the session is over.
"""

from __future__ import annotations

import os
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from cse_geo.pipeline.signin import is_visit_live
from cse_geo.web.settings import read_settings

if TYPE_CHECKING:
    from starlette.types import Scope

COOKIE = "cse_visit"
OFFERED = "/media/"


def may_have(scope: Scope) -> bool:
    """Return whether a request may be answered: all but offered files; those only to a browser signed in.

    A demo has nobody to sign in and nothing to hide: its store is synthetic. Saying that a real store is a
    demo opens nothing, because then nobody can sign in to make a file.
    """
    if not str(scope["path"]).startswith(OFFERED):
        return True
    return read_settings(os.environ).demo or is_visit_live(visit_of(scope))


def visit_of(scope: Scope) -> str:
    """Return the visit that the request's cookie names; empty where there is none."""
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return ""
            return found.value if found else ""
    return ""


def new_cookie() -> bytes:
    """Return the header value that names a new visit; no script can read it and no other site sends it."""
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Strict".encode("ascii")
