"""What happened in the demo region: background events, planted hotspots, repeats, stacks and duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.demo import plan, reporting
from cse_geo.demo.councils import CODES as COUNCIL_CODES
from cse_geo.demo.population import children_at, footfall_at, positions
from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.demo.region import Ground

_N_BACKGROUND = 9_400
_SHARE_FOOTFALL = 0.5
_SHARE_KEYED = 0.78
_SHARE_DUPLICATES = 0.045
_MOST_EVENTS = 40
_AT_ADDRESS = ("private_residence", "town_centre_street", "near_child_home", "school_vicinity", "secluded_place",
               "party_house")  # fmt: skip
_AT_ADDRESS_SHARES = (0.34, 0.30, 0.14, 0.09, 0.09, 0.04)
_N_DAYS = (plan.LAST_DAY - plan.FIRST_DAY).days + 1


def event_frame(seed: int, ground: Ground, anchors: list[tuple[float, float, int]]) -> pd.DataFrame:
    """Return one row per report: who reports which event of which child, where and when.

    Columns: event, child (-1 = no key), place and address (positions in the ground's frames, -1 = none), x, y
    (EPSG:27700), place_type, start (day), agency, origin (background | P01.. | S1.. | missing | duplicate).
    """
    rng = stream(seed, "events")
    rate = reporting.rates(seed)
    background = _background(ground, rate, rng)
    background["child"] = _children(len(background), rng)
    background = _met_again(background, rng)
    planted = _planted(anchors, int(background["child"].max()) + 1, stream(seed, "planted"))
    events = pd.concat([background, planted], ignore_index=True)
    events["agency"] = _reporter(events, ground, rate, rng)
    events = pd.concat(
        [events, _missing(ground, events, rng), _stacked(ground, events, rng)], ignore_index=True
    )
    events.loc[rng.random(len(events)) > _keyed_share(events), "child"] = -1
    events["event"] = np.arange(len(events))
    return pd.concat([events, _duplicates(events, ground, rate, rng)], ignore_index=True)


def _background(g: Ground, rate: NDArray[np.float64], rng: np.random.Generator) -> pd.DataFrame:
    """Return events that follow footfall and resident children, times the council's reporting rate."""
    footfall, children = footfall_at(g.places), children_at(g.addresses, g.settled)
    weight = np.concatenate([
        _SHARE_FOOTFALL * footfall / footfall.sum() * rate.sum(axis=0)[council_at(g, g.places)],
        (1 - _SHARE_FOOTFALL) * children / children.sum() * rate.sum(axis=0)[council_at(g, g.addresses)],
    ])  # fmt: skip
    drawn = rng.choice(len(weight), _N_BACKGROUND, p=weight / weight.sum())
    n_places = len(g.places)
    place = np.where(drawn < n_places, drawn, -1)
    address = np.where(drawn < n_places, -1, drawn - n_places)
    xy = np.vstack([g.places[["x", "y"]].to_numpy(), g.addresses[["x", "y"]].to_numpy()])[drawn]
    kind = np.array(_AT_ADDRESS, dtype=object)[rng.choice(len(_AT_ADDRESS), len(drawn), p=_AT_ADDRESS_SHARES)]
    known = g.places["place_type"].to_numpy(object)[place]
    return pd.DataFrame(
        {"place": place, "address": address, "x": xy[:, 0], "y": xy[:, 1],
         "place_type": np.where(place >= 0, known, kind), "start": _days(len(drawn), rng),
         "origin": "background"}
    )  # fmt: skip


def council_at(g: Ground, points: pd.DataFrame) -> NDArray[np.int64]:
    """Return the position in COUNCILS of the council of each point's cell."""
    at = positions(g.exposure["cell"].to_numpy(), points)
    return np.searchsorted(COUNCIL_CODES.astype(str), g.exposure["district"].to_numpy().astype(str)[at])


def _children(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return a child number per event: most children have one, a few very many."""
    sizes = np.minimum(1 + np.floor(rng.pareto(1.25, n)).astype(np.int64), _MOST_EVENTS)
    return rng.permutation(np.repeat(np.arange(n), sizes)[:n])


def _met_again(events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return events in which a child is met where it was met before half of the time."""
    first = events.groupby("child")[["place", "address", "x", "y", "place_type"]].transform("first")
    again = rng.random(len(events)) < 0.5
    return events.assign(**{name: events[name].where(~again, first[name]) for name in first})


def _planted(anchors: list[tuple[float, float, int]], child: int, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for planting, (x, y, place) in zip(plan.PLANTINGS, anchors, strict=True):
        n = planting.extra
        spread = 190.0 if planting.on_border else 90.0
        there = rng.random(n) < 0.5 if place >= 0 else np.zeros(n, bool)
        offset = rng.normal(0, spread, (n, 2)) * ~there[:, None]
        length = (planting.end - planting.start).days + 1
        part = pd.DataFrame({"x": x + offset[:, 0], "y": y + offset[:, 1], "place_type": planting.place_type})
        part["place"] = np.where(there, place, -1)
        part["address"] = -1
        part["start"] = planting.start + pd.to_timedelta(rng.integers(0, length, n), unit="D")
        part["origin"] = planting.name
        # Most are each about another child; some are a second visit of one of those.
        part["child"] = child + rng.integers(0, max(1, int(0.85 * n)), n)
        child += n
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _reporter(
    events: pd.DataFrame, g: Ground, rate: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.object_]:
    days = pd.DatetimeIndex(events["start"])
    kinds = events["place_type"].to_numpy(object)
    return reporting.choose_agency(council_at(g, events), kinds, days, rate, rng)


def _missing(g: Ground, events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the missing episodes of one child at one children's home (an address of the sample)."""
    homes = np.flatnonzero(g.addresses["town"].to_numpy() == plan.MISSING_TOWN)
    home = int(homes[rng.integers(len(homes))])
    n = plan.MISSING_EPISODES
    frame = pd.DataFrame(
        {"start": np.sort(_days(n, rng)), "origin": "missing", "place_type": "childrens_home"}
    )
    frame["x"], frame["y"] = g.addresses["x"].iloc[home], g.addresses["y"].iloc[home]
    frame["place"], frame["address"] = -1, home
    frame["child"] = int(events["child"].max()) + 1
    return frame.assign(agency=np.where(rng.random(n) < 0.6, "police_varnshire", "social_care"))


def _stacked(g: Ground, events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return records that an agency put on its default place; their own place is a town's address."""
    child = int(events["child"].max()) + 2
    parts = []
    for name, agency, n, _ in plan.STACKS:
        town = {"S1": "Varnmouth", "S2": "Tolleray", "S3": "Tolleray", "S4": "Marrasey"}[name]
        at = rng.choice(np.flatnonzero(g.addresses["town"].to_numpy() == town), n)
        part = pd.DataFrame({"address": at, "place": -1, "place_type": "unknown", "origin": name})
        part["x"], part["y"] = g.addresses["x"].to_numpy()[at], g.addresses["y"].to_numpy()[at]
        part["start"] = _days(n, rng)
        if name == "S2":  # the health trust sent a nil return for the second half of 2024
            part["start"] = plan.EMERGING + pd.to_timedelta(rng.integers(0, 184, n), unit="D")
        part["child"] = child + np.arange(n)
        child += n
        parts.append(part.assign(agency=agency))
    return pd.concat(parts, ignore_index=True)


def _keyed_share(events: pd.DataFrame) -> NDArray[np.float64]:
    """Return the chance of a child key: wardens and licensing seldom know a child, others mostly do."""
    share = np.where(np.isin(events["agency"], ["wardens", "licensing"]), 0.25, _SHARE_KEYED + 0.06)
    return np.where(events["origin"] == "missing", 1.0, share)


def _duplicates(
    events: pd.DataFrame, g: Ground, rate: NDArray[np.float64], rng: np.random.Generator
) -> pd.DataFrame:
    """Return second and third reports of some events by other agencies: same child, day and place."""
    able = events[(events["child"] >= 0) & ~events["origin"].str.startswith(("S", "missing"))]
    again = able.sample(
        int(_SHARE_DUPLICATES * len(events)), random_state=int(rng.integers(2**31)), replace=True
    )
    again = again.assign(first=again["agency"], agency=_reporter(again, g, rate, rng))
    again = again[again["agency"] != again["first"]].drop(columns="first")
    again = again.drop_duplicates(["event", "agency"])
    return again.assign(origin="duplicate").reset_index(drop=True)


def _days(n: int, rng: np.random.Generator) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(plan.FIRST_DAY + pd.to_timedelta(rng.integers(0, _N_DAYS, n), unit="D"))
