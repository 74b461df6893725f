"""Reference tables of the region in the layouts that official files have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, projection, schema
from cse_geo.demo import files
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from cse_geo.demo.region import Ground

# Code-Point Open has no header; these are its fields, in order.
CODEPOINT_FIELDS = ("PC", "PQ", "EA", "NO", "CY", "RH", "LH", "CC", "DC", "WC")
_PO_BOXES = 14
_NOT_LOCATED = 3


def table_files(seed: int, ground: Ground) -> dict[str, bytes]:
    """Return the tables of the region by file name."""
    return {
        "places.csv": files.table_bytes(_places(ground)),
        "exposure.csv": files.table_bytes(_exposure(ground)),
        "addresses.csv": files.table_bytes(_addresses(ground)),
        "codepoint.csv": files.table_bytes(_codepoint(seed, ground), header=False),
        "uprn.csv": files.table_bytes(_uprns(ground)),
        "settlements.csv": files.table_bytes(_settlements(ground)),
    }


def _places(g: Ground) -> pd.DataFrame:
    """Return the register as a frame of spec PLACES; police stations and hospitals are of another register."""
    lon, lat = projection.to_wgs84(g.places["x"], g.places["y"])
    kind = g.places["place_type"]
    register = np.where(kind.isin(["park"]), "demo_greenspace", "demo_premises")
    register = np.where(kind == "railway_station", "demo_transport", register)
    register = np.where(kind.isin(["other", "health_site"]), "demo_public_buildings", register)
    frame = pd.DataFrame(
        {
            "place_id": [f"D{at + 1:05d}" for at in range(len(g.places))], "name": g.places["name"],
            "place_type": kind, "lat": lat.round(6), "lon": lon.round(6), "town": g.places["town"],
            "uprn": g.places["uprn"].astype("Int64").astype("str"), "register": register,
        }
    )  # fmt: skip
    return schema.conform(frame, schema.PLACES)


def _exposure(g: Ground) -> pd.DataFrame:
    return g.exposure.assign(cell=lattice.to_text(g.exposure["cell"]))


def _addresses(g: Ground) -> pd.DataFrame:
    return g.addresses[["uprn", "number", "street", "town", "postcode"]]


def _codepoint(seed: int, g: Ground) -> pd.DataFrame:
    """Return the postcodes: a point each; some PO boxes on one point, some with no location (PQ 90, 0, 0)."""
    rng = stream(seed, "codepoint")
    homes = g.addresses[["postcode", "x", "y"]]
    homes = homes.assign(x=homes.groupby("postcode")["x"].transform("median").round(),
                         y=homes.groupby("postcode")["y"].transform("median").round())  # fmt: skip
    homes = homes.drop_duplicates("postcode").assign(quality=10)
    letters = [f"{a}{b}" for a in "XYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"]
    boxes = pd.DataFrame({"postcode": [f"ZN99 1{unit}" for unit in letters[:_PO_BOXES]], "quality": 10})
    town = g.settled[0]
    boxes["x"], boxes["y"] = round(town.x + 40.0), round(town.y - 55.0)
    lost = pd.DataFrame({"postcode": [f"ZN99 9{unit}" for unit in letters[-_NOT_LOCATED:]], "quality": 90})
    lost["x"] = lost["y"] = 0.0
    every = pd.concat([homes, boxes, lost], ignore_index=True).sort_values("postcode", kind="stable")
    coarse = (rng.random(len(every)) < 0.01) & (every["quality"] == 10)
    located = every["x"] > 0
    frame = pd.DataFrame({"PC": [_seven(code) for code in every["postcode"]]})
    frame["PQ"] = np.where(coarse, 20, every["quality"])
    frame["EA"], frame["NO"] = every["x"].astype(int).to_numpy(), every["y"].astype(int).to_numpy()
    frame["CY"], frame["RH"], frame["LH"], frame["CC"] = "X92000001", "", "", ""
    frame["DC"] = np.where(located, _codes_at(g, "local_authority", every), "")
    frame["WC"] = np.where(located, _codes_at(g, "ward", every), "")
    return frame[list(CODEPOINT_FIELDS)]


def _seven(postcode: str) -> str:
    """Return a postcode as Code-Point Open writes it: outward and inward code in seven characters."""
    outward, inward = postcode.split(" ")
    return f"{outward:<4}{inward}"


def _codes_at(g: Ground, layer: str, points: pd.DataFrame) -> list[str]:
    import geopandas as gpd  # noqa: PLC0415 (only this table needs a spatial join)

    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(points["x"], points["y"]), crs=27700)
    near = frame.sjoin_nearest(g.layers[layer][["code", "geometry"]], how="left")
    return near[~near.index.duplicated()]["code"].tolist()


def _uprns(g: Ground) -> pd.DataFrame:
    commercial = g.places[g.places["uprn"].notna()]
    every = pd.concat([g.addresses[["uprn", "x", "y"]], commercial[["uprn", "x", "y"]]], ignore_index=True)
    lon, lat = projection.to_wgs84(every["x"].round(), every["y"].round())
    frame = pd.DataFrame(
        {"UPRN": every["uprn"].astype("int64"), "X_COORDINATE": every["x"].round().astype(int),
         "Y_COORDINATE": every["y"].round().astype(int), "LATITUDE": lat.round(5), "LONGITUDE": lon.round(5)}
    )  # fmt: skip
    return frame.sort_values("UPRN", kind="stable")


def _settlements(g: Ground) -> pd.DataFrame:
    x, y = np.array([s.x for s in g.settled]), np.array([s.y for s in g.settled])
    lon, lat = projection.to_wgs84(x, y)
    return pd.DataFrame(
        {"name": [s.name for s in g.settled], "kind": ["town" if s.is_town else "village" for s in g.settled],
         "lat": lat.round(6), "lon": lon.round(6), "population": [s.population for s in g.settled]}
    )  # fmt: skip
