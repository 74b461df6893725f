"""Hotspot mapping of places linked to child sexual exploitation: places, never people.

The Python API is the stages themselves, frames in and frames out: `cse_geo.intake`, `validate`, `geocode`,
`cells`, `hotspots`, `boundaries`, with the columns of every frame in `cse_geo.schema`. See docs/api.md.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

STAGES = (
    "boundaries",
    "cells",
    "demo",
    "geocode",
    "hotspots",
    "intake",
    "lattice",
    "projection",
    "schema",
    "validate",
)

__all__ = ["STAGES"]

# Read by NumPy's and SciPy's linear algebra when they are first loaded. Our matrices are small: a second thread would
# only wait beside the first (0.2 s of a start), and may add numbers up in another order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> ModuleType:
    """Import a stage when it is first asked for: `import cse_geo` alone stays quick."""
    if name in STAGES:
        return import_module(f"cse_geo.{name}")
    message = f"module 'cse_geo' has no attribute {name!r}"
    raise AttributeError(message)
