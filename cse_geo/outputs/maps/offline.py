"""folium without the internet: every script and stylesheet from our own origin, or no map at all.

folium and its plugins name addresses on content networks. `patch_folium` rewrites the ones we ship and makes
every class that needs another one raise when it is used: a new plugin cannot leak by being forgotten.
"""

from __future__ import annotations

import re
from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import folium.plugins
from folium.elements import JSCSSMixin

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "/vendor"

# Address on a content network -> our file; None = the map does not need it (we draw our own marks).
# Patterns name the minor version, so that a folium upgrade which moves it fails instead of mixing versions.
_MANIFEST: tuple[tuple[str, str | None], ...] = (
    (r"/leaflet@1\.9\.\d+/dist/leaflet\.(js|css)$", r"leaflet/leaflet.\1"),
    (r"jquery[-/]3\.7\.\d+(/jquery)?\.min\.js$", "jquery/jquery.min.js"),
    (r"/bootstrap@|bootstrap-glyphicons|fontawesome-free@|awesome-markers|awesome\.rotate", None),
)


class OffOriginError(RuntimeError):
    """A folium class asked for a file of another server."""


def asset_folders() -> dict[str, Path]:
    """Return the folders that are served below `/vendor`: Leaflet, jQuery (their wheels), our own."""
    return {
        "leaflet": Path(import_module("xstatic.pkg.leaflet").BASE_DIR),
        "jquery": Path(import_module("xstatic.pkg.jquery").BASE_DIR),
        "cse_geo": Path(str(resources.files("cse_geo").joinpath("data/map"))),
    }


def local_address(address: str) -> str | None:
    """Return where we serve what lies at `address`; None where it is not needed.

    Raises
    ------
    OffOriginError
        If the address is in no line of the manifest.
    """
    if address.startswith(f"{PREFIX}/"):
        return address
    for pattern, target in _MANIFEST:
        found = re.search(pattern, address)
        if found:
            return None if target is None else f"{PREFIX}/{found.expand(target)}"
    message = f"A map asked for {address!r}, which is not one of our own files."
    raise OffOriginError(message)


def patch_folium() -> dict[str, tuple[str, ...]]:
    """Rewrite the assets of every folium class; return the classes that are blocked and why.

    Safe to call again: what is rewritten stays, what is blocked stays blocked.
    """
    blocked: dict[str, tuple[str, ...]] = {}
    owners: set[type[Any]] = {folium.Map, *_subclasses(JSCSSMixin)}
    for owner in owners:
        for attribute in ("default_js", "default_css"):
            listed = owner.__dict__.get(attribute)
            if isinstance(listed, property):
                blocked[owner.__name__] = (attribute,)
            elif listed:
                kept, foreign = _sorted_out(listed)
                setattr(owner, attribute, _raising(owner.__name__, foreign) if foreign else kept)
                if foreign:
                    blocked[owner.__name__] = foreign
    return blocked


def _sorted_out(listed: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    kept, foreign = [], []
    for name, address in listed:
        try:
            target = local_address(address)
        except OffOriginError:
            foreign.append(address)
        else:
            kept += [(name, target)] if target is not None else []
    return kept, tuple(foreign)


def _raising(name: str, foreign: tuple[str, ...]) -> property:
    def refuse(_self: object) -> None:
        message = f"folium's {name} needs {', '.join(foreign)}: files of other servers are not loaded."
        raise OffOriginError(message)

    return property(refuse)


def _subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from _subclasses(child)


patch_folium()
