"""Boundary layers: wards that nest in councils that nest in forces, and partnerships that nest in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from cse_geo.demo import councils, land
from cse_geo.demo.seeds import stream
from cse_geo.demo.settlements import Settlement, scattered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

VINTAGE = "2025-12 (fictional)"
LAYERS = ("police_force", "local_authority", "csp", "ward")
_PEOPLE_PER_WARD = 15_000
_N_WARDS = 62

# Partnerships by the councils they join. One council (Marrasey) is split between two of them instead.
_JOINT = {
    "Varnmouth and Eskenvale": ("X07000001", "X07000002"),
    "Northern Fells": ("X07000009", "X07000012"),
}
_SPLIT = "X07000005"


def layers(seed: int, towns: Sequence[Settlement]) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers as frames of code, name, geometry (EPSG:27700); wards carry their council."""
    seeds = _ward_seeds(seed, towns)
    shapes = _wiggly_cells(seeds, stream(seed, "borders"))
    council = _ward_councils(seeds, towns)
    wards = gpd.GeoDataFrame(
        {
            "code": [f"X05{at + 1:06d}" for at in range(len(seeds))],
            "name": _ward_names(seeds, towns),
            "council": council,
        },
        geometry=shapes,
        crs=27700,
    )
    local = _dissolved(wards, "council", {c.code: c.name for c in councils.COUNCILS})
    force = wards["council"].map(councils.FORCE_OF)
    forces = _dissolved(wards.assign(force=force), "force", councils.FORCES)
    return {"police_force": forces, "local_authority": local, "csp": _partnerships(wards), "ward": wards}


def _ward_seeds(seed: int, towns: Sequence[Settlement]) -> NDArray[np.float64]:
    """Return ward centres: several in a large town, one in a small one, the rest spread over the country."""
    rng = stream(seed, "wards")
    out: list[tuple[float, float]] = []
    for town in towns:
        n = max(len(town.councils), round(town.population / _PEOPLE_PER_WARD), 1)
        if len(town.councils) > 1:
            out += _across_the_border(town)
        elif n == 1:
            out.append((town.x, town.y))
        else:
            apart = 0.75 * float(np.sqrt(town.shape.area / n))
            out += [tuple(xy) for xy in scattered(town.shape, n, apart, rng)]
    near = shapely.MultiPoint(out).buffer(5500)
    rural = scattered(shapely.difference(land.mainland().buffer(-1500), near), 40, 5200.0, rng)
    return np.vstack([out, rural[: _N_WARDS - len(out)]])


def _across_the_border(town: Settlement) -> list[tuple[float, float]]:
    """Return one ward centre on each side of a town that two councils share, in the order of its councils."""
    seats = [next(c for c in councils.COUNCILS if c.code == code) for code in town.councils]
    along = np.array([seats[1].east_km - seats[0].east_km, seats[1].north_km - seats[0].north_km])
    away = 800.0 * along / np.hypot(*along)
    return [(town.x - away[0], town.y - away[1]), (town.x + away[0], town.y + away[1])]


def _ward_councils(seeds: NDArray[np.float64], towns: Sequence[Settlement]) -> list[str]:
    """Return each ward's council: that of the town it lies in, else that of the nearest seat."""
    nearest = councils.CODES[councils.nearest_seat(seeds[:, 0], seeds[:, 1])]
    out = [str(code) for code in nearest]
    for town in towns:
        reach = town.shape.buffer(300).union(shapely.Point(town.x, town.y).buffer(900))
        inside = np.flatnonzero(shapely.contains_xy(reach, seeds))
        for place, at in enumerate(inside):
            out[at] = town.councils[place % len(town.councils)]
    return out


def _ward_names(seeds: NDArray[np.float64], towns: Sequence[Settlement]) -> list[str]:
    used: dict[str, int] = {}
    out = []
    for x, y in seeds:
        town = min(towns, key=lambda t: np.hypot(t.x - x, t.y - y))
        away = np.hypot(town.x - x, town.y - y)
        side = _compass(x - town.x, y - town.y)
        name = town.name if away < 300 else f"{town.name} {side}"
        if away > 3.0 * np.sqrt(town.shape.area / np.pi):
            name = f"{side} {town.name} Rural"
        used[name] = used.get(name, 0) + 1
        out.append(name if used[name] == 1 else f"{name} {used[name]}")
    return out


def _compass(dx: float, dy: float) -> str:
    points = ("East", "North East", "North", "North West", "West", "South West", "South", "South East")
    return points[round(np.arctan2(dy, dx) / (np.pi / 4)) % 8]


def _wiggly_cells(seeds: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.object_]:
    """Return one shape per seed that tile the land: Voronoi cells with shared lines bent once for both."""
    frame = shapely.box(*land.land().bounds).buffer(20_000)
    straight = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=frame))
    points = shapely.points(seeds)
    straight = np.array([straight[shapely.contains(straight, p)][0] for p in points], dtype=object)
    lines = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=frame, only_edges=True)
    )
    bent = [_bent(line, rng) for line in sorted(lines, key=lambda line: tuple(line.coords))]
    noded = shapely.union_all([*bent, land.mainland().boundary])
    pieces = shapely.get_parts(shapely.polygonize([noded]))
    pieces = pieces[shapely.contains(land.mainland().buffer(1), shapely.point_on_surface(pieces))]
    pieces = np.concatenate([pieces, np.array(list(land.land().geoms), dtype=object)[1:]])
    overlap = shapely.area(shapely.intersection(pieces[:, None], straight[None, :]))
    owner = np.argmax(overlap, axis=1)
    return np.array([shapely.union_all(pieces[owner == at]) for at in range(len(seeds))], dtype=object)


def _bent(line: shapely.LineString, rng: np.random.Generator) -> shapely.LineString:
    xy = np.array(line.coords)
    rounds = int(np.clip(np.log2(line.length / 150.0), 0, 6))
    return shapely.LineString(land.fractal(xy, rounds=rounds, roughness=0.09, rng=rng, closed=False))


def _dissolved(wards: gpd.GeoDataFrame, by: str, names: dict[str, str]) -> gpd.GeoDataFrame:
    shapes = [shapely.union_all(wards.geometry[wards[by] == code].to_numpy()) for code in names]
    return gpd.GeoDataFrame(
        {"code": list(names), "name": list(names.values())},
        geometry=shapes,
        crs=27700,
    )


def _partnerships(wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    joined = {code: name for name, codes in _JOINT.items() for code in codes}
    own = {c.code: c.name for c in councils.COUNCILS}
    label = wards["council"].map(lambda code: joined.get(code, own[code]))
    split = wards["council"] == _SPLIT
    north = wards.geometry.centroid.y > wards.geometry.centroid.y[split].median()
    label = label.where(~(split & north), "Marrasey North").where(~(split & ~north), "Marrasey South")
    names = {
        f"X22{at + 1:06d}": f"{name} Community Safety Partnership"
        for at, name in enumerate(sorted(set(label)))
    }
    code_of = {name.removesuffix(" Community Safety Partnership"): code for code, name in names.items()}
    return _dissolved(wards.assign(csp=label.map(code_of)), "csp", names)
