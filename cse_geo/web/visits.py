"""Which browser asks: what a page offered is served to the browser it was made for, and to no other.

Streamlit serves files under /media to anyone who has the address, minutes after the session is over.
"""

from __future__ import annotations

import os
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from cse_geo.pipeline.signin import is_visit_live
from cse_geo.web import offered
from cse_geo.web.cookies import COOKIE
from cse_geo.web.settings import read_settings

if TYPE_CHECKING:
    from starlette.types import Scope

OFFERED = "/media/"
# Drawn backgrounds and the map's frame: for whoever signed in.
SIGNED_IN = ("/background/", "/component/")


def may_have(scope: Scope) -> bool:
    """Return whether a request may be answered: files to the browser they were made for, maps to one signed in.

    A demo has nobody to sign in and nothing to hide: its store is synthetic. Saying that a real store is a
    demo opens nothing, because then nobody can sign in to make a file.
    """
    path = str(scope["path"])
    if not path.startswith((OFFERED, *SIGNED_IN)) or read_settings(os.environ).demo:
        return True
    visit = visit_of(scope)
    if not is_visit_live(visit):
        return False
    return not path.startswith(OFFERED) or visit in offered.visits_of(path.removeprefix(OFFERED))


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
