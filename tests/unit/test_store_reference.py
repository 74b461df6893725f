"""Reference tables come back as they went in; what is replaced and what stays is as each function says."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import box

from cse_geo import lattice, schema, store
from cse_geo.errors import StoreError
from tests.store_frames import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[store.Store]:
    with store.init_store(tmp_path / "s", key=KEY) as made:
        yield made


@dataclass(frozen=True)
class Source:
    kind: str = "codepoint"
    vintage: str = "2026-08"
    licence: str = "OGL v3"
    attribution: str = "made up"
    sha256: str = "1" * 64


def frame(spec: schema.FrameSpec, text: str) -> pd.DataFrame:
    return schema.conform(pd.read_csv(io.StringIO(text)), spec)


def areas(layer: str, *codes: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"layer": layer, "code": list(codes), "name": list(codes), "vintage": "2025"},
        geometry=[box(1 + i, 54, 2 + i, 55) for i in range(len(codes))],
        crs=4326,
    ).astype(dict.fromkeys(("layer", "code", "name", "vintage"), "str"))


def test_agencies_merge_by_code(opened: store.Store) -> None:
    store.save_agencies(opened, frame(schema.AGENCIES, "agency,name,kind\na,One,police\nb,Two,council"))
    store.save_agencies(opened, frame(schema.AGENCIES, "agency,name,kind\nb,Second,council"))
    assert store.load_agencies(opened)["name"].tolist() == ["One", "Second"]


def test_coverage_merges_by_agency_area_and_month(opened: store.Store) -> None:
    def rows(text: str) -> pd.DataFrame:
        table = pd.read_csv(io.StringIO("agency,area,month,state\n" + text), parse_dates=["month"])
        return schema.conform(table, schema.COVERAGE)

    store.save_coverage(opened, rows("a,x,2025-01-01,no_reply\na,x,2025-02-01,returned"))
    store.save_coverage(opened, rows("a,x,2025-01-01,nil"))
    found = store.load_coverage(opened)
    assert found["state"].tolist() == ["nil", "returned"]
    assert found["month"].dt.month.tolist() == [1, 2]


def test_a_register_of_places_is_replaced_whole_and_others_stay(opened: store.Store) -> None:
    head = "place_id,name,place_type,lat,lon,register\n"
    store.save_places(
        opened, frame(schema.PLACES, head + "1,A,park,54,1,parks\n2,B,park,54,1,parks\n1,C,pub,54,1,fhrs")
    )
    store.save_places(opened, frame(schema.PLACES, head + "3,D,park,54,1,parks"))
    assert store.load_places(opened)[["register", "name"]].to_numpy().tolist() == [
        ["fhrs", "C"],
        ["parks", "D"],
    ]
    assert store.load_places(opened, place_types=["pub"])["name"].tolist() == ["C"]


def test_exposure_is_kept_per_resolution(opened: store.Store) -> None:
    def lattice_of(resolution: int, children: float) -> pd.DataFrame:
        cells = sorted(lattice.disk(int(lattice.cells_of([54.0], [1.0], resolution)[0]), 1).tolist())
        rows = pd.DataFrame({"cell": cells, "children": children, "footfall": 1.0, "district": "d"})
        return schema.conform(rows, schema.EXPOSURE)

    for resolution, children in ((8, 1.0), (9, 2.0), (9, 3.0)):
        store.save_exposure(opened, lattice_of(resolution, children))
    assert_frame_equal(store.load_exposure(opened, 9), lattice_of(9, 3.0))
    assert_frame_equal(store.load_exposure(opened, 8), lattice_of(8, 1.0))
    assert store.load_exposure(opened, 7).empty
    assert store.summary(opened).exposure_resolutions == (8, 9)
    with pytest.raises(ValueError, match="exactly one resolution"):
        store.save_exposure(opened, pd.concat([lattice_of(8, 1.0), lattice_of(9, 1.0)]))


def test_layers_are_replaced_one_by_one_and_keep_their_order(opened: store.Store) -> None:
    store.save_areas(
        opened, areas("police_force", "F2", "F1"), store.LayerSource(source="drawn", repairs=("F1: ring",))
    )
    store.save_areas(opened, areas("ward", "W1"))
    store.save_areas(opened, areas("ward", "W2", "W3"))
    found = store.load_areas(opened)
    assert found["code"].tolist() == ["F2", "F1", "W2", "W3"]
    assert found.crs == "EPSG:4326"
    assert found.geometry.iloc[0].equals(box(1, 54, 2, 55))
    assert store.load_areas(opened, layers=["ward"])["code"].tolist() == ["W2", "W3"]
    listed = store.list_layers(opened).set_index("layer")
    assert listed.loc["police_force", "repairs"] == ["F1: ring"]
    assert listed.loc["ward", ["n_areas", "vintage"]].tolist() == [2, "2025"]
    assert store.remove_layer(opened, "ward") == 2
    assert store.summary(opened).layers == ("police_force",)


def test_areas_in_another_grid_are_refused(opened: store.Store) -> None:
    with pytest.raises(ValueError, match="EPSG:4326"):
        store.save_areas(opened, areas("ward", "W1").set_crs(3857, allow_override=True))


def test_the_basemap_keeps_its_order_and_is_replaced(opened: store.Store) -> None:
    drawn = gpd.GeoDataFrame(
        {"kind": ["sea", "land"], "name": [None, "Isle"], "size": [1, 2]},
        geometry=[box(0, 53, 3, 56), box(1, 54, 2, 55)],
        crs=4326,
    ).astype({"kind": "str", "name": "str"})
    store.save_basemap(opened, drawn)
    store.save_basemap(opened, drawn)
    found = store.load_basemap(opened)
    assert found["kind"].tolist() == ["sea", "land"]
    assert found["name"].isna().tolist() == [True, False]


POSTCODES = (
    "postcode,easting,northing,stack,live,district\nZZ1 1AA,600000,500000,1,True,D1\nZZ1 1AB,,,1,False,"
)


def test_a_gazetteer_release_is_kept_once_and_listed_newest_first(opened: store.Store) -> None:
    old = frame(schema.POSTCODES, POSTCODES)
    kept = store.save_gazetteer(opened, old, Source())
    assert store.save_gazetteer(opened, old, Source()) == kept
    store.save_gazetteer(opened, old.iloc[:1], Source(vintage="2026-11", sha256="2" * 64))
    newest, oldest = store.list_gazetteer(opened)
    assert (newest.vintage, newest.rows) == ("2026-11", 1)
    assert_frame_equal(store.load_gazetteer_release(opened, newest), old.iloc[:1])
    assert_frame_equal(store.load_gazetteer_release(opened, oldest), old)


def test_a_damaged_reference_table_is_refused(opened: store.Store) -> None:
    kept = store.save_gazetteer(opened, frame(schema.POSTCODES, POSTCODES), Source(vintage="../../x"))
    path = opened.gazetteer / kept.file
    assert path.parent == opened.gazetteer
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="missing or damaged"):
        store.load_gazetteer_release(opened, kept)


def test_policies_stay_on_record_and_the_newest_is_in_force(opened: store.Store) -> None:
    assert store.load_policy(opened) is None
    assert store.save_policy(opened, '{"k": 5}', set_by="x") == 1
    assert store.save_policy(opened, '{"k": 7}', set_by="x") == 2
    assert store.load_policy(opened) == '{"k": 7}'


def test_users_are_kept_by_name(opened: store.Store) -> None:
    store.save_user(opened, store.User("b", "analyst", "police1", ("problem_profile",)))
    store.save_user(opened, store.User("a", "patrol", "police1"))
    store.save_user(opened, store.User("b", "steward", "police1", is_active=False))
    assert [(u.user, u.role, u.is_active) for u in store.load_users(opened)] == [
        ("a", "patrol", True), ("b", "steward", False),
    ]  # fmt: skip


def test_releases_are_kept_with_the_signatures_after_them(opened: store.Store) -> None:
    signatures = pd.DataFrame({"record_id": ["r1", "r2"], "signature": [1, 0], "subject": ["s", ""]}).astype(
        {"record_id": "str", "subject": "str"}
    )
    for number in (1, 2):
        made = store.save_release(
            opened, release_id=f"id{number}", audience="outreach", content="{}", signatures=signatures
        )
        assert made == number
    assert_frame_equal(store.load_signatures(opened), signatures)
    assert store.list_releases(opened)["release_id"].tolist() == ["id2", "id1"]
    assert store.load_release(opened, "id1") == "{}"
    assert store.load_release(opened, "none") is None
