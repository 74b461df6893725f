"""Headers on every answer: nothing from another origin, nothing kept, nothing framed by others.

The content security policy is the guarantee that the map and the pages load nothing from elsewhere; the
rewritten assets only make sure that it never has anything to block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cse_geo.web import cookies, visits
from cse_geo.web.openid import kept_short

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# SHA-256 of the one inline script in Streamlit 1.67's index.html; a test computes it from the installed file.
INDEX_SCRIPT_HASH = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="

_SHARED = (
    "default-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "frame-src 'self' blob:",
    "frame-ancestors 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)
PAGE_POLICY = "; ".join(
    (*_SHARED, f"script-src 'self' 'wasm-unsafe-eval' blob: '{INDEX_SCRIPT_HASH}'"),
)
# Only the map's frame may run inline script: streamlit-folium hands the map over as text and evaluates it.
COMPONENT_POLICY = "; ".join((*_SHARED, "script-src 'self' 'unsafe-inline' 'unsafe-eval'"))

_ALWAYS = {
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), usb=(), payment=()",
    b"x-robots-tag": b"noindex, nofollow",
}

# Streamlit's frontend files carry their hash in the name and our vendored files their release: both may be
# kept. Everything else may hold what only this role may see.
_MAY_BE_KEPT = ("/static/", "/vendor/", "/component/streamlit_folium.")
# Answers about the server that nobody outside it needs, and uploads: no page takes a file, returns come in by
# the command line, where they are read in a child process.
_CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/_stcore/upload_file")


class SecurityHeaders:
    """ASGI middleware: sets the policy of each path, forbids keeping, closes what is nobody's business."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, with headers on its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = str(scope["path"])
        if path.startswith(_CLOSED) or not visits.may_have(scope):
            await _not_found(send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message["headers"], path)
                if _is_page(message["headers"]) and not visits.visit_of(scope):
                    message["headers"].append((b"set-cookie", cookies.new_cookie()))
            await send(message)

        await self.app(scope, receive, answer)


def headers_of(path: str) -> dict[bytes, bytes]:
    """Return the headers that an answer to `path` must carry."""
    policy = COMPONENT_POLICY if path.startswith("/component/") else PAGE_POLICY
    ours = {**_ALWAYS, b"content-security-policy": policy.encode("ascii")}
    if not path.startswith(_MAY_BE_KEPT):
        ours[b"cache-control"] = b"no-store"
    return ours


def _with_ours(theirs: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
    ours = headers_of(path)
    kept = [(name, value) for name, value in theirs if name.lower() not in ours]
    kept = [(name, value) for name, value in kept if name.lower() != b"access-control-allow-origin"]
    short = [header for name, value in kept if (header := kept_short(name, value)) is not None]
    return [*short, *ours.items()]


def _is_page(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers)


async def _not_found(send: Any) -> None:  # noqa: ANN401 (starlette's Send is only a type)
    await send({"type": "http.response.start", "status": 404, "headers": list(headers_of("/").items())})
    await send({"type": "http.response.body", "body": b""})
