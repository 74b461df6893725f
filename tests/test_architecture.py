"""The layout as tests: stages stay apart, each package has one home, nothing opens a connection by itself."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cse_geo"

STAGES = {
    "intake", "validate", "geocode", "cells", "hotspots", "places", "boundaries", "plans", "safeguards", "outputs", "store", "context",
}  # fmt: skip
# What a stage may import from the package besides itself.
SHARED = {
    "schema",
    "errors",
    "vocabulary",
    "lattice",
    "mapfiles",
    "lazy",
    "projection",
    "views",
    "views_review",
    "views_border",
    "views_meeting",
    "views_more",
    "views_plans",
}
# Who knows the order of stages, or stands at an edge.
EDGES = {"pipeline", "cli", "pages", "web", "demo", "__init__", "__main__"}

# Package -> the modules (or folders) of cse_geo that may import it. Anything third-party must stand here.
HOMES = {
    "alembic": {"store"},
    "argon2": {"safeguards"},
    "branca": {"outputs/maps"},
    "click": {"cli"},
    "convertbng": {"projection"},
    "defusedxml": {"intake", "geocode"},  # the food hygiene register is published as XML
    "folium": {"outputs/maps", "web/assets"},
    "geopandas": {"*"},
    "gpxpy": {"outputs"},
    "h3": {"lattice"},
    "icalendar": {"outputs"},
    "jinja2": {"outputs"},
    "markupsafe": {"outputs"},
    "numba": {"hotspots", "plans"},
    "numpy": {"*"},
    "openpyxl": {"intake", "outputs", "demo"},
    "osmium": {"mapfiles"},  # the network and the gazetteer read the same files
    "pandas": {"*"},
    "pyarrow": {"intake", "geocode", "store", "outputs/tables"},
    "pyogrio": {"boundaries", "outputs/tables"},
    "pyproj": {"projection", "boundaries"},
    "rapidfuzz": {"intake", "geocode"},
    "rich": {"cli"},
    "scipy": {"hotspots", "safeguards/auditor"},  # the auditor: integer programming, on a path of its own
    "shapely": {"*"},
    "sklearn": {"hotspots"},
    "sqlalchemy": {"store"},
    "sqlcipher3": {"store"},
    "starlette": {"web"},
    "streamlit": {"pages", "web", "outputs/maps/view"},
    "streamlit_folium": {"outputs/maps"},
    "typst": {"outputs"},
    "uvicorn": {"web"},
    "xstatic": {"web/assets", "outputs/maps"},
}
# Standard-library modules that can open a connection, and who may: the server the operator starts, and
# the boundary layers fetched when asked.
NETWORK = {
    "ftplib", "http.client", "imaplib", "poplib", "smtplib", "socket", "socketserver", "telnetlib", "urllib.request", "xmlrpc",
}  # fmt: skip
NETWORK_HOMES = {"boundaries/fetch", "web/serve"}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)


def name_of(path: Path) -> str:
    """`cse_geo/outputs/maps/view.py` -> `outputs/maps/view`; a folder's `__init__` is the folder."""
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    return "/".join(parts[:-1]) if parts[-1] == "__init__" and len(parts) > 1 else "/".join(parts)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_within(name: str, homes: set[str]) -> bool:
    return "*" in homes or any(name == home or name.startswith(f"{home}/") for home in homes)


def stage_faults(name: str, imports: set[str]) -> list[str]:
    own = name.split("/", maxsplit=1)[0]
    if own in EDGES:
        return []
    inside = {i.split(".")[1] for i in imports if i.startswith("cse_geo.") and i.count(".") >= 1}
    known = STAGES | EDGES | {p.stem if p.suffix == ".py" else p.name for p in PACKAGE.iterdir()}
    allowed = SHARED | {own, "data"}
    if own in SHARED:
        allowed = SHARED | {"data"}
    return sorted((inside & known) - allowed)


def package_faults(name: str, imports: set[str]) -> list[str]:
    tops = {i.split(".")[0] for i in imports} - {"cse_geo", "__future__"} - set(sys.stdlib_module_names)
    return sorted(t for t in tops if not is_within(name, HOMES.get(t, set())))


def network_faults(name: str, imports: set[str]) -> list[str]:
    return [] if is_within(name, NETWORK_HOMES) else sorted(imports & NETWORK)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_stages_never_import_one_another(path: Path) -> None:
    assert stage_faults(name_of(path), imports_of(path)) == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_each_package_has_one_home(path: Path) -> None:
    assert package_faults(name_of(path), imports_of(path)) == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nothing_opens_a_connection_but_the_named_edges(path: Path) -> None:
    assert network_faults(name_of(path), imports_of(path)) == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_says_its_duty_and_fits_a_page(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= MOST_LINES.get(name_of(path), 320)


# One list each, which is easier to read whole: the column specs, the tables of the store.
MOST_LINES = {"schema": 700, "store/tables": 600}


def test_person_columns_end_at_cells() -> None:
    """Beyond cells.py nothing that tests, maps, plans or exports may name a person column."""
    keys = {"child_key", "adult_key", "vehicle_key"}
    before = {"schema", "intake", "validate", "cells", "store", "geocode", "demo", "pipeline"}
    for path in modules():
        own = name_of(path).split("/", maxsplit=1)[0]
        if own in before:
            continue
        constants = {
            n.value for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Constant)
        }
        assert not {c for c in constants if isinstance(c, str)} & keys, name_of(path)


def test_the_rules_can_fail() -> None:
    """The checks above find what they are for."""
    assert stage_faults("hotspots/ring", {"cse_geo.geocode", "cse_geo.schema"}) == ["geocode"]
    assert package_faults("hotspots/ring", {"folium", "numpy", "json"}) == ["folium"]
    assert package_faults("validate", {"somebodys_package"}) == ["somebodys_package"]
    assert network_faults("geocode/coordinates", {"urllib.request"}) == ["urllib.request"]
