"""Addresses along the streets: house number, street, town, postcode and UPRN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cse_geo.demo.seeds import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely
    from numpy.typing import NDArray

    from cse_geo.demo.settlements import Settlement
    from cse_geo.demo.streets import Street

# No UK postcode area has these letters; Royal Mail's format allows them.
POSTCODE_AREA = "ZN"
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # the letters of a unit: never C I K M O V
# UPRNs of real places are far below this.
FIRST_UPRN = 999_000_000_000
_N_ADDRESSES = 37_500
_PER_POSTCODE = 18


def address_frame(seed: int, settled: Sequence[Settlement], streets: Sequence[Street]) -> pd.DataFrame:
    """Return the addresses: uprn, number, street, town, postcode, street_at (position), x, y (EPSG:27700).

    A town has addresses in proportion to its people; a street in proportion to its length.
    """
    rng = stream(seed, "addresses")
    lengths = np.array([street.line.length for street in streets])
    town_of = pd.Series([street.town for street in streets])
    people = pd.Series({place.name: place.population for place in settled})
    share = (
        people[town_of].to_numpy() * lengths / pd.Series(lengths).groupby(town_of).transform("sum").to_numpy()
    )
    counts = rng.multinomial(_N_ADDRESSES, share / share.sum())
    street_at = np.repeat(np.arange(len(streets)), counts)
    nth = np.arange(len(street_at)) - np.repeat(np.cumsum(counts) - counts, counts)
    x, y, number = _on_street(streets, street_at, (nth + 0.5) / counts[street_at], rng)
    frame = pd.DataFrame({"street_at": street_at, "number": number, "x": x, "y": y, "nth": nth})
    frame["street"] = [streets[at].name for at in street_at.tolist()]
    frame["town"] = town_of[street_at].to_numpy()
    frame = frame.drop_duplicates(["street_at", "number"]).reset_index(drop=True)
    frame["postcode"] = _postcodes(frame, streets, settled)
    frame["uprn"] = FIRST_UPRN + rng.permutation(10 * len(frame))[: len(frame)] * 7 + 1_000_003
    return frame.drop(columns="nth")


def beside(line: shapely.LineString, share: float, side: int, setback_m: float) -> tuple[float, float]:
    """Return a point beside a street, `share` of the way along it, on side +1 (left) or -1 (right)."""
    at = line.interpolate(share, normalized=True)
    ahead = line.interpolate(min(share + 0.01, 1.0), normalized=True)
    behind = line.interpolate(max(share - 0.01, 0.0), normalized=True)
    dx, dy = ahead.x - behind.x, ahead.y - behind.y
    length = max(float(np.hypot(dx, dy)), 1e-9)
    return at.x - side * setback_m * dy / length, at.y + side * setback_m * dx / length


def _on_street(
    streets: Sequence[Street],
    street_at: NDArray[np.int64],
    share: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return points and house numbers: odd numbers on the left, one plot per 9 m of street."""
    share = np.clip(share + rng.normal(0, 0.01, len(share)), 0.01, 0.99)
    side = rng.choice([-1, 1], len(share))
    setback = rng.uniform(9, 15, len(share))
    xy = np.array(
        [
            beside(streets[at].line, s, d, m)
            for at, s, d, m in zip(street_at, share, side, setback, strict=True)
        ]
    )
    length = np.array([streets[at].line.length for at in street_at])
    plot = np.floor(share * length / 9.0).astype(np.int64)
    return xy[:, 0], xy[:, 1], 2 * plot + 1 + (side < 0)


def _postcodes(frame: pd.DataFrame, streets: Sequence[Street], settled: Sequence[Settlement]) -> list[str]:
    """Return each address's postcode: a unit is part of one street, a sector a run of quarters."""
    unit = frame["nth"].to_numpy() // _PER_POSTCODE
    keys = pd.DataFrame({"town": frame["town"], "street_at": frame["street_at"], "unit": unit})
    order = {place.name: at for at, place in enumerate(settled)}
    distinct = keys.drop_duplicates().copy()
    distinct["order"] = distinct["town"].map(order)
    distinct["quarter"] = [streets[at].quarter for at in distinct["street_at"]]
    distinct = distinct.sort_values(["order", "quarter", "street_at", "unit"], kind="stable")
    distinct["postcode"] = list(_units(distinct["town"].tolist()))
    return keys.merge(distinct, on=["town", "street_at", "unit"], how="left")["postcode"].tolist()


def _units(towns: list[str]) -> list[str]:
    """Return one postcode per row, in order: a new district for each town, sectors of 240 units."""
    sizes = pd.Series(towns).value_counts()
    out, district, sector, used, last = [], 0, 9, 10**6, ""
    for town in towns:
        if (town != last and sizes[town] > 60) or used >= 240:
            starts_district = (town != last and sizes[town] > 60) or sector >= 9
            district, sector = (district + 1, 1) if starts_district else (district, sector + 1)
            used = 0
        last = town
        letters = _UNIT_LETTERS[used // 20] + _UNIT_LETTERS[used % 20]
        out.append(f"{POSTCODE_AREA}{district} {sector}{letters}")
        used += 1
    return out
