"""Fetch one layer from an ArcGIS feature service such as ONS's Open Geography portal: only when asked."""

from __future__ import annotations

import http.client
import ipaddress
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cse_geo.errors import InputRefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_TRIES = 3  # the portal answers 500 or 504 now and then; the same page asked again comes


@dataclass(frozen=True)
class FetchParams:
    """How to ask: seconds to wait for an answer, areas per page, and the most areas and bytes to take."""

    timeout_s: float = 60.0
    page: int = 500
    most_areas: int = 50_000  # the largest layer one adds here is LSOAs: 35,672
    most_page_bytes: int = 200_000_000

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.timeout_s <= 0 or min(self.page, self.most_areas, self.most_page_bytes) < 1:
            message = "`FetchParams` must all be positive."
            raise ValueError(message)


def fetch_layer(service_url: str, out: Path, *, params: FetchParams | None = None) -> int:
    """Download every area of a feature service layer, page by page, to one GeoJSON file in EPSG:4326.

    The file is written only when all areas have come, each once; a broken download leaves nothing behind.

    Parameters
    ----------
    service_url
        Address of the layer, ending in /FeatureServer/0 or alike; https (http only to this machine).
    out
        GeoJSON file to write; add it with `boundaries add`.
    params
        Waiting time, page size, limits.

    Returns
    -------
    int
        Number of areas written.

    Raises
    ------
    UsageError
        If the address is not one of a feature service layer over https.
    InputRefusedError
        If the service refuses, does not answer, or sends fewer or other areas than it counted.
    """
    params = params or FetchParams()
    url = _checked(service_url)
    about = _ask(url, {"f": "json"}, params)
    key = str(about.get("objectIdField") or "OBJECTID")
    total = int(
        _ask(f"{url}/query", {"where": "1=1", "returnCountOnly": "true", "f": "json"}, params).get("count", 0)
    )
    if not 0 < total <= params.most_areas:
        _refuse(f"The service counts {total:,} areas; between 1 and {params.most_areas:,} can be taken.")
    page = max(1, min(params.page, int(about.get("maxRecordCount") or params.page)))
    features = _all_pages(url, key=key, total=total, page=page, params=params)
    collection = {"type": "FeatureCollection", "features": features}
    part = out.with_name(out.name + ".part")
    part.write_text(json.dumps(collection), "utf-8")
    part.replace(out)
    return len(features)


def _checked(service_url: str) -> str:
    parts = urllib.parse.urlsplit(service_url.strip().rstrip("/"))
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname))
    if not is_safe or not parts.path.rsplit("/", 1)[-1].isdigit() or "FeatureServer" not in parts.path:
        message = "The address must be that of a feature service layer: https://.../FeatureServer/0."
        raise UsageError(message)
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _is_this_machine(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _all_pages(url: str, *, key: str, total: int, page: int, params: FetchParams) -> list[dict[str, Any]]:
    found: dict[object, dict[str, Any]] = {}
    start = 0
    while start < total:
        query = {
            "where": "1=1", "outFields": "*", "outSR": "4326", "f": "geojson", "orderByFields": key,
            "resultOffset": str(start), "resultRecordCount": str(page),
        }  # fmt: skip
        rows = _ask(f"{url}/query", query, params).get("features")
        if not isinstance(rows, list) or not rows:
            break
        for row in rows:
            found[row.get("properties", {}).get(key, row.get("id"))] = row
        start += len(rows)  # a service may send fewer than asked
    if len(found) != total or start != total:
        _refuse(
            f"The service counted {total:,} areas and sent {len(found):,} different ones: try again later."
        )
    return list(found.values())


def _ask(url: str, query: dict[str, str], params: FetchParams) -> dict[str, Any]:
    """Return the service's JSON answer; ArcGIS says its errors in the body, with status 200."""
    request = urllib.request.Request(f"{url}?{urllib.parse.urlencode(query)}")  # noqa: S310 (scheme is checked)
    answer = _parsed(_body(request, params))
    error = answer.get("error")
    if error:
        code = error.get("code", "") if isinstance(error, dict) else ""
        _refuse(f"The service refused (code {code}): check the address of the layer.")
    return answer


def _body(request: urllib.request.Request, params: FetchParams) -> bytes:
    opener = urllib.request.build_opener(_NoRedirect)
    why = ""
    for _ in range(_TRIES):
        try:
            with opener.open(request, timeout=params.timeout_s) as response:
                content = response.read(params.most_page_bytes + 1)
        except urllib.error.HTTPError as error:
            why = f"status {error.code}"
            error.close()
            if error.code < 500:
                break
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
            why = type(getattr(error, "reason", error)).__name__
        else:
            if len(content) > params.most_page_bytes:
                _refuse("The service's answer is larger than allowed: ask for smaller pages.")
            return bytes(content)
    _refuse(f"The service did not answer ({why}): download the file in a browser and use boundaries add.")
    return b""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Stay with the address that was given: a redirect is an error, not another server to trust."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        _refuse("The service did not answer with JSON: is the address that of a feature service layer?")
        return {}
    return answer


def _refuse(message: str) -> None:
    raise InputRefusedError(message)
