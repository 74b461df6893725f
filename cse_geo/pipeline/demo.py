"""The demo store: the fictional region's files through the same doors as anybody's, into a synthetic store."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import cse_geo
from cse_geo import demo, safeguards, schema, store
from cse_geo.pipeline.answers import build_next_release
from cse_geo.pipeline.approvals import approve_releases
from cse_geo.pipeline.contexts import ContextRequest, add_context
from cse_geo.pipeline.reference import LayerRequest, add_layer, keep_gazetteer
from cse_geo.pipeline.releases import audiences
from cse_geo.pipeline.returns import ImportRequest, import_return

if TYPE_CHECKING:
    from collections.abc import Mapping


SEED = 1
# The day after the last return's period: dates are judged against it, not against the reader's clock.
TODAY = date(2026, 1, 31)
LAYERS = ("police_force", "local_authority", "csp", "ward")
CONTEXT = (
    ("agencies", "agencies.csv"),
    ("coverage", "coverage.csv"),
    ("denominators", "exposure.csv"),
    ("background", "basemap.geojson"),
)
GAZETTEERS = (
    ("codepoint.csv", "codepoint"),
    ("uprn.csv", "uprn"),
    ("addresses.csv", "addresses"),
    ("places.csv", "premises"),
    ("settlements.csv", "settlements"),
)
_LICENCE = "CC0 1.0"
_SOURCE = "Drawn for the fictional county; no real place."
_READY = "demo-ready"
# Raised where a demo store of the version before would lack something: it is then built anew.
_FORMAT = b"5: context comes by the commands' doors"


def ensure_demo(environ: Mapping[str, str]) -> Path:
    """Return the demo store's folder, built now if it is absent or was made from other files.

    The store lies under the user's data folder (CSE_GEO_DEMO_DIR, else XDG_DATA_HOME, else ~/.local/share).
    """
    home = _home(environ)
    source = _source(home)
    folder = home / f"demo-{_digest(source)}"
    if not (folder / _READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
        build_demo(source, folder, environ=environ)
        (folder / _READY).touch()
    return folder


def build_demo(source: Path, folder: Path, *, environ: Mapping[str, str]) -> None:
    """Build a synthetic store from the files under `source` (sample_data/ and boundaries/)."""
    data = source / "sample_data"
    key = store.find_key(folder, environ, create=True)
    with store.init_store(folder, key=key, synthetic=True) as opened:
        session = safeguards.step_into("analyst", synthetic=True)
        for layer in LAYERS:
            request = LayerRequest(layer=layer, licence=_LICENCE, source=_SOURCE)
            add_layer(opened, source / "boundaries" / f"{layer}.geojson", session=session, request=request)
        for kind, name in CONTEXT:
            add_context(opened, data / name, session=session, request=ContextRequest(kind))
        for name, kind in GAZETTEERS:
            keep_gazetteer(opened, data / name, session=session, kind=kind)
        for agency, path, mapping in returns_of(data):
            request_ = ImportRequest(agency=agency, mapping=mapping, today=TODAY, synthetic=True)
            import_return(opened, path, session=session, request=request_)
        for audience in audiences():
            build_next_release(opened, session=session, audience=audience, today=TODAY)
        # By the fictional second person of made-up data; on real data it takes another account.
        approve_releases(opened, session=safeguards.step_into("oversight", synthetic=True))


def returns_of(data: Path) -> list[tuple[str, Path, Path | None]]:
    """Return agency, file and mapping of every return: the file's name begins with the agency's code and "__"."""
    files = sorted(p for p in (data / "returns").iterdir() if p.suffix != ".toml")
    found = []
    for path in files:
        agency = path.name.partition("__")[0]
        mapping = data / "returns" / f"{agency}.toml"
        found.append((agency, path, mapping if mapping.exists() else None))
    return found


def _home(environ: Mapping[str, str]) -> Path:
    if environ.get("CSE_GEO_DEMO_DIR"):
        return Path(environ["CSE_GEO_DEMO_DIR"])
    home = Path(environ.get("HOME") or Path.home())
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "cse_geo"


def _source(home: Path) -> Path:
    """Return the folder that holds sample_data: the checkout, or one written now from the seed."""
    checkout = Path(cse_geo.__file__).resolve().parent.parent
    if (checkout / "sample_data" / "truth.json").exists():
        return checkout
    written = home / f"region-{SEED}"
    if not (written / "sample_data" / "truth.json").exists():
        demo.write_region(written, seed=SEED)
    return written


def _digest(source: Path) -> str:
    """Return eight characters that name the region's files and the schema of what is made of them."""
    digest = hashlib.sha256(_FORMAT)
    for name in ("sample_data", "boundaries"):
        for path in sorted(p for p in (source / name).rglob("*") if p.is_file()):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    # A store of an older schema would be refused: a new migration makes a new demo.
    migrations = Path(cse_geo.__file__).resolve().parent / "store" / "migrations" / "versions"
    digest.update(repr(sorted(path.name for path in migrations.glob("*.py"))).encode())
    digest.update(repr(sorted(s.names for s in (schema.RECORDS, schema.LOCATIONS, schema.PLACES))).encode())
    return digest.hexdigest()[:8]
