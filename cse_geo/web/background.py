"""The drawn background of a map, kept in memory and served from our own origin under an unguessable name.

It holds public geography only (basemap, boundaries), yet it tells which region is looked at: the name is made
with a secret of this process, and no address is logged.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

PREFIX = "/background"
_SECRET = secrets.token_bytes(16)
_MOST_KEPT = 8  # one per store and role in use; older ones are dropped
_kept: OrderedDict[str, bytes] = OrderedDict()


def publish(text: str) -> str:
    """Keep a background and return its address; the same text has the same address while the server runs."""
    body = text.encode("utf-8")
    name = hashlib.blake2b(body, key=_SECRET, digest_size=16).hexdigest()
    _kept[name] = body
    _kept.move_to_end(name)
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return f"{PREFIX}/{name}"


async def _answer(request: Request) -> Response:
    body = _kept.get(str(request.path_params["name"]))
    if body is None:
        return Response(status_code=404)
    return Response(body, media_type="application/json")


ROUTE = Route(f"{PREFIX}/{{name}}", _answer, methods=["GET"])
