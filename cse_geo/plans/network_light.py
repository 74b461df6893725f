"""How the ways of a walk are lit: metres that are, are not, and of which nothing is known, leg by leg."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from cse_geo.plans.network import LIT, NOT_LIT, Snapped, snapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cse_geo.plans.network import Network, TravelParams

A_FEW_STEPS_M = 25.0  # less of a leg than this is not worth a word


@dataclass(frozen=True)
class Lighting:
    """Metres of one leg. The steps from a road to a door are on no way, so nothing is known of them."""

    lit_m: float
    not_known_m: float
    not_lit_m: float

    @property
    def words(self) -> str:
        """Say it: lit, not lit, and not known are three things; "" where there is no way to walk."""
        parts = {"lit": self.lit_m, "not lit": self.not_lit_m, "lighting not known": self.not_known_m}
        held = [part for part, metres in parts.items() if metres >= A_FEW_STEPS_M]
        if not any(parts.values()):
            return ""  # nobody walks: that is neither lit nor dark
        if len(held) < 2:
            return max(parts, key=parts.__getitem__)
        said = [f"{part} for {round(metres, -1):.0f} m"
                for part, metres in (("not lit", self.not_lit_m), ("lighting not known", self.not_known_m))
                if metres >= A_FEW_STEPS_M]  # fmt: skip
        return ", ".join(said)


def lighting_of(
    network: Network,
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
    legs: list[tuple[int, int]],
    *,
    params: TravelParams,
) -> list[Lighting | None]:
    """Return how the quickest way of each leg is lit, by the same costs as `travel_times`; None: there is no way.

    Parameters
    ----------
    network, params
        As for `travel_times`.
    at
        Longitudes and latitudes of the stops.
    legs
        (from, to), each a row of `at`.
    """
    hung = snapped(network, at, params=params)
    if hung is None:
        return [None] * len(legs)
    arcs = _arcs(network, hung.cost)
    return [_leg(network, hung, arcs, leg) for leg in legs]


def _leg(
    network: Network, hung: Snapped, arcs: dict[int, list[tuple[int, float, int]]], leg: tuple[int, int]
) -> Lighting | None:
    source, target = leg
    pieces = _way(hung, network, arcs, leg)
    if pieces is None:
        return None
    metres = {LIT: 0.0, NOT_LIT: 0.0, 0: float(hung.snap_m[source] + hung.snap_m[target])}
    if source == target:
        return Lighting(0.0, 0.0, 0.0)
    for edge, share in pieces:
        metres[int(network.lit[edge])] += share * float(network.length_m[edge])
    return Lighting(metres[LIT], metres[0], metres[NOT_LIT])


def _arcs(network: Network, cost: NDArray[np.float64]) -> dict[int, list[tuple[int, float, int]]]:
    """Return by junction where one can go from it, in what time, by which edge."""
    made: dict[int, list[tuple[int, float, int]]] = {}
    ends = zip(network.start.tolist(), network.end.tolist(), cost.tolist(), strict=True)
    for edge, (a, b, (along, against)) in enumerate(ends):
        if along < np.inf:
            made.setdefault(a, []).append((b, along, edge))
        if against < np.inf:
            made.setdefault(b, []).append((a, against, edge))
    return made


def _way(
    hung: Snapped, network: Network, arcs: dict[int, list[tuple[int, float, int]]], leg: tuple[int, int]
) -> list[tuple[int, float]] | None:
    """Return the edges of the quickest way, each with the share of it that is walked (Dijkstra, one leg)."""
    (e, f), (p, q) = ([int(hung.edge[k]) for k in leg], [float(hung.share[k]) for k in leg])
    best, found = np.inf, None
    if e == f:
        best, found = abs(q - p) * float(hung.cost[e, 0 if q >= p else 1]), [(e, abs(q - p))]
    ends = ((int(network.start[f]), q, 0), (int(network.end[f]), 1 - q, 1))
    into = {at: (part * _of(hung, f, side), part) for at, part, side in sorted(ends, key=lambda x: -x[1])}
    queue = [(p * _of(hung, e, 1), int(network.start[e]), -1, e, p),
             ((1 - p) * _of(hung, e, 0), int(network.end[e]), -1, e, 1 - p)]  # fmt: skip
    queue.sort()
    came: dict[int, tuple[int, int, float]] = {}
    while queue and queue[0][0] < best:
        cost, here, before, edge, part = heappop(queue)
        if here in came:
            continue
        came[here] = (before, edge, part)
        if here in into and cost + into[here][0] < best:
            best = cost + into[here][0]
            found = [*_back(came, here), (f, into[here][1])]
        for there, more, by in arcs.get(here, ()):
            if there not in came:
                heappush(queue, (cost + more, there, here, by, 1.0))
    return found


def _of(hung: Snapped, edge: int, side: int) -> float:
    seconds = float(hung.cost[edge, side])
    return seconds if seconds < np.inf else 1e12


def _back(came: dict[int, tuple[int, int, float]], here: int) -> list[tuple[int, float]]:
    made = []
    while here >= 0:
        here, edge, part = came[here]
        made.append((edge, part))
    return made
