"""Small worlds with planted truth, in memory and fast: what the hotspot tests find and invent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.demo import agencies, councils, ground
from cse_geo.demo.truth import PlantedHotspot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.demo.ground import Ground

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_START = pd.Timestamp("2024-01-01")
_PLACE_TYPES = ("takeaway_fastfood", "taxi_rank", "park", "hotel_bb", "railway_station", "shopping_centre",
                "car_park", "bus_station_stop_shelter")  # fmt: skip
# How background records divide over place types: the order of `_PLACE_TYPES`.
_PLACE_SHARES = (0.22, 0.08, 0.2, 0.1, 0.12, 0.12, 0.1, 0.06)


@dataclass(frozen=True)
class WorldParams:
    """What a world is like.

    n_records: background records, duplicates and coarse ones included. extra: records added in each hotspot,
    each about another child. hotspot_rings: the planted cells are the centre and this many rings. n_border:
    how many of the hotspots lie on a force border. burst_days: 0 = all through the period, else the length of
    the time in which a hotspot's records fall. reporting_log_sd: spread of the logarithm of each council's
    reporting rate (agencies vary by half of that within it). denominator_log_sd: error in the denominators
    that the reader is given. share_footfall: part of the background that follows footfall, the rest follows
    resident children. share_keyed: records with a child key. repeat_most: the most events of one child.
    share_duplicates: records that report an event which another agency reported too. share_coarse: records
    known only to their town; they stay out of `cell_records` unless `coarse_as_exact`, which puts them on
    the town's centre as a careless geocoder would.
    """

    resolution: int = 8
    n_records: int = 1000
    planted: bool = True
    n_hotspots: int = 5
    n_border: int = 1
    extra: int = 12
    hotspot_rings: int = 1
    burst_days: int = 0
    reporting_log_sd: float = 0.5
    denominator_log_sd: float = 0.0
    share_footfall: float = 0.5
    share_keyed: float = 0.75
    repeat_most: int = 40
    share_duplicates: float = 0.04
    share_coarse: float = 0.0
    coarse_as_exact: bool = False
    n_towns: int = 25
    n_months: int = 24

    def __post_init__(self) -> None:
        if self.resolution not in schema.CELL_RESOLUTIONS:
            message = f"`resolution` must be one of {schema.CELL_RESOLUTIONS}."
            raise ValueError(message)
        if min(self.n_records, self.n_towns, self.n_months, self.repeat_most) < 1:
            message = "`n_records`, `n_towns`, `n_months` and `repeat_most` must be at least 1."
            raise ValueError(message)
        shares = (self.share_footfall, self.share_keyed, self.share_duplicates, self.share_coarse)
        if min(shares) < 0 or max(shares) > 1:
            message = "shares must lie between 0 and 1."
            raise ValueError(message)


@dataclass(frozen=True)
class World:
    """One world: what the tests may see (`cell_records`, `exposure`) and what they may not (`truth`).

    `records` has one row per record, mapped or not: record, cell, lat, lon, agency, district, event, subject,
    date, place_type, coarse, hotspot (position in `truth`, -1 = background). `intensity` is the true
    background share of each row of `exposure`, reporting included; it sums to 1.
    """

    seed: int
    params: WorldParams
    cell_records: pd.DataFrame
    exposure: pd.DataFrame
    truth: tuple[PlantedHotspot, ...]
    records: pd.DataFrame
    intensity: Floats


def make_world(seed: int, params: WorldParams | None = None) -> World:
    """Return a world of the region's shape with its own towns, reporting rates, records and hotspots.

    The same seed and parameters give the same world. A seed's towns and reporting do not depend on whether
    hotspots are planted, so a null world and a planted one can be compared.
    """
    params = params or WorldParams()
    if params.planted and params.n_hotspots and params.n_border > params.n_hotspots:
        message = "`n_border` must not exceed `n_hotspots`."
        raise ValueError(message)
    rng_people, rng_records, rng_planted, rng_error = np.random.default_rng(seed).spawn(4)
    g = ground.ground(params.resolution)
    children, footfall, towns = ground.people(g, params.n_towns, rng_people)
    rates = ground.reporting(params.reporting_log_sd, rng_people)
    where = params.share_footfall * footfall / footfall.sum()
    where += (1 - params.share_footfall) * children / children.sum()
    intensity = where * rates.sum(axis=0)[g.council]
    intensity /= intensity.sum()
    truth = _plant(g, intensity, params, rng_planted) if params.planted else ()
    records = _records(g, intensity, rates, params, rng_records)
    records = _with_planted(records, truth, g, rates, rng_planted)
    records = _coarsened(records, g, towns, params, rng_records)
    exposure = _exposure(g, children, footfall, params, rng_error)
    return World(seed, params, _cell_records(records, params), exposure, truth, records, intensity)


# ---------------------------------------- planting
def _plant(
    g: Ground, intensity: Floats, p: WorldParams, rng: np.random.Generator
) -> tuple[PlantedHotspot, ...]:
    border = ground.near_force_border(g)
    weight = np.sqrt(intensity)
    out: list[PlantedHotspot] = []
    taken = np.zeros(len(g.cells), bool)
    for number in range(p.n_hotspots):
        open_ = weight * ~taken * (border if number < p.n_border else ~border)
        if not open_.any():
            break
        at = int(rng.choice(len(g.cells), p=open_ / open_.sum()))
        out.append(_hotspot(g, at, p, rng))
        # The next one may not touch this one nor its guard rings.
        taken |= np.hypot(g.x - g.x[at], g.y - g.y[at]) < _spacing_m(p)
    return tuple(out)


def _spacing_m(p: WorldParams) -> float:
    return schema.CELL_EDGE_M[p.resolution] * 1.75 * (2 * p.hotspot_rings + 3)


def _hotspot(g: Ground, at: int, p: WorldParams, rng: np.random.Generator) -> PlantedHotspot:
    disk = lattice.disk(int(g.cells[at]), p.hotspot_rings)
    position = np.flatnonzero(np.isin(g.cells, disk))
    areas = tuple(sorted({councils.COUNCILS[c].code for c in g.council[position]}))
    days = _n_days(p)
    length = min(p.burst_days or days, days)
    start = _START + pd.Timedelta(days=int(rng.integers(0, days - length + 1)))
    return PlantedHotspot(
        cells=frozenset(g.cells[position].tolist()),
        place_type=str(rng.choice(_PLACE_TYPES)),
        lat=float(g.lat[at]),
        lon=float(g.lon[at]),
        start=start,
        end=start + pd.Timedelta(days=length - 1),
        extra=p.extra,
        areas=areas,
        forces=tuple(sorted({councils.FORCE_OF[code] for code in areas})),
    )


# ---------------------------------------- records
def _records(
    g: Ground, intensity: Floats, rates: Floats, p: WorldParams, rng: np.random.Generator
) -> pd.DataFrame:
    n = p.n_records
    n_events = max(1, n - int(rng.binomial(n, p.share_duplicates)))
    subject = _subjects(n_events, p, rng)
    at = rng.choice(len(intensity), n_events, p=intensity)
    # A child is met again where it was met before six times in ten: repeats bunch without being a hotspot.
    first = np.zeros(int(subject.max()) + 1, np.int64)
    first[subject[::-1]] = at[::-1]
    at = np.where(rng.random(n_events) < 0.6, first[subject], at)
    keyed = rng.random(int(subject.max()) + 1) < p.share_keyed
    event = np.concatenate([np.arange(n_events), rng.integers(0, n_events, n - n_events)])
    day = rng.integers(0, _n_days(p), n_events)
    kind = rng.choice(len(_PLACE_TYPES), n_events, p=_PLACE_SHARES)
    frame = pd.DataFrame({"at": at[event], "event": event, "day": day[event]})
    frame["subject"] = np.where(keyed[subject], subject, -1)[event]
    frame["place_type"] = np.array(_PLACE_TYPES, dtype=object)[kind[event]]
    frame["agency"] = _agency(g.council[frame["at"]], rates, rng)
    return frame.assign(hotspot=-1)


def _subjects(n: int, p: WorldParams, rng: np.random.Generator) -> Ints:
    """Return a child number per event: most children have one event, a few have very many."""
    sizes = np.minimum(1 + np.floor(rng.pareto(1.3, n)).astype(np.int64), p.repeat_most)
    subject = np.repeat(np.arange(n), sizes)[:n]
    return rng.permutation(subject)


def _agency(council: Ints, rates: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the reporting agency of each record, in proportion to the rates of its council."""
    steps = np.cumsum(rates, axis=0)
    steps /= steps[-1]
    return (rng.random(len(council))[None, :] > steps[:, council]).sum(axis=0)


