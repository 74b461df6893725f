"""Two stores that are equal on the release answer every question of the release plane with the same bytes."""

from __future__ import annotations

import dataclasses
import inspect
import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cse_geo import pipeline, safeguards, schema, store
from cse_geo.cli.main import cli
from cse_geo.cli.settings import Settings
from cse_geo.errors import NotPermittedError
from cse_geo.outputs import plan_files
from cse_geo.pipeline import answers
from cse_geo.pipeline.plans_outreach import outreach_view
from cse_geo.views import MapQuery, Session
from cse_geo.views_plans import PlanQuery
from tests import plan_store
from tests.faults import build
from tests.store_frames import KEY, locations_of, records_of

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2025, 12, 1)
ON_RELEASES = [role for role in safeguards.roles().values() if role.plane == "release"]
QUERIES = (MapQuery(resolution=8), MapQuery(resolution=7), MapQuery(agencies=("police1",), resolution=8))


def filled(path: Path, *, twin: bool) -> Path:
    """A store with one release for each audience; its twin holds other children, days and agencies, an odd type and a secret.

    Both have twelve children at each of three places: of them the release says "10", and of the totals "40".
    """
    rows: list[dict[str, object]] = []
    points = []
    for place, (lat, lon, kind) in enumerate(plan_store.CENTRES):
        for n in range(12 + (place == 0) * twin):  # one child more does not reach the next step
            key = f"{'T' if twin else 'C'}{place}{n}"
            rows.append({
                "record_id": f"id-{key}", "child_key": key, "event_ref": f"EV-{key}", "place_type": kind if n < 11 else ("pub", "park")[twin],
                "event_start": pd.Timestamp("2025-02-01") + pd.Timedelta(days=(n * 7 + 3 * twin) % 90),
                "agency": ("police1", "health1")[(n + twin) % 2],
            })  # fmt: skip
            points.append((lat + 0.0004 * (n % 2), lon + 0.0003 * twin))
    if twin:  # what must not reach a release at all: another agency's confidence, in a place of its own
        rows += [
            {"record_id": f"id-s{n}", "child_key": f"S{n}", "handling_code": "C", "agency": "health1"}
            for n in range(3)
        ]
        points += [(54.05, 1.05)] * 3
    records = records_of(rows)
    at = locations_of(records).assign(lat=[p[0] for p in points], lon=[p[1] for p in points])
    with store.init_store(path, key=KEY, synthetic=True) as opened:
        for agency in ("police1", "health1"):
            own = (records["agency"] == agency).to_numpy()
            pair = records[own].reset_index(drop=True), at[own].reset_index(drop=True)
            digest = f"{agency}{twin}".encode().hex().zfill(64)
            store.save_import(opened, store.ImportDetails(agency, digest), *pair)
        store.save_places(opened, plan_store.places())
        store.save_basemap(opened, plan_store.basemap())
        analyst = safeguards.step_into("analyst", synthetic=True)
        for audience in pipeline.audiences():
            pipeline.build_next_release(opened, session=analyst, audience=audience, today=TODAY)
        pipeline.approve_releases(opened, session=safeguards.step_into("oversight", synthetic=True))
    return path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("twins")
    return filled(root / "one", twin=False), filled(root / "two", twin=True)


def bytes_of(thing: Any) -> bytes:
    """Everything in an answer, in order: frames as CSV with their types, shapes as WKB."""
    if isinstance(thing, gpd.GeoDataFrame):
        shapes = b"".join(thing.geometry.to_wkb())
        return bytes_of(pd.DataFrame(thing.drop(columns=thing.geometry.name))) + shapes
    if isinstance(thing, pd.DataFrame):
        return (thing.to_csv() + str(thing.dtypes.to_dict())).encode()
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return b"".join(f.name.encode() + bytes_of(getattr(thing, f.name)) for f in dataclasses.fields(thing))
    if isinstance(thing, (tuple, list)):
        return b"[" + b",".join(map(bytes_of, thing)) + b"]"
    if isinstance(thing, dict):
        return b"{" + b",".join(bytes_of(k) + b":" + bytes_of(v) for k, v in thing.items()) + b"}"
    return repr(thing).encode()


def still(data: bytes, ending: str) -> bytes:
    """The bytes of a file; of a workbook those of its sheets, because its parts say when they were written."""
    if ending != ".xlsx":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return b"".join(
            book.read(name) for name in sorted(book.namelist()) if not name.startswith("docProps")
        )


