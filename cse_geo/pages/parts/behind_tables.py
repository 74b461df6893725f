"""The tables beside the charts behind a hotspot: the same numbers, in words a meeting can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo.pages.parts import wording

if TYPE_CHECKING:
    from collections.abc import Iterable

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def months(table: pd.DataFrame) -> pd.DataFrame:
    """Return TREND_MONTHS as the page shows it, newest first."""
    rows = table.iloc[::-1]
    return pd.DataFrame(
        {
            "Month": [wording.month(m) for m in rows["month"]],
            "Known": [wording.decimal(float(n)) for n in rows["n_records"]],
            "Once all are in": [
                f"{low:.0f} to {high:.0f}" if grey else "complete"
                for low, high, grey in zip(rows["low"], rows["high"], rows["is_incomplete"], strict=True)
            ],
        }
    )


def hours(table: pd.DataFrame) -> pd.DataFrame:
    """Return PROFILE as the page shows it, the largest share first."""
    rows = table.sort_values(["share", "day", "hour"], ascending=[False, True, True])
    return pd.DataFrame(
        {
            "When": [when(*row) for row in zip(rows["day"], rows["hour"], rows["hours"], strict=True)],
            "Share": _shares(rows["share"]),
            "95 % interval": [
                f"{100 * a:.0f} to {100 * b:.0f} %" for a, b in zip(rows["low"], rows["high"], strict=True)
            ],
            "Whole map": _shares(rows["usual"]),
            "Chance": [wording.chance(float(p)) for p in rows["p_value"]],
        }
    )


def near_repeat(table: pd.DataFrame) -> pd.DataFrame:
    """Return NEAR_REPEAT as the page shows it."""
    bands = zip(table["from_m"], table["to_m"], table["from_days"], table["to_days"], strict=True)
    return pd.DataFrame(
        {
            "Within": [f"{a:.0f} to {b:.0f} m, {c:.0f} to {d:.0f} days" for a, b, c, d in bands],
            "Pairs": table["observed"],
            "Expected": [f"{e:.1f}" for e in table["expected"]],
            "Times as many": [f"{r:.2f}" if r == r else "" for r in table["ratio"]],  # noqa: PLR0124 (not a number)
            "Chance": [wording.chance(float(p)) for p in table["p_value"]],
        }
    )


def sites(table: pd.DataFrame) -> pd.DataFrame:
    """Return SITES as the page shows them."""
    return pd.DataFrame(
        {
            "Site": table["site"] + 1,
            "Records": table["n_records"],
            "Children": table["n_children"],
            "Within (m)": table["radius_m"].round().astype("int64"),
            "Middle": [f"{a:.4f}, {b:.4f}" for a, b in zip(table["lat"], table["lon"], strict=True)],
        }
    )


def before_after(table: pd.DataFrame) -> pd.DataFrame:
    """Return BEFORE_AFTER as the page shows it."""
    return pd.DataFrame(
        {
            "Where": table["place"],
            "Cells": table["n_cells"],
            "Before": table["before"],
            "After": table["after"],
        }
    )


def when(day: int, hour: int, hours_: int) -> str:
    """Return "Friday 20:00 to 24:00"."""
    return f"{DAYS[day]} {hour:02d}:00 to {hour + hours_:02d}:00"


def _shares(values: Iterable[float]) -> list[str]:
    return [f"{100 * v:.1f} %" for v in values]
