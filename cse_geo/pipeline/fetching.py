"""Boundary layers from the official services, when asked: fetched whole to a file, then added like any file."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from cse_geo.boundaries.fetch import fetch_layer
from cse_geo.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def fetch_boundaries(layer: str, out: Path, *, address: str | None = None) -> str:
    """Fetch a layer to a GeoJSON file; return what came, and how to add it.

    Raises
    ------
    UsageError
        If no service is known for the layer and none is given.
    InputRefusedError
        If the service refuses, does not answer, or sends less than it counted.
    """
    known = known_services()
    if address is None and layer not in known:
        have = ", ".join(sorted(known))
        message = f"No address is known for {layer} (known: {have}); give one with --address."
        raise UsageError(message)
    n = fetch_layer(address or known[layer], out)
    return f"{n:,} areas written to {out}. Add them with: cse-geo boundaries add {out} --layer {layer}"


def known_services() -> dict[str, str]:
    """Return layer -> address of its official service."""
    text = resources.files("cse_geo").joinpath("data/boundary_services.toml").read_text("utf-8")
    return {layer: str(entry["address"]) for layer, entry in tomllib.loads(text).items()}
