"""The sentence that says why a place is a hotspot, made from its numbers alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from cse_geo.hotspots.clusters import Tally


ALONE = (
    "rests on one agency alone: a reported concentration, because without that agency's records chance explains "
    "what is left"
)


def why(
    tally: Tally,
    *,
    observed: float,
    expected: float,
    p: float,
    has_denominators: bool,
    is_alone: bool = False,
) -> str:
    """Return one sentence: what was counted, what was expected, how likely by chance, when, resting on what.

    `is_alone`: it rests on one agency alone, by the test of `rests`, though others may have a record there.

    Whoever has `tally`, the observed and expected counts of the strongest window and p can write the same
    sentence again.
    """
    parts = [_held(tally), _against(observed, expected, has_denominators=has_denominators), _chance(p)]
    if not pd.isna(tally.first_date):
        parts.append(f"first {tally.first_date:%d %B %Y}, most recent {tally.last_date:%d %B %Y}")
    parts.append(ALONE if is_alone else _rests(tally))
    return "; ".join(part for part in parts if part) + "."


def number(value: float) -> str:
    """Return a count as people write it: whole where it is whole or ten and more, else two digits."""
    if value >= 10:
        return f"{value:,.0f}"
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def odds(p: float) -> str:
    """Return p as "1 in N", two digits of N kept; never surer than 1 in a million, as no denominator is."""
    if p < 1e-6:
        return "less than 1 in a million"
    n = 1 / p
    digits = max(0, math.floor(math.log10(n)) - 1)
    return f"1 in {round(n / 10**digits) * 10**digits:,}"


def _held(t: Tally) -> str:
    records = _count(t.n_records, "record")
    start = f"{_count(t.n_children, 'child', 'children')} in {records}" if t.n_children else records
    return f"{start} from {_count(t.n_agencies, 'agency', 'agencies')}" if _has_agencies(t) else start


def _against(observed: float, expected: float, *, has_denominators: bool) -> str:
    counted = f"{number(observed)} counted here and next door"
    if has_denominators:
        return f"{counted}, where {number(expected)} were expected"
    return f"{counted}, where the same counts spread evenly give {number(expected)}"


def _chance(p: float) -> str:
    return f"a chance of {odds(p)}"


def _rests(t: Tally) -> str:
    if t.n_agencies == 1 and _has_agencies(t):
        return "rests on one agency alone"
    if t.n_no_key and t.n_children:
        return f"{_count(t.n_no_key, 'further event')} without a child key"
    return ""


def _has_agencies(t: Tally) -> bool:
    """Bare points (open data) have no contributing agency; on the lattice they are all `points`."""
    return bool(t.agencies) and not t.agencies.startswith("points:")


def _count(n: int, one: str, many: str | None = None) -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
