"""Agencies and coverage: who contributes, and who answered for which area and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cse_geo import schema
from cse_geo.context.problems import ContextCode, Findings, columns_of
from cse_geo.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Named = Callable[[str], str | None]  # a code or name as written -> the area's code

_CODE = r"[a-z][a-z0-9_]{0,39}"


def agencies_of(cells: pd.DataFrame, rows: NDArray[np.int64], *, force_named: Named) -> pd.DataFrame:
    """Return AGENCIES of a table of text.

    Parameters
    ----------
    cells
        Columns agency, name, kind; and if wanted force, definition, difficulties.
    rows
        Row of the file of each row of `cells`.
    force_named
        The code of a force area as its code or name is written; None where there is no such area.

    Raises
    ------
    InputRefusedError
        With the table of problems, if anything is to be mended.
    """
    table = columns_of(
        cells, needed=("agency", "name", "kind"), allowed=("force", "definition", "difficulties")
    )
    kinds = vocabulary("agency_kind")
    kind = table["kind"].map(kinds.code_of, na_action="ignore")
    force = table["force"].map(force_named, na_action="ignore")
    found = Findings(rows)
    _not_empty(found, table, ("agency", "name", "kind"))
    found.add(
        ContextCode.BAD_CODE,
        "agency",
        table["agency"].notna() & ~table["agency"].str.fullmatch(_CODE).fillna(value=False).astype(bool),
    )
    found.add(
        ContextCode.UNKNOWN_TERM, "kind", table["kind"].notna() & kind.isna(), listed=", ".join(kinds.codes)
    )
    found.add(ContextCode.UNKNOWN_AREA, "force", table["force"].notna() & force.isna(), listed="police_force")
    found.add(ContextCode.TWICE, "agency", table["agency"].notna() & table["agency"].duplicated())
    found.refuse_if_any()
    return schema.conform(table.assign(kind=kind, force=force), schema.AGENCIES)


def coverage_of(
    cells: pd.DataFrame, rows: NDArray[np.int64], *, agencies: Iterable[str], area_named: Named
) -> pd.DataFrame:
    """Return COVERAGE of a table of text: agency, area (code or name), month, state.

    Raises
    ------
    InputRefusedError
        With the table of problems, if anything is to be mended.
    """
    table = columns_of(cells, needed=("agency", "area", "month", "state"))
    states = vocabulary("coverage_state")
    state = table["state"].map(states.code_of, na_action="ignore")
    area = table["area"].map(area_named, na_action="ignore")
    month = pd.to_datetime(table["month"].str.slice(0, 7), format="%Y-%m", errors="coerce")
    whole = table["month"].str.fullmatch(r"\d{4}-\d{2}(-01)?").fillna(value=False).astype(bool)
    found = Findings(rows)
    _not_empty(found, table, ("agency", "area", "month", "state"))
    found.add(
        ContextCode.UNKNOWN_AGENCY, "agency", table["agency"].notna() & ~table["agency"].isin(list(agencies))
    )
    found.add(ContextCode.UNKNOWN_AREA, "area", table["area"].notna() & area.isna(), listed="local_authority")
    found.add(ContextCode.BAD_MONTH, "month", table["month"].notna() & (month.isna() | ~whole))
    found.add(
        ContextCode.UNKNOWN_TERM,
        "state",
        table["state"].notna() & state.isna(),
        listed=", ".join(states.codes),
    )
    out = table.assign(area=area, month=month, state=state)
    twice = out.duplicated(["agency", "area", "month"])
    found.add(ContextCode.TWICE, "month", twice & out.notna().all(axis=1))
    found.refuse_if_any()
    return schema.conform(out, schema.COVERAGE)


def contacts_of(
    cells: pd.DataFrame, rows: NDArray[np.int64], *, area_named: Callable[[str, str], str | None]
) -> pd.DataFrame:
    """Return contacts (agency, layer, area, post, reach) of a table of text, each area by its code.

    Parameters
    ----------
    cells, rows
        The table, and the row of the file of each of its rows.
    area_named
        The code of an area from its layer and its code or name as written.

    Raises
    ------
    InputRefusedError
        With the table of problems, if anything is to be mended.
    """
    columns = ("agency", "layer", "area", "post", "reach")
    table = columns_of(cells, needed=columns)
    both = table["layer"].notna() & table["area"].notna()
    pairs = zip(table["layer"], table["area"], both, strict=True)
    area = pd.Series([area_named(la, ar) if known else None for la, ar, known in pairs], dtype="str")
    found = Findings(rows)
    _not_empty(found, table, columns)
    found.add(ContextCode.UNKNOWN_AREA, "area", both & area.isna(), listed="that the row names")
    found.refuse_if_any()
    return table.assign(area=area)


def returned_months(
    agency: str, areas: Sequence[str], months: pd.DatetimeIndex, *, nil: bool
) -> pd.DataFrame:
    """Return COVERAGE that says an agency has answered for areas and months."""
    pairs = pd.MultiIndex.from_product([[agency], list(areas), months], names=["agency", "area", "month"])
    frame = pairs.to_frame(index=False).assign(state="nil" if nil else "returned")
    return schema.conform(frame, schema.COVERAGE)


def _not_empty(found: Findings, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for name in columns:
        found.add(ContextCode.EMPTY_CELL, name, table[name].isna())
