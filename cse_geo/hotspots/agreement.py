"""Which other methods see a hotspot too: the Poisson scan, the space-time permutation scan, exact Gi*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo import lattice, schema
from cse_geo.errors import UsageError
from cse_geo.hotspots.clusters import date_of
from cse_geo.hotspots.expected import denominators, fit
from cse_geo.hotspots.find import find
from cse_geo.hotspots.params import HotspotParams
from cse_geo.hotspots.scan import ScanParams, scan
from cse_geo.hotspots.windows import KEYS_ENOUGH, count_windows, make_lattice, units_of

if TYPE_CHECKING:
    from cse_geo.hotspots.params import HotspotResult

SCAN, SPACE_TIME, CONCENTRATION = "poisson_scan", "space_time_scan", "gi_star"
_WORDS = {
    SCAN: "the Poisson scan, which allows for having looked at every circle",
    SPACE_TIME: "the space-time scan, which needs no denominators but sees only what is new",
    CONCENTRATION: "concentration (Gi*), which is not risk",
}


@dataclass(frozen=True)
class AgreementParams:
    """How the other methods are run.

    Parameters
    ----------
    seed, replicates
        Of the scans' random maps.
    max_radius_m
        Largest circle of the scans, metres.
    max_days, aggregate_days
        Longest window and its steps, of the space-time scan: only windows that end now.
    level
        Largest p of a cluster that counts as agreeing.
    """

    seed: int
    replicates: int = 999
    max_radius_m: float = 5000.0
    max_days: int = 91
    aggregate_days: int = 7
    level: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            message = "`level` must lie between 0 and 1."
            raise UsageError(message)
        if self.replicates < 19:
            message = "`replicates` must be 19 or more."
            raise UsageError(message)


def agreement(
    result: HotspotResult,
    cell_records: pd.DataFrame,
    exposure: pd.DataFrame,
    *,
    params: AgreementParams,
    hotspot_params: HotspotParams | None = None,
) -> pd.DataFrame:
    """Run the other methods on the same records and say which share a cell with each hotspot.

    Children count once, where they were first seen. Agreement of Gi* is weak evidence (it finds where people
    are); a space-time scan that does not agree says only that the place is not new.

    Returns
    -------
    pandas.DataFrame
        Spec AGREEMENT: a row per hotspot of `result` and method.
    """
    labels = result.hotspots["hotspot"].tolist()
    if not labels:
        return schema.empty(schema.AGREEMENT)
    hotspot_params = hotspot_params or HotspotParams()
    once = _once(cell_records)
    found = {
        SCAN: _poisson(once, cell_records, exposure, (params, hotspot_params)),
        SPACE_TIME: _space_time(once, params),
    }
    if (
        len(np.unique(lattice.resolutions_of(exposure["cell"]))) == 1
    ):  # counts of two sizes cannot be compared
        found[CONCENTRATION] = _concentration(cell_records, exposure)
    cells = result.cells.groupby("hotspot")["cell"].agg(set)
    rows = [_row(label, cells[label], method, found[method]) for label in labels for method in found]
    return schema.conform(pd.DataFrame(rows), schema.AGREEMENT)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per child (or event without a key, where few have one) at its first dated record."""
    unit = units_of(rows)
    table = pd.DataFrame({"unit": unit, "cell": rows["cell"].to_numpy(), "date": date_of(rows).to_numpy()})
    if (unit >= 0).mean() >= KEYS_ENOUGH:
        table = table[table["unit"] >= 0]
    first = table.sort_values(["date", "cell"]).drop_duplicates("unit")
    return first.assign(id=first["cell"].astype(str))


_Clusters = list[tuple[set[int], float]]


def _poisson(
    once: pd.DataFrame,
    rows: pd.DataFrame,
    exposure: pd.DataFrame,
    setting: tuple[AgreementParams, HotspotParams],
) -> _Clusters:
    params, hotspot_params = setting
    people = exposure.sort_values("cell", ignore_index=True)
    lat = make_lattice(people["cell"].to_numpy(), hotspot_params.k_ring)
    inside = rows[lat.positions(rows["cell"].to_numpy()) >= 0]
    counted = count_windows(inside, lat, cap_per_child=1)
    nothing = np.zeros(len(people), bool)
    expected = fit(counted, denominators(people), lat, without=nothing, params=hotspot_params).in_cell
    known = people.assign(id=people["cell"].astype(str), population=expected)
    cases = once.loc[once["id"].isin(set(known["id"][expected > 0])), ["id"]]
    scan_params = ScanParams(
        model="poisson", max_radius_m=params.max_radius_m, seed=params.seed, replicates=params.replicates
    )
    population = known[["id", "population"]]
    return _clusters(cases, known, params.level, {"params": scan_params, "population": population})


def _space_time(once: pd.DataFrame, params: AgreementParams) -> _Clusters:
    dated = once[once["date"].notna()]
    scan_params = ScanParams(
        model="space-time-permutation", max_radius_m=params.max_radius_m, seed=params.seed,
        replicates=params.replicates, max_days=params.max_days, aggregate_days=params.aggregate_days, prospective=True,
    )  # fmt: skip
    places = dated.drop_duplicates("id")
    return _clusters(dated[["id", "date"]], places, params.level, {"params": scan_params})


def _clusters(
    cases: pd.DataFrame, places: pd.DataFrame, level: float, options: dict[str, object]
) -> _Clusters:
    if len(cases) < 2:
        return []
    lat, lon = lattice.centres_of(places["cell"])
    locations = pd.DataFrame({"id": places["id"].to_numpy(), "lat": lat, "lon": lon})
    got = scan(cases, locations, **options).clusters  # type: ignore[arg-type]
    sure = got[got["p_value"] <= level]
    return [({int(m) for m in row.members}, float(row.p_value)) for row in sure.itertuples()]


def _concentration(rows: pd.DataFrame, exposure: pd.DataFrame) -> _Clusters:
    got = find(rows, params=HotspotParams(method="concentration"), within=exposure["cell"].to_numpy())
    cells = got.cells.groupby("hotspot")["cell"].agg(set)
    return [(cells[row.hotspot], float(row.p_value)) for row in got.hotspots.itertuples()]


def _row(label: str, cells: set[int], method: str, found: _Clusters) -> dict[str, object]:
    p = [p for members, p in found if members & cells]
    verb = "Seen too by" if p else "Not seen by"
    return {
        "hotspot": label, "method": method, "agrees": bool(p), "p_value": min(p, default=np.nan),
        "words": f"{verb} {_WORDS[method]}.",
    }  # fmt: skip
