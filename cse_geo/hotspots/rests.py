"""Whether a hotspot rests on one agency alone: on a team that looked, perhaps, more than on a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from cse_geo.hotspots.expected import fit
from cse_geo.hotspots.tails import upper_tail
from cse_geo.hotspots.windows import count_windows, units_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cse_geo.hotspots.clusters import Region
    from cse_geo.hotspots.expected import Denominators
    from cse_geo.hotspots.params import HotspotParams
    from cse_geo.hotspots.windows import Lattice

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

HOTSPOT, REPORTED = "hotspot", "reported concentration"


@dataclass(frozen=True)
class Rest:
    """What a hotspot rests on.

    agency: the one agency that it rests on, empty = more than one. p_share: chance of that agency's share of
    the children if it were as elsewhere in the district. p_without: chance of the strongest window without that
    agency, its records and what is expected of it both left out.
    """

    agency: str = ""
    p_share: float = np.nan
    p_without: float = np.nan

    @property
    def verdict(self) -> str:
        """Return `HOTSPOT`, or `REPORTED` if it rests on one agency."""
        return REPORTED if self.agency else HOTSPOT


@dataclass(frozen=True)
class Asked:
    """All records of the lattice (spec CELL_RECORDS), its denominators, and how they are tested."""

    rows: pd.DataFrame
    lat: Lattice
    den: Denominators
    params: HotspotParams
    excess: float


def rests(named: list[tuple[Region, Ints]], asked: Asked) -> list[Rest]:
    """Say of each named region (with the positions of its rows) what it rests on.

    A region rests on one agency if (1) that agency alone reported a larger share of its children than of the
    children elsewhere in the same districts (Fisher's exact test, one-sided), and (2) without that agency (its
    records left out, and with them its part of every district's total, which is its part of what is
    expected) the strongest window is not that unlikely. Both at `agency_level`. The agency asked about is the one
    with most children in the region, equal ones by code. An agency that is most of what its district returns is no
    reason to doubt a hotspot, and one that several see stays without any one of them.
    """
    if asked.params.agency_level == 0 or not named:
        return [Rest()] * len(named)
    at = asked.lat.positions(asked.rows["cell"].to_numpy())
    district = asked.den.district[at]
    unit, agency = units_of(asked.rows), asked.rows["agency"].astype("object").to_numpy()
    if (unit >= 0).any():
        unit = np.where(unit >= 0, unit, np.iinfo(np.int64).min)  # events without a key: shown, not counted
    out, tails = [], {}
    for region, held in named:
        inside = np.zeros(len(unit), bool)
        inside[held] = True
        around = np.isin(district, np.unique(asked.den.district[region.cells])) & ~inside
        code, p_share = _leading(unit, agency, inside, around)
        if p_share > asked.params.agency_level:
            out.append(Rest(p_share=p_share))
            continue
        if code not in tails:
            tails[code] = _without(code, agency, asked)
        p = float(tails[code][region.best])
        out.append(Rest(code if p > asked.params.agency_level else "", p_share, p))
    return out


def _leading(unit: Ints, agency: NDArray[np.object_], inside: Bools, around: Bools) -> tuple[str, float]:
    """Return the agency with most children of its own inside, and the chance of so large a share."""
    here, there = _alone(unit, agency, inside), _alone(unit, agency, around)
    own = {code: n for code, n in here.items() if code}
    if not own:
        return "", 1.0
    code = min(own, key=lambda c: (-own[c], c))
    n_here, n_there = sum(here.values()), sum(there.values())
    return code, _fisher(own[code], n_here, there.get(code, 0), n_there)


def _alone(unit: Ints, agency: NDArray[np.object_], of: Bools) -> dict[str, int]:
    """Return how many children each agency alone reported; those of several agencies under ""."""
    by: dict[int, set[str]] = {}
    for child, code in zip(unit[of].tolist(), agency[of].tolist(), strict=True):
        if child != np.iinfo(np.int64).min:
            by.setdefault(child, set()).add(code)
    out: dict[str, int] = {}
    for codes in by.values():
        key = next(iter(codes)) if len(codes) == 1 else ""
        out[key] = out.get(key, 0) + 1
    return out


def _fisher(k: int, n: int, other_k: int, other_n: int) -> float:
    """Return P(X >= k), X of n drawn from n + other_n of which k + other_k are marked (hypergeometric)."""
    marked, total = k + other_k, n + other_n
    x = np.arange(k, min(n, marked) + 1)
    logs = _log_choose(marked, x) + _log_choose(total - marked, n - x) - _log_choose(total, np.array([n]))
    return float(min(1.0, np.exp(logs).sum()))


def _log_choose(n: int, k: Ints) -> NDArray[np.float64]:
    inside = (k >= 0) & (k <= n)
    safe = np.where(inside, k, 0)
    log = special.gammaln(n + 1) - special.gammaln(safe + 1) - special.gammaln(n - safe + 1)
    return np.where(inside, log, -np.inf)


def _without(code: str, agency: NDArray[np.object_], asked: Asked) -> NDArray[np.float64]:
    """Return the upper tail of every window without one agency."""
    rest = asked.rows[agency != code]
    counted = count_windows(rest, asked.lat, cap_per_child=asked.params.cap_per_child)
    nothing = np.zeros(len(asked.lat.cells), bool)
    expected = fit(counted, asked.den, asked.lat, without=nothing, params=asked.params)
    return upper_tail(counted.observed, *expected.moments(asked.excess))