def _with_planted(
    records: pd.DataFrame,
    truth: tuple[PlantedHotspot, ...],
    g: Ground,
    rates: Floats,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return background and planted records; each planted record is an event and a child of its own."""
    parts = [records]
    event, subject = int(records["event"].max()) + 1, int(records["subject"].max()) + 1
    for number, hotspot in enumerate(truth):
        where = np.flatnonzero(np.isin(g.cells, list(hotspot.cells)))
        at = rng.choice(where, hotspot.extra)
        first = (hotspot.start - _START).days
        day = rng.integers(first, first + (hotspot.end - hotspot.start).days + 1, hotspot.extra)
        part = pd.DataFrame({"at": at, "day": day, "place_type": hotspot.place_type, "hotspot": number})
        part["event"] = event + np.arange(hotspot.extra)
        part["subject"] = subject + np.arange(hotspot.extra)
        part["agency"] = _agency(g.council[at], rates, rng)
        event, subject = event + hotspot.extra, subject + hotspot.extra
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _coarsened(
    records: pd.DataFrame, g: Ground, towns: Ints, p: WorldParams, rng: np.random.Generator
) -> pd.DataFrame:
    """Return records with coordinates; coarse ones stand on the centre of their nearest town."""
    at = records["at"].to_numpy()
    coarse = rng.random(len(at)) < p.share_coarse
    nearest = towns[np.argmin(np.hypot(g.x[at, None] - g.x[towns], g.y[at, None] - g.y[towns]), axis=1)]
    shown = np.where(coarse, nearest, at)
    # Anywhere well inside the cell: 0.4 of the edge stays inside a hexagon in every direction.
    away = 0.4 * schema.CELL_EDGE_M[p.resolution] * np.sqrt(rng.random(len(at))) * ~coarse
    angle = rng.uniform(0, 2 * np.pi, len(at))
    lat = g.lat[shown] + away * np.sin(angle) / 111_320.0
    lon = g.lon[shown] + away * np.cos(angle) / (111_320.0 * np.cos(np.radians(g.lat[shown])))
    return pd.DataFrame(
        {
            "record": np.arange(len(at)), "cell": g.cells[shown], "lat": lat, "lon": lon,
            "agency": np.array(agencies.CODES, dtype=object)[records["agency"].to_numpy()],
            "district": councils.CODES[g.council[shown]], "event": records["event"],
            "subject": records["subject"], "date": _START + pd.to_timedelta(records["day"], unit="D"),
            "place_type": records["place_type"], "coarse": coarse, "hotspot": records["hotspot"],
        }
    )  # fmt: skip


def _cell_records(records: pd.DataFrame, p: WorldParams) -> pd.DataFrame:
    mapped = records if p.coarse_as_exact else records[~records["coarse"]]
    frame = mapped.assign(
        weight=1.0, event_start=mapped["date"], event_end=mapped["date"],
        report_date=mapped["date"], place_role="meeting", record_type="soft_information",
    ).reset_index(drop=True)  # fmt: skip
    return schema.conform(frame, schema.CELL_RECORDS)


def _exposure(
    g: Ground, children: Floats, footfall: Floats, p: WorldParams, rng: np.random.Generator
) -> pd.DataFrame:
    wrong = np.exp(rng.normal(0.0, p.denominator_log_sd, (2, len(g.cells))))
    frame = pd.DataFrame(
        {"cell": g.cells, "children": children * wrong[0], "footfall": footfall * wrong[1],
         "district": councils.CODES[g.council]}
    )  # fmt: skip
    return schema.conform(frame, schema.EXPOSURE)


def _n_days(p: WorldParams) -> int:
    return int((_START + pd.DateOffset(months=p.n_months) - _START).days)