def answers_of(path: Path) -> dict[str, bytes]:
    """Every answer of the release plane: maps of every role and filter, refusals, the walk and its files."""
    found = {}
    with store.open_store(path, key=KEY) as opened:
        for role in ON_RELEASES:
            visitor = Session(role=role.code, demo=True)
            for n, query in enumerate(QUERIES):
                try:
                    found[f"map {role.code} {n}"] = bytes_of(pipeline.map_view(opened, visitor, query))
                except NotPermittedError as refused:
                    found[f"map {role.code} {n}"] = str(refused).encode()
        for vary in (True, False):
            query = PlanQuery(on=date(2026, 2, 6), vary=vary)
            view = outreach_view(opened, Session(role="outreach", demo=True), query)
            found[f"walk {vary}"] = bytes_of(view)
            cover = plan_files.Cover("the walkers", "1 February 2026", "C0001")
            for ending in plan_files.FORMATS:
                found[f"walk {vary} {ending}"] = still(plan_files.plan_bytes(view, ending, cover), ending)
    return found


def test_every_answer_of_the_release_plane_is_the_same(pair: tuple[Path, Path]) -> None:
    one, two = (answers_of(path) for path in pair)
    assert [name for name in one if one[name] != two[name]] == []
    assert len(one) == len(ON_RELEASES) * len(QUERIES) + 2 * (1 + len(plan_files.FORMATS))
    assert b"10" in one["map care 0"]  # there is something on the map


def test_the_stores_do_differ_where_somebody_vetted_looks(pair: tuple[Path, Path]) -> None:
    """The comparison can fail: the same question of the operational plane has two answers."""
    answered = []
    for path in pair:
        with store.open_store(path, key=KEY) as opened:
            answered.append(
                bytes_of(pipeline.map_view(opened, Session(role="analyst", demo=True), QUERIES[0]))
            )
    assert answered[0] != answered[1]


def test_the_command_of_the_release_plane_writes_the_same_files(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    written = []
    for path in pair:
        settings = Settings.from_environ({"CSE_GEO_KEY": KEY, "CSE_GEO_STORE": str(path)})
        outs = [tmp_path / f"{path.name}{ending}" for ending in plan_files.FORMATS]
        options = [word for out in outs for word in ("-o", str(out))]
        done = CliRunner().invoke(cli, ["plan", "outreach", "--on", "2026-02-06", *options], obj=settings)
        assert done.exit_code == 0, done.output
        written.append([still(out.read_bytes(), out.suffix) for out in outs])
    assert written[0] == written[1]


def test_what_comes_in_after_the_release_changes_no_answer(tmp_path: Path) -> None:
    path = filled(tmp_path / "s", twin=False)
    before = answers_of(path)
    rng = np.random.default_rng(8)
    with store.open_store(path, key=KEY) as opened:
        records = records_of([{"record_id": f"new{n}", "child_key": f"N{n}"} for n in range(40)])
        at = locations_of(records)
        at["lat"] += rng.normal(0, 0.01, len(at))
        store.save_import(opened, store.ImportDetails("police1", "9" * 64), records, at)
        store.erase_subject(opened, "C00")
    after = answers_of(path)
    assert [name for name in before if before[name] != after[name]] == []


def test_only_the_release_reaches_the_release_plane() -> None:
    """The map of these roles is made from the release and from open layers: no record is an argument of it."""
    source = inspect.getsource(inspect.getmodule(answers.released_view))
    for name in ("frames.records", "frames.locations", "frames.coverage", "frames.imports", "load_records"):
        assert name not in source


PROTECTED = (
    "ethnic",
    "racial",
    "religio",
    "faith",
    "national",
    "citizen",
    "skin",
    "caste",
    "language",
    "origin",
)


def test_no_column_of_any_frame_could_hold_a_protected_characteristic() -> None:
    specs = [thing for thing in vars(schema).values() if isinstance(thing, schema.FrameSpec)]
    assert len(specs) > 10
    names = {column.name for spec in specs for column in spec.columns} | {
        column.name for table in store.tables.metadata.tables.values() for column in table.columns
    }
    assert [name for name in sorted(names) if any(word in name for word in PROTECTED)] == []


@pytest.mark.parametrize(
    "column", ["", "ethnicity", "Ethnic group", "religion", "nationality", "faith", "IC code"]
)
def test_a_return_with_such_a_column_is_refused_and_changes_no_answer(column: str, tmp_path: Path) -> None:
    """Without the column the same rows are taken; either way no answer of the release plane changes."""
    path = filled(tmp_path / "s", twin=False)
    before = answers_of(path)
    sent = tmp_path / "return.csv"
    rows = [row | ({column: "x"} if column else {}) for row in build.good_rows()]
    sent.write_bytes(build.csv_bytes(rows))
    settings = Settings.from_environ({"CSE_GEO_KEY": KEY, "CSE_GEO_STORE": str(path)})
    done = CliRunner().invoke(cli, ["import", str(sent), "--agency", "police1", "--synthetic"], obj=settings)
    assert (done.exit_code == 0) == (not column), done.output
    assert column in str(done.exception or "")
    assert [name for name, told in answers_of(path).items() if told != before[name]] == []
