import io
import json

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from cse_geo.demo import files, names, texts
from cse_geo.demo.evidence import grid_reference


def test_csv_has_the_encoding_delimiter_and_line_ends_asked_for():
    frame = pd.DataFrame({"a": ["café", "x;y"], "b": ["1", ""]})
    text = files.csv_bytes(frame, encoding="cp1252", delimiter=";")
    assert text == 'a;b\r\ncafé;1\r\n"x;y";\r\n'.encode("cp1252")


def test_table_without_header_has_plain_line_ends():
    assert files.table_bytes(pd.DataFrame({"a": [1, 2]}), header=False) == b"1\n2\n"


def test_xlsx_opens_and_holds_text_and_real_dates():
    frame = pd.DataFrame({"name": ["<A & B>", ""], "day": ["2024-02-29", "2024-02-30"]})
    body = files.xlsx_bytes(frame, dates=("day",))
    assert body == files.xlsx_bytes(frame, dates=("day",))
    rows = list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))
    assert rows[0] == ("name", "day")
    assert rows[1][0] == "<A & B>"
    assert rows[1][1] == pd.Timestamp("2024-02-29").to_pydatetime()
    assert rows[2] == (None, "2024-02-30")  # no such day: it stays text


def test_geojson_is_compact_rounded_and_valid():
    shape = shapely.box(600_000, 460_000, 600_500, 460_400)
    frame = gpd.GeoDataFrame({"name": ["Ü"]}, geometry=[shape], crs=27700)
    body = json.loads(files.geojson_bytes(frame))
    ring = body["features"][0]["geometry"]["coordinates"][0]
    assert body["features"][0]["properties"] == {"name": "Ü"}
    assert all(round(x, 5) == x for point in ring for x in point)
    assert shapely.Polygon(ring).is_valid


def test_point_geojson_moves_the_co_ordinates_to_the_geometry():
    frame = pd.DataFrame(
        {"event_ref": ["1", "2"], "lat": ["54.1", ""], "lon": ["1.2", ""], "town": ["", "X"]}
    )
    features = json.loads(files.point_geojson_bytes(frame))["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [1.2, 54.1]}
    assert features[0]["properties"] == {"event_ref": "1"}
    assert features[1]["geometry"] is None
    assert features[1]["properties"] == {"event_ref": "2", "town": "X"}


@pytest.mark.parametrize(
    ("easting", "northing", "figures", "expected"),
    [
        (651_409, 313_177, 10, "TG 51409 13177"),  # the Ordnance Survey's Caister example
        (651_409, 313_177, 6, "TG 514 131"),
        (599_999, 450_000, 8, "TA 9999 5000"),
        (600_001, 450_000, 6, "TB 000 500"),
        (438_700, 114_800, 6, "SU 387 148"),
    ],
)
def test_grid_reference_names_the_square_that_holds_the_point(easting, northing, figures, expected):
    assert grid_reference(easting, northing, figures) == expected


def test_location_texts_vary_and_mention_the_place():
    rng = np.random.default_rng(1)
    spot = texts.Spot("takeaway_fastfood", "Blue Door Grill", 12, "Albion Street", "Varnmouth", "ZN1 1AA")
    every = [texts.location_text(spot, rng) for _ in range(400)]
    assert len(set(every)) > 300
    assert any("\n" in text for text in [texts.location_text(spot, rng) for _ in range(1500)])
    lowered = [text.lower() for text in every]
    assert sum("alb" in t or "blue" in t or "grill" in t for t in lowered) > 380
    assert any(text.isupper() for text in every)
    assert any("o/s" in text for text in lowered)


def test_street_names_of_a_large_town_differ():
    labels = names.street_names(2500, np.random.default_rng(3))
    assert len(set(labels)) == 2500


def test_village_names_differ():
    labels = names.village_names(60, np.random.default_rng(3))
    assert len(set(labels)) == 60
